// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::uint32_t Polynomial = 0xEDB88320;
/// Bytes that one step takes: with a table for each, their lookups do not wait for each other.
constexpr std::size_t Step = 16;
constexpr std::size_t Word = 4;

using Table = std::array<std::uint32_t, 256>;

/// Tables[n][byte]: what the byte does to the checksum with n more bytes behind it.
consteval std::array<Table, Step> makeTables()
{
    std::array<Table, Step> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t state = byte;
        for (int bit = 0; bit < 8; ++bit) {
            state = (state >> 1) ^ ((state & 1U) != 0 ? Polynomial : 0U);
        }
        tables[0][byte] = state;
    }
    for (std::size_t n = 1; n < Step; ++n) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[n - 1][byte];
            tables[n][byte] = (before >> 8) ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}

constexpr std::array<Table, Step> Tables = makeTables();

std::uint32_t wordAt(const std::byte *place) noexcept
{
    std::uint32_t word = 0;
    std::memcpy(&word, place, sizeof word);
    return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

/// @param behind  bytes of the step behind this word
std::uint32_t looked(std::uint32_t word, std::size_t behind) noexcept
{
    return Tables[behind + 3][word & 0xFFU] ^ Tables[behind + 2][(word >> 8) & 0xFFU]
        ^ Tables[behind + 1][(word >> 16) & 0xFFU] ^ Tables[behind][word >> 24];
}

} // namespace

void Crc32::add(std::span<const std::byte> bytes) noexcept
{
    std::uint32_t state = m_state;
    const std::byte *place = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= Step; left -= Step, place += Step) {
        state = looked(state ^ wordAt(place), 3 * Word) ^ looked(wordAt(place + Word), 2 * Word)
            ^ looked(wordAt(place + (2 * Word)), Word) ^ looked(wordAt(place + (3 * Word)), 0);
    }
    for (; left > 0; --left, ++place) {
        state = (state >> 8) ^ Tables[0][(state ^ std::to_integer<std::uint32_t>(*place)) & 0xFFU];
    }
    m_state = state;
}

} // namespace Bulkhead::FileCopy
