// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/guipeer.h"
#include "tests/support/samplemessages.h"

#include <QTest>

#include <set>

using namespace Bulkhead;
using namespace Bulkhead::Gui;

/// What goes out, byte for byte, and that it comes in again as it was.
class GuiBuildTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fromAgent_bytesOnTheWire_data();
    void fromAgent_bytesOnTheWire();
    void fromAgent_returnsAsItWas();
    void fromDaemon_returnsAsItWas();
    void samples_nameEveryMessage();
    void title_isCutToItsField();
};

void GuiBuildTest::fromAgent_bytesOnTheWire_data()
{
    QTest::addColumn<FromAgent::Message>("message");
    QTest::addColumn<Test::Bytes>("bytes");

    const WindowId window{0x100};
    const auto row = [](const char *name, const FromAgent::Message &message, std::string_view hex) {
        QTest::newRow(name) << message << Test::fromHex(hex);
    };
    row("Create",
        FromAgent::Create{window, {10, 20, 300, 200}, false},
        "82000000 00010000 18000000 0a000000 14000000 2c010000 c8000000 00000000 00000000");
    row("Map", FromAgent::Map{window, {}, false}, "84000000 00010000 08000000 00000000 00000000");
    row("Map of a menu", FromAgent::Map{window, WindowId{2}, true}, "84000000 00010000 08000000 02000000 01000000");
    row("WindowDump",
        FromAgent::WindowDump{window, {2, 1}, {GrantRef{0x0A0B0C0D}}},
        "93000000 00010000 14000000 00000000 02000000 01000000 18000000 0d0c0b0a");
    row("Damage",
        FromAgent::Damage{window, {0, 0, 300, 200}},
        "88000000 00010000 10000000 00000000 00000000 2c010000 c8000000");
    row("Configure",
        FromAgent::Configure{window, {200, 210, 320, 240}},
        "86000000 00010000 14000000 c8000000 d2000000 40010000 f0000000 00000000");
    row("ClipboardData", FromAgent::ClipboardData{Test::fromHex("6869")}, "8c000000 00000000 02000000 6869");
    row("Destroy", FromAgent::Destroy{window}, "83000000 00010000 00000000");
    row("Unmap", FromAgent::Unmap{window}, "85000000 00010000 00000000");
    row("Dock", FromAgent::Dock{window}, "8f000000 00010000 00000000");
    row("Cursor", FromAgent::Cursor{window, CursorShape::fromGlyph(60)}, "94000000 00010000 04000000 3c010000");
    row("StateFlags",
        FromAgent::ChangeState{window, {.fullscreen = true}, {}},
        "91000000 00010000 08000000 01000000 00000000");
    row("SizeHints",
        FromAgent::WindowHints{window, {.minimum = Size{1, 2}}},
        "90000000 00010000 24000000 10000000 01000000 02000000 00000000 00000000 00000000 00000000 00000000 00000000");
}

void GuiBuildTest::fromAgent_bytesOnTheWire()
{
    QFETCH(const FromAgent::Message, message);
    QFETCH(const Test::Bytes, bytes);
    QCOMPARE(FromAgent::build(message), bytes);
}

void GuiBuildTest::fromAgent_returnsAsItWas()
{
    for (const FromAgent::Message &message : Test::sampleMessagesFromAgent()) {
        const auto back = Test::reparsedFromAgent(FromAgent::build(message));
        QVERIFY2(back, back ? "" : back.error().detail.c_str());
        QCOMPARE(*back, message);
    }
}

void GuiBuildTest::fromDaemon_returnsAsItWas()
{
    for (const FromDaemon::Message &message : Test::sampleMessagesFromDaemon()) {
        const auto back = Test::reparsedFromDaemon(FromDaemon::build(message, OwnVersion));
        QVERIFY2(back, back ? "" : back.error().detail.c_str());
        QCOMPARE(*back, message);
    }
}

void GuiBuildTest::samples_nameEveryMessage()
{
    std::set<std::size_t> kinds;
    for (const FromAgent::Message &message : Test::sampleMessagesFromAgent()) {
        kinds.insert(message.index());
    }
    QCOMPARE(kinds.size(), std::variant_size_v<FromAgent::Message>);
    kinds.clear();
    for (const FromDaemon::Message &message : Test::sampleMessagesFromDaemon()) {
        kinds.insert(message.index());
    }
    QCOMPARE(kinds.size(), std::variant_size_v<FromDaemon::Message> - 1); // Skipped is never sent
    QVERIFY(FromDaemon::build(FromDaemon::Skipped{}, OwnVersion).empty());
}

void GuiBuildTest::title_isCutToItsField()
{
    const std::string tooLong = std::string(126, 'x') + "\xC3\xA9z";
    const FromAgent::Title title{WindowId{1}, SafeText::fromUtf8(tooLong)};
    const auto back = Test::reparsedFromAgent(FromAgent::build(title));
    QVERIFY(back);
    QCOMPARE(std::get<FromAgent::Title>(*back).text.text(), tooLong.substr(0, 126));
}

QTEST_GUILESS_MAIN(GuiBuildTest)
#include "guibuildtest.moc"
