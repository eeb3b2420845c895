// SPDX-License-Identifier: GPL-2.0-or-later
// The wire half's part in copying and pasting between qubes.
#include "tests/gui-daemon/sessionrig.h"
#include "tests/support/ownmemory.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <string.h> // explicit_bzero()
#include <sys/socket.h>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;

namespace
{

constexpr WindowId Window{0x100};

/// A rig with a window, and the other ends of the streams that stand for gestures.
struct Rig : Test::SessionRig {
    explicit Rig(std::uint16_t minorNumber = 8, std::size_t ringBytes = 1 << 20)
        : SessionRig(ringBytes)
    {
        greet(minorNumber);
        say(Create{Window, {10, 10, 60, 40}, false}, Map{Window, std::nullopt, false}).value();
        agent.listen();
        agent.forgetHeard();
    }

    static std::pair<UniqueFd, UniqueFd> stream()
    {
        std::array<int, 2> ends{};
        (void)::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data());
        return {UniqueFd(ends[0]), UniqueFd(ends[1])};
    }

    /// The person copies: what the clipboard holds of it.
    UniqueFd ask()
    {
        auto [ours, theirs] = stream();
        hear(Screen::ClipboardAsk{.window = Window}, std::move(theirs)).value();
        agent.listen();
        return std::move(ours);
    }

    /// Everything that is there; nothing more comes if `ended`.
    std::string read(const UniqueFd &from, bool *ended = nullptr) const
    {
        std::string text;
        std::array<char, 65536> buffer{};
        for (;;) {
            loop->runUntilIdle();
            const ssize_t count = ::recv(from.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count <= 0) {
                if (ended != nullptr) {
                    *ended = count == 0;
                }
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

    static std::string withHeader(const std::string &text)
    {
        const auto header = Clipboard::buildAnswerHeader(static_cast<std::uint32_t>(text.size()));
        std::string all(header.size(), '\0');
        std::memcpy(all.data(), header.data(), header.size());
        return all + text;
    }
};

ClipboardData dataOf(const std::string &text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {.text = {bytes.begin(), bytes.end()}};
}

} // namespace

class SessionClipboardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void clipboard_007_oneQuestionIsOneRequest()
    {
        Rig rig;
        const UniqueFd token = rig.ask();
        QCOMPARE(rig.agent.heardOf<ToAgent::ClipboardRequest>(),
                 (std::vector<ToAgent::ClipboardRequest>{{.window = Window}}));
    }

    void theAnswerGoesToWhoAsked()
    {
        Rig rig;
        const UniqueFd token = rig.ask();
        QVERIFY(rig.say(dataOf("hello")));
        bool ended = false;
        QCOMPARE(rig.read(token, &ended), Rig::withHeader("hello"));
        QVERIFY(ended);
        QVERIFY(!rig.session.hasUnaskedText());
    }

    void gui_131_clipboard_008_S_090_textThatNobodyAskedForIsDropped()
    {
        Rig rig;
        QVERIFY(rig.say(dataOf("unasked")));
        QVERIFY(rig.session.hasUnaskedText());
        const UniqueFd token = rig.ask();
        QCOMPARE(rig.read(token), std::string());
        QVERIFY(rig.say(dataOf("asked")));
        QCOMPARE(rig.read(token), Rig::withHeader("asked"));
    }

    void gui_131_clipboard_009_S_090_secondAnswerIsDropped()
    {
        for (const std::string &first : {std::string("first"), std::string(), std::string(256001, 'x')}) {
            Rig rig;
            const UniqueFd token = rig.ask();
            QVERIFY(rig.say(dataOf(first)));
            QCOMPARE(rig.read(token), Rig::withHeader(first));
            QVERIFY(!rig.session.hasUnaskedText());
            QVERIFY(rig.say(dataOf("second")));
            QVERIFY(rig.session.hasUnaskedText());
            QCOMPARE(rig.read(token), std::string());
        }
    }

    void gui_132_clipboard_010_lengthsBeyondTheProtocolEndTheConnection_data()
    {
        QTest::addColumn<int>("minorNumber");
        QTest::addColumn<quint32>("length");
        QTest::addColumn<bool>("goesOn");
        QTest::newRow("1.7: the most") << 7 << 65000U << true;
        QTest::newRow("1.7: one more") << 7 << 65001U << false;
        QTest::newRow("1.8: the most") << 8 << 256000U << true;
        QTest::newRow("1.8: the sign for more") << 8 << 256001U << true;
        QTest::newRow("1.8: beyond it") << 8 << 256002U << false;
    }

    void gui_132_clipboard_010_lengthsBeyondTheProtocolEndTheConnection()
    {
        QFETCH(int, minorNumber);
        QFETCH(quint32, length);
        QFETCH(bool, goesOn);
        Rig rig(static_cast<std::uint16_t>(minorNumber));
        const UniqueFd token = rig.ask();
        rig.agent.say(140, Window.value(), length, std::vector<std::byte>(length, std::byte{'x'}));
        QCOMPARE(rig.turn().has_value(), goesOn);
        if (goesOn) {
            QCOMPARE(rig.read(token).size(), std::size_t{length} + Clipboard::AnswerHeaderSize);
        }
    }

    void clipboard_009_aNewerQuestionTakesTheAnswer()
    {
        Rig rig;
        const UniqueFd old = rig.ask();
        const UniqueFd young = rig.ask();
        QVERIFY(rig.say(dataOf("text")));
        bool ended = false;
        QCOMPARE(rig.read(old, &ended), std::string());
        QVERIFY(ended);
        QCOMPARE(rig.read(young), Rig::withHeader("text"));
    }

    void answerToAGestureThatIsOverIsSilent()
    {
        Rig rig;
        rig.ask().reset(); // its time is over
        QVERIFY(rig.say(dataOf(std::string(200000, 'x'))));
        rig.loop->runUntilIdle();
        QVERIFY(rig.say(dataOf("unasked by now")));
        QVERIFY(rig.session.hasUnaskedText());
    }

    void copyInAWindowThatHasGoneAsksNobody()
    {
        Rig rig;
        auto [ours, theirs] = Rig::stream();
        QVERIFY(rig.hear(Screen::ClipboardAsk{.window = WindowId{0x999}}, std::move(theirs)));
        bool ended = false;
        QCOMPARE(rig.read(ours, &ended), std::string());
        QVERIFY(ended);
        rig.agent.listen();
        QVERIFY(rig.agent.heardOf<ToAgent::ClipboardRequest>().empty());
    }

    void clipboard_020_gui_137_pastedTextReachesTheAgentWhole()
    {
        for (const int minorNumber : {1, 8}) {
            Rig rig(static_cast<std::uint16_t>(minorNumber));
            auto [ours, theirs] = Rig::stream();
            const std::string text(50000, 'p');
            QVERIFY(rig.hear(Screen::ClipboardGive{.window = Window, .length = static_cast<std::uint32_t>(text.size())},
                             std::move(theirs)));
            QCOMPARE(rig.read(ours), std::string("r"));
            QCOMPARE(::send(ours.get(), text.data(), text.size() - 1, MSG_NOSIGNAL), ssize_t(text.size() - 1));
            QCOMPARE(rig.read(ours), std::string()); // the last byte is missing
            QCOMPARE(::send(ours.get(), "p", 1, MSG_NOSIGNAL), ssize_t{1});
            bool ended = false;
            QCOMPARE(rig.read(ours, &ended), std::string("d"));
            QVERIFY(ended);
            rig.agent.listen();
            const auto heard = rig.agent.heardOf<ToAgent::ClipboardData>();
            QCOMPARE(heard.size(), 1U);
            QCOMPARE(heard.front().text, dataOf(text).text);
        }
    }

    void S_098_copiedTextIsOverwritten()
    {
        const Test::HiddenWord word;
        Rig rig;
        const UniqueFd token = rig.ask();
        // By hand, since whatever keeps a message for the test keeps the text.
        Test::Bytes said = Test::words({140, Window.value(), Test::HiddenWord::Size});
        said.resize(said.size() + Test::HiddenWord::Size);
        word.reveal(std::span(said).last(Test::HiddenWord::Size));
        QCOMPARE(rig.agent.channel().write(said).value(), said.size());
        explicit_bzero(said.data(), said.size());
        QVERIFY(rig.turn());
        rig.loop->runUntilIdle();
        std::array<std::byte, Clipboard::AnswerHeaderSize + Test::HiddenWord::Size> answer{};
        QCOMPARE(::recv(token.get(), answer.data(), answer.size(), MSG_DONTWAIT), std::ssize(answer));
        QVERIFY(word.isAt(std::span(answer).last(Test::HiddenWord::Size)));
        QVERIFY(word.isInOwnMemory()); // here
        explicit_bzero(answer.data(), answer.size());
        QVERIFY(!word.isInOwnMemory());
    }

    void S_098_pastedTextIsOverwritten_data()
    {
        QTest::addColumn<int>("ringBytes");
        QTest::newRow("at once") << (1 << 20);
        QTest::newRow("waiting for the agent") << 4096;
    }

    void S_098_pastedTextIsOverwritten()
    {
        QFETCH(int, ringBytes);
        const Test::HiddenWord word;
        Rig rig(8, static_cast<std::size_t>(ringBytes));
        const auto filling = static_cast<std::size_t>(ringBytes == 4096 ? 20000 : 0); // more than the agent takes
        auto [ours, theirs] = Rig::stream();
        QVERIFY(rig.hear(Screen::ClipboardGive{.window = Window,
                                               .length = static_cast<std::uint32_t>(filling + Test::HiddenWord::Size)},
                         std::move(theirs)));
        Test::Bytes text(filling + Test::HiddenWord::Size);
        word.reveal(std::span(text).last(Test::HiddenWord::Size));
        QCOMPARE(::send(ours.get(), text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
        explicit_bzero(text.data(), text.size());
        QCOMPARE(rig.read(ours), std::string("rd"));
        QCOMPARE(word.isInOwnMemory(), filling > 0); // as long as it waits
        const std::size_t all = Gui::HeaderSize + filling + Test::HiddenWord::Size;
        Test::Bytes heard(all);
        for (std::size_t count = 0; count < all;) {
            (void)rig.agent.channel().takeEvent();
            count += rig.agent.channel().read(std::span(heard).subspan(count)).value();
            QVERIFY(rig.turn());
        }
        QVERIFY(word.isAt(std::span(heard).last(Test::HiddenWord::Size)));
        explicit_bzero(heard.data(), heard.size());
        QVERIFY(!word.isInOwnMemory());
    }

    void pasteThatIsGivenUpReachesNobody()
    {
        Rig rig;
        auto [ours, theirs] = Rig::stream();
        QVERIFY(rig.hear(Screen::ClipboardGive{.window = Window, .length = 100}, std::move(theirs)));
        QCOMPARE(::send(ours.get(), "half", 4, MSG_NOSIGNAL), ssize_t{4});
        ours.reset();
        rig.loop->runUntilIdle();
        rig.agent.listen();
        QVERIFY(rig.agent.heardOf<ToAgent::ClipboardData>().empty());
    }
};

QTEST_GUILESS_MAIN(SessionClipboardTest)
#include "sessionclipboardtest.moc"
