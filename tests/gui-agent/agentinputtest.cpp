// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"

#include <QTest>

#include <memory>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace Told = Gui::FromAgent;
namespace Say = Gui::FromDaemon;

namespace
{

// Keycodes of every keymap in use: evdev's, plus 8.
constexpr std::uint8_t KeyA = 38;
constexpr std::uint8_t KeyB = 56;
constexpr std::uint8_t ShiftLeft = 50;
constexpr std::uint16_t Shift = 1;
constexpr std::uint16_t Lock = 2;

/// Keys name no window that counts: they go where the focus is.
Say::Key key(Say::Press action, std::uint8_t keycode, std::uint32_t state)
{
    return {.window = WindowId{0}, .action = action, .position = {}, .state = state, .keycode = keycode};
}

} // namespace

/// What the daemon's input messages do to the guest's programs.
class AgentInputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void key_reachesTheProgramWithTheFocus();
    void gui_119_shiftFollowsTheState();
    void gui_120_capsLockFollowsTheState();
    void gui_121_keymapReleasesAndPressesNothing();
    void gui_122_focusRaisesFocusesAndAsksOnlyWhereOffered();
    void gui_122_inputHintIsRespected();
    void gui_122_focusOutTakesIt();
    void gui_123_buttonGoesToTheNamedWindow();
    void gui_124_leaveIsSeenByTheProgram();
    void gui_126_S_072_repeatStaysOff();
    void gui_127_buttonsEightAndNineReachPrograms();
    void motion_isRelativeToTheWindow();
    void daemonThatLeaves_leavesNothingPressed();

private:
    xcb_window_t shownWindow(const Rect &geometry, TestProgram::Kind kind = TestProgram::Kind::Managed);
    void press(std::uint8_t keycode, std::uint32_t state = 0);
    void release(std::uint8_t keycode, std::uint32_t state = 0);
    void button(xcb_window_t window, std::uint8_t number, Point where);
    void giveFocus(xcb_window_t window);
    /// Waits until the program got so many events of this type.
    bool waitForEvents(std::uint8_t type, xcb_window_t window, std::size_t count);
    bool repeats();

    std::unique_ptr<AgentRig> m_rig;
    std::unique_ptr<TestProgram> m_program;
    std::unique_ptr<ScriptedDaemon> m_daemon;
};

void AgentInputTest::init()
{
    m_rig = std::make_unique<AgentRig>();
    m_program = std::make_unique<TestProgram>();
    QVERIFY(m_rig->startAgent());
    m_daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->settle(*m_daemon));
}

void AgentInputTest::cleanup()
{
    if (m_daemon) {
        release(KeyA); // state 0: no lock stays on
        QVERIFY(m_rig->settle(*m_daemon));
        QCOMPARE(m_daemon->failure(), std::string());
    }
    m_daemon.reset();
    m_program.reset();
    m_rig.reset();
}

xcb_window_t AgentInputTest::shownWindow(const Rect &geometry, TestProgram::Kind kind)
{
    const xcb_window_t window = m_program->createWindow(geometry, kind);
    m_program->map(window);
    const bool shown = m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    });
    BH_ASSERT(shown);
    return window;
}

void AgentInputTest::press(std::uint8_t keycode, std::uint32_t state)
{
    m_daemon->send(key(Say::Press::Pressed, keycode, state));
}

void AgentInputTest::release(std::uint8_t keycode, std::uint32_t state)
{
    m_daemon->send(key(Say::Press::Released, keycode, state));
}

void AgentInputTest::button(xcb_window_t window, std::uint8_t number, Point where)
{
    for (const auto action : {Say::Press::Pressed, Say::Press::Released}) {
        m_daemon->send(Say::Button{.window = idOf(window), .action = action, .position = where, .button = number});
    }
}

void AgentInputTest::giveFocus(xcb_window_t window)
{
    m_daemon->send(Say::Focus{.window = idOf(window), .change = Say::FocusChange::Gained});
}

bool AgentInputTest::waitForEvents(std::uint8_t type, xcb_window_t window, std::size_t count)
{
    return m_rig->waitUntil([this, type, window, count] {
        if (m_daemon) {
            m_daemon->poll();
        }
        m_program->poll();
        return m_program->count(type, window) >= count;
    });
}

bool AgentInputTest::repeats()
{
    const GuiAgent::XcbPtr<xcb_get_keyboard_control_reply_t> reply(
        xcb_get_keyboard_control_reply(m_program->x().xcb(), xcb_get_keyboard_control(m_program->x().xcb()), nullptr));
    return !reply || reply->global_auto_repeat != XCB_AUTO_REPEAT_MODE_OFF;
}

void AgentInputTest::key_reachesTheProgramWithTheFocus()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    press(KeyA);
    release(KeyA);
    QVERIFY(waitForEvents(XCB_KEY_RELEASE, window, 1));
    QCOMPARE(m_program->details(XCB_KEY_PRESS, window), std::vector{KeyA});
    QCOMPARE(m_program->details(XCB_KEY_RELEASE, window), std::vector{KeyA});
}

void AgentInputTest::gui_119_shiftFollowsTheState()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    press(KeyA, Shift);
    release(KeyA, Shift);
    QVERIFY(waitForEvents(XCB_KEY_RELEASE, window, 1));
    QCOMPARE(m_program->details(XCB_KEY_PRESS, window), (std::vector{ShiftLeft, KeyA}));
    QCOMPARE(m_program->modifiers() & Shift, int{Shift});

    m_program->forgetEvents();
    press(KeyB, 0);
    release(KeyB, 0);
    QVERIFY(waitForEvents(XCB_KEY_RELEASE, window, 2));
    QCOMPARE(m_program->details(XCB_KEY_RELEASE, window), (std::vector{ShiftLeft, KeyB}));
    QCOMPARE(m_program->modifiers() & Shift, 0);
}

void AgentInputTest::gui_120_capsLockFollowsTheState()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    press(KeyA, Lock);
    release(KeyA, Lock);
    QVERIFY(waitForEvents(XCB_KEY_RELEASE, window, 2));
    QCOMPARE(m_program->modifiers() & Lock, int{Lock});
    press(KeyB, 0);
    release(KeyB, 0);
    QVERIFY(waitForEvents(XCB_KEY_RELEASE, window, 4));
    QCOMPARE(m_program->modifiers() & Lock, 0);
}

void AgentInputTest::gui_121_keymapReleasesAndPressesNothing()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    press(KeyA);
    press(KeyB);
    QVERIFY(waitForEvents(XCB_KEY_PRESS, window, 2));
    Say::Keymap held;
    held.down.set(KeyB).set(ShiftLeft);
    m_daemon->send(held);
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(!m_program->keyIsDown(KeyA));
    QVERIFY(m_program->keyIsDown(KeyB));
    QVERIFY(!m_program->keyIsDown(ShiftLeft));
    m_daemon->send(Say::Keymap{});
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(!m_program->keyIsDown(KeyB));
}

void AgentInputTest::gui_122_focusRaisesFocusesAndAsksOnlyWhereOffered()
{
    const xcb_window_t plain = shownWindow({0, 0, 100, 100});
    const xcb_window_t asking = shownWindow({0, 0, 100, 100});
    m_program->setWords(asking, m_program->atoms().wmProtocols, XCB_ATOM_ATOM, {m_program->atoms().wmTakeFocus});
    QVERIFY(m_rig->settle(*m_daemon));
    m_program->forgetEvents();

    giveFocus(plain);
    QVERIFY(waitForEvents(XCB_FOCUS_IN, plain, 1));
    QCOMPARE(m_program->focus(), plain);
    QVERIFY(m_program->protocolMessages(plain).empty());
    m_daemon->send(Say::Motion{.window = idOf(plain), .position = {50, 50}});
    // The pointer is in both; it enters the one that is above.
    QVERIFY(waitForEvents(XCB_ENTER_NOTIFY, plain, 1));

    giveFocus(asking);
    QVERIFY(waitForEvents(XCB_CLIENT_MESSAGE, asking, 1));
    QCOMPARE(m_program->protocolMessages(asking), std::vector<xcb_atom_t>{m_program->atoms().wmTakeFocus});
    QCOMPARE(m_program->focus(), asking);
}

void AgentInputTest::gui_122_inputHintIsRespected()
{
    const xcb_window_t other = shownWindow({0, 0, 100, 100});
    const xcb_window_t window = shownWindow({200, 0, 100, 100});
    m_program->setWords(window, XCB_ATOM_WM_HINTS, XCB_ATOM_WM_HINTS, {1, 0, 0, 0, 0, 0, 0, 0, 0});
    m_program->setWords(window, m_program->atoms().wmProtocols, XCB_ATOM_ATOM, {m_program->atoms().wmTakeFocus});
    QVERIFY(m_rig->settle(*m_daemon));
    giveFocus(other);
    giveFocus(window);
    QVERIFY(waitForEvents(XCB_CLIENT_MESSAGE, window, 1)); // it is asked and decides itself
    QCOMPARE(m_program->focus(), other);
}

void AgentInputTest::gui_122_focusOutTakesIt()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    m_daemon->send(Say::Focus{.window = idOf(window), .change = Say::FocusChange::Lost});
    QVERIFY(waitForEvents(XCB_FOCUS_OUT, window, 1));
    QCOMPARE(m_program->focus(), xcb_window_t{XCB_INPUT_FOCUS_NONE});
}

void AgentInputTest::gui_123_buttonGoesToTheNamedWindow()
{
    const xcb_window_t below = shownWindow({0, 0, 100, 100});
    const xcb_window_t above = shownWindow({0, 0, 100, 100}, TestProgram::Kind::OverrideRedirect);
    button(below, 1, {50, 50});
    QVERIFY(waitForEvents(XCB_BUTTON_RELEASE, below, 1));
    QCOMPARE(m_program->details(XCB_BUTTON_PRESS, below), std::vector<std::uint8_t>{1});
    QCOMPARE(m_program->count(XCB_BUTTON_PRESS, above), 0U);
    button(above, 3, {50, 50});
    QVERIFY(waitForEvents(XCB_BUTTON_RELEASE, above, 1));
    QCOMPARE(m_program->details(XCB_BUTTON_PRESS, above), std::vector<std::uint8_t>{3});
}

void AgentInputTest::gui_124_leaveIsSeenByTheProgram()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    m_daemon->send(Say::Crossing{.window = idOf(window), .position = {50, 50}});
    QVERIFY(waitForEvents(XCB_ENTER_NOTIFY, window, 1));
    m_program->forgetEvents();
    m_daemon->send(Say::Crossing{.window = idOf(window), .passage = Say::Passage::Left, .position = {50, 99}});
    QVERIFY(waitForEvents(XCB_LEAVE_NOTIFY, window, 1));
    m_program->forgetEvents();
    m_daemon->send(Say::Crossing{.window = idOf(window), .position = {40, 40}});
    QVERIFY(waitForEvents(XCB_ENTER_NOTIFY, window, 1));
    QCOMPARE(m_program->pointer(), (Point{40, 40}));
}

void AgentInputTest::gui_126_S_072_repeatStaysOff()
{
    QVERIFY(!repeats());
    const std::uint32_t on = XCB_AUTO_REPEAT_MODE_ON;
    xcb_change_keyboard_control(m_program->x().xcb(), XCB_KB_AUTO_REPEAT_MODE, &on);
    m_program->sync();
    QVERIFY(repeats()); // the program had its way, until the agent hears of it
    QVERIFY(m_rig->waitUntil([this] {
        return !repeats();
    }));
}

void AgentInputTest::gui_127_buttonsEightAndNineReachPrograms()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    button(window, 8, {50, 50});
    button(window, 9, {50, 50});
    QVERIFY(waitForEvents(XCB_BUTTON_RELEASE, window, 2));
    QCOMPARE(m_program->details(XCB_BUTTON_PRESS, window), (std::vector<std::uint8_t>{8, 9}));
}

void AgentInputTest::motion_isRelativeToTheWindow()
{
    const xcb_window_t window = shownWindow({300, 200, 100, 100});
    m_daemon->send(Say::Motion{.window = idOf(window), .position = {7, 9}});
    QVERIFY(m_rig->waitUntil([this] {
        return m_program->pointer() == Point{307, 209};
    }));
    m_daemon->send(Say::Motion{.window = WindowId{0xDEAD}, .position = {1, 1}});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_program->pointer(), (Point{307, 209}));
}

void AgentInputTest::daemonThatLeaves_leavesNothingPressed()
{
    const xcb_window_t window = shownWindow({0, 0, 100, 100});
    giveFocus(window);
    press(ShiftLeft);
    m_daemon->send(Say::Button{.window = idOf(window), .position = {50, 50}, .button = 1});
    QVERIFY(waitForEvents(XCB_BUTTON_PRESS, window, 1));
    m_daemon.reset();
    QVERIFY(waitForEvents(XCB_BUTTON_RELEASE, window, 1));
    QVERIFY(!m_program->keyIsDown(ShiftLeft));
}

QTEST_GUILESS_MAIN(AgentInputTest)
#include "agentinputtest.moc"
