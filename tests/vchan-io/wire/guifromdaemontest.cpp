// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/guipeer.h"

#include <QTest>

#include <array>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromDaemon;
using Gui::MessageType;
using Test::daemonSays;
using Test::words;

namespace
{

constexpr WindowId Seven{7};

template<typename T> T parsed(MessageType type, const Test::Bytes &body)
{
    const auto message = daemonSays(type, body);
    return message ? std::get<T>(*message) : T{};
}

bool isBadField(MessageType type, const Test::Bytes &body)
{
    const auto message = daemonSays(type, body);
    return !message && message.error().code == Errc::BadField;
}

} // namespace

class GuiFromDaemonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keys();
    void buttons();
    void motion();
    void crossing();
    void focus();
    void keymap_bitIsKeycode();
    void S_028_configureIsWithinWhatXCanName();
    void map_saysOnlyOverrideRedirect();
    void state();
    void clipboard();
    void S_023_onlyTheWholeBodyParses_data();
    void S_023_onlyTheWholeBodyParses();
    void gui_113_gui_137_bytesOnTheWire_data();
    void gui_113_gui_137_bytesOnTheWire();
};

void GuiFromDaemonTest::keys()
{
    QCOMPARE(parsed<Key>(MessageType::Key, words({2, 50, -1, 5, 38})), (Key{Seven, Press::Pressed, {50, -1}, 5, 38}));
    QCOMPARE(parsed<Key>(MessageType::Key, words({3, 0, 0, 0, 255})), (Key{Seven, Press::Released, {0, 0}, 0, 255}));
    QVERIFY(isBadField(MessageType::Key, words({4, 0, 0, 0, 38})));
    QVERIFY(isBadField(MessageType::Key, words({1, 0, 0, 0, 38})));
    QVERIFY(isBadField(MessageType::Key, words({2, 0, 0, 0, 7})));
    QVERIFY(isBadField(MessageType::Key, words({2, 0, 0, 0, 256})));
}

void GuiFromDaemonTest::buttons()
{
    for (const auto button : std::to_array<std::uint8_t>({1, 7, 8, 9, 255})) {
        QCOMPARE(parsed<Button>(MessageType::Button, words({4, 1, 2, 3, button})),
                 (Button{Seven, Press::Pressed, {1, 2}, 3, button}));
        const auto message = Button{Seven, Press::Released, {1, 2}, 3, button};
        const auto back = Test::reparsedFromDaemon(build(message, Gui::OwnVersion));
        QVERIFY(back);
        QCOMPARE(std::get<Button>(*back), message);
    }
    QVERIFY(isBadField(MessageType::Button, words({2, 0, 0, 0, 1})));
    QVERIFY(isBadField(MessageType::Button, words({4, 0, 0, 0, 0})));
    QVERIFY(isBadField(MessageType::Button, words({4, 0, 0, 0, 256})));
}

void GuiFromDaemonTest::motion()
{
    QCOMPARE(parsed<Motion>(MessageType::Motion, words({-3, 4, 0x100, 1})), (Motion{Seven, {-3, 4}, 0x100}));
}

void GuiFromDaemonTest::crossing()
{
    QCOMPARE(parsed<Crossing>(MessageType::Crossing, words({7, 50, 50, 0, 0, 0, 1})),
             (Crossing{Seven, Passage::Entered, {50, 50}, 0, NotifyMode::Normal, NotifyDetail::Ancestor, true}));
    QCOMPARE(parsed<Crossing>(MessageType::Crossing, words({8, 0, 0, 1, 2, 4, 0})),
             (Crossing{Seven, Passage::Left, {0, 0}, 1, NotifyMode::Ungrab, NotifyDetail::NonlinearVirtual, false}));
    QVERIFY(isBadField(MessageType::Crossing, words({9, 0, 0, 0, 0, 0, 0})));
    QVERIFY(isBadField(MessageType::Crossing, words({7, 0, 0, 0, 4, 0, 0})));
    QVERIFY(isBadField(MessageType::Crossing, words({7, 0, 0, 0, 0, 8, 0})));
    QVERIFY(isBadField(MessageType::Crossing, words({7, 0, 0, 0, 0, 0, 2})));
}

void GuiFromDaemonTest::focus()
{
    QCOMPARE(parsed<Focus>(MessageType::Focus, words({9, 0, 3})),
             (Focus{Seven, FocusChange::Gained, NotifyMode::Normal, NotifyDetail::Nonlinear}));
    QCOMPARE(parsed<Focus>(MessageType::Focus, words({10, 3, 7})),
             (Focus{Seven, FocusChange::Lost, NotifyMode::WhileGrabbed, NotifyDetail::None}));
    QVERIFY(isBadField(MessageType::Focus, words({8, 0, 0})));
    QVERIFY(isBadField(MessageType::Focus, words({11, 0, 0})));
}

void GuiFromDaemonTest::keymap_bitIsKeycode()
{
    Test::Bytes body(32);
    body[4] = std::byte{0x40}; // bit 6 of byte 4
    body[31] = std::byte{0x80};
    const auto keymap = parsed<Keymap>(MessageType::Keymap, body);
    QCOMPARE(keymap.down.count(), std::size_t{2});
    QVERIFY(keymap.down[38]);
    QVERIFY(keymap.down[255]);
    QCOMPARE(std::get<Keymap>(*Test::reparsedFromDaemon(build(keymap, Gui::OwnVersion))), keymap);
}

void GuiFromDaemonTest::S_028_configureIsWithinWhatXCanName()
{
    QCOMPARE(parsed<Configure>(MessageType::Configure, words({200, 210, 320, 240, 0})),
             (Configure{Seven, {200, 210, 320, 240}}));
    QCOMPARE(parsed<Configure>(MessageType::Configure, words({0x7FFFFFFF, 0x80000000, -1, 0, 1})),
             (Configure{Seven, {32767, -32768, 16384, 1}}));
}

void GuiFromDaemonTest::map_saysOnlyOverrideRedirect()
{
    QCOMPARE(parsed<Map>(MessageType::Map, words({0x1234, 1})), (Map{Seven, true}));
    QCOMPARE(parsed<Map>(MessageType::Map, words({0, 0})), (Map{Seven, false}));
}

void GuiFromDaemonTest::state()
{
    QCOMPARE(parsed<ChangeState>(MessageType::StateFlags, words({4, 1})),
             (ChangeState{Seven, {.minimized = true}, {.fullscreen = true}}));
    QCOMPARE(parsed<ChangeState>(MessageType::StateFlags, words({0, 4})),
             (ChangeState{Seven, {}, {.minimized = true}})); // here the person brought it back
    QVERIFY(isBadField(MessageType::StateFlags, words({1, 1})));
}

void GuiFromDaemonTest::clipboard()
{
    const Test::Bytes text(300000, std::byte{0x41}); // dom0's own text may be longer than a qube's
    QCOMPARE(parsed<ClipboardData>(MessageType::ClipboardData, text), (ClipboardData{Seven, text}));
    QVERIFY(!daemonSays(MessageType::ClipboardData, Test::Bytes(Gui::MaxBodyFromDaemon + 1)));
}

void GuiFromDaemonTest::S_023_onlyTheWholeBodyParses_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<Test::Bytes>("body");

    QTest::newRow("Key") << MessageType::Key << words({2, 0, 0, 0, 38});
    QTest::newRow("Button") << MessageType::Button << words({4, 0, 0, 0, 1});
    QTest::newRow("Motion") << MessageType::Motion << words({0, 0, 0, 0});
    QTest::newRow("Crossing") << MessageType::Crossing << words({7, 0, 0, 0, 0, 0, 0});
    QTest::newRow("Focus") << MessageType::Focus << words({9, 0, 0});
    QTest::newRow("Destroyed") << MessageType::Destroy << Test::Bytes{};
    QTest::newRow("Map") << MessageType::Map << words({0, 0});
    QTest::newRow("Configure") << MessageType::Configure << words({0, 0, 1, 1, 0});
    QTest::newRow("Close") << MessageType::Close << Test::Bytes{};
    QTest::newRow("ClipboardRequest") << MessageType::ClipboardRequest << Test::Bytes{};
    QTest::newRow("Keymap") << MessageType::Keymap << Test::Bytes(32);
    QTest::newRow("StateFlags") << MessageType::StateFlags << words({0, 0});
    QTest::newRow("DumpAcknowledged") << MessageType::WindowDumpAck << Test::Bytes{};
}

void GuiFromDaemonTest::S_023_onlyTheWholeBodyParses()
{
    QFETCH(const MessageType, type);
    QFETCH(const Test::Bytes, body);
    const auto claimingItsLength = [type](std::span<const std::byte> part) {
        return daemonSays(type, part);
    };
    const auto claimingTheTypesLength = [type, &body](std::span<const std::byte> part) {
        return Gui::FromDaemon::parse(Test::guiHeader(type, body), part);
    };
    QVERIFY(Test::acceptsOnlyWhole(claimingItsLength, body));
    QVERIFY(Test::acceptsOnlyWhole(claimingTheTypesLength, body));
}

void GuiFromDaemonTest::gui_113_gui_137_bytesOnTheWire_data()
{
    QTest::addColumn<Message>("message");
    QTest::addColumn<int>("minorNumber");
    QTest::addColumn<Test::Bytes>("bytes");

    const WindowId window{0x100};
    const auto row = [](const char *name, const Message &message, int minorNumber, std::string_view hex) {
        QTest::newRow(name) << message << minorNumber << Test::fromHex(hex);
    };
    row("enter",
        Crossing{window, Passage::Entered, {50, 50}, 0, NotifyMode::Normal, NotifyDetail::Ancestor, true},
        8,
        "7f000000 00010000 1c000000 07000000 32000000 32000000 00000000 00000000 00000000 01000000");
    row("focus in",
        Focus{window, FocusChange::Gained, NotifyMode::Normal, NotifyDetail::Nonlinear},
        8,
        "80000000 00010000 0c000000 09000000 00000000 03000000");
    row("key press",
        Key{window, Press::Pressed, {50, 50}, 0, 38},
        8,
        "7c000000 00010000 14000000 02000000 32000000 32000000 00000000 26000000");
    row("button release",
        Button{window, Press::Released, {1, 2}, 0x100, 9},
        8,
        "7d000000 00010000 14000000 05000000 01000000 02000000 00010000 09000000");
    row("motion", Motion{window, {-1, 2}, 4}, 8, "7e000000 00010000 10000000 ffffffff 02000000 04000000 00000000");
    row("keymap",
        Keymap{},
        8,
        "8e000000 00000000 20000000 0000000000000000000000000000000000000000000000000000000000000000");
    row("configure",
        Configure{window, {200, 210, 320, 240}},
        8,
        "86000000 00010000 14000000 c8000000 d2000000 40010000 f0000000 00000000");
    row("map", Map{window, true}, 8, "84000000 00010000 08000000 00000000 01000000");
    row("close", Close{window}, 8, "89000000 00010000 00000000");
    row("clipboard request", ClipboardRequest{window}, 8, "8b000000 00010000 00000000");
    row("minimized", ChangeState{window, {.minimized = true}, {}}, 8, "91000000 00010000 08000000 04000000 00000000");
    row("destroyed", Destroyed{window}, 8, "83000000 00010000 00000000");
    row("dump acknowledged", DumpAcknowledged{window}, 8, "95000000 00010000 00000000");
    const auto text = Test::fromHex("6869");
    row("clipboard", ClipboardData{window, text}, 8, "8c000000 00010000 02000000 6869");
    row("clipboard, 1.2", ClipboardData{window, text}, 2, "8c000000 00010000 02000000 6869");
    row("clipboard, 1.1", ClipboardData{window, text}, 1, "8c000000 02000000 02000000 6869");
}

void GuiFromDaemonTest::gui_113_gui_137_bytesOnTheWire()
{
    QFETCH(const Message, message);
    QFETCH(const int, minorNumber);
    QFETCH(const Test::Bytes, bytes);
    const Gui::Version version(static_cast<std::uint16_t>(minorNumber));
    QCOMPARE(build(message, version), bytes);
    if (version >= Gui::SinceClipboardLength) {
        const auto back = Test::reparsedFromDaemon(bytes);
        QVERIFY(back);
        QCOMPARE(*back, message);
    }
}

QTEST_GUILESS_MAIN(GuiFromDaemonTest)
#include "guifromdaemontest.moc"
