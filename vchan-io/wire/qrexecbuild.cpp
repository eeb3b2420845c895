// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecframing.h"
#include "vchan-io/wire/qrexecmessages.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

constexpr std::size_t Service2Size = 64;
constexpr std::size_t Target2Size = 32;
constexpr std::size_t QubeFieldSize = RequestedQube::MaxLength + 1;

void write(WireWriter &out, DomId domain, std::optional<Port> port)
{
    out.u32(domain.value()).u32(port.value_or(Port{}).value());
}

void write(WireWriter &out, const ChannelAddress &channel)
{
    write(out, channel.domain, channel.port);
}

std::vector<std::byte> frame(MessageType type, WireWriter body)
{
    return frame(type, std::span<const std::byte>(std::move(body).take()));
}

Result<std::vector<std::byte>> frameUpTo(std::size_t most, MessageType type, WireWriter body)
{
    const std::vector<std::byte> bytes = std::move(body).take();
    if (bytes.size() > most) {
        return fail(Errc::TooMuch, "the request is longer than its channel takes");
    }
    return frame(type, bytes);
}

Result<std::vector<std::byte>> buildTrigger2(const Trigger &message)
{
    if (message.service.text().size() >= Service2Size || message.target.text().size() >= Target2Size) {
        return fail(Errc::TooMuch, "the peer's protocol has no room for a name of this length");
    }
    WireWriter body;
    body.fixedText(message.service.text(), Service2Size);
    body.fixedText(message.target.text(), Target2Size);
    body.bytes(message.ident.raw());
    return frame(MessageType::Trigger2, std::move(body));
}

} // namespace

std::vector<std::byte> build(const ConnectionTerminated &message)
{
    WireWriter body;
    write(body, message.channel);
    return frame(MessageType::ConnectionTerminated, std::move(body));
}

std::vector<std::byte> build(const ServiceConnect &message)
{
    WireWriter body;
    write(body, message.domain, message.port);
    body.bytes(message.ident);
    return frame(MessageType::ServiceConnect, std::move(body));
}

std::vector<std::byte> build(const ServiceRefused &message)
{
    WireWriter body;
    body.bytes(message.ident);
    return frame(MessageType::ServiceRefused, std::move(body));
}

std::vector<std::byte> build(const Accepted &message)
{
    WireWriter body;
    write(body, message.channel);
    return frame(message.request, std::move(body));
}

std::vector<std::byte> build(const ChannelAddress &message)
{
    WireWriter out;
    write(out, message);
    return std::move(out).take();
}

Result<std::vector<std::byte>> build(const Execute &message, Link link)
{
    BH_ASSERT(link == Link::DaemonToAgent || link == Link::ClientToDaemon);
    if (message.command.contains('\0')) {
        return fail(Errc::BadValue, "a command cannot hold a NUL");
    }
    WireWriter body(ChannelAddress::WireSize + message.command.size() + 1);
    write(body, message.domain, message.port);
    body.text(message.command).zeros(1);
    const auto type = message.kind == ExecKind::JustExec ? MessageType::JustExec : MessageType::ExecCommand;
    return frameUpTo(link == Link::DaemonToAgent ? MaxControlBody : MaxLocalBody, type, std::move(body));
}

Result<std::vector<std::byte>> build(const Trigger &message, ProtocolVersion version)
{
    if (version < ProtocolVersion::V4 && !message.source.text().empty()) {
        return fail(Errc::Unsupported, "the peer's protocol cannot name the qube that a relay speaks for");
    }
    if (version == ProtocolVersion::V2) {
        return buildTrigger2(message);
    }
    WireWriter body;
    if (version == ProtocolVersion::V4) {
        body.fixedText(message.source.text(), QubeFieldSize);
    }
    body.fixedText(message.target.text(), QubeFieldSize);
    body.bytes(message.ident.raw()).text(message.service.text()).zeros(1);
    const auto type = version == ProtocolVersion::V4 ? MessageType::Trigger4 : MessageType::Trigger3;
    return frameUpTo(MaxControlBody, type, std::move(body));
}

} // namespace Bulkhead::Qrexec
