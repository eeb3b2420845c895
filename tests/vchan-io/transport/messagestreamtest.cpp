// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/messagestream.h"

#include "tests/support/channelpair.h"
#include "tests/support/testclock.h"

#include <QTest>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace std::chrono_literals;

namespace
{

using Bytes = std::vector<std::byte>;

constexpr std::size_t HeaderSize = 3;
constexpr std::size_t MaxBody = 60000;

/// A tiny protocol: one byte of type, two of length (little-endian); type 9 is not one.
HeaderRule testRule()
{
    return {
        .headerSize = HeaderSize,
        .bodyLength = [](std::span<const std::byte> header) -> Result<std::size_t> {
            if (header[0] == std::byte{9}) {
                return fail(Errc::UnknownType, "type 9");
            }
            const auto length = std::to_integer<std::size_t>(header[1]) | std::to_integer<std::size_t>(header[2]) << 8;
            if (length > MaxBody) {
                return fail(Errc::LongMessage, "body");
            }
            return length;
        },
    };
}

Bytes message(std::uint8_t type, std::size_t bodySize)
{
    Bytes bytes{std::byte{type}, static_cast<std::byte>(bodySize & 0xff), static_cast<std::byte>(bodySize >> 8)};
    for (std::size_t i = 0; i < bodySize; ++i) {
        bytes.push_back(static_cast<std::byte>(i * 31 + type));
    }
    return bytes;
}

Bytes beginning(const Bytes &bytes, std::size_t size)
{
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

Bytes joined(const std::vector<Bytes> &parts)
{
    Bytes all;
    for (const Bytes &part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

Bytes copied(const StreamMessage &message)
{
    Bytes bytes(message.header.begin(), message.header.end());
    bytes.insert(bytes.end(), message.body.begin(), message.body.end());
    return bytes;
}

/// A stream on one end of a channel, and the bare other end.
struct Rig {
    explicit Rig(std::size_t ringBytes = 4096)
        : Rig(makeChannelPair(ringBytes))
    {
    }

    explicit Rig(ChannelPair pair)
        : stream(std::move(pair.server), testRule(), clock)
        , peer(std::move(pair.client))
    {
    }

    /// Takes every message that is there.
    void drain(std::vector<Bytes> &into)
    {
        (void)stream.takeEvent().value();
        for (auto next = stream.next().value(); next; next = stream.next().value()) {
            into.push_back(copied(*next));
        }
    }

    TestClock clock;
    MessageStream stream;
    std::unique_ptr<Channel> peer;
};

} // namespace

class MessageStreamTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_015_gui_003_messagesSplitAtEveryByteComeOutWhole();
    void gui_004_manyMessagesInOneWriteNeedOneWakeUp();
    void S_015_bodiesLargerThanTheRingArrive();
    void S_016_startedMessageEndsTheStreamAtItsDeadline();
    void S_016_deadlineBeginsAnewWithEachMessage();
    void S_017_oneByteATurn();
    void S_018_peerThatDoesNotReadEndsTheStreamAtTheLimit();
    void S_019_neitherSideBlocksWhenNobodyReads();
    void queuedBytesLeaveInOrderAsThePeerReads();
    void headerThatTheRuleRefusesEndsBeforeItsBody();
    void rawItemsAndMessagesShareTheStream();
    void peerThatClosesLeavesWholeMessagesReadable();
};

void MessageStreamTest::S_015_gui_003_messagesSplitAtEveryByteComeOutWhole()
{
    const std::vector<Bytes> sent{message(1, 0), message(2, 1), message(3, 40), message(4, 0), message(5, 7)};
    const Bytes all = joined(sent);
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        Rig rig;
        std::vector<Bytes> received;
        QCOMPARE(rig.peer->write(std::span(all).first(cut)).value(), cut);
        rig.drain(received);
        QCOMPARE(rig.peer->write(std::span(all).subspan(cut)).value(), all.size() - cut);
        rig.drain(received);
        QCOMPARE(received, sent);
    }
}

void MessageStreamTest::gui_004_manyMessagesInOneWriteNeedOneWakeUp()
{
    Rig rig;
    const std::vector<Bytes> sent(100, message(1, 20));
    const Bytes all = joined(sent);
    QCOMPARE(rig.peer->write(all).value(), all.size());
    std::vector<Bytes> received;
    rig.drain(received);
    QCOMPARE(received, sent);
}

void MessageStreamTest::S_015_bodiesLargerThanTheRingArrive()
{
    Rig rig(4096);
    const std::vector<Bytes> sent{message(1, MaxBody), message(2, 5), message(3, 5000)};
    const Bytes all = joined(sent);
    std::vector<Bytes> received;
    for (std::size_t done = 0; done < all.size();) {
        const std::size_t written = rig.peer->write(std::span(all).subspan(done)).value();
        QVERIFY(written > 0);
        done += written;
        rig.drain(received);
    }
    QCOMPARE(received, sent);
}

void MessageStreamTest::S_016_startedMessageEndsTheStreamAtItsDeadline()
{
    Rig rig;
    QVERIFY(!rig.stream.next().value());
    QVERIFY(!rig.stream.deadline());
    QCOMPARE(rig.peer->write(beginning(message(1, 50), HeaderSize)).value(), HeaderSize);
    QVERIFY(!rig.stream.next().value());
    QCOMPARE(rig.stream.deadline().value(), rig.clock.now() + 10s);
    rig.clock.advance(10s - 1ns);
    QVERIFY(!rig.stream.next().value());
    rig.clock.advance(1ns);
    QCOMPARE(rig.stream.next().error().code, Errc::TimedOut);
}

void MessageStreamTest::S_016_deadlineBeginsAnewWithEachMessage()
{
    Rig rig;
    const Bytes all = joined({message(1, 4), message(2, 4)});
    const std::size_t first = message(1, 4).size();
    QVERIFY(rig.peer->write(std::span(all).first(2)));
    QVERIFY(!rig.stream.next().value());
    rig.clock.advance(9s);
    QVERIFY(rig.peer->write(std::span(all).subspan(2, first))); // the rest, and two bytes of the next
    QVERIFY(rig.stream.next().value());
    QVERIFY(!rig.stream.next().value());
    QCOMPARE(rig.stream.deadline().value(), rig.clock.now() + 10s);
    QVERIFY(rig.peer->write(std::span(all).subspan(2 + first)));
    QVERIFY(rig.stream.next().value());
    QVERIFY(!rig.stream.next().value());
    QVERIFY(!rig.stream.deadline());
}

void MessageStreamTest::S_017_oneByteATurn()
{
    constexpr int Turns = 1'000'000;
    Rig rig;
    const Bytes one = message(7, 40);
    int received = 0;
    for (std::size_t turn = 0; turn < Turns; ++turn) {
        QCOMPARE(rig.peer->write(std::span(one).subspan(turn % one.size(), 1)).value(), 1U);
        while (const auto next = rig.stream.next().value()) {
            QCOMPARE(copied(*next), one);
            ++received;
        }
        rig.clock.advance(1ms);
    }
    QCOMPARE(received, Turns / static_cast<int>(one.size()));
}

void MessageStreamTest::S_018_peerThatDoesNotReadEndsTheStreamAtTheLimit()
{
    Rig rig;
    const std::size_t limit = StreamLimits().outgoing;
    const Bytes chunk = message(1, MaxBody);
    Result<void> sent;
    std::size_t total = 0;
    while ((sent = rig.stream.send(chunk))) {
        total += chunk.size();
        QVERIFY(rig.stream.flush());
        QVERIFY(rig.stream.pendingOut() <= limit);
        QVERIFY(total <= limit + 4096);
    }
    QCOMPARE(sent.error().code, Errc::TooMuch);
    QVERIFY(total > limit - chunk.size());
}

void MessageStreamTest::S_019_neitherSideBlocksWhenNobodyReads()
{
    ChannelPair pair = makeChannelPair();
    const TestClock clock;
    MessageStream server(std::move(pair.server), testRule(), clock);
    MessageStream client(std::move(pair.client), testRule(), clock);
    for (int i = 0; i < 20; ++i) { // far more than a ring holds; a call that waits would hang the test
        QVERIFY(server.send(message(1, 5000)));
        QVERIFY(client.send(message(2, 5000)));
        QVERIFY(server.flush());
        QVERIFY(client.flush());
    }
    QVERIFY(server.pendingOut() > 0);
    QVERIFY(client.pendingOut() > 0);
    QVERIFY(server.channel().state() == ChannelState::Open);
}

void MessageStreamTest::queuedBytesLeaveInOrderAsThePeerReads()
{
    Rig rig;
    std::vector<Bytes> sent;
    for (std::uint8_t i = 0; i < 200; ++i) {
        sent.push_back(message(i == 9 ? 10 : i, std::size_t{i} * 100));
        const std::span whole(sent.back());
        QVERIFY(rig.stream.send(whole.first(HeaderSize), whole.subspan(HeaderSize)));
    }
    Bytes received;
    Bytes buffer(1000);
    const Bytes expected = joined(sent);
    while (received.size() < expected.size()) {
        QVERIFY(rig.stream.takeEvent());
        const std::size_t count = rig.peer->read(buffer).value();
        QVERIFY(count > 0);
        received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    }
    QCOMPARE(received, expected);
    QCOMPARE(rig.stream.pendingOut(), 0U);
}

void MessageStreamTest::headerThatTheRuleRefusesEndsBeforeItsBody()
{
    Rig unknown;
    QVERIFY(unknown.peer->write(message(9, 0)));
    QCOMPARE(unknown.stream.next().error().code, Errc::UnknownType);

    Rig tooLong;
    QVERIFY(tooLong.peer->write(beginning(message(1, MaxBody + 1), HeaderSize)));
    QCOMPARE(tooLong.stream.next().error().code, Errc::LongMessage);
}

void MessageStreamTest::rawItemsAndMessagesShareTheStream()
{
    Rig rig;
    const Bytes hello{std::byte{0xaa}, std::byte{0xbb}, std::byte{0xcc}, std::byte{0xdd}};
    QVERIFY(rig.peer->write(std::span(hello).first(3)));
    QVERIFY(!rig.stream.nextRaw(4).value());
    QVERIFY(rig.stream.deadline()); // a handshake is a message, too
    QVERIFY(rig.peer->write(joined({{hello[3]}, message(1, 2)})));
    const auto item = rig.stream.nextRaw(4).value();
    QVERIFY(item && std::ranges::equal(*item, hello));
    QCOMPARE(copied(rig.stream.next().value().value()), message(1, 2));
}

void MessageStreamTest::peerThatClosesLeavesWholeMessagesReadable()
{
    Rig rig;
    QVERIFY(rig.peer->write(joined({message(1, 3), message(2, 4), Bytes(2)})));
    rig.peer->close();
    QCOMPARE(rig.stream.takeEvent().value(), ChannelState::Closed);
    QCOMPARE(copied(rig.stream.next().value().value()), message(1, 3));
    QCOMPARE(copied(rig.stream.next().value().value()), message(2, 4));
    QCOMPARE(rig.stream.next().error().code, Errc::PeerGone);
    QCOMPARE(rig.stream.send(message(1, 1)).error().code, Errc::PeerGone);
}

QTEST_GUILESS_MAIN(MessageStreamTest)
#include "messagestreamtest.moc"
