// SPDX-License-Identifier: GPL-2.0-or-later
// Input: which connection, how the stream is split, the stream.
// Promise: what is read does not depend on the split; paths, keys and values are of their alphabets and lengths; what
// was read can be sent on and is read as the same; nothing of a qube reaches outside a database.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/qubesdbguestkeys.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <array>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;

namespace
{

using Sent = std::vector<std::byte>;

void check(const Path &path)
{
    BH_ASSERT(Path::parse(path.text()).value() == path && path.text().size() <= MaxPath);
}

void check(const Write &message)
{
    check(message.key.path());
    BH_ASSERT(Key::parse(message.key.text()).value() == message.key);
    BH_ASSERT(message.key.text().starts_with('/') && !message.key.text().ends_with('/'));
    BH_ASSERT(message.value.text().size() <= MaxValue && !message.value.text().contains('\0'));
}

/// How one kind of connection is read.
template<typename Message> struct Connection {
    Result<std::size_t> (*dataLength)(Fuzz::Bytes header);
    Result<Message> (*parse)(Fuzz::Bytes header, Fuzz::Bytes data);

    template<typename Content> [[nodiscard]] Sent reread(const Content &content) const
    {
        Sent sent = build(content);
        const Fuzz::Bytes bytes(sent);
        const auto length = dataLength(bytes.first(HeaderSize));
        BH_ASSERT(length && *length == sent.size() - HeaderSize);
        const auto back = parse(bytes.first(HeaderSize), bytes.subspan(HeaderSize));
        BH_ASSERT(back && *back == Message(content));
        return sent;
    }

    [[nodiscard]] Sent take(const Write &message) const
    {
        check(message);
        return reread(message);
    }

    [[nodiscard]] Sent take(const Malformed &message) const
    {
        return {static_cast<std::byte>(message.skip & 0xFF), static_cast<std::byte>(message.endsConnection)};
    }

    [[nodiscard]] Sent take(const Acknowledged & /*message*/) const
    {
        return {std::byte{1}};
    }

    [[nodiscard]] Sent take(const PeerFailed & /*message*/) const
    {
        return {std::byte{2}};
    }

    [[nodiscard]] Sent take(const Entry &message) const
    {
        check(Write{.key = message.key, .value = message.value});
        const auto devices = blockDevicesIn(std::span(&message, 1));
        BH_ASSERT(devices.empty() || (devices.front().id.size() <= 12 && !devices.front().description.contains('<')));
        (void)featuresRequestedIn(std::span(&message, 1));
        (void)toolsIn(std::span(&message, 1));
        if (const auto traffic = parseTraffic(message)) {
            const Write again = buildTraffic(*traffic);
            BH_ASSERT(parseTraffic({.key = again.key, .value = again.value}).value() == *traffic);
        }
        return reread(message);
    }

    template<typename Content> [[nodiscard]] Sent take(const Content &message) const
    {
        return reread(message);
    }

    [[nodiscard]] Result<Sent> takeMessage(Fuzz::Bytes header, Fuzz::Bytes data) const
    {
        BH_TRY(const Message message, parse(header, data));
        return std::visit(
            [this](const auto &content) {
                return this->take(content);
            },
            message);
    }
};

template<typename Message>
Fuzz::Transcript run(Fuzz::Bytes stream, Fuzz::Pieces pieces, const Connection<Message> &connection)
{
    const HeaderRule rule{
        .headerSize = HeaderSize,
        .bodyLength =
            [&connection](Fuzz::Bytes header) {
                const auto length = connection.dataLength(header);
                BH_ASSERT(!length || *length <= MaxValue);
                return length;
            },
    };
    return Fuzz::run(stream, pieces, rule, [&connection](Fuzz::Bytes header, Fuzz::Bytes data) {
        return connection.takeMessage(header, data);
    });
}

template<typename Message> void runBoth(Fuzz::Bytes stream, std::uint8_t seed, const Connection<Message> &connection)
{
    const Fuzz::Transcript whole = run(stream, Fuzz::Pieces(0), connection);
    BH_ASSERT(run(stream, Fuzz::Pieces(seed), connection) == whole);
}

/// Answers hold one type more than one message each, so they are compared as they are.
void runAnswers(Fuzz::Bytes stream)
{
    const HeaderRule rule{.headerSize = HeaderSize, .bodyLength = answerData};
    (void)Fuzz::run(stream, Fuzz::Pieces(0), rule, [](Fuzz::Bytes header, Fuzz::Bytes data) -> Result<Sent> {
        BH_TRY(const Answer answer, parseAnswer(header, data));
        check(answer.path);
        Sent sent = build(answer);
        const Fuzz::Bytes bytes(sent);
        BH_ASSERT(parseAnswer(bytes.first(HeaderSize), bytes.subspan(HeaderSize)).value() == answer);
        return sent;
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::uint8_t Kinds = 4;
    if (size < 2) {
        return 0;
    }
    const Fuzz::Bytes stream = Fuzz::asBytes(data + 2, size - 2);
    switch (data[0] % Kinds) {
    case 0:
        runBoth(stream, data[1], Connection<Request>{requestData, parseRequest});
        break;
    case 1:
        runBoth(stream, data[1], Connection<FromQube>{fromQubeData, parseFromQube});
        break;
    case 2:
        runBoth(stream, data[1], Connection<FromDom0>{fromDom0Data, parseFromDom0});
        break;
    default:
        runAnswers(stream);
        break;
    }
    return 0;
}
