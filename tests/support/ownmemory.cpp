// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/ownmemory.h"

#include "base/error.h"
#include "base/fd.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Test
{

namespace
{

constexpr std::byte Disguise{0x5A};
/// Sanitizers map terabytes that nothing is in.
constexpr std::uint64_t LargestMapping = std::uint64_t{1} << 30;
constexpr std::size_t PieceSize = std::size_t{1} << 20;

struct Span {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
};

/// Of a line of /proc/self/maps that speaks of memory of our own which can be written.
Span ownMemoryIn(std::string_view line)
{
    Span span;
    const char *const end = line.data() + line.size();
    const auto first = std::from_chars(line.data(), end, span.first, 16);
    const auto last = std::from_chars(first.ptr + 1, end, span.end, 16);
    const bool isOwn = std::string_view(last.ptr, end).starts_with(" rw-p");
    return isOwn && span.end - span.first <= LargestMapping ? span : Span{};
}

std::vector<Span> ownMemory()
{
    std::vector<Span> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (const Span span = ownMemoryIn(line); span.end > span.first) {
            found.push_back(span);
        }
    }
    return found;
}

} // namespace

HiddenWord::HiddenWord()
{
    BH_ASSERT(::getrandom(m_disguised.data(), m_disguised.size(), 0) == std::ssize(m_disguised));
}

void HiddenWord::reveal(std::span<std::byte> into) const
{
    std::ranges::transform(m_disguised, into.begin(), [](std::byte byte) {
        return byte ^ Disguise;
    });
}

bool HiddenWord::isAt(std::span<const std::byte> place) const
{
    return std::ranges::equal(place, m_disguised, [](std::byte plain, std::byte disguised) {
        return plain == (disguised ^ Disguise);
    });
}

bool HiddenWord::isIn(std::span<const std::byte> bytes) const
{
    const int first = std::to_integer<int>(m_disguised.front() ^ Disguise);
    while (bytes.size() >= Size) {
        const void *const found = std::memchr(bytes.data(), first, bytes.size() - Size + 1);
        if (found == nullptr) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(static_cast<const std::byte *>(found) - bytes.data()));
        if (isAt(bytes.first(Size))) {
            return true;
        }
        bytes = bytes.subspan(1);
    }
    return false;
}

bool HiddenWord::isInOwnMemory() const
{
    const UniqueFd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
    BH_ASSERT(memory);
    std::vector<std::byte> piece(PieceSize);
    for (const Span &span : ownMemory()) {
        // Pieces overlap, so that a word across the border of two is seen.
        for (std::uint64_t at = span.first; at < span.end; at += PieceSize - Size) {
            const std::size_t size = std::min<std::uint64_t>(PieceSize, span.end - at);
            const ssize_t count = ::pread(memory.get(), piece.data(), size, static_cast<off_t>(at));
            if (count > 0 && isIn(std::span(piece).first(static_cast<std::size_t>(count)))) {
                std::ranges::fill(piece, std::byte{0}); // the next look must not find this one
                return true;
            }
        }
    }
    return false;
}

} // namespace Bulkhead::Test
