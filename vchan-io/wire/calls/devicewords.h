// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How calls and services write devices. Source: spec admin-api, 8.9.2 and 8.9.3.
namespace Bulkhead::DeviceWords
{

/// Longest port and longest identity; the identity of a device behind several hubs is far shorter.
inline constexpr std::size_t MaxWord = 256;
/// Any port, or any device at a port.
inline constexpr std::string_view Any = "*";

/// [A-Za-z0-9._-], not empty; Any where a call may name any port is not one of these.
[[nodiscard]] bool isPort(std::string_view word) noexcept;
/// [A-Za-z0-9._:?*-], not empty.
[[nodiscard]] bool isIdentity(std::string_view word) noexcept;

/// A device as the argument of a call names it.
struct Argument {
    QubeName backend;
    std::string port;     ///< isPort(), or Any
    std::string identity; ///< isIdentity(); not Any where the port is

    friend bool operator==(const Argument &, const Argument &) = default;
};

/// `backend+port+identity` or `backend+port`, where `_` stands for any.
/// @errors BadField
[[nodiscard]] Result<Argument> parseArgument(std::string_view text);

/// Properties in their order: keys of printable ASCII without blank, quotes, `=` and `` ` ``; values of printable
/// ASCII.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// `key='value'`, separated by blanks, no key twice; a quote in a value has a backslash before it.
/// @errors BadField
[[nodiscard]] Result<Pairs> parsePairs(std::string_view text);
[[nodiscard]] std::string textOf(const Pairs &pairs);

} // namespace Bulkhead::DeviceWords
