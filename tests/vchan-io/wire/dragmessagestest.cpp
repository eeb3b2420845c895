// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/wirebody.h"
#include "vchan-io/wire/dragagentmessages.h"
#include "vchan-io/wire/dragscreenmessages.h"

#include <QTest>

#include <cstring>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

const QubeName Work = *QubeName::parse("work");

template<std::size_t Size>
std::array<std::byte, Size> withWord(std::array<std::byte, Size> message, std::size_t word, std::uint32_t value)
{
    std::memcpy(message.data() + word * 4, &value, sizeof value);
    return message;
}

template<typename T> Errc codeOf(const Result<T> &result)
{
    return result ? Errc::Io : result.error().code;
}

std::vector<FromScreen> allFromScreen()
{
    return {Pressed{.window = WindowId{0x100}, .time = 0xFFFFFFFF},
            Left{.time = 9, .pointer = {-32768, 32767}},
            Over{},
            Taken{},
            NotTaken{},
            Moved{.pointer = {7, -7}},
            Released{.pointer = {1, 2}, .withControl = true},
            Escaped{}};
}

std::vector<FromAgent> allFromAgent()
{
    return {AgentHello{},
            Began{},
            Listed{.token = Token{5}, .files = MostFiles, .bytes = MostBytes},
            Progress{.token = Token{5}, .bytes = std::uint64_t{5} << 32},
            Sent{.token = Token{~0U}, .outcome = SendOutcome::Exists},
            Room{.token = Token{5}, .bytes = ~std::uint64_t{0}},
            Offered{.token = Token{5}, .isTaken = true}};
}

std::vector<ToAgent> allToAgent()
{
    return {List{.token = Token{1}},
            Send{.token = Token{2}, .target = Work},
            Forget{.token = Token{3}},
            Expect{.token = Token{4}, .source = *QubeName::parse(std::string(31, 'a'))},
            Offer{.token = Token{5}, .window = WindowId{0x200}, .pointer = {-1, 32767}},
            Show{.source = Work}};
}

} // namespace

class DragMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void everyMessage_isReadAsItWasWritten()
    {
        QCOMPARE(allFromScreen().size(), std::variant_size_v<FromScreen>);
        for (const FromScreen &message : allFromScreen()) {
            const auto read = parseFromScreen(build(message));
            QVERIFY(read);
            QVERIFY(*read == message);
            QVERIFY(!parseToScreen(build(message)));
        }
        for (const ToScreen &message : {ToScreen(Take{}), ToScreen(LetGo{})}) {
            const auto read = parseToScreen(build(message));
            QVERIFY(read);
            QVERIFY(*read == message);
            QCOMPARE(codeOf(parseFromScreen(build(message))), Errc::UnknownType);
        }
        QCOMPARE(allFromAgent().size(), std::variant_size_v<FromAgent>);
        for (const FromAgent &message : allFromAgent()) {
            const auto read = parseFromAgent(build(message));
            QVERIFY(read);
            QVERIFY(*read == message);
        }
        QCOMPARE(allToAgent().size(), std::variant_size_v<ToAgent>);
        for (const ToAgent &message : allToAgent()) {
            const auto read = parseToAgent(build(message));
            QVERIFY(read);
            QVERIFY(*read == message);
        }
    }

    void messageOfAnotherSize_isRefused()
    {
        const auto whole = [](const auto &parse, const auto &message) {
            return Test::acceptsOnlyWhole(parse, std::vector<std::byte>(message.begin(), message.end()));
        };
        QVERIFY(whole(
            [](auto body) {
                return parseFromScreen(body);
            },
            build(FromScreen(Taken{}))));
        QVERIFY(whole(
            [](auto body) {
                return parseToScreen(body);
            },
            build(ToScreen(Take{}))));
        QVERIFY(whole(
            [](auto body) {
                return parseFromAgent(body);
            },
            build(FromAgent(Began{}))));
        QVERIFY(whole(
            [](auto body) {
                return parseToAgent(body);
            },
            build(ToAgent(Show{.source = Work}))));
    }

    void fieldThatIsNotUsed_isZero()
    {
        for (const std::size_t word : {1U, 2U, 3U, 4U, 5U}) {
            QVERIFY(!parseFromScreen(withWord(build(FromScreen(Taken{})), word, 1)));
            QVERIFY(!parseToScreen(withWord(build(ToScreen(Take{})), word, 1)));
            QVERIFY(!parseFromAgent(withWord(build(FromAgent(Began{})), word, 1)));
        }
        QCOMPARE(codeOf(parseFromScreen(withWord(build(FromScreen(Released{})), 5, 2))), Errc::BadField);
        QCOMPARE(codeOf(parseToAgent(withWord(build(ToAgent(List{})), 6, 'a'))), Errc::BadField);
        QCOMPARE(codeOf(parseToAgent(withWord(build(ToAgent(List{})), 5, 1))), Errc::BadField);
    }

    void lyingList_isBounded()
    {
        const auto listed = build(FromAgent(Listed{.token = Token{1}, .files = 1, .bytes = 1}));
        QCOMPARE(codeOf(parseFromAgent(withWord(listed, 2, MostFiles + 1))), Errc::BadField);
        QCOMPARE(codeOf(parseFromAgent(withWord(listed, 2, ~0U))), Errc::BadField);
        QCOMPARE(codeOf(parseFromAgent(withWord(listed, 5, ~0U))), Errc::BadField);
        QCOMPARE(codeOf(parseFromAgent(withWord(build(FromAgent(Sent{})), 2, 5))), Errc::BadField);
        QCOMPARE(codeOf(parseFromAgent(withWord(build(FromAgent(Offered{})), 2, 2))), Errc::BadField);
    }

    void nameThatIsNone_isRefused()
    {
        const auto send = build(ToAgent(Send{.token = Token{1}, .target = Work}));
        QVERIFY(!parseToAgent(withWord(send, 6, 0)));          // none at all
        QVERIFY(!parseToAgent(withWord(send, 13, 'a')));       // goes on behind its end
        QVERIFY(!parseToAgent(withWord(send, 6, 0x2F2E2E)));   // "../"
        QVERIFY(!parseToAgent(withWord(send, 3, 0x00010000))); // a place that X has not
    }
};

QTEST_GUILESS_MAIN(DragMessagesTest)
#include "dragmessagestest.moc"
