// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/transfer.h"

#include <unistd.h>

#include <cerrno>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t PieceSize = std::size_t{64} * 1024;

} // namespace

Result<void> writeAll(int to, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(to, bytes.data(), bytes.size());
        if (written < 0) {
            return failErrno(errno, "writing");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::size_t> readUpTo(int from, std::span<std::byte> into)
{
    std::size_t filled = 0;
    while (filled < into.size()) {
        const ssize_t got = ::read(from, into.data() + filled, into.size() - filled);
        if (got < 0) {
            return failErrno(errno, "reading");
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

Result<std::uint64_t> copyAll(int from, int to, std::uint64_t limit)
{
    std::vector<std::byte> piece(PieceSize);
    std::uint64_t copied = 0;
    for (;;) {
        BH_TRY(const std::size_t size, readUpTo(from, piece));
        if (size == 0) {
            return copied;
        }
        if (size > limit - copied) {
            return fail(Errc::TooMuch, "it is larger than there is room for");
        }
        BH_CHECK(writeAll(to, std::span(piece).first(size)));
        copied += size;
    }
}

} // namespace Bulkhead::FileCopy
