// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/clipboardmessages.h"

#include <QTest>

#include <cstring>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;

namespace
{

constexpr WindowId Window{0x100};

Packet withWord(Packet packet, std::size_t word, std::uint32_t value)
{
    std::memcpy(packet.data() + word * 4, &value, sizeof value);
    return packet;
}

template<typename T> Errc codeOf(const Result<T> &result)
{
    return result ? Errc::Io : result.error().code;
}

} // namespace

class ClipboardMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void everyMessage_isReadAsItWasWritten()
    {
        const std::vector<Gesture> gestures{Hello{.sizeLimit = LeastSizeLimit},
                                            CopyPressed{.window = Window, .time = 0xFFFFFFFF},
                                            PastePressed{.window = Window, .time = 7},
                                            PasteReleased{.window = Window},
                                            PasteAbandoned{.window = Window}};
        QCOMPARE(gestures.size(), std::variant_size_v<Gesture>);
        for (const Gesture &gesture : gestures) {
            const auto read = parseGesture(build(gesture));
            QVERIFY(read);
            QCOMPARE(*read, gesture);
            QCOMPARE(codeOf(parseOrder(build(gesture))), Errc::UnknownType);
        }
        const std::vector<Order> orders{Ask{.window = Window}, Give{.window = Window, .length = MostSizeLimit}};
        QCOMPARE(orders.size(), std::variant_size_v<Order>);
        for (const Order &order : orders) {
            const auto read = parseOrder(build(order));
            QVERIFY(read);
            QCOMPARE(*read, order);
            QCOMPARE(codeOf(parseGesture(build(order))), Errc::UnknownType);
        }
    }

    void packetOfAnotherSize_isRefused()
    {
        const Packet packet = build(Gesture(PasteReleased{.window = Window}));
        std::vector<std::byte> bytes(packet.begin(), packet.end());
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            QCOMPARE(codeOf(parseGesture(std::span(bytes).first(size))), Errc::ShortMessage);
        }
        bytes.push_back(std::byte{0});
        QCOMPARE(codeOf(parseGesture(bytes)), Errc::LongMessage);
    }

    void eachField_isJudged()
    {
        const Packet hello = build(Gesture(Hello{}));
        QCOMPARE(codeOf(parseGesture(withWord(hello, 1, LeastSizeLimit - 1))), Errc::BadField);
        QCOMPARE(codeOf(parseGesture(withWord(hello, 1, MostSizeLimit + 1))), Errc::BadField);
        QCOMPARE(codeOf(parseGesture(withWord(hello, 2, 1))), Errc::BadField);
        QCOMPARE(codeOf(parseGesture(withWord(hello, 3, 1))), Errc::BadField);
        QCOMPARE(codeOf(parseGesture(withWord(hello, 0, 99))), Errc::UnknownType);
        const Packet give = build(Order(Give{.window = Window, .length = 1}));
        QCOMPARE(codeOf(parseOrder(withWord(give, 2, 0))), Errc::BadField);
        QCOMPARE(codeOf(parseOrder(withWord(give, 2, MostSizeLimit + 1))), Errc::BadField);
    }

    void S_095_answersLength_isWithinWhatTheProtocolCanSay()
    {
        for (const std::uint32_t length : {0U, 1U, MostSizeLimit, LongestAnswer}) {
            QCOMPARE(parseAnswerHeader(buildAnswerHeader(length)).value(), length);
        }
        QCOMPARE(codeOf(parseAnswerHeader(buildAnswerHeader(LongestAnswer + 1))), Errc::BadField);
        QCOMPARE(codeOf(parseAnswerHeader(buildAnswerHeader(0xFFFFFFFF))), Errc::BadField);
    }
};

QTEST_GUILESS_MAIN(ClipboardMessagesTest)
#include "clipboardmessagestest.moc"
