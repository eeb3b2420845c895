// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/holes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace Bulkhead::FileCopy
{

namespace
{

/// Holes of less are not worth a look at every byte of a small file.
constexpr std::uint64_t SmallestWithHoles = std::uint64_t{1} << 20;
constexpr std::size_t Block = 4096;
constexpr std::array<std::byte, Block> Zeros{};

bool isZero(std::span<const std::byte> block) noexcept
{
    return block.front() == std::byte{0} && std::memcmp(block.data(), Zeros.data(), block.size()) == 0;
}

} // namespace

int HoleWriter::write(std::span<const std::byte> bytes) noexcept
{
    if (m_size < SmallestWithHoles) {
        return writeHere(bytes);
    }
    while (!bytes.empty()) {
        // Blocks of the file, not of what came at once.
        const auto blockAt = [&](std::size_t offset) {
            const std::size_t toBorder = Block - ((m_place + offset) % Block);
            return bytes.subspan(offset, std::min(toBorder, bytes.size() - offset));
        };
        const bool isHole = isZero(blockAt(0));
        std::size_t end = 0;
        while (end < bytes.size() && isZero(blockAt(end)) == isHole) {
            end += blockAt(end).size();
        }
        if (isHole) {
            m_place += end;
            m_endsInHole = true;
        } else if (const int number = writeHere(bytes.first(end)); number != 0) {
            return number;
        }
        bytes = bytes.subspan(end);
    }
    return 0;
}

int HoleWriter::finish() noexcept
{
    return !m_endsInHole || ::ftruncate(m_fd, static_cast<off_t>(m_size)) == 0 ? 0 : errno;
}

int HoleWriter::writeHere(std::span<const std::byte> bytes) noexcept
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(m_fd, bytes.data(), bytes.size(), static_cast<off_t>(m_place));
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno;
        }
        m_place += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    m_endsInHole = false;
    return 0;
}

} // namespace Bulkhead::FileCopy
