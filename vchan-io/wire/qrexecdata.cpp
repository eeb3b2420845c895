// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecdata.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/qrexecframing.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <new>
#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

using Bytes = std::span<const std::byte>;

constexpr std::size_t ExitCodeSize = 4;
constexpr std::uint8_t UnreadableStatus = 255;

ExitCode parseExitCode(Bytes body)
{
    if (body.size() < ExitCodeSize) {
        return {.status = UnreadableStatus};
    }
    WireReader in(body.first(ExitCodeSize)); // what follows has no meaning
    const auto rawStatus = in.u32();
    return {.status = static_cast<std::uint8_t>(rawStatus.anyValue() & 0xFF)};
}

std::vector<std::byte> buildStreamHeader(MessageType type, Bytes bytes)
{
    BH_ASSERT(bytes.size() <= maxChunk(OwnVersion));
    WireWriter header(HeaderSize);
    header.u32(std::to_underlying(type)).u32(static_cast<std::uint32_t>(bytes.size()));
    return std::move(header).take();
}

template<typename Stream> std::vector<std::byte> buildStream(const Stream &message)
{
    std::vector<std::byte> whole = buildHeader(message);
    whole.insert(whole.end(), message.bytes.begin(), message.bytes.end());
    return whole;
}

} // namespace

Result<FromCaller>
parseFromCaller(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::CallerToService, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    if (type == MessageType::DataStdin || type == MessageType::DataStdout) {
        return Input{{.bytes = body}};
    }
    return Disregarded{};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<FromService>
parseFromService(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated)
try {
    BH_TRY(const MessageType type, acceptedType(Link::ServiceToCaller, header, body, negotiated));
    if (type == MessageType::Hello) {
        return parseHello(body);
    }
    if (type == MessageType::DataExitCode) {
        return parseExitCode(body);
    }
    if (type == MessageType::DataStderr) {
        return ErrorOutput{{.bytes = body}};
    }
    return Output{{.bytes = body}};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

std::vector<std::byte> build(const Input &message)
{
    return buildStream(message);
}

std::vector<std::byte> build(const Output &message)
{
    return buildStream(message);
}

std::vector<std::byte> build(const ErrorOutput &message)
{
    return buildStream(message);
}

std::vector<std::byte> build(const ExitCode &message)
{
    WireWriter body;
    body.u32(message.status);
    return frame(MessageType::DataExitCode, std::move(body).take());
}

std::vector<std::byte> buildHeader(const Input &message)
{
    return buildStreamHeader(MessageType::DataStdin, message.bytes);
}

std::vector<std::byte> buildHeader(const Output &message)
{
    return buildStreamHeader(MessageType::DataStdout, message.bytes);
}

std::vector<std::byte> buildHeader(const ErrorOutput &message)
{
    return buildStreamHeader(MessageType::DataStderr, message.bytes);
}

} // namespace Bulkhead::Qrexec
