// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstdint>
#include <string>
#include <string_view>

/// What stands in xenstore for a channel, and the texts that a peer writes there. Source: docs/protocol/transport.md,
/// section The Xen backend.
namespace Bulkhead::XenNodes
{

/// An event channel's number in the domain that made it.
using EventPort = Id<struct EventPortTag, std::uint32_t>;

/// Largest number of an event channel. Source: Xen's public headers, EVTCHN_FIFO_NR_CHANNELS.
inline constexpr std::uint32_t MaxEventPort = (1U << 17) - 1;

inline constexpr std::string_view RingReference = "ring-ref";
inline constexpr std::string_view EventChannel = "event-channel";
/// Every domain's own number, below its own home.
inline constexpr std::string_view OwnDomain = "domid";
/// Changes whenever a domain has gone.
inline constexpr std::string_view ReleaseDomain = "@releaseDomain";

/// Where a server publishes what it serves to one client, relative to its own home.
[[nodiscard]] std::string clientFolder(DomId client);
[[nodiscard]] std::string channelFolder(DomId client, Port port);
/// The same as the client sees it.
[[nodiscard]] std::string channelFolderOf(DomId server, DomId client, Port port);

/// Which end of a channel.
enum class End { Server, Client };

/// What an end between two qubes leaves beside its channel and its domain's end takes away, relative to its own home.
/// One node and no folder, so that nothing stays behind it.
[[nodiscard]] std::string presenceNode(DomId peer, Port port, End end);
/// The same as the peer, `watcher`, sees it.
[[nodiscard]] std::string presenceNodeOf(DomId owner, DomId watcher, Port port, End end);

/// The texts are plain decimal numbers: no sign, no zero in front, nothing behind (spec security, R-10).
/// @errors BadField, which names the node
[[nodiscard]] Result<GrantRef> parseRingReference(std::string_view rawText);
/// @errors BadField
[[nodiscard]] Result<EventPort> parseEventChannel(std::string_view rawText);
/// @errors BadField
[[nodiscard]] Result<DomId> parseDomain(std::string_view rawText);

} // namespace Bulkhead::XenNodes
