// SPDX-License-Identifier: GPL-2.0-or-later
// Input: which link, how the stream is split, the stream from its greeting on; with the last number of a link, what an
// agent hands to a fork server.
// Promise: what is read does not depend on the split; names are in their alphabets; the canonical value that was read
// can be sent on and is read as the same.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/qrexechandover.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <algorithm>
#include <array>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

using Negotiated = std::optional<ProtocolVersion>;
using Sent = std::vector<std::byte>;

constexpr std::string_view Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

bool isMadeOf(std::string_view text, std::string_view signs)
{
    return std::ranges::all_of(text, [signs](char c) {
        return Letters.contains(c) || signs.contains(c);
    });
}

struct Reader {
    Link link;
    Negotiated negotiated;

    [[nodiscard]] Result<std::size_t> bodyLength(Fuzz::Bytes header) const
    {
        const auto length = Qrexec::bodyLength(link, *parseHeader(header), negotiated);
        BH_ASSERT(!length || *length <= 160 + MaxServiceField || *length <= MaxLocalBody);
        return length;
    }

    /// What the same link makes of a message that was built from what it had read.
    template<typename Message, typename Parse>
    [[nodiscard]] Sent reread(const Message &message, Sent sent, Parse parse) const
    {
        const Fuzz::Bytes bytes(sent);
        const auto back = parse(*parseHeader(bytes.first(HeaderSize)), bytes.subspan(HeaderSize), negotiated);
        BH_ASSERT(back && std::holds_alternative<Message>(*back) && std::get<Message>(*back) == message);
        return sent;
    }

    template<typename Parse> Result<Sent> on(const Hello &message, Parse parse)
    {
        BH_TRY(const ProtocolVersion version,
               link == Link::ClientToDaemon || link == Link::DaemonToClient ? negotiateLocal(message)
                                                                            : negotiate(message));
        Sent sent = reread(message, Qrexec::build(message), parse);
        negotiated = version;
        return sent;
    }

    template<typename Parse> Result<Sent> on(const Trigger &message, Parse parse)
    {
        BH_ASSERT(isMadeOf(message.service.text(), "+") && !message.service.text().starts_with('+'));
        BH_ASSERT(isMadeOf(message.target.text(), "@:") && message.target.text().size() <= RequestedQube::MaxLength);
        BH_ASSERT(isMadeOf(message.source.text(), "@:") && message.source.text().size() <= RequestedQube::MaxLength);
        BH_ASSERT(isMadeOf(message.ident.text(), " "));
        auto sent = Qrexec::build(message, negotiated.value_or(ProtocolVersion::V4));
        if (!sent) { // too long for a control channel
            return Sent{};
        }
        return reread(message, *std::move(sent), parse);
    }

    template<typename Parse> Result<Sent> on(const MalformedTrigger &message, Parse /*parse*/)
    {
        BH_ASSERT(!message.reason.empty());
        return Qrexec::build(ServiceRefused{.ident = message.ident});
    }

    template<typename Parse> Result<Sent> on(const Execute &message, Parse parse)
    {
        auto sent = Qrexec::build(message, link);
        if (!sent) {
            BH_ASSERT(link == Link::DaemonToAgent && sent.error().code == Errc::TooMuch);
            return Sent{};
        }
        return reread(message, *std::move(sent), parse);
    }

    template<typename Message, typename Parse> Result<Sent> on(const Message &message, Parse parse)
    {
        return reread(message, Qrexec::build(message), parse);
    }

    template<typename Parse> Result<Sent> takeWith(Parse parse, const Header &header, Fuzz::Bytes body)
    {
        BH_TRY(const auto message, parse(header, body, negotiated));
        return std::visit(
            [&](const auto &content) {
                return on(content, parse);
            },
            message);
    }

    Result<Sent> take(Fuzz::Bytes headerBytes, Fuzz::Bytes body)
    {
        const Header header = *parseHeader(headerBytes);
        switch (link) {
        case Link::AgentToDaemon:
            return takeWith(parseFromAgent, header, body);
        case Link::DaemonToAgent:
            return takeWith(parseFromDaemon, header, body);
        case Link::ClientToDaemon:
            return takeWith(parseFromClient, header, body);
        case Link::DaemonToClient:
            return takeWith(parseToClient, header, body);
        default:
            return takeWith(
                [](const Header &h, Fuzz::Bytes b, Negotiated /*none*/) {
                    return parseFromTriggerSocket(h, b);
                },
                header,
                body);
        }
    }
};

constexpr std::array Links{
    Link::AgentToDaemon, Link::DaemonToAgent, Link::ClientToDaemon, Link::DaemonToClient, Link::TriggerToAgent};

Fuzz::Transcript run(Fuzz::Bytes stream, Fuzz::Pieces pieces, Link link)
{
    Reader reader{link, std::nullopt};
    const HeaderRule rule{
        .headerSize = HeaderSize,
        .bodyLength =
            [&reader](Fuzz::Bytes header) {
                return reader.bodyLength(header);
            },
    };
    return Fuzz::run(stream, pieces, rule, [&reader](Fuzz::Bytes header, Fuzz::Bytes body) {
        return reader.take(header, body);
    });
}

constexpr std::uint8_t HandOverLink = 255;

/// What is read was said in full, and is built as the same bytes again.
void readHandOver(Fuzz::Bytes stream)
{
    if (stream.size() < HandOverHeaderSize) {
        return;
    }
    const Fuzz::Bytes header = stream.first(HandOverHeaderSize);
    const Fuzz::Bytes command = stream.subspan(HandOverHeaderSize);
    const auto call = parseHandOver(header, command);
    if (call) {
        BH_ASSERT(handOverLength(header) == command.size() && !call->command.contains('\0'));
        BH_ASSERT(std::ranges::equal(Qrexec::build(*call).value(), stream));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    if (data[0] == HandOverLink) {
        readHandOver(Fuzz::asBytes(data + 2, size - 2));
        return 0;
    }
    const Link link = Links.at(data[0] % Links.size());
    const Fuzz::Bytes stream = Fuzz::asBytes(data + 2, size - 2);
    const Fuzz::Transcript whole = run(stream, Fuzz::Pieces(0), link);
    BH_ASSERT(run(stream, Fuzz::Pieces(data[1]), link) == whole);
    return 0;
}
