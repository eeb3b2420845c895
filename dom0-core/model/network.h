// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Most net qubes that may stand one behind the other, the outermost included. Starting a qube starts all of them.
inline constexpr std::size_t MaxNetworkDepth = 64;

/// The qube's net qube, explicit or by default; null if it has none or its class has no network.
[[nodiscard]] const Qube *netvmOf(const Model &model, const Qube &qube);
[[nodiscard]] bool providesNetwork(const Model &model, const Qube &qube);
/// It has a net qube or is one.
[[nodiscard]] bool isNetworked(const Model &model, const Qube &qube);
/// Qubes whose net qube is `provider`, by number.
[[nodiscard]] std::vector<const Qube *> clientsOf(const Model &model, const Qube &provider);

/// A change of the plug that has not been made yet.
struct Replug {
    std::optional<Qid> client;   ///< whose netvm changes; nothing: the global default changes
    std::optional<Qid> provider; ///< the new one; nothing: none
    bool toDefault = false;      ///< the client's own value goes away; `provider` is then what the default says
};

/// Whether the net qubes would still be a tree of at most MaxNetworkDepth after the change.
/// @errors BadPropertyValue, naming the qubes
/// @source spec qube-model, 10.1
[[nodiscard]] Checked<void> checkReplug(const Model &model, const Replug &change);

/// The address that a number has below a prefix of two octets.
/// @source spec qube-model, 10.2
[[nodiscard]] std::string addressFor(std::string_view prefix, std::uint32_t number);
[[nodiscard]] std::string address6For(std::string_view group, std::uint32_t number);

/// The text is an IPv4 (dotted quad) or IPv6 address; what comes back is its canonical spelling.
[[nodiscard]] std::optional<std::string> canonicalAddress4(std::string_view text);
[[nodiscard]] std::optional<std::string> canonicalAddress6(std::string_view text);
/// Six pairs of hexadecimal digits; lower case comes back.
[[nodiscard]] std::optional<std::string> canonicalMac(std::string_view text);

} // namespace Bulkhead
