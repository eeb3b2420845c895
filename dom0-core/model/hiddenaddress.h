// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// What a qube is told of its network in place of the truth. Features of a qube or its template. An empty one is as
/// none, and keeps a template's from it.
/// @source spec qube-model, 10.3
namespace HiddenAddress
{

inline constexpr std::string_view Ip = "net.fake-ip";
inline constexpr std::string_view Gateway = "net.fake-gateway";
inline constexpr std::string_view Netmask = "net.fake-netmask";

[[nodiscard]] bool isOne(std::string_view feature);

/// An IPv4 address that one machine of a network can have, in its one spelling.
[[nodiscard]] std::optional<std::string> hostAddress(std::string_view text);
/// A netmask without holes, as an address or as the number of its ones; an address comes back.
[[nodiscard]] std::optional<std::string> netmask(std::string_view text);

/// How many ones a mask has that netmask() gave.
[[nodiscard]] std::uint8_t prefixOf(std::string_view mask);

/// Whether the feature, if it is one of the three, may be set to this.
/// @errors BadValue
[[nodiscard]] Checked<void> check(std::string_view feature, std::string_view value);

/// The qubes that such a feature of `holder` may speak to: itself, and those whose template it is, by number.
[[nodiscard]] std::vector<const Qube *> qubesSeeing(const Model &model, const Qube &holder);

} // namespace HiddenAddress

} // namespace Bulkhead
