// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/support/wirebody.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"

#include <cstdint>
#include <span>
#include <utility>

/// GUI messages as a peer may put them together, right or wrong.
namespace Bulkhead::Test
{

inline Gui::Header guiHeader(std::uint32_t type, std::uint32_t window, std::uint32_t length)
{
    return *Gui::parseHeader(words({type, window, length}));
}

inline Gui::Header guiHeader(Gui::MessageType type, std::span<const std::byte> body)
{
    return guiHeader(std::to_underlying(type), 7, static_cast<std::uint32_t>(body.size()));
}

/// What the daemon makes of an agent's message about window 7, whose header tells the body's true length.
inline Result<Gui::FromAgent::Message>
agentSays(Gui::MessageType type, std::span<const std::byte> body, Gui::Version version = Gui::OwnVersion)
{
    return Gui::FromAgent::parse(guiHeader(type, body), body, version);
}

/// What the agent makes of a daemon's message about window 7.
inline Result<Gui::FromDaemon::Message> daemonSays(Gui::MessageType type, std::span<const std::byte> body)
{
    return Gui::FromDaemon::parse(guiHeader(type, body), body);
}

/// A whole message, as it goes over the channel, taken apart and parsed.
inline Result<Gui::FromAgent::Message> reparsedFromAgent(const Bytes &message, Gui::Version version = Gui::OwnVersion)
{
    const std::span<const std::byte> bytes(message);
    BH_TRY(const Gui::Header header, Gui::parseHeader(bytes.first(Gui::HeaderSize)));
    return Gui::FromAgent::parse(header, bytes.subspan(Gui::HeaderSize), version);
}

inline Result<Gui::FromDaemon::Message> reparsedFromDaemon(const Bytes &message)
{
    const std::span<const std::byte> bytes(message);
    BH_TRY(const Gui::Header header, Gui::parseHeader(bytes.first(Gui::HeaderSize)));
    return Gui::FromDaemon::parse(header, bytes.subspan(Gui::HeaderSize));
}

} // namespace Bulkhead::Test
