// SPDX-License-Identifier: GPL-2.0-or-later
// Input: which direction, how the stream is split, the stream of a data channel from its greeting on.
// Promise: what is read does not depend on the split; a caller's bytes reach nothing but the service's input; no piece
// is longer than the version allows.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/qrexecdata.h"

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

using Sent = std::vector<std::byte>;

struct Reader {
    Link link;
    std::optional<ProtocolVersion> negotiated;

    Result<Sent> on(const Hello &message)
    {
        BH_TRY(const ProtocolVersion version, negotiate(message));
        BH_ASSERT(!negotiated);
        negotiated = version;
        return Qrexec::build(message);
    }

    Result<Sent> on(const Disregarded & /*nothing*/)
    {
        BH_ASSERT(link == Link::CallerToService);
        return Sent{};
    }

    Result<Sent> on(const ExitCode &message)
    {
        BH_ASSERT(link == Link::ServiceToCaller);
        return Qrexec::build(message);
    }

    template<typename Stream> Result<Sent> on(const Stream &message)
    {
        BH_ASSERT(negotiated && message.bytes.size() <= maxChunk(*negotiated));
        BH_ASSERT(message.isEnd() == message.bytes.empty());
        return Qrexec::build(message);
    }

    template<typename Parse> Result<Sent> takeWith(Parse parse, const Header &header, Fuzz::Bytes body)
    {
        BH_TRY(const auto message, parse(header, body, negotiated));
        return std::visit(
            [this](const auto &content) {
                return this->on(content);
            },
            message);
    }

    Result<Sent> take(Fuzz::Bytes headerBytes, Fuzz::Bytes body)
    {
        const Header header = *parseHeader(headerBytes);
        return link == Link::CallerToService ? takeWith(parseFromCaller, header, body)
                                             : takeWith(parseFromService, header, body);
    }
};

Fuzz::Transcript run(Fuzz::Bytes stream, Fuzz::Pieces pieces, Link link)
{
    Reader reader{link, std::nullopt};
    const HeaderRule rule{
        .headerSize = HeaderSize,
        .bodyLength =
            [&reader](Fuzz::Bytes header) {
                return bodyLength(reader.link, *parseHeader(header), reader.negotiated);
            },
    };
    return Fuzz::run(stream, pieces, rule, [&reader](Fuzz::Bytes header, Fuzz::Bytes body) {
        return reader.take(header, body);
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const Link link = data[0] % 2 == 0 ? Link::CallerToService : Link::ServiceToCaller;
    const Fuzz::Bytes stream = Fuzz::asBytes(data + 2, size - 2);
    const Fuzz::Transcript whole = run(stream, Fuzz::Pieces(0), link);
    BH_ASSERT(run(stream, Fuzz::Pieces(data[1]), link) == whole);
    return 0;
}
