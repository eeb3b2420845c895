// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/guipeer.h"

#include <QTest>

#include <limits>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
using Gui::MessageType;
using Test::agentSays;
using Test::words;

namespace
{

constexpr WindowId Seven{7};
constexpr auto MinInt = std::numeric_limits<std::int32_t>::min();
constexpr auto MaxInt = std::numeric_limits<std::int32_t>::max();

template<typename T> T parsed(MessageType type, const Test::Bytes &body)
{
    const auto message = agentSays(type, body);
    return message ? std::get<T>(*message) : T{};
}

bool isRefused(MessageType type, const Test::Bytes &body, Errc code)
{
    const auto message = agentSays(type, body);
    return !message && message.error().code == code;
}

Test::Bytes
dump(std::uint32_t type, std::uint32_t width, std::uint32_t height, std::size_t pages, std::uint32_t bpp = 32)
{
    Test::Bytes body = words({type, width, height, bpp});
    body.resize(body.size() + pages * 4, std::byte{1});
    return body;
}

} // namespace

class GuiFromAgentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gui_033_gui_034_gui_035_S_028_createGeometry_data();
    void gui_033_gui_034_gui_035_S_028_createGeometry();
    void gui_036_createIgnoresTheParent();
    void mapIsTransientForAnotherWindowOnly();
    void gui_073_S_028_configureGeometry_data();
    void gui_073_S_028_configureGeometry();
    void gui_074_configureSaysNothingOfOverrideRedirect();
    void S_028_damageThatCannotBeIsEmpty();
    void gui_093_gui_094_gui_098_S_027_dumpNeedsItsPages_data();
    void gui_093_gui_094_gui_098_S_027_dumpNeedsItsPages();
    void gui_095_dumpsDepthIsNotLookedAt();
    void dump_keepsTheOrderOfPages();
    void gui_047_S_025_windowClassIsCutAndCleaned();
    void gui_048_S_025_titleIsCutAndCleaned();
    void gui_053_S_068_hints_data();
    void gui_053_S_068_hints();
    void hintsWithoutFlagsAreNone();
    void gui_056_gui_057_state();
    void gui_055_S_067_cursor_data();
    void gui_055_S_067_cursor();
    void clipboard_takesAnyBytesAndAnyWindow();
    void S_023_onlyTheWholeBodyParses_data();
    void S_023_onlyTheWholeBodyParses();
    void parse_checksBodyAgainstHeader();
    void gui_029_olderAgentsLieAboutLengthWithoutEffect();
};

void GuiFromAgentTest::gui_033_gui_034_gui_035_S_028_createGeometry_data()
{
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<Rect>("geometry");

    QTest::newRow("ordinary") << words({10, 20, 300, 200, 0, 0}) << true << Rect{10, 20, 300, 200};
    QTest::newRow("largest") << words({16384, 6144, 16384, 6144, 0, 0}) << true << Rect{16384, 6144, 16384, 6144};
    QTest::newRow("too large") << words({0, 0, 20000, 7000, 0, 0}) << true << Rect{0, 0, 16384, 6144};
    QTest::newRow("too far") << words({1000000, -1000000, 1, 1, 0, 0}) << true << Rect{16384, -6144, 1, 1};
    QTest::newRow("one past each edge") << words({-16385, 6145, 16385, 6145, 0, 0}) << true
                                        << Rect{-16384, 6144, 16384, 6144};
    QTest::newRow("outermost coordinates")
        << words({MinInt, MaxInt, MaxInt, MaxInt, 0, 0}) << true << Rect{-16384, 6144, 16384, 6144};
    QTest::newRow("no width") << words({0, 0, 0, 5, 0, 0}) << true << Rect{0, 0, 1, 5};
    QTest::newRow("no height") << words({0, 0, 5, 0, 0, 0}) << true << Rect{0, 0, 5, 1};
    QTest::newRow("negative width") << words({0, 0, 0x80000000, 5, 0, 0}) << false << Rect{};
    QTest::newRow("negative height") << words({0, 0, 5, -1, 0, 0}) << false << Rect{};
}

void GuiFromAgentTest::gui_033_gui_034_gui_035_S_028_createGeometry()
{
    QFETCH(const Test::Bytes, body);
    QFETCH(const bool, accepted);
    QFETCH(const Rect, geometry);
    const auto message = agentSays(MessageType::Create, body);
    QCOMPARE(message.has_value(), accepted);
    if (accepted) {
        QCOMPARE(std::get<Create>(*message), (Create{Seven, geometry, false}));
    } else {
        QCOMPARE(message.error().code, Errc::BadField);
    }
}

void GuiFromAgentTest::gui_036_createIgnoresTheParent()
{
    QCOMPARE(parsed<Create>(MessageType::Create, words({1, 2, 3, 4, 0, 2})), (Create{Seven, {1, 2, 3, 4}, true}));
    QCOMPARE(parsed<Create>(MessageType::Create, words({1, 2, 3, 4, 7, 2})), (Create{Seven, {1, 2, 3, 4}, true}));
}

void GuiFromAgentTest::mapIsTransientForAnotherWindowOnly()
{
    QCOMPARE(parsed<Map>(MessageType::Map, words({8, 0})), (Map{Seven, WindowId{8}, false}));
    QCOMPARE(parsed<Map>(MessageType::Map, words({0, 1})), (Map{Seven, std::nullopt, true}));
    QCOMPARE(parsed<Map>(MessageType::Map, words({7, 0})), (Map{Seven, std::nullopt, false})); // itself
}

void GuiFromAgentTest::gui_073_S_028_configureGeometry_data()
{
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<Rect>("geometry");

    QTest::newRow("ordinary") << words({200, 210, 320, 240, 0}) << true << Rect{200, 210, 320, 240};
    QTest::newRow("too large") << words({0, 0, 20000, 9000, 0}) << true << Rect{0, 0, 16384, 6144};
    QTest::newRow("beyond INT32") << words({MinInt, MinInt, -1, 0x80000000, 0}) << true
                                  << Rect{-16384, -6144, 16384, 6144};
    QTest::newRow("no width") << words({0, 0, 0, 5, 0}) << false << Rect{};
    QTest::newRow("no height") << words({0, 0, 5, 0, 0}) << false << Rect{};
}

void GuiFromAgentTest::gui_073_S_028_configureGeometry()
{
    QFETCH(const Test::Bytes, body);
    QFETCH(const bool, accepted);
    QFETCH(const Rect, geometry);
    const auto message = agentSays(MessageType::Configure, body);
    QCOMPARE(message.has_value(), accepted);
    if (accepted) {
        QCOMPARE(std::get<Configure>(*message), (Configure{Seven, geometry}));
    } else {
        QCOMPARE(message.error().code, Errc::BadField);
    }
}

void GuiFromAgentTest::gui_074_configureSaysNothingOfOverrideRedirect()
{
    QCOMPARE(parsed<Configure>(MessageType::Configure, words({1, 2, 3, 4, 1})),
             parsed<Configure>(MessageType::Configure, words({1, 2, 3, 4, 0})));
}

void GuiFromAgentTest::S_028_damageThatCannotBeIsEmpty()
{
    QCOMPARE(parsed<Damage>(MessageType::Damage, words({1, 2, 3, 4})), (Damage{Seven, {1, 2, 3, 4}}));
    const Damage outermost = parsed<Damage>(MessageType::Damage, words({MaxInt, MaxInt, MaxInt, MaxInt}));
    QCOMPARE(outermost.area.right(), 2 * std::int64_t{MaxInt});
    for (const auto &body :
         {words({-1, 0, 5, 5}), words({0, MinInt, 5, 5}), words({0, 0, 0x80000000, 5}), words({0, 0, 5, -1})}) {
        const auto message = agentSays(MessageType::Damage, body);
        QVERIFY(message);
        QCOMPARE(std::get<Damage>(*message), (Damage{Seven, {}}));
    }
}

void GuiFromAgentTest::gui_093_gui_094_gui_098_S_027_dumpNeedsItsPages_data()
{
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<int>("error");

    constexpr int none = -1;
    const auto code = [](Errc errc) {
        return static_cast<int>(errc);
    };
    QTest::newRow("just enough") << dump(0, 300, 200, 59) << none;
    QTest::newRow("one page too few") << dump(0, 300, 200, 58) << code(Errc::BadField);
    QTest::newRow("more than enough") << dump(0, 300, 200, 100) << none;
    QTest::newRow("one pixel") << dump(0, 1, 1, 1) << none;
    QTest::newRow("no pixel, one page") << dump(0, 0, 0, 1) << none;
    QTest::newRow("no pixel, no page") << dump(0, 0, 0, 0) << code(Errc::BadField);
    QTest::newRow("largest") << dump(0, 16384, 6144, 98304) << none;
    QTest::newRow("largest, a page short") << dump(0, 16384, 6144, 98303) << code(Errc::BadField);
    QTest::newRow("too wide") << dump(0, 16385, 1, 98304) << code(Errc::BadField);
    QTest::newRow("too high") << dump(0, 1, 6145, 98304) << code(Errc::BadField);
    QTest::newRow("too many pages") << dump(0, 1, 1, 98305) << code(Errc::TooMuch);
    QTest::newRow("product wraps 32 bits") << dump(0, 0x10000, 0x10000, 1) << code(Errc::BadField);
    QTest::newRow("product wraps 64 bits") << dump(0, 0x80000000, 0x80000000, 1) << code(Errc::BadField);
    QTest::newRow("other kind of pages") << dump(1, 1, 1, 1) << code(Errc::BadField);
    QTest::newRow("last kind there can be") << dump(0xFFFFFFFF, 1, 1, 1) << code(Errc::BadField);
}

void GuiFromAgentTest::gui_093_gui_094_gui_098_S_027_dumpNeedsItsPages()
{
    QFETCH(const Test::Bytes, body);
    QFETCH(const int, error);
    const auto message = agentSays(MessageType::WindowDump, body);
    QCOMPARE(message ? -1 : static_cast<int>(message.error().code), error);
    if (message) {
        QCOMPARE(std::get<WindowDump>(*message).pages.size(), (body.size() - 16) / 4);
    }
}

void GuiFromAgentTest::gui_095_dumpsDepthIsNotLookedAt()
{
    const auto reference = agentSays(MessageType::WindowDump, dump(0, 5, 5, 1, 24));
    QVERIFY(reference);
    for (const std::uint32_t bpp : {32U, 0U, 99U, 0xFFFFFFFFU}) {
        const auto message = agentSays(MessageType::WindowDump, dump(0, 5, 5, 1, bpp));
        QVERIFY(message);
        QCOMPARE(*message, *reference);
    }
}

void GuiFromAgentTest::dump_keepsTheOrderOfPages()
{
    const auto message = parsed<WindowDump>(MessageType::WindowDump, words({0, 30, 60, 24, 9, -1}));
    QCOMPARE(message, (WindowDump{Seven, {30, 60}, {GrantRef{9}, GrantRef{0xFFFFFFFF}}}));
}

void GuiFromAgentTest::gui_047_S_025_windowClassIsCutAndCleaned()
{
    const std::string full(64, 'x');
    const auto cut =
        parsed<WindowClass>(MessageType::WindowClass, Test::joined({Test::field(full, 64), Test::field(full, 64)}));
    QCOMPARE(cut.resourceClass.text(), full.substr(1));
    QCOMPARE(cut.resourceName.text(), full.substr(1));

    const auto cleaned = parsed<WindowClass>(
        MessageType::WindowClass, Test::joined({Test::field("X\xC3\xA9\nTerm", 64), Test::field({"\0hidden", 7}, 64)}));
    QCOMPARE(cleaned.resourceClass.text(), "X___Term");
    QCOMPARE(cleaned.resourceName.text(), "");
}

void GuiFromAgentTest::gui_048_S_025_titleIsCutAndCleaned()
{
    const std::string full(128, 'x');
    QCOMPARE(parsed<Title>(MessageType::Title, Test::field(full, 128)).text.text(), full.substr(1));
    QCOMPARE(parsed<Title>(MessageType::Title, Test::field({"ab\0\x1B\xFF", 5}, 128)).text.text(), "ab");
    QCOMPARE(parsed<Title>(MessageType::Title, Test::field({"\0x", 2}, 128)).text.text(), "");
    QCOMPARE(parsed<Title>(MessageType::Title, Test::field("caf\xC3\xA9\x07", 128)).text.text(), "caf\xC3\xA9_");
    // A character whose last byte would be the NUL is cut away byte by byte.
    const std::string cut = std::string(126, 'x') + "\xC3\xA9";
    QCOMPARE(parsed<Title>(MessageType::Title, Test::field(cut, 128)).text.text(), cut.substr(0, 126) + "_");
}

void GuiFromAgentTest::gui_053_S_068_hints_data()
{
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<Gui::SizeHints>("hints");

    using Gui::SizeHints;
    const auto body = [](std::int64_t flags, std::initializer_list<std::int64_t> groups) {
        return Test::joined({words({flags}), words(groups)});
    };
    QTest::newRow("positions") << body(0x5, {0, 0, 0, 0, 0, 0, 0, 0})
                               << SizeHints{.userPosition = true, .programPosition = true};
    QTest::newRow("everything at its limit") << body(0x170, {16384, 6144, 16384, 6144, 16383, 6143, 16384, 6144})
                                             << SizeHints{.minimum = Size{16384, 6144},
                                                          .maximum = Size{16384, 6144},
                                                          .increment = Size{16383, 6143},
                                                          .base = Size{16384, 6144}};
    QTest::newRow("smallest") << body(0x170, {0, 0, 1, 1, 1, 1, 0, 0})
                              << SizeHints{.minimum = Size{0, 0},
                                           .maximum = Size{1, 1},
                                           .increment = Size{1, 1},
                                           .base = Size{0, 0}};
    QTest::newRow("minimum too wide") << body(0x110, {16385, 1, 0, 0, 0, 0, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("minimum too high") << body(0x110, {1, 6145, 0, 0, 0, 0, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("maximum too wide") << body(0x120, {0, 0, 16385, 1, 0, 0, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("maximum of nothing") << body(0x120, {0, 0, 0, 1, 0, 0, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("increment too wide") << body(0x140, {0, 0, 0, 0, 16384, 1, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("increment too high") << body(0x140, {0, 0, 0, 0, 1, 6144, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("increment of nothing") << body(0x140, {0, 0, 0, 0, 0, 1, 2, 2}) << SizeHints{.base = Size{2, 2}};
    QTest::newRow("increment of 2^31") << body(0x040, {0, 0, 0, 0, 0x80000000, 1, 0, 0}) << SizeHints{};
    QTest::newRow("base too high") << body(0x110, {3, 3, 0, 0, 0, 0, 1, 6145}) << SizeHints{.minimum = Size{3, 3}};
    QTest::newRow("minimum above maximum") << body(0x130, {5, 5, 9, 4, 0, 0, 1, 1}) << SizeHints{.base = Size{1, 1}};
    QTest::newRow("aspect and gravity") << body(0x282, {1, 1, 1, 1, 1, 1, 1, 1}) << SizeHints{};
}

void GuiFromAgentTest::gui_053_S_068_hints()
{
    QFETCH(const Test::Bytes, body);
    QFETCH(const Gui::SizeHints, hints);
    const auto message = agentSays(MessageType::SizeHints, body);
    QVERIFY(message);
    QCOMPARE(std::get<WindowHints>(*message), (WindowHints{Seven, hints}));
}

void GuiFromAgentTest::hintsWithoutFlagsAreNone()
{
    QCOMPARE(parsed<WindowHints>(MessageType::SizeHints, words({0, 1, 1, 1, 1, 1, 1, 1, 1})), (WindowHints{Seven, {}}));
}

void GuiFromAgentTest::gui_056_gui_057_state()
{
    QCOMPARE(parsed<ChangeState>(MessageType::StateFlags, words({3, 0})),
             (ChangeState{Seven, {.fullscreen = true, .demandsAttention = true}, {}}));
    QCOMPARE(parsed<ChangeState>(MessageType::StateFlags, words({4, 1})),
             (ChangeState{Seven, {.minimized = true}, {.fullscreen = true}}));
    QCOMPARE(parsed<ChangeState>(MessageType::StateFlags, words({0xFFFFFFF8, 4})), (ChangeState{Seven, {}, {}}));
    QVERIFY(isRefused(MessageType::StateFlags, words({1, 1}), Errc::BadField));
    QVERIFY(isRefused(MessageType::StateFlags, words({7, 4}), Errc::BadField));
}

void GuiFromAgentTest::gui_055_S_067_cursor_data()
{
    QTest::addColumn<quint32>("word");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<int>("glyph"); // -1: the default cursor

    QTest::newRow("default") << 0U << true << -1;
    QTest::newRow("first glyph") << 0x100U << true << 0;
    QTest::newRow("xterm") << 0x198U << true << 152;
    QTest::newRow("last, a mask") << 0x199U << true << -1;
    QTest::newRow("a mask") << 0x101U << true << -1;
    QTest::newRow("one past the font") << 0x19AU << false << -1;
    QTest::newRow("1") << 1U << false << -1;
    QTest::newRow("0xFF") << 0xFFU << false << -1;
    QTest::newRow("0x200") << 0x200U << false << -1;
    QTest::newRow("0x300") << 0x300U << false << -1;
    QTest::newRow("all bits") << 0xFFFFFFFFU << false << -1;
}

void GuiFromAgentTest::gui_055_S_067_cursor()
{
    QFETCH(const quint32, word);
    QFETCH(const bool, accepted);
    QFETCH(const int, glyph);
    const auto message = agentSays(MessageType::Cursor, words({word}));
    QCOMPARE(message.has_value(), accepted);
    if (accepted) {
        const auto shown = std::get<Cursor>(*message).shape.glyph();
        QCOMPARE(shown ? int{*shown} : -1, glyph);
    }
}

void GuiFromAgentTest::clipboard_takesAnyBytesAndAnyWindow()
{
    const Test::Bytes text = Test::fromHex("00 ff 0a 41");
    const auto message = Gui::FromAgent::parse(Test::guiHeader(140, 0x1234, 4), text, Gui::OwnVersion);
    QVERIFY(message);
    QCOMPARE(std::get<ClipboardData>(*message), ClipboardData{text});
    QCOMPARE(parsed<ClipboardData>(MessageType::ClipboardData, {}), ClipboardData{});
}

void GuiFromAgentTest::S_023_onlyTheWholeBodyParses_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<Test::Bytes>("body");

    QTest::newRow("Create") << MessageType::Create << words({0, 0, 1, 1, 0, 0});
    QTest::newRow("Destroy") << MessageType::Destroy << Test::Bytes{};
    QTest::newRow("Map") << MessageType::Map << words({0, 0});
    QTest::newRow("Unmap") << MessageType::Unmap << Test::Bytes{};
    QTest::newRow("Configure") << MessageType::Configure << words({0, 0, 1, 1, 0});
    QTest::newRow("Damage") << MessageType::Damage << words({0, 0, 1, 1});
    QTest::newRow("WindowDump") << MessageType::WindowDump << dump(0, 32, 32, 1);
    QTest::newRow("Dock") << MessageType::Dock << Test::Bytes{};
    QTest::newRow("Title") << MessageType::Title << Test::field("title", 128);
    QTest::newRow("WindowClass") << MessageType::WindowClass << Test::field("class", 128);
    QTest::newRow("SizeHints") << MessageType::SizeHints << words({0, 0, 0, 0, 0, 0, 0, 0, 0});
    QTest::newRow("StateFlags") << MessageType::StateFlags << words({1, 2});
    QTest::newRow("Cursor") << MessageType::Cursor << words({0});
}

void GuiFromAgentTest::S_023_onlyTheWholeBodyParses()
{
    QFETCH(const MessageType, type);
    QFETCH(const Test::Bytes, body);
    const auto claimingItsLength = [type](std::span<const std::byte> part) {
        return agentSays(type, part);
    };
    const auto claimingTheTypesLength = [type, &body](std::span<const std::byte> part) {
        return Gui::FromAgent::parse(Test::guiHeader(type, body), part, Gui::OwnVersion);
    };
    QVERIFY(Test::acceptsOnlyWhole(claimingItsLength, body));
    QVERIFY(Test::acceptsOnlyWhole(claimingTheTypesLength, body));
}

void GuiFromAgentTest::parse_checksBodyAgainstHeader()
{
    const auto header = Test::guiHeader(140, 7, 5);
    QVERIFY(!Gui::FromAgent::parse(header, Test::Bytes(4), Gui::OwnVersion));
    QVERIFY(!Gui::FromAgent::parse(header, Test::Bytes(6), Gui::OwnVersion));
    QVERIFY(Gui::FromAgent::parse(header, Test::Bytes(5), Gui::OwnVersion));
}

void GuiFromAgentTest::gui_029_olderAgentsLieAboutLengthWithoutEffect()
{
    const auto body = words({10, 20, 300, 200, 0, 0});
    for (const std::uint32_t claimed : {0U, 23U, 25U, 0xFFFFFFFFU}) {
        const auto header = Test::guiHeader(130, 7, claimed);
        const auto message = Gui::FromAgent::parse(header, body, Gui::Version(5));
        QVERIFY(message);
        QCOMPARE(std::get<Create>(*message), (Create{Seven, {10, 20, 300, 200}, false}));
        QVERIFY(!Gui::FromAgent::parse(header, body, Gui::Version(6)));
    }
}

QTEST_GUILESS_MAIN(GuiFromAgentTest)
#include "guifromagenttest.moc"
