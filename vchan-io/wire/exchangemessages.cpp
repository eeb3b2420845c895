// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/exchangemessages.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <new>
#include <utility>

namespace Bulkhead::Exchange
{

namespace
{

Result<Ask> askFrom(std::uint32_t raw)
{
    switch (raw) {
    case std::to_underlying(Ask::Serve):
        return Ask::Serve;
    case std::to_underlying(Ask::Connect):
        return Ask::Connect;
    case std::to_underlying(Ask::GrantPages):
        return Ask::GrantPages;
    case std::to_underlying(Ask::MapPages):
        return Ask::MapPages;
    default:
        return fail(Errc::UnknownType, "no such request");
    }
}

} // namespace

Result<Request> parseRequest(std::span<const std::byte> bytes)
try {
    WireReader in(bytes);
    const auto rawAsk = in.u32();
    const auto rawPeer = in.u32();
    const auto rawPort = in.u32();
    const auto rawToServer = in.u32();
    const auto rawToClient = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const Ask ask, rawAsk.through(askFrom));
    BH_TRY(const std::uint32_t peer, rawPeer.within(0, MaxDomId, "peer"));
    Request request{.ask = ask, .peer = DomId(peer)};
    if (ask == Ask::Serve || ask == Ask::Connect) {
        request.port = Port(rawPort.anyValue()); // a name that two programs agree on
    } else {
        BH_CHECK(rawPort.within(0, 0, "port"));
    }
    if (ask == Ask::Serve) {
        request.toServer = rawToServer.clamped(1, MaxRingBytes);
        request.toClient = rawToClient.clamped(1, MaxRingBytes);
    } else {
        BH_CHECK(rawToServer.within(0, 0, "toServer"));
        BH_CHECK(rawToClient.within(0, 0, "toClient"));
    }
    return request;
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<Answer> parseAnswer(std::span<const std::byte> bytes)
try {
    WireReader in(bytes);
    const auto rawAnswer = in.u32();
    BH_CHECK(in.finish());
    return rawAnswer.through([](std::uint32_t raw) -> Result<Answer> {
        switch (raw) {
        case std::to_underlying(Answer::ChannelEnd):
            return Answer::ChannelEnd;
        case std::to_underlying(Answer::Arena):
            return Answer::Arena;
        case std::to_underlying(Answer::Gone):
            return Answer::Gone;
        case std::to_underlying(Answer::Refused):
            return Answer::Refused;
        default:
            return fail(Errc::UnknownType, "no such answer");
        }
    });
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

std::vector<std::byte> build(const Request &request)
{
    WireWriter out(RequestSize);
    out.u32(std::to_underlying(request.ask)).u32(request.peer.value()).u32(request.port.value());
    out.u32(request.toServer).u32(request.toClient);
    return std::move(out).take();
}

std::vector<std::byte> build(Answer answer)
{
    WireWriter out(AnswerSize);
    out.u32(std::to_underlying(answer));
    return std::move(out).take();
}

} // namespace Bulkhead::Exchange
