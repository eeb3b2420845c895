// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace Told = Gui::FromAgent;
namespace Say = Gui::FromDaemon;

/// A window's pixels on their way to the daemon, and how long the pages that hold them stay granted.
class AgentContentsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void gui_099_pixelsArriveInTheirOrder();
    void gui_106_dumpComesBeforeTheFirstPictureAfterMapAndResize();
    void gui_107_dumpHasEnoughPages();
    void gui_107_windowTooLargeForTheWireHasNoDump();
    void gui_108_pagesOfADestroyedWindowWaitForTheAcknowledgements();
    void gui_108_surplusAcknowledgementsAreIgnored();
    void gui_110_acknowledgementsMayComeInAnyOrderOfWindows();
    void gui_111_movesNeedNoDump();
    void sameSize_reusesThePages();
    void gui_112_damageLiesInTheWindowAndCoversWhatWasDrawn();
    void gui_112_damageIsMergedWhileTheDaemonIsSlow();
    void contentOfChildren_isPartOfTheWindow();
    void contentOutsideTheScreen_isTold();
    void minimisedWindow_costsNothingUntilItIsBack();

private:
    xcb_window_t shownWindow(const Rect &geometry);
    bool waitForColor(xcb_window_t window, Point where, std::uint32_t color);
    /// As the daemon sees it in the pages of the window's newest dump: 0xRRGGBB.
    std::uint32_t colorAt(xcb_window_t window, Point where);

    std::unique_ptr<AgentRig> m_rig;
    std::unique_ptr<TestProgram> m_program;
    std::unique_ptr<ScriptedDaemon> m_daemon;
};

void AgentContentsTest::init()
{
    m_rig = std::make_unique<AgentRig>();
    m_program = std::make_unique<TestProgram>();
    QVERIFY(m_rig->startAgent());
    m_daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->settle(*m_daemon));
}

void AgentContentsTest::cleanup()
{
    QCOMPARE(m_daemon->failure(), std::string());
    m_daemon.reset();
    m_program.reset();
    m_rig.reset();
}

xcb_window_t AgentContentsTest::shownWindow(const Rect &geometry)
{
    const xcb_window_t window = m_program->createWindow(geometry);
    m_program->map(window);
    const bool shown = m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    });
    BH_ASSERT(shown);
    return window;
}

std::uint32_t AgentContentsTest::colorAt(xcb_window_t window, Point where)
{
    const auto dump = m_daemon->picture(idOf(window));
    const auto pages = m_rig->backend().mapper().map(dump->pages);
    BH_ASSERT(pages.has_value());
    std::array<std::byte, 4> pixel{};
    const std::size_t index = static_cast<std::size_t>(where.y) * dump->size.width + static_cast<std::size_t>(where.x);
    (*pages)->copyOut(4 * index, pixel);
    return std::to_integer<std::uint32_t>(pixel[0]) | (std::to_integer<std::uint32_t>(pixel[1]) << 8)
        | (std::to_integer<std::uint32_t>(pixel[2]) << 16);
}

bool AgentContentsTest::waitForColor(xcb_window_t window, Point where, std::uint32_t color)
{
    return m_rig->waitUntil([this, window, where, color] {
        m_daemon->poll();
        return colorAt(window, where) == color;
    });
}

void AgentContentsTest::gui_099_pixelsArriveInTheirOrder()
{
    const xcb_window_t window = shownWindow({0, 0, 33, 21});
    m_program->fill(window, {0, 0, 33, 21}, 0x102030);
    m_program->fill(window, {32, 0, 1, 1}, 0xFF0000);
    m_program->fill(window, {0, 20, 1, 1}, 0x00FF00);
    m_program->fill(window, {7, 11, 1, 1}, 0x0000FF);
    QVERIFY(waitForColor(window, {7, 11}, 0x0000FF));
    QCOMPARE(colorAt(window, {32, 0}), 0xFF0000U);
    QCOMPARE(colorAt(window, {0, 20}), 0x00FF00U);
    QCOMPARE(colorAt(window, {8, 11}), 0x102030U);
}

void AgentContentsTest::gui_106_dumpComesBeforeTheFirstPictureAfterMapAndResize()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 40});
    const auto beginsWithDump = [this, window] {
        const std::string story = m_daemon->story(idOf(window));
        const std::size_t dump = story.find("Dump");
        return dump != std::string::npos && dump < story.find("Damage");
    };
    QVERIFY(beginsWithDump());

    m_program->unmap(window);
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->forgetMessages();
    m_program->map(window);
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    }));
    QVERIFY(beginsWithDump());

    m_daemon->forgetMessages();
    m_program->configure(window, {0, 0, 60, 70});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    }));
    QVERIFY(beginsWithDump());
    QCOMPARE(m_daemon->last<Told::WindowDump>(idOf(window))->size, (Size{60, 70}));
    QCOMPARE(m_daemon->all<Told::Damage>(idOf(window)).front().area, (Rect{0, 0, 60, 70}));
}

void AgentContentsTest::gui_107_dumpHasEnoughPages()
{
    for (const Size size : {Size{1, 1}, Size{32, 32}, Size{33, 32}, Size{1024, 700}}) {
        const xcb_window_t window = shownWindow({0, 0, size.width, size.height});
        const auto dump = m_daemon->last<Told::WindowDump>(idOf(window));
        QCOMPARE(dump->size, size);
        QVERIFY(dump->pages.size() * PageSize >= std::size_t{size.width} * size.height * 4);
    }
}

void AgentContentsTest::gui_107_windowTooLargeForTheWireHasNoDump()
{
    const xcb_window_t wide = m_program->createWindow({0, 0, Gui::MaxWindowWidth + 1, 1});
    const xcb_window_t high = m_program->createWindow({0, 0, 1, Gui::MaxWindowHeight + 1});
    const xcb_window_t fits = m_program->createWindow({0, 0, 1, Gui::MaxWindowHeight});
    m_program->map(wide);
    m_program->map(high);
    m_program->map(fits);
    QVERIFY(m_rig->waitUntil([this, fits] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(fits));
    }));
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(m_daemon->has<Told::Map>(idOf(wide)));
    QVERIFY(m_daemon->has<Told::Map>(idOf(high)));
    for (const xcb_window_t window : {wide, high}) {
        QVERIFY(!m_daemon->has<Told::WindowDump>(idOf(window)));
        QVERIFY(!m_daemon->has<Told::Damage>(idOf(window)));
    }
}

void AgentContentsTest::gui_108_pagesOfADestroyedWindowWaitForTheAcknowledgements()
{
    m_daemon->acknowledges = false;
    const xcb_window_t window = shownWindow({0, 0, 50, 40});
    m_program->configure(window, {0, 0, 80, 80});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->all<Told::WindowDump>(idOf(window)).size() == 2;
    }));
    m_program->destroy(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_rig->backend().grantsHeld(), 2U);
    m_daemon->send(Say::DumpAcknowledged{.window = idOf(window)});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_rig->backend().grantsHeld(), 2U);
    m_daemon->send(Say::DumpAcknowledged{.window = idOf(window)});
    QVERIFY(m_rig->waitUntil([this] {
        return m_rig->backend().grantsHeld() == 0;
    }));
}

void AgentContentsTest::gui_108_surplusAcknowledgementsAreIgnored()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 40});
    for (int count = 0; count < 3; ++count) {
        m_daemon->send(Say::DumpAcknowledged{.window = idOf(window)});
        m_daemon->send(Say::DumpAcknowledged{.window = WindowId{0xDEAD}});
    }
    QVERIFY(m_rig->settle(*m_daemon));
    m_program->fill(window, {0, 0, 50, 40}, 0x445566);
    QVERIFY(waitForColor(window, {10, 10}, 0x445566));
}

void AgentContentsTest::gui_110_acknowledgementsMayComeInAnyOrderOfWindows()
{
    m_daemon->acknowledges = false;
    const xcb_window_t first = shownWindow({0, 0, 50, 40});
    const xcb_window_t second = shownWindow({100, 0, 50, 40});
    m_program->destroy(second);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_rig->backend().grantsHeld(), 2U);
    m_daemon->send(Say::DumpAcknowledged{.window = idOf(second)});
    QVERIFY(m_rig->waitUntil([this] {
        return m_rig->backend().grantsHeld() == 1;
    }));
    m_program->fill(first, {0, 0, 50, 40}, 0x778899);
    QVERIFY(waitForColor(first, {10, 10}, 0x778899));
}

void AgentContentsTest::gui_111_movesNeedNoDump()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 40});
    m_daemon->forgetMessages();
    m_program->configure(window, {70, 80, 50, 40});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::Configure>(idOf(window))->geometry, (Rect{70, 80, 50, 40}));
    QVERIFY(!m_daemon->has<Told::WindowDump>(idOf(window)));
}

void AgentContentsTest::sameSize_reusesThePages()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 40});
    const auto before = m_daemon->last<Told::WindowDump>(idOf(window))->pages;
    const std::size_t made = m_rig->backend().grantsMade();
    m_program->unmap(window);
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->forgetMessages();
    m_program->map(window);
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::WindowDump>(idOf(window));
    }));
    QCOMPARE(m_daemon->last<Told::WindowDump>(idOf(window))->pages, before);
    QCOMPARE(m_rig->backend().grantsMade(), made);
}

void AgentContentsTest::gui_112_damageLiesInTheWindowAndCoversWhatWasDrawn()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 80});
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->forgetMessages();
    m_program->fill(window, {90, 70, 50, 50}, 0xABCDEF);
    m_program->fill(window, {5, 6, 7, 8}, 0xABCDEF);
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        const auto told = m_daemon->all<Told::Damage>(idOf(window));
        const auto covers = [&told](const Rect &area) {
            return std::ranges::any_of(told, [&area](const Told::Damage &damage) {
                return intersection(damage.area, area) == area;
            });
        };
        return covers({90, 70, 10, 10}) && covers({5, 6, 7, 8});
    }));
    for (const Told::Damage &damage : m_daemon->all<Told::Damage>(idOf(window))) {
        QCOMPARE(intersection(damage.area, {0, 0, 100, 80}), damage.area);
    }
    QCOMPARE(colorAt(window, {99, 79}), 0xABCDEFU);
    QCOMPARE(colorAt(window, {5, 6}), 0xABCDEFU);
}

void AgentContentsTest::gui_112_damageIsMergedWhileTheDaemonIsSlow()
{
    constexpr int Strokes = 3000;
    const xcb_window_t window = shownWindow({0, 0, 200, 100});
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->forgetMessages();
    m_daemon->reads = false;
    for (int stroke = 0; stroke < Strokes; ++stroke) {
        m_program->fill(window, {stroke % 190, stroke % 90, 10, 10}, static_cast<std::uint32_t>(stroke));
        m_rig->loop().runUntilIdle();
    }
    m_program->fill(window, {0, 0, 200, 100}, 0x00AA00);
    m_daemon->reads = true;
    for (const Point place : {Point{0, 0}, Point{199, 0}, Point{100, 50}, Point{0, 99}, Point{199, 99}}) {
        QVERIFY(waitForColor(window, place, 0x00AA00));
    }
    QVERIFY(m_rig->settle(*m_daemon));
    // The ring holds 146 of these messages, and one push adds at most sixteen.
    QVERIFY(m_daemon->all<Told::Damage>(idOf(window)).size() < Strokes / 10);
}

void AgentContentsTest::contentOfChildren_isPartOfTheWindow()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 80});
    const xcb_window_t child = m_program->createChild(window, {20, 20, 30, 30});
    m_program->map(child);
    m_program->fill(child, {0, 0, 30, 30}, 0x13579B);
    QVERIFY(waitForColor(window, {25, 25}, 0x13579B));
}

void AgentContentsTest::contentOutsideTheScreen_isTold()
{
    const xcb_window_t window = shownWindow({-90, -70, 100, 80});
    m_program->fill(window, {0, 0, 100, 80}, 0x2468AC);
    QVERIFY(waitForColor(window, {1, 1}, 0x2468AC));
    QVERIFY(waitForColor(window, {99, 79}, 0x2468AC));
}

void AgentContentsTest::minimisedWindow_costsNothingUntilItIsBack()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 80});
    m_daemon->send(Say::ChangeState{.window = idOf(window), .set = {.minimized = true}, .unset = {}});
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->forgetMessages();
    m_program->fill(window, {0, 0, 100, 80}, 0x505050);
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(!m_daemon->has<Told::Damage>(idOf(window)));
    m_daemon->send(Say::ChangeState{.window = idOf(window), .set = {}, .unset = {.minimized = true}});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    }));
    QCOMPARE(m_daemon->last<Told::Damage>(idOf(window))->area, (Rect{0, 0, 100, 80}));
}

QTEST_GUILESS_MAIN(AgentContentsTest)
#include "agentcontentstest.moc"
