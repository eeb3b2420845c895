// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// A longer file is none of a provider, in bytes.
inline constexpr std::size_t MaxConfigFile = 65536;
/// What packets of the tunnel itself are marked with, so that they do not go into it.
inline constexpr std::uint32_t TunnelMark = 0x6268;

/// Without blanks, tabs and CRs at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// ASCII only.
[[nodiscard]] std::string lowered(std::string_view text);
/// A name or an address that a peer can be reached at.
[[nodiscard]] bool isPeerHost(std::string_view text);

/// Hands a file to a reader line by line; what its finish() makes of them.
/// @param text  as a provider wrote it
/// @errors BadValue (too long, a NUL, or what the reader's line() and finish() refuse)
template<typename Reader> [[nodiscard]] auto readConfigFile(std::string_view text) -> decltype(Reader().finish())
{
    if (text.size() > MaxConfigFile || text.contains('\0')) {
        return fail(Errc::BadValue, "no provider's file is like this");
    }
    Reader reader;
    for (const auto line : text | std::views::split('\n')) {
        BH_CHECK(reader.line(std::string_view(line)));
    }
    return reader.finish();
}

} // namespace Bulkhead::GuestNetwork
