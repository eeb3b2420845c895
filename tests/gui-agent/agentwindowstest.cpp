// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"

#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace Told = Gui::FromAgent;
namespace Say = Gui::FromDaemon;

/// Which windows exist for the daemon, what it is told about them and in which order.
class AgentWindowsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void window_isToldInTheProtocolsOrder();
    void window_fromBeforeTheAgentIsTold();
    void window_valuesAreThoseOfItsProgram();
    void title_changesAreTold();
    void title_olderNameIsLatin1();
    void hints_thatAreTakenAwayAreTold();
    void gui_158_childrenOfWindowsAreNotTold();
    void gui_158_reparentedAwayIsDestroyedForTheDaemon();
    void reparentedToTheRootIsNew();
    void gui_159_inputOnlyWindowsAreNotTold();
    void destroy_ofAShownWindowComesAfterUnmap();
    void idOfADestroyedWindowIsNotMentionedAgain();
    void overrideRedirect_changedWhileHiddenIsToldWithTheMap();
    void transientFor_isTold();

    void gui_077_everyConfigureIsAnswered();
    void gui_078_programThatRefusesTheSizeIsReported();
    void gui_079_borderIsRemoved();

    void windowManager_isAnnouncedToPrograms();
    void mapped_windowHasWmState();
    void state_requestsOfProgramsAreTold();
    void state_ofTheDaemonIsWrittenToTheWindow();
    void daemonsMap_showsTheWindow();
    void gui_125_closeAsksTheProgramThatCanBeAsked();
    void gui_125_closeCutsOffTheProgramThatCannot();
    void cursor_isToldByItsName();

private:
    xcb_window_t shownWindow(const Rect &geometry);

    std::unique_ptr<AgentRig> m_rig;
    std::unique_ptr<TestProgram> m_program;
    std::unique_ptr<ScriptedDaemon> m_daemon;
};

void AgentWindowsTest::init()
{
    m_rig = std::make_unique<AgentRig>();
    m_program = std::make_unique<TestProgram>();
    QVERIFY(m_rig->startAgent());
    m_daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->settle(*m_daemon));
}

void AgentWindowsTest::cleanup()
{
    QCOMPARE(m_daemon->failure(), std::string());
    m_daemon.reset();
    m_program.reset();
    m_rig.reset();
}

xcb_window_t AgentWindowsTest::shownWindow(const Rect &geometry)
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

void AgentWindowsTest::window_isToldInTheProtocolsOrder()
{
    const xcb_window_t window = m_program->createWindow({10, 20, 300, 200});
    m_program->setText(window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, std::string_view("term\0Term\0", 10));
    m_program->setText(window, m_program->atoms().netWmName, m_program->atoms().utf8String, "hello");
    m_program->setWords(window, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, {1U << 4, 0, 0, 0, 0, 50, 60});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(window)), std::string("Create Hints Title Class"));

    m_daemon->forgetMessages();
    m_program->map(window);
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    }));
    QVERIFY(QByteArrayView(m_daemon->story(idOf(window))).startsWith("Flags Map Title Dump Damage"));
}

void AgentWindowsTest::window_fromBeforeTheAgentIsTold()
{
    m_rig->stopAgent();
    const xcb_window_t window = m_program->createWindow({1, 2, 30, 40});
    m_program->map(window);
    QVERIFY(m_rig->startAgent());
    m_daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(window));
    }));
    QCOMPARE(m_daemon->last<Told::Create>(idOf(window))->geometry, (Rect{1, 2, 30, 40}));
}

void AgentWindowsTest::window_valuesAreThoseOfItsProgram()
{
    const xcb_window_t window = m_program->createWindow({-10, 20, 300, 200}, TestProgram::Kind::OverrideRedirect);
    m_program->setText(window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, std::string_view("name\0Class\0", 11));
    m_program->setText(window, m_program->atoms().netWmName, m_program->atoms().utf8String, "caf\xC3\xA9");
    m_program->setWords(window, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, {1U << 4, 0, 0, 0, 0, 50, 60});
    QVERIFY(m_rig->settle(*m_daemon));

    const auto created = m_daemon->last<Told::Create>(idOf(window));
    QVERIFY(created);
    QCOMPARE(created->geometry, (Rect{-10, 20, 300, 200}));
    QVERIFY(created->overrideRedirect);
    QCOMPARE(m_daemon->last<Told::Title>(idOf(window))->text.text(), std::string("caf\xC3\xA9"));
    const auto programClass = m_daemon->last<Told::WindowClass>(idOf(window));
    QCOMPARE(programClass->resourceClass.text(), std::string("Class"));
    QCOMPARE(programClass->resourceName.text(), std::string("name"));
    QCOMPARE(m_daemon->last<Told::WindowHints>(idOf(window))->hints.minimum, std::optional(Size{50, 60}));
}

void AgentWindowsTest::title_changesAreTold()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    m_daemon->forgetMessages();
    m_program->setText(window, m_program->atoms().netWmName, m_program->atoms().utf8String, "one");
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::Title>(idOf(window))->text.text(), std::string("one"));

    m_daemon->forgetMessages();
    m_program->setText(window, m_program->atoms().netWmName, m_program->atoms().utf8String, "one");
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(!m_daemon->has<Told::Title>(idOf(window)));
}

void AgentWindowsTest::title_olderNameIsLatin1()
{
    const xcb_window_t window = m_program->createWindow({0, 0, 50, 50});
    m_program->setText(window, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, "caf\xE9");
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::Title>(idOf(window))->text.text(), std::string("caf\xC3\xA9"));
}

void AgentWindowsTest::hints_thatAreTakenAwayAreTold()
{
    const xcb_window_t window = m_program->createWindow({0, 0, 50, 50});
    m_program->setWords(window, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, {1U << 4, 0, 0, 0, 0, 50, 60});
    QVERIFY(m_rig->settle(*m_daemon));
    m_program->setWords(window, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, {0, 0, 0, 0, 0, 50, 60});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::WindowHints>(idOf(window))->hints, Gui::SizeHints{});
}

void AgentWindowsTest::gui_158_childrenOfWindowsAreNotTold()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    const xcb_window_t child = m_program->createChild(window, {0, 0, 10, 10});
    m_program->map(child);
    m_program->setText(child, m_program->atoms().netWmName, m_program->atoms().utf8String, "child");
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(child)), std::string());
}

void AgentWindowsTest::gui_158_reparentedAwayIsDestroyedForTheDaemon()
{
    const xcb_window_t host = shownWindow({0, 0, 100, 100});
    const xcb_window_t window = shownWindow({200, 0, 50, 50});
    m_daemon->forgetMessages();
    m_program->reparent(window, host);
    m_program->fill(window, {0, 0, 50, 50}, 0xFF0000);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(window)), std::string("Unmap Destroy"));
}

void AgentWindowsTest::reparentedToTheRootIsNew()
{
    const xcb_window_t host = shownWindow({0, 0, 100, 100});
    const xcb_window_t child = m_program->createChild(host, {0, 0, 10, 20});
    m_program->map(child);
    m_program->reparent(child, m_program->x().root());
    QVERIFY(m_rig->waitUntil([this, child] {
        m_daemon->poll();
        return m_daemon->has<Told::Damage>(idOf(child));
    }));
    QCOMPARE(m_daemon->last<Told::Create>(idOf(child))->geometry.size(), (Size{10, 20}));
}

void AgentWindowsTest::gui_159_inputOnlyWindowsAreNotTold()
{
    const xcb_window_t window = m_program->createWindow({0, 0, 50, 50}, TestProgram::Kind::InputOnly);
    m_program->map(window);
    m_program->destroy(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(window)), std::string());
}

void AgentWindowsTest::destroy_ofAShownWindowComesAfterUnmap()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    m_daemon->forgetMessages();
    m_program->destroy(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(window)), std::string("Unmap Destroy"));
}

void AgentWindowsTest::idOfADestroyedWindowIsNotMentionedAgain()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    m_daemon->forgetMessages();
    m_program->fill(window, {0, 0, 50, 50}, 0x123456);
    m_program->setText(window, m_program->atoms().netWmName, m_program->atoms().utf8String, "last words");
    m_program->configure(window, {5, 5, 60, 60});
    m_program->destroy(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(QByteArrayView(m_daemon->story(idOf(window))).endsWith("Unmap Destroy"));
    m_daemon->send(Say::Configure{.window = idOf(window), .geometry = {1, 1, 20, 20}});
    m_daemon->send(Say::ChangeState{.window = idOf(window), .set = {.fullscreen = true}, .unset = {}});
    m_daemon->send(Say::Close{.window = idOf(window)});
    m_daemon->forgetMessages();
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->story(idOf(window)), std::string());
}

void AgentWindowsTest::overrideRedirect_changedWhileHiddenIsToldWithTheMap()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    QVERIFY(!m_daemon->last<Told::Map>(idOf(window))->overrideRedirect);
    m_program->unmap(window);
    m_program->setOverrideRedirect(window, true);
    m_program->map(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(m_daemon->has<Told::Unmap>(idOf(window)));
    QVERIFY(m_daemon->last<Told::Map>(idOf(window))->overrideRedirect);
}

void AgentWindowsTest::transientFor_isTold()
{
    const xcb_window_t parent = shownWindow({0, 0, 50, 50});
    const xcb_window_t dialog = m_program->createWindow({0, 0, 20, 20});
    m_program->setWords(dialog, XCB_ATOM_WM_TRANSIENT_FOR, XCB_ATOM_WINDOW, {parent});
    m_program->map(dialog);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::Map>(idOf(dialog))->transientFor, std::optional(idOf(parent)));
}

void AgentWindowsTest::gui_077_everyConfigureIsAnswered()
{
    const xcb_window_t window = shownWindow({10, 10, 100, 100});
    for (const Rect &wanted : {Rect{40, 50, 120, 90}, Rect{40, 50, 120, 90}, Rect{-30, 0, 120, 90}}) {
        m_daemon->forgetMessages();
        m_daemon->send(Say::Configure{.window = idOf(window), .geometry = wanted});
        QVERIFY(m_rig->settle(*m_daemon));
        const auto answers = m_daemon->all<Told::Configure>(idOf(window));
        QCOMPARE(answers.size(), 1U);
        QCOMPARE(answers.front().geometry, wanted);
        QCOMPARE(m_program->geometry(window), std::optional(wanted));
    }
    m_daemon->forgetMessages();
    m_daemon->send(Say::Configure{.window = idOf(window), .geometry = {0, 0, 50, 50}});
    m_daemon->send(Say::Configure{.window = idOf(window), .geometry = {0, 0, 60, 60}});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->all<Told::Configure>(idOf(window)).size(), 2U);
    QCOMPARE(m_daemon->last<Told::Configure>(idOf(window))->geometry, (Rect{0, 0, 60, 60}));
}

void AgentWindowsTest::gui_078_programThatRefusesTheSizeIsReported()
{
    const xcb_window_t window = shownWindow({10, 10, 100, 100});
    m_daemon->forgetMessages();
    m_program->forgetEvents();
    m_daemon->send(Say::Configure{.window = idOf(window), .geometry = {10, 10, 300, 300}});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_program->poll();
        return m_program->count(XCB_CONFIGURE_NOTIFY, window) > 0;
    }));
    m_program->configure(window, {10, 10, 100, 100});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_daemon->last<Told::Configure>(idOf(window))->geometry, (Rect{10, 10, 100, 100}));
    QCOMPARE(m_daemon->all<Told::Configure>(idOf(window)).size(), 2U);
}

void AgentWindowsTest::gui_079_borderIsRemoved()
{
    const xcb_window_t window = m_program->createWindow({10, 10, 100, 100}, TestProgram::Kind::Managed, 7);
    m_program->map(window);
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        return m_program->borderWidth(window) == 0;
    }));
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_program->geometry(window), std::optional(Rect{10, 10, 100, 100}));
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        const auto dump = m_daemon->last<Told::WindowDump>(idOf(window));
        return dump && dump->size == Size{100, 100};
    }));
}

void AgentWindowsTest::windowManager_isAnnouncedToPrograms()
{
    const auto check = m_program->words(m_program->x().root(), m_program->atoms().netSupportingWmCheck);
    QCOMPARE(check.size(), 1U);
    QCOMPARE(m_program->words(check.front(), m_program->atoms().netSupportingWmCheck), check);
    QCOMPARE(m_program->text(check.front(), m_program->atoms().netWmName), std::string("Bulkhead"));
    const auto supported = m_program->words(m_program->x().root(), m_program->atoms().netSupported);
    QVERIFY(std::ranges::contains(supported, m_program->atoms().netWmStateFullscreen));
    QCOMPARE(m_daemon->story(idOf(check.front())), std::string());
}

void AgentWindowsTest::mapped_windowHasWmState()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    QCOMPARE(m_program->words(window, m_program->atoms().wmState), (std::vector<std::uint32_t>{1, 0}));
    m_program->unmap(window);
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(m_program->words(window, m_program->atoms().wmState).empty());
}

void AgentWindowsTest::state_requestsOfProgramsAreTold()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    const auto &atoms = m_program->atoms();
    const auto lastTold = [this, window] {
        return *m_daemon->last<Told::ChangeState>(idOf(window));
    };
    m_program->tellWindowManager(window, atoms.netWmState, {1, atoms.netWmStateFullscreen, 0});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(lastTold().set, (Gui::StateFlags{.fullscreen = true}));

    m_daemon->send(Say::ChangeState{.window = idOf(window), .set = {.fullscreen = true}, .unset = {}});
    QVERIFY(m_rig->settle(*m_daemon));
    m_program->tellWindowManager(window, atoms.netWmState, {2, atoms.netWmStateFullscreen, 0});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(lastTold().unset, (Gui::StateFlags{.fullscreen = true}));

    m_program->tellWindowManager(window, atoms.wmChangeState, {3});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(lastTold().set, (Gui::StateFlags{.minimized = true}));
}

void AgentWindowsTest::state_ofTheDaemonIsWrittenToTheWindow()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    const auto &atoms = m_program->atoms();
    const xcb_atom_t foreign = XCB_ATOM_ARC; // some state that the wire does not know
    m_program->setWords(window, atoms.netWmState, XCB_ATOM_ATOM, {foreign});
    m_daemon->send(
        Say::ChangeState{.window = idOf(window), .set = {.fullscreen = true, .minimized = true}, .unset = {}});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_program->words(window, atoms.netWmState),
             (std::vector<std::uint32_t>{foreign, atoms.netWmStateFullscreen, atoms.netWmStateHidden}));
    QCOMPARE(m_program->words(window, atoms.wmState).front(), 3U);
    m_daemon->send(Say::ChangeState{.window = idOf(window), .set = {}, .unset = {.minimized = true}});
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(m_program->words(window, atoms.netWmState),
             (std::vector<std::uint32_t>{foreign, atoms.netWmStateFullscreen}));
}

void AgentWindowsTest::daemonsMap_showsTheWindow()
{
    const xcb_window_t window = m_program->createWindow({0, 0, 50, 50});
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->send(Say::Map{.window = idOf(window), .overrideRedirect = false});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        m_program->poll();
        return m_daemon->has<Told::Map>(idOf(window)) && m_program->count(XCB_MAP_NOTIFY, window) == 1;
    }));
}

void AgentWindowsTest::gui_125_closeAsksTheProgramThatCanBeAsked()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    m_program->setWords(window, m_program->atoms().wmProtocols, XCB_ATOM_ATOM, {m_program->atoms().wmDeleteWindow});
    QVERIFY(m_rig->settle(*m_daemon));
    m_daemon->send(Say::Close{.window = idOf(window)});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_program->poll();
        return !m_program->protocolMessages(window).empty();
    }));
    QCOMPARE(m_program->protocolMessages(window), std::vector<xcb_atom_t>{m_program->atoms().wmDeleteWindow});
    QVERIFY(!m_program->isCutOff());
}

void AgentWindowsTest::gui_125_closeCutsOffTheProgramThatCannot()
{
    const xcb_window_t window = shownWindow({0, 0, 50, 50});
    m_daemon->send(Say::Close{.window = idOf(window)});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        m_program->poll();
        return m_program->isCutOff() && m_daemon->has<Told::Destroy>(idOf(window));
    }));
}

void AgentWindowsTest::cursor_isToldByItsName()
{
    constexpr std::uint16_t Xterm = 152;
    const xcb_window_t window = shownWindow({0, 0, 200, 200});
    m_program->setCursor(window, Xterm, "xterm");
    m_daemon->send(Say::Crossing{.window = idOf(window), .position = {100, 100}});
    QVERIFY(m_rig->waitUntil([this, window] {
        m_daemon->poll();
        const auto told = m_daemon->last<Told::Cursor>(idOf(window));
        return told && told->shape == Gui::CursorShape::fromGlyph(Xterm);
    }));
}

QTEST_GUILESS_MAIN(AgentWindowsTest)
#include "agentwindowstest.moc"
