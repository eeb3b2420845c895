// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"
#include "tests/support/wirebody.h"

#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace Told = Gui::FromAgent;
namespace Say = Gui::FromDaemon;

/// The agent's end of the channel: handshake, versions, daemons that come and go, messages it does not know.
class AgentSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void gui_001_servesDom0OnTheGuiPort();
    void gui_005_versionComesBeforeAnythingIsReceived();
    void gui_012_otherVersionsAreRefusedAndTheNextDaemonIsServed_data();
    void gui_012_otherVersionsAreRefusedAndTheNextDaemonIsServed();
    void gui_013_gui_109_worksWithEachVersion_data();
    void gui_013_gui_109_worksWithEachVersion();
    void gui_014_nothingIsSentBeforeTheScreenIsKnown();
    void gui_015_screenValuesHaveNoEffect_data();
    void gui_015_screenValuesHaveNoEffect();
    void gui_018_daemonThatVanishesWhileIdle();
    void gui_018_daemonThatVanishesWhileTheAgentHasMoreToWrite();
    void gui_019_windowsAreToldAgainInOrderWithTheirContents();
    void gui_030_unknownTypesAreSkipped_data();
    void gui_030_unknownTypesAreSkipped();
    void gui_031_obsoleteTypesAreSkipped();
    void messagesCutAnywhere_areOne();
    void brokenMessage_endsTheConnectionOnly();
    void gui_157_statusFileFollowsTheDaemon();

private:
    /// A window that the daemon sees with contents.
    xcb_window_t shownWindow(ScriptedDaemon &daemon, const Rect &geometry);
    /// Whether the agent still does what this daemon says.
    bool works(ScriptedDaemon &daemon);

    std::unique_ptr<AgentRig> m_rig;
    std::unique_ptr<TestProgram> m_program;
};

void AgentSessionTest::init()
{
    m_rig = std::make_unique<AgentRig>();
    m_program = std::make_unique<TestProgram>();
    QVERIFY(m_rig->startAgent());
}

void AgentSessionTest::cleanup()
{
    m_program.reset();
    m_rig.reset();
}

xcb_window_t AgentSessionTest::shownWindow(ScriptedDaemon &daemon, const Rect &geometry)
{
    const xcb_window_t window = m_program->createWindow(geometry);
    m_program->map(window);
    const bool shown = m_rig->waitUntil([&daemon, window] {
        daemon.poll();
        return daemon.has<Told::Damage>(idOf(window));
    });
    BH_ASSERT(shown);
    return window;
}

bool AgentSessionTest::works(ScriptedDaemon &daemon)
{
    const xcb_window_t window = m_program->createWindow({0, 0, 20, 20});
    if (!m_rig->settle(daemon)) {
        return false;
    }
    daemon.send(Say::Configure{.window = idOf(window), .geometry = {3, 4, 50, 60}});
    return m_rig->waitUntil([&daemon, window] {
        daemon.poll();
        return daemon.has<Told::Configure>(idOf(window));
    });
}

void AgentSessionTest::gui_001_servesDom0OnTheGuiPort()
{
    const auto daemon = m_rig->daemon();
    QCOMPARE(m_rig->backend().servedPeer, Dom0);
    QCOMPARE(m_rig->backend().servedPort, Port{6000});
}

void AgentSessionTest::gui_005_versionComesBeforeAnythingIsReceived()
{
    const auto daemon = m_rig->daemon();
    QVERIFY(m_rig->waitUntil([&daemon] {
        daemon->poll();
        return daemon->agentVersion().has_value();
    }));
    QCOMPARE(*daemon->agentVersion(), 0x00010008U);
}

void AgentSessionTest::gui_012_otherVersionsAreRefusedAndTheNextDaemonIsServed_data()
{
    QTest::addColumn<quint32>("word");
    QTest::newRow("1.9") << 0x00010009U;
    QTest::newRow("2.0") << 0x00020000U;
    QTest::newRow("1.3") << 0x00010003U;
    QTest::newRow("0.0") << 0U;
}

void AgentSessionTest::gui_012_otherVersionsAreRefusedAndTheNextDaemonIsServed()
{
    QFETCH(quint32, word);
    m_program->createWindow({0, 0, 20, 20});
    const auto daemon = m_rig->daemon();
    daemon->sendRaw(joined({words({word}), words({1280, 800, 24, 4001})}));
    QVERIFY(m_rig->waitUntil([&daemon] {
        daemon->poll();
        return daemon->ended();
    }));
    QVERIFY(daemon->messages().empty());
    QVERIFY(works(*m_rig->connectedDaemon()));
}

void AgentSessionTest::gui_013_gui_109_worksWithEachVersion_data()
{
    QTest::addColumn<int>("minorVersion");
    for (const int minorVersion : {4, 5, 6, 7, 8}) {
        QTest::addRow("1.%d", minorVersion) << minorVersion;
    }
}

void AgentSessionTest::gui_013_gui_109_worksWithEachVersion()
{
    QFETCH(int, minorVersion);
    const auto daemon = m_rig->connectedDaemon(Gui::Version(static_cast<std::uint16_t>(minorVersion)));
    QVERIFY(works(*daemon));
    const xcb_window_t window = shownWindow(*daemon, {0, 0, 30, 30});
    m_program->configure(window, {0, 0, 70, 70});
    QVERIFY(m_rig->waitUntil([&daemon, window] {
        daemon->poll();
        const auto dump = daemon->last<Told::WindowDump>(idOf(window));
        return dump && dump->size == Size{70, 70};
    }));
    m_program->destroy(window);
    // With acknowledgements or without, no pages are kept for a window that is gone.
    QVERIFY(m_rig->waitUntil([this, &daemon] {
        daemon->poll();
        return m_rig->backend().grantsHeld() == 0;
    }));
}

void AgentSessionTest::gui_014_nothingIsSentBeforeTheScreenIsKnown()
{
    const xcb_window_t window = m_program->createWindow({0, 0, 20, 20});
    m_program->map(window);
    const auto daemon = m_rig->daemon();
    const auto answer = Gui::buildAnswer(Gui::OwnVersion, Gui::ScreenDescription::of({1280, 800}, 24));
    const auto cut = static_cast<std::ptrdiff_t>(answer.size()) - 1;
    daemon->sendRaw({answer.begin(), answer.begin() + cut});
    // The agent has seen the program's newest window when it has removed its border.
    const xcb_window_t probe = m_program->createWindow({0, 0, 20, 20}, TestProgram::Kind::Managed, 3);
    QVERIFY(m_rig->waitUntil([this, &daemon, probe] {
        daemon->poll();
        return m_program->borderWidth(probe) == 0;
    }));
    daemon->poll();
    QVERIFY(daemon->messages().empty());
    daemon->sendRaw({answer.begin() + cut, answer.end()});
    QVERIFY(m_rig->waitUntil([&daemon, window] {
        daemon->poll();
        return daemon->has<Told::Map>(idOf(window));
    }));
}

void AgentSessionTest::gui_015_screenValuesHaveNoEffect_data()
{
    QTest::addColumn<quint32>("value");
    QTest::newRow("zero") << 0U;
    QTest::newRow("huge") << 0xFFFFFFFFU;
}

void AgentSessionTest::gui_015_screenValuesHaveNoEffect()
{
    QFETCH(quint32, value);
    const auto daemon = m_rig->daemon();
    daemon->sendRaw(words({0x00010008, value, value, value, value}));
    QVERIFY(works(*daemon));
}

void AgentSessionTest::gui_018_daemonThatVanishesWhileIdle()
{
    auto daemon = m_rig->connectedDaemon();
    const xcb_window_t window = shownWindow(*daemon, {0, 0, 30, 30});
    daemon.reset();
    const auto next = m_rig->connectedDaemon();
    QVERIFY(m_rig->waitUntil([&next, window] {
        next->poll();
        return next->has<Told::Damage>(idOf(window));
    }));
    QVERIFY(works(*next));
}

void AgentSessionTest::gui_018_daemonThatVanishesWhileTheAgentHasMoreToWrite()
{
    auto daemon = m_rig->connectedDaemon();
    const xcb_window_t window = shownWindow(*daemon, {0, 0, 30, 30});
    daemon->reads = false;
    // A dump of this size alone is twice what the ring takes.
    const xcb_window_t large = m_program->createWindow({0, 0, 1200, 780});
    m_program->map(large);
    const xcb_window_t probe = m_program->createWindow({0, 0, 20, 20}, TestProgram::Kind::Managed, 3);
    QVERIFY(m_rig->waitUntil([this, probe] {
        return m_program->borderWidth(probe) == 0;
    }));
    daemon.reset();
    const auto next = m_rig->connectedDaemon();
    QVERIFY(m_rig->waitUntil([&next, window, large] {
        next->poll();
        return next->has<Told::Damage>(idOf(window)) && next->has<Told::Damage>(idOf(large));
    }));
}

void AgentSessionTest::gui_019_windowsAreToldAgainInOrderWithTheirContents()
{
    auto daemon = m_rig->connectedDaemon();
    const xcb_window_t older = shownWindow(*daemon, {0, 0, 30, 30});
    const xcb_window_t younger = shownWindow(*daemon, {100, 0, 40, 40});
    const xcb_window_t hidden = m_program->createWindow({200, 0, 40, 40});
    m_program->setText(younger, m_program->atoms().netWmName, m_program->atoms().utf8String, "title");
    m_program->setText(younger, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, std::string_view("a\0B\0", 4));
    m_program->setWords(younger, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, {1U << 4, 0, 0, 0, 0, 5, 6});
    QVERIFY(m_rig->settle(*daemon));
    daemon.reset();

    const auto next = m_rig->connectedDaemon();
    QVERIFY(m_rig->waitUntil([&next, older, younger] {
        next->poll();
        return next->has<Told::Damage>(idOf(older)) && next->has<Told::Damage>(idOf(younger));
    }));
    QCOMPARE(next->story(idOf(younger)), std::string("Create Configure Dump Class Hints Map Title Flags Damage"));
    QCOMPARE(next->story(idOf(hidden)), std::string("Create Configure"));
    QCOMPARE(next->last<Told::Damage>(idOf(older))->area, (Rect{0, 0, 30, 30}));

    std::vector<WindowId> created;
    for (const auto &message : next->messages()) {
        if (const auto *create = std::get_if<Told::Create>(&message); create != nullptr) {
            created.push_back(create->window);
        }
    }
    QCOMPARE(created, (std::vector{idOf(hidden), idOf(younger), idOf(older)}));
}

void AgentSessionTest::gui_030_unknownTypesAreSkipped_data()
{
    QTest::addColumn<int>("bytes");
    for (const int bytes : {0, 1, 300, 70000}) {
        QTest::addRow("%d bytes", bytes) << bytes;
    }
}

void AgentSessionTest::gui_030_unknownTypesAreSkipped()
{
    QFETCH(int, bytes);
    const auto daemon = m_rig->connectedDaemon();
    daemon->sendRaw(joined({words({150, 0, bytes}), Bytes(static_cast<std::size_t>(bytes), std::byte{0xA5})}));
    QVERIFY(works(*daemon));
}

void AgentSessionTest::gui_031_obsoleteTypesAreSkipped()
{
    const auto daemon = m_rig->connectedDaemon();
    daemon->sendRaw(joined({words({129, 0, 8}), Bytes(8), words({138, 0, 255}), Bytes(255)}));
    QVERIFY(works(*daemon));
}

void AgentSessionTest::messagesCutAnywhere_areOne()
{
    const auto daemon = m_rig->connectedDaemon();
    const xcb_window_t window = shownWindow(*daemon, {0, 0, 30, 30});
    const auto message =
        Gui::FromDaemon::build(Say::Configure{.window = idOf(window), .geometry = {1, 2, 33, 44}}, Gui::OwnVersion);
    for (const std::byte byte : message) {
        daemon->sendRaw({byte});
        m_rig->loop().runUntilIdle();
    }
    QVERIFY(m_rig->waitUntil([this, window] {
        return m_program->geometry(window) == Rect{1, 2, 33, 44};
    }));
}

void AgentSessionTest::brokenMessage_endsTheConnectionOnly()
{
    const auto daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->settle(*daemon));
    daemon->sendRaw(words({124, 0, 4, 1})); // a key event of four bytes
    QVERIFY(m_rig->waitUntil([&daemon] {
        daemon->poll();
        return daemon->ended();
    }));
    QVERIFY(works(*m_rig->connectedDaemon()));
}

void AgentSessionTest::gui_157_statusFileFollowsTheDaemon()
{
    const auto becomes = [this](const std::string &status) {
        return m_rig->waitUntil([this, &status] {
            return m_rig->status() == status;
        });
    };
    QVERIFY(becomes("started\n"));
    auto daemon = m_rig->connectedDaemon();
    QVERIFY(becomes("connected\n"));
    daemon.reset();
    QVERIFY(becomes("started\n"));
    m_rig->stopAgent();
    QCOMPARE(m_rig->status(), std::string());
}

QTEST_GUILESS_MAIN(AgentSessionTest)
#include "agentsessiontest.moc"
