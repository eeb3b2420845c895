// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexechandover.h"

#include "vchan-io/wire/bodysize.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/qrexecframing.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <new>
#include <string_view>
#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

using Bytes = std::span<const std::byte>;
using RawWord = Untrusted<std::uint32_t>;

constexpr BodySize CommandSize = between(1, MaxLocalBody);

struct RawHeader {
    RawWord type;
    RawWord domain;
    RawWord port;
    RawWord length;
};

Result<RawHeader> readHeader(Bytes header)
{
    WireReader in(header);
    const auto rawType = in.u32();
    const auto rawDomain = in.u32();
    const auto rawPort = in.u32();
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    return RawHeader{.type = rawType, .domain = rawDomain, .port = rawPort, .length = rawLength};
}

Result<ExecKind> parseKind(RawWord raw)
{
    return raw.through([](std::uint32_t type) -> Result<ExecKind> {
        switch (type) {
        case std::to_underlying(MessageType::ExecCommand):
            return ExecKind::Command;
        case std::to_underlying(MessageType::JustExec):
            return ExecKind::JustExec;
        default:
            return fail(Errc::UnknownType, "this is no request to run something");
        }
    });
}

} // namespace

Result<std::size_t> handOverLength(Bytes header)
try {
    BH_TRY(const RawHeader raw, readHeader(header));
    return CommandSize.accept(raw.length);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<HandOver> parseHandOver(Bytes header, Bytes command)
try {
    BH_TRY(const RawHeader raw, readHeader(header));
    BH_TRY(const std::size_t length, CommandSize.accept(raw.length));
    BH_CHECK(checkSize(command, length));
    BH_TRY(const ExecKind kind, parseKind(raw.type));
    BH_TRY(const DomId domain, parseDomain(raw.domain));
    BH_TRY(const Port port, parsePort(raw.port));
    BH_TRY(const std::string_view text, terminatedText(command));
    return HandOver{.kind = kind, .channel = {.domain = domain, .port = port}, .command = std::string(text)};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<std::vector<std::byte>> build(const HandOver &message)
{
    if (message.command.contains('\0')) {
        return fail(Errc::BadValue, "a command cannot hold a NUL");
    }
    if (message.command.size() >= MaxLocalBody) {
        return fail(Errc::TooMuch, "the command is longer than one that can be handed over");
    }
    const auto type = message.kind == ExecKind::JustExec ? MessageType::JustExec : MessageType::ExecCommand;
    WireWriter out(HandOverHeaderSize + message.command.size() + 1);
    out.u32(std::to_underlying(type))
        .u32(message.channel.domain.value())
        .u32(message.channel.port.value())
        .u32(static_cast<std::uint32_t>(message.command.size() + 1))
        .text(message.command)
        .zeros(1);
    return std::move(out).take();
}

} // namespace Bulkhead::Qrexec
