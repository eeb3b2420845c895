// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecmessages.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/qrexecframing.h"
#include "vchan-io/wire/safetext.h"
#include "vchan-io/wire/wirereader.h"

#include <algorithm>
#include <new>
#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

using Bytes = std::span<const std::byte>;
using RawWord = Untrusted<std::uint32_t>;

/// Whether a local client may leave the port to the daemon.
enum class PortRule : std::uint8_t { Given, MayBeLeftOpen };

Result<std::optional<Port>> parsePortOrNone(RawWord raw, PortRule rule)
{
    if (rule == PortRule::MayBeLeftOpen && raw.within(0, 0, "port")) {
        return std::nullopt;
    }
    return parsePort(raw).transform([](Port port) {
        return std::optional(port);
    });
}

Result<Execute> parseExecute(ExecKind kind, Bytes body, PortRule rule)
{
    WireReader in(body);
    const auto rawDomain = in.u32();
    const auto rawPort = in.u32();
    const auto rawCommand = in.rest();
    BH_CHECK(in.finish());

    BH_TRY(const DomId domain, parseDomain(rawDomain));
    BH_TRY(const auto port, parsePortOrNone(rawPort, rule));
    BH_TRY(const std::string_view command, terminatedText(rawCommand.anyValue()));
    return Execute{.kind = kind, .domain = domain, .port = port, .command = std::string(command)};
}

Result<ServiceConnect> parseServiceConnect(Bytes body, PortRule rule)
{
    WireReader in(body);
    const auto rawDomain = in.u32();
    const auto rawPort = in.u32();
    const auto rawIdent = in.rest();
    BH_CHECK(in.finish());

    BH_TRY(const DomId domain, parseDomain(rawDomain));
    BH_TRY(const auto port, parsePortOrNone(rawPort, rule));
    const Bytes ident = rawIdent.anyValue(); // compared with idents that are waited for, or parsed as one
    ServiceConnect message{.domain = domain, .port = port};
    if (ident.size() > message.ident.size() || !std::ranges::contains(ident, std::byte{0})) {
        return fail(Errc::BadField, "the ident has no NUL");
    }
    std::ranges::copy(ident, message.ident.begin());
    return message;
}

RawIdent copied(const UntrustedBytes &raw)
{
    RawIdent ident{};
    std::ranges::copy(raw.anyValue(), ident.begin()); // parsed by RequestIdent, or sent back as it came
    return ident;
}

Result<ServiceRefused> parseServiceRefused(Bytes body)
{
    WireReader in(body);
    const auto rawIdent = in.bytes(std::tuple_size_v<RawIdent>);
    BH_CHECK(in.finish());
    return ServiceRefused{.ident = copied(rawIdent)};
}

Result<ConnectionTerminated> parseConnectionTerminated(Bytes body)
{
    WireReader in(body);
    const auto rawDomain = in.u32();
    const auto rawPort = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const Port port, parsePort(rawPort));
    // Any domain: a number that nobody has frees nothing.
    return ConnectionTerminated{.channel = {.domain = DomId{rawDomain.anyValue()}, .port = port}};
}

/// The fields of a trigger before they are judged, whatever its form.
struct RawTrigger {
    Bytes source;
    Bytes target;
    RawIdent ident;
    Bytes service; ///< with its NUL
};

Result<RawTrigger> readTrigger(MessageType type, Bytes body)
{
    WireReader in(body);
    if (type == MessageType::Trigger2) {
        const auto rawService = in.bytes(64);
        const auto rawTarget = in.bytes(32);
        const auto rawIdent = in.bytes(32);
        BH_CHECK(in.finish());
        const Bytes field = rawService.anyValue();
        // A name that fills its field has no NUL and fails below, like one with something behind its NUL.
        const auto end = std::ranges::find_last_if(field, [](std::byte b) {
            return b != std::byte{0};
        });
        const auto used = static_cast<std::size_t>(end.begin() - field.begin()) + 1;
        return RawTrigger{{}, rawTarget.anyValue(), copied(rawIdent), field.first(std::min(used + 1, field.size()))};
    }
    const auto rawSource = in.bytes(type == MessageType::Trigger4 ? 64 : 0);
    const auto rawTarget = in.bytes(64);
    const auto rawIdent = in.bytes(32);
    const auto rawService = in.rest();
    BH_CHECK(in.finish());
    return RawTrigger{rawSource.anyValue(), rawTarget.anyValue(), copied(rawIdent), rawService.anyValue()};
}

Result<Trigger> judgeTrigger(const RawTrigger &raw)
{
    BH_TRY(RequestIdent ident, RequestIdent::parse(raw.ident));
    BH_TRY(const std::string_view name, terminatedText(raw.service));
    BH_TRY(RequestedService service, RequestedService::cleaned(name));
    return Trigger{
        .source = RequestedQube::cleaned(textInField(raw.source)),
        .target = RequestedQube::cleaned(textInField(raw.target)),
        .ident = std::move(ident),
        .service = std::move(service),
    };
}

/// @tparam Message  a variant that holds Trigger and MalformedTrigger
template<typename Message> Result<Message> parseTrigger(MessageType type, Bytes body)
{
    BH_TRY(const RawTrigger raw, readTrigger(type, body));
    auto trigger = judgeTrigger(raw);
    if (!trigger) {
        return MalformedTrigger{.ident = raw.ident, .reason = trigger.error().detail};
    }
    return *std::move(trigger);
}

} // namespace

Result<FromAgent>
parseFromAgent(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::AgentToDaemon, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    if (type == MessageType::ConnectionTerminated) {
        return parseConnectionTerminated(body);
    }
    return parseTrigger<FromAgent>(type, body);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<FromDaemon>
parseFromDaemon(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::DaemonToAgent, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    if (type == MessageType::ServiceConnect) {
        return parseServiceConnect(body, PortRule::Given);
    }
    if (type == MessageType::ServiceRefused) {
        return parseServiceRefused(body);
    }
    return parseExecute(type == MessageType::JustExec ? ExecKind::JustExec : ExecKind::Command, body, PortRule::Given);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<FromClient>
parseFromClient(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::ClientToDaemon, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    if (type == MessageType::ServiceConnect) {
        return parseServiceConnect(body, PortRule::MayBeLeftOpen);
    }
    const ExecKind kind = type == MessageType::JustExec ? ExecKind::JustExec : ExecKind::Command;
    return parseExecute(kind, body, PortRule::MayBeLeftOpen);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<ToClient>
parseToClient(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::DaemonToClient, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    return parseChannelAddress(body).transform([type](const ChannelAddress &channel) {
        return Accepted{.request = type, .channel = channel};
    });
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<FromTriggerSocket> parseFromTriggerSocket(const Header &header, std::span<const std::byte> body)
try {
    BH_TRY(const MessageType type, acceptedType(Link::TriggerToAgent, header, body, std::nullopt));
    return parseTrigger<FromTriggerSocket>(type, body);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<ChannelAddress> parseChannelAddress(std::span<const std::byte> bytes)
try {
    WireReader in(bytes);
    const auto rawDomain = in.u32();
    const auto rawPort = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const DomId domain, parseDomain(rawDomain));
    BH_TRY(const Port port, parsePort(rawPort));
    return ChannelAddress{.domain = domain, .port = port};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Qrexec
