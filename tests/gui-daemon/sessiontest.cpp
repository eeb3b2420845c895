// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-daemon/sessionrig.h"
#include "tests/support/samplemessages.h"

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Test::Bytes;
using Test::codeOf;
using Test::words;
using Rig = Test::SessionRig;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr Rect Place{10, 20, 300, 200};

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_006_gui_011_currentAgent_getsVersionAndScreen()
    {
        Rig rig;
        rig.greet();
        QCOMPARE(rig.agent.preamble(), words({0x10008, 1368, 768, 24, 4105}));
    }

    void gui_007_gui_008_gui_009_versionIsTheLowerOfBoth_data()
    {
        QTest::addColumn<quint16>("announced");
        QTest::addColumn<int>("answered");
        QTest::newRow("1.65535") << quint16{65535} << 8;
        QTest::newRow("1.9") << quint16{9} << 8;
        QTest::newRow("1.7") << quint16{7} << 7;
        QTest::newRow("1.4") << quint16{4} << 4;
        QTest::newRow("1.3: no word") << quint16{3} << -1;
        QTest::newRow("1.0: no word") << quint16{0} << -1;
    }

    void gui_007_gui_008_gui_009_versionIsTheLowerOfBoth()
    {
        QFETCH(quint16, announced);
        QFETCH(int, answered);
        Rig rig;
        rig.greet(announced);
        const Bytes screen = words({1368, 768, 24, 4105});
        QCOMPARE(rig.agent.preamble(), answered < 0 ? screen : Test::joined({words({0x10000 + answered}), screen}));
    }

    void gui_010_S_021_otherMajorVersion_ends_data()
    {
        QTest::addColumn<quint32>("word");
        QTest::newRow("0.8") << 8U;
        QTest::newRow("2.0") << 0x20000U;
        QTest::newRow("largest") << 0xFFFFFFFFU;
    }

    void gui_010_S_021_otherMajorVersion_ends()
    {
        QFETCH(quint32, word);
        Rig rig;
        rig.agent.say(words({word}));
        const auto result = rig.turn();
        QCOMPARE(codeOf(result), Errc::Unsupported);
        rig.agent.listen();
        QVERIFY(rig.agent.preamble().empty());
    }

    void gui_003_S_015_streamCutAtEveryByte_isReadAsOne()
    {
        Rig whole;
        whole.greet();
        const std::vector<Message> messages{Create{Window, Place, false},
                                            Title{Window, SafeText::fromUtf8("title")},
                                            Map{Window, std::nullopt, false},
                                            Unmap{Window},
                                            Destroy{Window}};
        Bytes stream;
        for (const auto &message : messages) {
            const auto bytes = Gui::FromAgent::build(message);
            stream.insert(stream.end(), bytes.begin(), bytes.end());
        }
        whole.agent.say(stream);
        QVERIFY(whole.turn());

        Rig cut;
        cut.greet();
        for (const std::byte byte : stream) {
            cut.agent.say(std::span(&byte, 1));
            QVERIFY(cut.turn());
        }
        QCOMPARE(cut.screen.commands.size(), 5U);
        QVERIFY(cut.screen.commands == whole.screen.commands);
    }

    void gui_004_manyMessagesInOneWrite_areAllHandled()
    {
        Rig rig;
        rig.greet();
        Bytes stream;
        for (std::uint32_t i = 0; i < 300; ++i) {
            const auto bytes = Gui::FromAgent::build(Create{WindowId{i}, Place, false});
            stream.insert(stream.end(), bytes.begin(), bytes.end());
        }
        rig.agent.say(stream);
        QVERIFY(rig.turn());
        QCOMPARE(rig.screen.commands.size(), 300U);
    }

    void gui_016_agentThatVanishes_isNoFault()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}));
        rig.agent.channel().close();
        QCOMPARE(codeOf(rig.turn()), Errc::PeerGone);
    }

    // --- header ------------------------------------------------------------------------------------------------------

    void gui_023_gui_024_S_024_foreignType_ends_data()
    {
        QTest::addColumn<quint32>("type");
        for (const quint32 type :
             {0U, 123U, 150U, 0xFFFFFFFFU, 124U, 125U, 126U, 127U, 128U, 129U, 137U, 138U, 139U, 142U, 149U}) {
            QTest::newRow(qPrintable(QString::number(type))) << type;
        }
    }

    void gui_023_gui_024_S_024_foreignType_ends()
    {
        QFETCH(quint32, type);
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}));
        rig.agent.say(type, Window.value(), 0, {});
        QCOMPARE(codeOf(rig.turn()), Errc::UnknownType);
    }

    void gui_025_gui_027_S_033_messageForNoWindow_ends()
    {
        for (const auto &message : Test::sampleMessagesFromAgent()) {
            if (std::holds_alternative<Create>(message) || std::holds_alternative<ClipboardData>(message)) {
                continue;
            }
            Rig never;
            never.greet();
            QCOMPARE(codeOf(never.say(message)), Errc::WrongState);
            Rig destroyed;
            destroyed.greet();
            QCOMPARE(codeOf(destroyed.say(Create{Window, Place, false}, Destroy{Window}, message)), Errc::WrongState);
        }
    }

    void S_035_secondWholeScreen_ends()
    {
        Rig rig;
        rig.greet();
        const WindowId whole{0};
        QCOMPARE(codeOf(rig.say(Create{whole, Place, false}, Create{whole, Place, false})), Errc::WrongState);
        QCOMPARE(rig.screen.all<Create>().size(), 1U);
    }

    void gui_026_S_035_secondCreate_ends()
    {
        Rig rig;
        rig.greet();
        const auto result = rig.say(Create{Window, Place, false}, Create{Window, Place, false});
        QCOMPARE(codeOf(result), Errc::WrongState);
        QVERIFY(QByteArray::fromStdString(result.error().text()).contains("CREATE: window"));
    }

    void gui_028_S_023_wrongLength_ends_data()
    {
        QTest::addColumn<quint32>("type");
        QTest::addColumn<quint32>("size");
        QTest::newRow("DESTROY") << 131U << 0U;
        QTest::newRow("MAP") << 132U << 8U;
        QTest::newRow("UNMAP") << 133U << 0U;
        QTest::newRow("CONFIGURE") << 134U << 20U;
        QTest::newRow("SHMIMAGE") << 136U << 16U;
        QTest::newRow("WMNAME") << 141U << 128U;
        QTest::newRow("DOCK") << 143U << 0U;
        QTest::newRow("WINDOW_HINTS") << 144U << 36U;
        QTest::newRow("WINDOW_FLAGS") << 145U << 8U;
        QTest::newRow("WMCLASS") << 146U << 128U;
        QTest::newRow("CURSOR") << 148U << 4U;
    }

    void gui_028_S_023_wrongLength_ends()
    {
        QFETCH(quint32, type);
        QFETCH(quint32, size);
        for (const std::uint16_t version : std::initializer_list<std::uint16_t>{6, 7, 8}) {
            for (const quint32 length : {size - 1, size + 1, 0U, 0xFFFFFFFFU}) {
                if (length == size) {
                    continue;
                }
                Rig rig;
                rig.greet(version);
                QVERIFY(rig.say(Create{Window, Place, false}));
                rig.agent.say(type, Window.value(), length, Bytes(std::min(length, 200U)));
                const auto result = rig.turn();
                QVERIFY2(!result, qPrintable(QString::number(length)));
                QVERIFY(QByteArray::fromStdString(result.error().text()).startsWith(QTest::currentDataTag()));
            }
        }
    }

    void gui_029_wrongLengthBefore1_6_isTakenWithTheTrueSize()
    {
        Rig rig;
        rig.greet(5);
        QVERIFY(rig.say(Create{Window, Place, false}));
        rig.agent.say(132, Window.value(), 77, words({0, 0}));
        QVERIFY(rig.say(Unmap{Window}));
        QCOMPARE(rig.screen.all<Map>().size(), 1U);
        QCOMPARE(rig.screen.all<Unmap>().size(), 1U);
    }

    void S_016_startedMessage_endsAtItsDeadline()
    {
        Rig rig;
        rig.greet();
        rig.agent.say(Bytes(7));
        QVERIFY(rig.turn());
        QVERIFY(rig.session.deadline().has_value());
        rig.clock.advance(std::chrono::seconds(9));
        QVERIFY(rig.session.readMessages());
        QVERIFY(rig.hear(ToAgent::Keymap{})); // events go on
        rig.clock.advance(std::chrono::seconds(2));
        QCOMPARE(codeOf(rig.session.readMessages()), Errc::TimedOut);
    }

    // --- windows -----------------------------------------------------------------------------------------------------

    void gui_040_destroy_isConfirmedFrom1_5_data()
    {
        QTest::addColumn<quint16>("version");
        QTest::addColumn<qsizetype>("confirmations");
        QTest::newRow("1.4") << quint16{4} << qsizetype{0};
        QTest::newRow("1.5") << quint16{5} << qsizetype{1};
        QTest::newRow("1.8") << quint16{8} << qsizetype{1};
    }

    void gui_040_destroy_isConfirmedFrom1_5()
    {
        QFETCH(quint16, version);
        QFETCH(qsizetype, confirmations);
        Rig rig;
        rig.greet(version);
        QVERIFY(rig.say(Create{Window, Place, false}, Destroy{Window}));
        const auto heard = rig.agent.takeHeard();
        QCOMPARE(static_cast<qsizetype>(heard.size()), confirmations);
        if (confirmations == 1) {
            QVERIFY(heard.front() == ToAgent::Message(ToAgent::Destroyed{.window = Window}));
        }
    }

    void gui_042_secondMap_isDropped()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, Map{Window, Other, true}));
        QCOMPARE(rig.screen.all<Map>(), (std::vector<Map>{{Window, std::nullopt, false}}));
    }

    void gui_017_S_034_idUsedAgainAfterDestroy_isAnotherWindow()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false},
                        Map{Window, std::nullopt, false},
                        Destroy{Window},
                        Create{Window, Place, true}));
        rig.agent.forgetHeard();
        // The old window's input was on its way: the new one is not mapped.
        QVERIFY(rig.hear(ToAgent::Motion{.window = Window, .position = {1, 1}, .state = 0}));
        QVERIFY(rig.agent.takeHeard().empty());
    }

    void S_034_gui_040_whatIsSaidOfAFormerWindow_isNotSaidOfTheNewOne()
    {
        Rig rig;
        rig.greet();
        const Map map{Window, std::nullopt, false};
        QVERIFY(rig.say(Create{Window, Place, false}, map, Destroy{Window}, Create{Window, Place, false}, map));
        rig.agent.forgetHeard();
        // The screen half has yet to hear of any of it.
        const Rect moved{1, 2, 30, 40};
        QVERIFY(rig.hear(ToAgent::Close{.window = Window}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = moved}));
        QVERIFY(rig.agent.takeHeard().empty());
        QVERIFY(rig.hear(Screen::Forgotten{.window = Window}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = moved}));
        QCOMPARE(rig.agent.heardOf<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, moved}}));
    }

    void S_193_windowForgottenWithoutReason_ends()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}));
        QCOMPARE(codeOf(rig.hear(Screen::Forgotten{.window = Window})), Errc::WrongState);
    }

    void S_082_windowsBeyondTheLimit_existForTheAgentOnly()
    {
        Rig rig;
        rig.greet();
        for (std::uint32_t i = 0; i < WindowTable::MaxShown; ++i) {
            QVERIFY(rig.say(Create{WindowId{1000 + i}, Place, false}));
        }
        QCOMPARE(rig.screen.commands.size(), WindowTable::MaxShown);
        rig.screen.commands.clear();
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false},
                        Map{Window, std::nullopt, false},
                        Title{Window, {}},
                        rig.dump(*pages, {10, 10}),
                        Damage{Window, {0, 0, 10, 10}},
                        Destroy{Window}));
        QVERIFY(rig.screen.commands.empty());
        const auto heard = rig.agent.takeHeard();
        QCOMPARE(heard.size(), 2U); // the acknowledgement and the confirmation
        QVERIFY(rig.say(Destroy{WindowId{1000}}, Create{Window, Place, false}));
        QCOMPARE(rig.screen.all<Create>().size(), 1U); // there is room again
    }

    void S_082_windowsWithoutEnd_endTheSession()
    {
        Rig rig(1 << 22);
        rig.greet();
        Result<void> result;
        for (std::uint32_t i = 0; result && i <= WindowTable::MaxKnown; ++i) {
            result = rig.say(Create{WindowId{i}, Place, false});
        }
        QCOMPARE(codeOf(result), Errc::TooMuch);
    }

    void gui_147_dockedWindow_isNeverShown()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Dock{Window}, Map{Window, std::nullopt, false}));
        QVERIFY(rig.screen.all<Map>().empty());
        QVERIFY(rig.say(Configure{Window, {0, 0, 5, 5}}));
        QCOMPARE(rig.agent.heardOf<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, Place}}));
        rig.agent.forgetHeard();
        QVERIFY(rig.say(Configure{Window, Place}, Unmap{Window}, Map{Window, std::nullopt, false}));
        QVERIFY(rig.agent.takeHeard().empty());
        QVERIFY(rig.screen.all<Map>().empty());
    }

    void gui_146_dockOfAMappedWindow_isDropped()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, Dock{Window}));
        QVERIFY(rig.say(Unmap{Window}, Map{Window, std::nullopt, false}));
        QCOMPARE(rig.screen.all<Map>().size(), 2U);
    }

    void clipboardTextThatNobodyAskedFor_isThrownAway()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(ClipboardData{std::vector(1000, std::byte{0x41})}, Create{Window, Place, false}));
        QCOMPARE(rig.screen.commands.size(), 1U);
    }

    // --- geometry ----------------------------------------------------------------------------------------------------

    void gui_069_gui_070_localChanges_areToldOneAtATime()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}));
        const Rect first{50, 60, 310, 210};
        const Rect second{51, 60, 320, 220};
        const Rect third{52, 60, 330, 230};
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = first}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = second}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = third}));
        QCOMPARE(rig.agent.heardOf<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, first}}));
        rig.agent.forgetHeard();

        QVERIFY(rig.say(Configure{Window, first})); // the echo of what is old by now
        QCOMPARE(rig.agent.heardOf<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, third}}));
        rig.agent.forgetHeard();

        QVERIFY(rig.say(Configure{Window, third}));
        QVERIFY(rig.agent.takeHeard().empty());
        QVERIFY(rig.screen.all<Configure>().empty());
    }

    void gui_071_agentThatInsists_isToldOncePerReport()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}));
        const Rect ours{0, 0, 500, 500};
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = ours}));
        for (int i = 0; i < 5; ++i) {
            rig.agent.forgetHeard();
            QVERIFY(rig.say(Configure{Window, {0, 0, 99, 99}}));
            QCOMPARE(rig.agent.heardOf<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, ours}}));
        }
        QVERIFY(rig.screen.all<Configure>().empty());
    }

    void gui_072_agentsOwnChange_movesTheWindowWithoutAnAnswer()
    {
        Rig rig;
        rig.greet();
        const Rect wanted{1, 2, 30, 40};
        QVERIFY(rig.say(Create{Window, Place, false}, Configure{Window, wanted}, Configure{Window, wanted}));
        QCOMPARE(rig.screen.all<Configure>(), (std::vector<Configure>{{Window, wanted}}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = wanted}));
        QVERIFY(rig.agent.takeHeard().empty());
    }

    void gui_085_adoptedPlace_isNotTold()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, {-20, -20, 30, 40}, true}));
        QVERIFY(rig.hear(Screen::Adopted{.window = Window, .geometry = {0, 0, 30, 40}}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = Window, .geometry = {0, 0, 30, 40}}));
        QVERIFY(rig.agent.takeHeard().empty());
    }

    void gui_076_wholeScreen_isToldEveryChange()
    {
        Rig rig;
        rig.greet();
        const WindowId whole{0};
        QVERIFY(rig.say(Create{whole, Place, false}, Map{whole, std::nullopt, false}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = whole, .geometry = {0, 0, 100, 100}}));
        QVERIFY(rig.hear(ToAgent::Configure{.window = whole, .geometry = {1, 0, 100, 100}}));
        QCOMPARE(rig.agent.heardOf<ToAgent::Configure>().size(), 2U);
    }

    // --- input -------------------------------------------------------------------------------------------------------

    void gui_116_inputOfUnmappedWindows_isNotTold()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, Unmap{Window}));
        QVERIFY(rig.hear(ToAgent::Button{
            .window = Window, .action = ToAgent::Press::Pressed, .position = {1, 1}, .state = 0, .button = 1}));
        QVERIFY(rig.agent.takeHeard().empty());
    }

    void gui_020_S_018_agentThatDoesNotRead_isDroppedAtTheLimit()
    {
        Rig rig(4096);
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}));
        // Motion is merged for ever; what may not be lost is not.
        for (int i = 0; i < 200000; ++i) {
            QVERIFY(rig.hear(ToAgent::Motion{.window = Window, .position = {i % 100, 1}, .state = 0}));
        }
        QVERIFY(rig.say(Title{Window, {}})); // still read
        QCOMPARE(rig.screen.all<Title>().size(), 1U);
        Result<void> result;
        int presses = 0;
        for (; result && presses < 1000000; ++presses) {
            result = rig.hear(ToAgent::Close{.window = Window});
        }
        QCOMPARE(codeOf(result), Errc::TooMuch);
        QVERIFY(presses > 1000);
    }

    void S_018_mergedMotion_comesBeforeWhatFollows()
    {
        Rig rig(4096);
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}));
        for (int i = 0; i <= 5000; ++i) {
            QVERIFY(rig.hear(ToAgent::Motion{.window = Window, .position = {i, 1}, .state = 0}));
        }
        QVERIFY(rig.hear(ToAgent::Close{.window = Window}));
        std::vector<ToAgent::Message> heard;
        for (int i = 0; i < 1000 && (heard.empty() || !std::holds_alternative<ToAgent::Close>(heard.back())); ++i) {
            std::ranges::move(rig.agent.takeHeard(), std::back_inserter(heard));
            QVERIFY(rig.turn());
        }
        QVERIFY(heard.size() < 5000); // merged
        QVERIFY(heard.back() == ToAgent::Message(ToAgent::Close{.window = Window}));
        QCOMPARE(std::get<ToAgent::Motion>(heard[heard.size() - 2]).position.x, 5000);
    }

    void backpressure_nothingIsReadWhileTheScreenHalfIsBehind()
    {
        Rig rig;
        rig.greet();
        rig.screen.behind = true;
        QVERIFY(rig.say(Create{Window, Place, false}));
        QVERIFY(rig.screen.commands.empty());
        rig.screen.behind = false;
        QVERIFY(rig.session.readMessages());
        QCOMPARE(rig.screen.commands.size(), 1U);
    }

    // --- dumps ------------------------------------------------------------------------------------------------------

    void gui_093_badDump_ends_data()
    {
        QTest::addColumn<Bytes>("body");
        QTest::newRow("other type") << words({1, 1, 1, 24, 5});
        QTest::newRow("too wide") << words({0, 16385, 0, 24, 5});
        QTest::newRow("too high") << words({0, 0, 6145, 24, 5});
        QTest::newRow("too few pages") << words({0, 33, 32, 24, 5});
        QTest::newRow("no pages") << words({0, 0, 0, 24});
        QTest::newRow("not whole words") << Test::joined({words({0, 1, 1, 24, 5}), Bytes(1)});
        QTest::newRow("short") << words({0, 1, 1});
    }

    void gui_093_badDump_ends()
    {
        QFETCH(Bytes, body);
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}));
        rig.agent.say(147, Window.value(), static_cast<std::uint32_t>(body.size()), body);
        const auto result = rig.turn();
        QVERIFY(!result);
        QVERIFY(QByteArray::fromStdString(result.error().text()).startsWith("WINDOW_DUMP: "));
    }

    void gui_105_pagesByMachineNumber_areRefusedInWords()
    {
        Rig rig;
        rig.greet();
        QVERIFY(rig.say(Create{Window, Place, false}));
        rig.agent.say(135, Window.value(), 32, Bytes(32));
        const auto result = rig.turn();
        QVERIFY(!result);
        QVERIFY(QByteArray::fromStdString(result.error().text()).startsWith("MFNDUMP: "));
    }

    void gui_022_randomStream_ends()
    {
        std::uint32_t state = 1;
        for (int round = 0; round < 20; ++round) {
            Rig rig;
            rig.greet();
            Bytes noise(300000 / 20);
            for (auto &byte : noise) {
                state = state * 1664525 + 1013904223;
                byte = static_cast<std::byte>(state >> 24);
            }
            rig.agent.say(noise);
            QVERIFY(!rig.turn());
            QVERIFY(rig.screen.commands.empty());
        }
    }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "sessiontest.moc"
