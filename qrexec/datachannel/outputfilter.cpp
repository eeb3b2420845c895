// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/outputfilter.h"

#include <algorithm>

namespace Bulkhead::Qrexec
{

namespace
{

bool isSafe(std::byte byte) noexcept
{
    const auto c = std::to_integer<char>(byte);
    return (c >= 0x20 && c <= 0x7E) || c == '\t' || c == '\n' || c == '\r' || c == '\b' || c == '\a';
}

} // namespace

void makeSafeForTerminals(std::span<std::byte> bytes) noexcept
{
    std::ranges::replace_if(
        bytes,
        [](std::byte byte) {
            return !isSafe(byte);
        },
        std::byte{'_'});
}

} // namespace Bulkhead::Qrexec
