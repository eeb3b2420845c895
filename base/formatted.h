// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <format>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// std::vformat(), compiled once.
[[nodiscard]] std::string formattedFrom(std::string_view format, std::format_args arguments);

/// std::format() as everybody knows it, checked when it is compiled. Its machinery is compiled once for the whole tree
/// instead of once a source, which cost more than most of our sources do.
template<typename... Args>
[[nodiscard]] std::string formatted(std::format_string<Args...> format, const Args &...arguments)
{
    return formattedFrom(format.get(), std::make_format_args(arguments...));
}

} // namespace Bulkhead
