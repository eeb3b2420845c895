// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/xennodes.h"

#include "base/formatted.h"
#include "base/number.h"

#include <limits>

namespace Bulkhead::XenNodes
{

namespace
{

Result<std::uint32_t> parseNumber(std::string_view node, std::string_view rawText, std::uint32_t min, std::uint32_t max)
{
    const auto number = numberWithin<std::uint32_t>(rawText, min, max);
    const bool isPlain = rawText.size() == 1 || !rawText.starts_with('0');
    if (!number || !isPlain) {
        return fail(Errc::BadField, formatted("the node {} is not a plain number of {}..{}", node, min, max));
    }
    return *number;
}

} // namespace

std::string clientFolder(DomId client)
{
    return formatted("data/vchan/{}", client.value());
}

std::string channelFolder(DomId client, Port port)
{
    return formatted("{}/{}", clientFolder(client), port.value());
}

std::string channelFolderOf(DomId server, DomId client, Port port)
{
    return formatted("/local/domain/{}/{}", server.value(), channelFolder(client, port));
}

std::string presenceNode(DomId peer, Port port, End end)
{
    return formatted(
        "data/bulkhead-here/{}-{}-{}", peer.value(), port.value(), end == End::Server ? "server" : "client");
}

std::string presenceNodeOf(DomId owner, DomId watcher, Port port, End end)
{
    return formatted("/local/domain/{}/{}", owner.value(), presenceNode(watcher, port, end));
}

Result<GrantRef> parseRingReference(std::string_view rawText)
{
    // Other ends keep it in an int.
    constexpr std::uint32_t Max = std::numeric_limits<std::int32_t>::max();
    BH_TRY(const std::uint32_t number, parseNumber(RingReference, rawText, 1, Max));
    return GrantRef(number);
}

Result<EventPort> parseEventChannel(std::string_view rawText)
{
    BH_TRY(const std::uint32_t number, parseNumber(EventChannel, rawText, 1, MaxEventPort));
    return EventPort(number);
}

Result<DomId> parseDomain(std::string_view rawText)
{
    BH_TRY(const std::uint32_t number, parseNumber(OwnDomain, rawText, 0, MaxDomId));
    return DomId(number);
}

} // namespace Bulkhead::XenNodes
