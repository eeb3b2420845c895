// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecframing.h"

#include "base/formatted.h"
#include "vchan-io/wire/bodysize.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

using enum Link;
using enum ProtocolVersion;

constexpr std::size_t Trigger2Size = 128;
constexpr std::size_t Trigger3Fixed = 96;
constexpr std::size_t Trigger4Fixed = 160;

/// On which link, from which to which version, a type may come, and how long.
struct Rule {
    Link link;
    MessageType type;
    ProtocolVersion since;
    ProtocolVersion until;
    BodySize size;
};

constexpr BodySize Name3 = between(Trigger3Fixed + 1, Trigger3Fixed + MaxServiceField);
constexpr BodySize Name4 = between(Trigger4Fixed + 1, Trigger4Fixed + MaxServiceField);
constexpr BodySize Request = between(ChannelAddress::WireSize + 1, MaxLocalBody);
constexpr BodySize Connect =
    between(ChannelAddress::WireSize + 1, ChannelAddress::WireSize + std::tuple_size_v<RawIdent>);
constexpr BodySize Address = exactly(ChannelAddress::WireSize);
constexpr BodySize SmallChunk = between(0, maxChunk(V2));
constexpr BodySize Chunk = between(0, maxChunk(V3));

/// What is not listed does not exist on its link. Greetings are everywhere, and apart.
constexpr std::array Table{
    Rule{AgentToDaemon, MessageType::Trigger2, V2, V2, exactly(Trigger2Size)},
    Rule{AgentToDaemon, MessageType::Trigger3, V3, V4, Name3},
    Rule{AgentToDaemon, MessageType::Trigger4, V4, V4, Name4},
    Rule{AgentToDaemon, MessageType::ConnectionTerminated, V2, V4, Address},
    Rule{DaemonToAgent, MessageType::ExecCommand, V2, V4, Request},
    Rule{DaemonToAgent, MessageType::JustExec, V2, V4, Request},
    Rule{DaemonToAgent, MessageType::ServiceConnect, V2, V4, Connect},
    Rule{DaemonToAgent, MessageType::ServiceRefused, V2, V4, exactly(std::tuple_size_v<RawIdent>)},
    Rule{ClientToDaemon, MessageType::ExecCommand, V3, V3, Request},
    Rule{ClientToDaemon, MessageType::JustExec, V3, V3, Request},
    Rule{ClientToDaemon, MessageType::ServiceConnect, V3, V3, Connect},
    Rule{DaemonToClient, MessageType::ExecCommand, V3, V3, Address},
    Rule{DaemonToClient, MessageType::JustExec, V3, V3, Address},
    Rule{DaemonToClient, MessageType::ServiceConnect, V3, V3, Address},
    Rule{TriggerToAgent, MessageType::Trigger4, V4, V4, Name4},
    Rule{CallerToService, MessageType::DataStdin, V2, V2, SmallChunk},
    Rule{CallerToService, MessageType::DataStdin, V3, V4, Chunk},
    Rule{CallerToService, MessageType::DataStdout, V2, V2, SmallChunk},
    Rule{CallerToService, MessageType::DataStdout, V3, V4, Chunk},
    Rule{CallerToService, MessageType::DataStderr, V2, V2, SmallChunk},
    Rule{CallerToService, MessageType::DataStderr, V3, V4, Chunk},
    Rule{CallerToService, MessageType::DataExitCode, V2, V2, SmallChunk},
    Rule{CallerToService, MessageType::DataExitCode, V3, V4, Chunk},
    Rule{ServiceToCaller, MessageType::DataStdin, V2, V2, SmallChunk},
    Rule{ServiceToCaller, MessageType::DataStdin, V3, V4, Chunk},
    Rule{ServiceToCaller, MessageType::DataStdout, V2, V2, SmallChunk},
    Rule{ServiceToCaller, MessageType::DataStdout, V3, V4, Chunk},
    Rule{ServiceToCaller, MessageType::DataStderr, V2, V2, SmallChunk},
    Rule{ServiceToCaller, MessageType::DataStderr, V3, V4, Chunk},
    Rule{ServiceToCaller, MessageType::DataExitCode, V2, V2, SmallChunk},
    Rule{ServiceToCaller, MessageType::DataExitCode, V3, V4, Chunk},
};

struct Expected {
    MessageType type;
    BodySize size;
};

constexpr Expected Greeting{MessageType::Hello, exactly(4)};

bool isGreeting(std::uint32_t type)
{
    return type == std::to_underlying(MessageType::Hello);
}

Result<Expected> expected(Link link, std::uint32_t type, ProtocolVersion version)
{
    const auto *const rule = std::ranges::find_if(Table, [&](const Rule &r) {
        return r.link == link && std::to_underlying(r.type) == type && r.since <= version && version <= r.until;
    });
    if (rule == Table.end()) {
        return fail(Errc::UnknownType, "no such message on this link at this version");
    }
    return Expected{rule->type, rule->size};
}

Result<Expected> expected(Link link, const Header &header, std::optional<ProtocolVersion> negotiated)
{
    return header.type.through([&](std::uint32_t type) -> Result<Expected> {
        if (link == TriggerToAgent) {
            return expected(link, type, V4);
        }
        if (isGreeting(type) == negotiated.has_value()) {
            return fail(Errc::WrongState, negotiated ? "a second greeting" : "a message before the greeting");
        }
        return negotiated ? expected(link, type, *negotiated) : Greeting;
    });
}

Result<ProtocolVersion> atLeast(ProtocolVersion least, const Hello &peer)
{
    if (peer.version < std::to_underlying(least)) {
        return fail(Errc::Unsupported,
                    formatted("the peer speaks qrexec protocol {}, this side {} to {}",
                              peer.version,
                              std::to_underlying(least),
                              std::to_underlying(OwnVersion)));
    }
    return least;
}

} // namespace

Result<std::size_t> bodyLength(Link link, const Header &header, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const Expected rule, expected(link, header, negotiated));
    return rule.size.accept(header.length);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<MessageType> acceptedType(Link link,
                                 const Header &header,
                                 std::span<const std::byte> body,
                                 std::optional<ProtocolVersion> negotiated)
{
    BH_TRY(const Expected rule, expected(link, header, negotiated));
    BH_TRY(const std::size_t length, rule.size.accept(header.length));
    BH_CHECK(checkSize(body, length));
    return rule.type;
}

Result<DomId> parseDomain(Untrusted<std::uint32_t> raw)
{
    return raw.within(0, MaxDomId, "domain").transform([](std::uint32_t value) {
        return DomId{value};
    });
}

Result<Port> parsePort(Untrusted<std::uint32_t> raw)
{
    return raw.within(ChannelAddress::FirstPort, ChannelAddress::LastPort, "port").transform([](std::uint32_t value) {
        return Port{value};
    });
}

Result<std::string_view> terminatedText(std::span<const std::byte> bytes)
{
    // Bytes and characters may alias; the view lives as long as the body.
    const std::string_view text(reinterpret_cast<const char *>(bytes.data()),
                                bytes.size()); // NOLINT(*-reinterpret-cast)
    if (text.empty() || text.find('\0') != text.size() - 1) {
        return fail(Errc::BadField, "a text does not end with its only NUL");
    }
    return text.substr(0, text.size() - 1);
}

Result<Hello> parseHello(std::span<const std::byte> body)
{
    WireReader in(body);
    const auto rawVersion = in.u32();
    BH_CHECK(in.finish());
    return Hello{.version = rawVersion.anyValue()}; // negotiate() judges it
}

Result<ProtocolVersion> negotiate(const Hello &peer)
{
    BH_CHECK(atLeast(V2, peer));
    switch (peer.version) {
    case std::to_underlying(V2):
        return V2;
    case std::to_underlying(V3):
        return V3;
    default:
        return OwnVersion;
    }
}

Result<ProtocolVersion> negotiateLocal(const Hello &peer)
{
    return atLeast(DaemonSocketVersion, peer);
}

std::vector<std::byte> frame(MessageType type, std::span<const std::byte> body)
{
    BH_ASSERT(std::in_range<std::uint32_t>(body.size()));
    WireWriter out(HeaderSize + body.size());
    out.u32(std::to_underlying(type)).u32(static_cast<std::uint32_t>(body.size())).bytes(body);
    return std::move(out).take();
}

std::vector<std::byte> build(const Hello &message)
{
    WireWriter body;
    body.u32(message.version);
    return frame(MessageType::Hello, std::move(body).take());
}

} // namespace Bulkhead::Qrexec
