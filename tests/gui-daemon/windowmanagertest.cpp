// SPDX-License-Identifier: GPL-2.0-or-later
// The program itself under window managers that people use, each on an X server of its own.
#include "tests/gui-daemon/daemonrig.h"
#include "tests/gui-daemon/labeldrawer.h"
#include "tests/gui-daemon/privatescreen.h"

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr WindowId Popup{0x102};
constexpr std::uint32_t Red = 0xCC0000;
constexpr std::uint8_t KeyA = 38;
constexpr std::uint8_t KeyB = 56;

// _NET_WM_STATE: what a message asks for, and on whose behalf.
constexpr std::uint32_t Remove = 0;
constexpr std::uint32_t Add = 1;
constexpr std::uint32_t ByThePerson = 2;

const QString KWin = QStringLiteral("kwin_x11");
const QString Openbox = QStringLiteral("openbox");

struct Rig : Test::DaemonWorld {
    Test::DaemonQube work{*this};

    QByteArray fault()
    {
        exchange.settle();
        work.agent->listen();
        return Test::frameFault(x);
    }

    Rect contentPlace()
    {
        exchange.settle();
        work.agent->listen();
        return x.geometry(x.contentOf(work.frame()));
    }

    /// The newest place that the agent was told of and has not answered.
    std::optional<Rect> told()
    {
        exchange.settle();
        const auto heard = work.agent->heardOf<ToAgent::Configure>();
        return heard.empty() ? std::nullopt : std::optional(heard.back().geometry);
    }

    /// Answers as an honest agent does until the daemon has nothing more to say of places.
    void answerUntilQuiet()
    {
        for (bool quiet = false; !quiet;) {
            const auto heard = work.agent->heardOf<ToAgent::Configure>();
            work.agent->forgetHeard();
            for (const auto &message : heard) {
                work.say(Configure{message.window, message.geometry});
            }
            work.settle();
            quiet = work.count<ToAgent::Configure>() == 0 && heard.empty();
        }
    }

    bool hasState(const char *name)
    {
        exchange.settle();
        work.agent->listen();
        return std::ranges::contains(x.numbers(work.frame(), "_NET_WM_STATE"), x.atom(name));
    }

    bool isMaximized()
    {
        return hasState("_NET_WM_STATE_MAXIMIZED_VERT") && hasState("_NET_WM_STATE_MAXIMIZED_HORZ");
    }

    /// All states that the agent has been told, put together.
    Gui::StateFlags toldStates()
    {
        exchange.settle();
        std::uint32_t states = 0;
        for (const auto &change : work.agent->heardOf<ToAgent::ChangeState>()) {
            states = (states | change.set.bits()) & ~change.unset.bits();
        }
        return Gui::StateFlags::fromBits(states);
    }

    /// To a place of the frame itself, whatever the window manager puts around it.
    void moveByPager(const Rect &to)
    {
        constexpr std::uint32_t StaticGravity = 10;
        constexpr std::uint32_t EachOfFour = 0xF00;
        const std::uint32_t what = StaticGravity | EachOfFour | (ByThePerson << 12);
        x.askWindowManager(
            work.frame(),
            "_NET_MOVERESIZE_WINDOW",
            {what, static_cast<std::uint32_t>(to.x), static_cast<std::uint32_t>(to.y), to.width, to.height});
    }

    void askState(std::uint32_t action, const char *state)
    {
        x.askWindowManager(work.frame(), "_NET_WM_STATE", {action, x.atom(state), 0, ByThePerson, 0});
    }
};

} // namespace

class WindowManagerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_040_S_056_framesStayUnderEachWindowManager_data();
    void S_040_S_056_framesStayUnderEachWindowManager();
    void S_057_windowManagerThatDrawsLabels_agreesWithTheFrame();
    void gui_069_gui_070_gui_075_placesAgreeOverManyRoundTrips_data();
    void gui_069_gui_070_gui_075_placesAgreeOverManyRoundTrips();
    void gui_058_S_053_fullScreenBeforeMap_isMaximisedInItsFrame_data();
    void gui_058_S_053_fullScreenBeforeMap_isMaximisedInItsFrame();
    void gui_060_gui_061_S_053_fullScreenOfAShownWindow_isMaximisedAndLeft_data();
    void gui_060_gui_061_S_053_fullScreenOfAShownWindow_isMaximisedAndLeft();
    void gui_061_gui_062_fullScreenByThePerson_isToldAndLeftForReal_data();
    void gui_061_gui_062_fullScreenByThePerson_isToldAndLeftForReal();
    void gui_063_attention_reachesTheWindowManager_data();
    void gui_063_attention_reachesTheWindowManager();
    void gui_064_minimising_isAStateAndNoUnmap_data();
    void gui_064_minimising_isAStateAndNoUnmap();
    void S_051_thirdClientOnManagedFrames_isFollowed_data();
    void S_051_thirdClientOnManagedFrames_isFollowed();
    void S_074_focusThatTheWindowManagerMoves_bringsNoKeyThatIsStillDown_data();
    void S_074_focusThatTheWindowManagerMoves_bringsNoKeyThatIsStillDown();
    void S_075_requestsInALoop_changeNeitherStackingNorFocus_data();
    void S_075_requestsInALoop_changeNeitherStackingNorFocus();
    void S_052_screenThatShrinks_movesPopupsAndKeepsFrames();

private:
    static void eachWindowManager()
    {
        QTest::addColumn<QString>("manager");
        QTest::newRow("KWin") << KWin;
        QTest::newRow("openbox") << Openbox;
    }
};

/// A screen with the row's window manager, and the rig on it.
#define BH_START_SCREEN(manager)                                                                                       \
    Test::PrivateScreen screen;                                                                                        \
    QVERIFY(screen.start());                                                                                           \
    QVERIFY(screen.startWindowManager(manager));                                                                       \
    Rig rig;                                                                                                           \
    rig.work.connect()

void WindowManagerTest::S_040_S_056_framesStayUnderEachWindowManager_data()
{
    eachWindowManager();
    QTest::newRow("none") << QString();
}

void WindowManagerTest::S_040_S_056_framesStayUnderEachWindowManager()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({100, 120, 203, 101}, false);
    rig.work.mapWindow({500, 300, 300, 200}, false, Other);
    rig.work.mapWindow({150, 150, 80, 60}, true, Popup);
    rig.work.showPattern({203, 101});
    BH_EVENTUALLY(rig.fault().isEmpty());
    const auto areShown = [&rig] {
        return std::ranges::all_of(std::array{Window, Other, Popup}, [&rig](WindowId window) {
            return rig.work.frame(window) != XCB_NONE && rig.x.isViewable(rig.work.frame(window));
        });
    };
    QVERIFY(areShown());
    // It crashes and another one takes over, and the other way round.
    for (const QString &next : {manager == KWin ? Openbox : KWin, manager}) {
        screen.killWindowManager();
        BH_EVENTUALLY(areShown() && rig.fault().isEmpty());
        QVERIFY(screen.startWindowManager(next));
        BH_EVENTUALLY(areShown() && rig.fault().isEmpty());
    }
    rig.work.say(Unmap{Window}, Map{Window, std::nullopt, false});
    BH_EVENTUALLY(areShown() && rig.fault().isEmpty());
}

void WindowManagerTest::S_057_windowManagerThatDrawsLabels_agreesWithTheFrame()
{
    Test::PrivateScreen screen;
    QVERIFY(screen.start());
    const Test::LabelDrawer manager;
    Rig rig;
    Test::DaemonQube vault{rig, {.domain = DomId{2}, .name = "vault", .labelIndex = 4, .color = "0x00cc00"}};
    rig.work.connect();
    vault.connect();
    rig.work.mapWindow({100, 120, 200, 100}, false);
    vault.mapWindow({500, 120, 200, 100}, false);
    rig.work.showPattern({200, 100});
    for (Test::DaemonQube *qube : {&rig.work, &vault}) {
        const std::uint32_t color = qube == &rig.work ? Red : 0x00CC00;
        const xcb_window_t frame = qube->frame();
        const auto around = [&] {
            const Rect place = rig.x.geometry(frame);
            const auto more = static_cast<std::int32_t>(Test::LabelDrawer::Border);
            return Rect{place.x - more,
                        place.y - more,
                        place.width + 2 * Test::LabelDrawer::Border,
                        place.height + 2 * Test::LabelDrawer::Border};
        };
        // The decoration's ten pixels and the frame's four: one colour.
        BH_EVENTUALLY(rig.x.isFramed(around(), Test::LabelDrawer::Border + 4, color));
    }
    BH_EVENTUALLY(rig.fault().isEmpty());
}

void WindowManagerTest::gui_069_gui_070_gui_075_placesAgreeOverManyRoundTrips_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_069_gui_070_gui_075_placesAgreeOverManyRoundTrips()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.answerUntilQuiet();
    const xcb_window_t frame = rig.work.frame();

    // The person moves and resizes; what the agent hears is where its content is.
    const Rect first = rig.x.geometry(frame);
    rig.moveByPager({first.x + 40, first.y + 30, first.width + 20, first.height + 10});
    BH_EVENTUALLY(rig.told().has_value());
    // More changes before the answer: told once, and only the newest, when the answer is there.
    rig.moveByPager({first.x + 60, first.y + 50, first.width + 40, first.height + 20});
    BH_EVENTUALLY(rig.contentPlace().width == 340);
    rig.work.settle();
    const auto heard = rig.work.agent->heardOf<ToAgent::Configure>();
    QCOMPARE(heard.size(), 1U);
    rig.work.agent->forgetHeard();
    if (heard.front().geometry != rig.contentPlace()) {
        rig.work.say(Configure{Window, heard.front().geometry});
        BH_EVENTUALLY(rig.told() == rig.contentPlace());
        QCOMPARE(rig.work.count<ToAgent::Configure>(), 1U);
    }
    rig.answerUntilQuiet();

    // The qube moves itself, there and back.
    for (int trip = 0; trip < 20; ++trip) {
        const Rect wanted = trip % 2 == 0 ? Rect{300, 250, 310, 210} : Rect{250, 220, 300, 200};
        rig.work.say(Configure{Window, wanted});
        BH_EVENTUALLY(rig.contentPlace() == wanted);
        rig.answerUntilQuiet(); // the window manager may take more than one step
        QCOMPARE(rig.contentPlace(), wanted);
    }
    // The person moves it, and the qube answers with what it heard.
    const Rect start = rig.contentPlace();
    for (int trip = 0; trip < 20; ++trip) {
        const Rect now = rig.x.geometry(frame);
        const std::int32_t by = trip % 2 == 0 ? 25 : -25;
        rig.moveByPager({now.x + by, now.y + by, now.width, now.height});
        BH_EVENTUALLY(rig.told() == rig.contentPlace() && rig.contentPlace() != start);
        rig.answerUntilQuiet();
        rig.moveByPager(now);
        BH_EVENTUALLY(rig.told() == rig.contentPlace());
        rig.answerUntilQuiet();
        QCOMPARE(rig.contentPlace(), start);
    }
    BH_EVENTUALLY(rig.fault().isEmpty());
}

void WindowManagerTest::gui_058_S_053_fullScreenBeforeMap_isMaximisedInItsFrame_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_058_S_053_fullScreenBeforeMap_isMaximisedInItsFrame()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.say(Create{Window, {200, 200, 300, 200}, false},
                 ChangeState{Window, {.fullscreen = true}, {}},
                 Map{Window, std::nullopt, false});
    BH_EVENTUALLY(rig.work.frame() != XCB_NONE && rig.isMaximized());
    BH_EVENTUALLY(rig.toldStates().fullscreen); // it has what it may have
    QVERIFY(!rig.hasState("_NET_WM_STATE_FULLSCREEN"));
    BH_EVENTUALLY(rig.contentPlace().width > 1200);
    BH_EVENTUALLY(rig.fault().isEmpty());
    const Rect frame = rig.x.geometry(rig.work.frame());
    QCOMPARE(intersection(frame, {0, 0, 1280, 800}), frame); // all four sides can be seen
}

void WindowManagerTest::gui_060_gui_061_S_053_fullScreenOfAShownWindow_isMaximisedAndLeft_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_060_gui_061_S_053_fullScreenOfAShownWindow_isMaximisedAndLeft()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.work.say(ChangeState{Window, {.fullscreen = true}, {}});
    BH_EVENTUALLY(rig.isMaximized());
    BH_EVENTUALLY(rig.toldStates().fullscreen);
    QVERIFY(!rig.hasState("_NET_WM_STATE_FULLSCREEN"));
    BH_EVENTUALLY(rig.contentPlace().width > 1200 && rig.fault().isEmpty());
    rig.work.say(ChangeState{Window, {}, {.fullscreen = true}});
    BH_EVENTUALLY(!rig.isMaximized());
    BH_EVENTUALLY(!rig.toldStates().fullscreen);
    BH_EVENTUALLY(rig.contentPlace().width == 300 && rig.fault().isEmpty());
}

void WindowManagerTest::gui_061_gui_062_fullScreenByThePerson_isToldAndLeftForReal_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_061_gui_062_fullScreenByThePerson_isToldAndLeftForReal()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.work.say(ChangeState{Window, {.fullscreen = true}, {}});
    BH_EVENTUALLY(rig.isMaximized() && rig.toldStates().fullscreen);
    rig.askState(Add, "_NET_WM_STATE_FULLSCREEN");
    BH_EVENTUALLY(rig.hasState("_NET_WM_STATE_FULLSCREEN"));
    BH_EVENTUALLY(rig.fault().isEmpty()); // its frame is there even then
    QVERIFY(rig.toldStates().fullscreen);
    rig.work.settle();
    // Only maximised after that: nothing stands for full screen any more.
    rig.work.say(ChangeState{Window, {}, {.fullscreen = true}});
    BH_EVENTUALLY(!rig.hasState("_NET_WM_STATE_FULLSCREEN"));
    BH_EVENTUALLY(!rig.toldStates().fullscreen);
    QVERIFY(rig.isMaximized());
    rig.askState(Remove, "_NET_WM_STATE_FULLSCREEN");
    BH_EVENTUALLY(rig.fault().isEmpty());
}

void WindowManagerTest::gui_063_attention_reachesTheWindowManager_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_063_attention_reachesTheWindowManager()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.x.askWindowManager(rig.work.frame(), "_NET_ACTIVE_WINDOW", {ByThePerson, 0, 0, 0, 0});
    rig.work.mapWindow({600, 200, 300, 200}, false, Other);
    rig.x.askWindowManager(rig.work.frame(Other), "_NET_ACTIVE_WINDOW", {ByThePerson, 0, 0, 0, 0});
    BH_EVENTUALLY(rig.x.focused() == rig.work.frame(Other)); // a window in use needs no mark
    rig.work.say(ChangeState{Window, {.demandsAttention = true}, {}});
    BH_EVENTUALLY(rig.hasState("_NET_WM_STATE_DEMANDS_ATTENTION"));
    QCOMPARE(rig.x.focused(), rig.work.frame(Other));
    rig.work.say(ChangeState{Window, {}, {.demandsAttention = true}});
    BH_EVENTUALLY(!rig.hasState("_NET_WM_STATE_DEMANDS_ATTENTION"));
}

void WindowManagerTest::gui_064_minimising_isAStateAndNoUnmap_data()
{
    eachWindowManager();
}

void WindowManagerTest::gui_064_minimising_isAStateAndNoUnmap()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.work.settle();
    rig.work.say(ChangeState{Window, {.minimized = true}, {}});
    BH_EVENTUALLY(rig.hasState("_NET_WM_STATE_HIDDEN"));
    BH_EVENTUALLY(rig.toldStates().minimized);
    BH_EVENTUALLY(!rig.x.isViewable(rig.work.frame()));
    rig.x.askWindowManager(rig.work.frame(), "_NET_ACTIVE_WINDOW", {ByThePerson, 0, 0, 0, 0});
    BH_EVENTUALLY(!rig.hasState("_NET_WM_STATE_HIDDEN"));
    BH_EVENTUALLY(!rig.toldStates().minimized);
    BH_EVENTUALLY(rig.x.isViewable(rig.work.frame()) && rig.fault().isEmpty());
    rig.work.settle();
    QCOMPARE(rig.work.count<ToAgent::Map>(), 0U);
}

void WindowManagerTest::S_051_thirdClientOnManagedFrames_isFollowed_data()
{
    eachWindowManager();
    QTest::newRow("none") << QString();
}

void WindowManagerTest::S_051_thirdClientOnManagedFrames_isFollowed()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    rig.work.mapWindow({200, 200, 300, 200}, false);
    rig.work.mapWindow({300, 300, 80, 60}, true, Popup);
    rig.work.showPattern({300, 200});
    rig.answerUntilQuiet();
    const xcb_window_t frame = rig.work.frame();
    const Rect place = rig.x.geometry(frame);
    for (const Rect &to : {Rect{place.x + 300, place.y + 200, 120, 90}, Rect{10, 40, 900, 600}, place}) {
        rig.x.moveResize(frame, to);
        BH_EVENTUALLY(rig.x.geometry(frame).size() == to.size() && rig.fault().isEmpty());
        rig.answerUntilQuiet();
        QCOMPARE(rig.x.geometry(frame).size(), to.size());
    }
    for (const auto mode : {XCB_STACK_MODE_BELOW, XCB_STACK_MODE_ABOVE}) {
        rig.x.restack(frame, mode);
        rig.x.restack(rig.work.frame(Popup), mode);
        BH_EVENTUALLY(rig.fault().isEmpty());
    }
    const auto otherProgram = rig.x.cover({900, 600, 30, 20});
    rig.x.reparent(rig.work.frame(Popup), otherProgram.id());
    BH_EVENTUALLY(rig.x.geometry(rig.work.frame(Popup)) == Rect{300, 300, 80, 60} && rig.fault().isEmpty());
    xcb_unmap_window(rig.x.get(), rig.work.frame(Popup));
    rig.x.sync();
    BH_EVENTUALLY(rig.x.isViewable(rig.work.frame(Popup)) && rig.fault().isEmpty());
}

void WindowManagerTest::S_074_focusThatTheWindowManagerMoves_bringsNoKeyThatIsStillDown_data()
{
    eachWindowManager();
}

void WindowManagerTest::S_074_focusThatTheWindowManagerMoves_bringsNoKeyThatIsStillDown()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    Test::DaemonQube vault{rig, {.domain = DomId{2}, .name = "vault", .labelIndex = 4, .color = "0x00cc00"}};
    vault.connect();
    vault.mapWindow({700, 100, 200, 150}, false);
    rig.work.mapWindow({100, 100, 200, 150}, false);
    for (Test::DaemonQube *qube : {&vault, &rig.work}) { // the vault's was used just before
        rig.x.askWindowManager(qube->frame(), "_NET_ACTIVE_WINDOW", {ByThePerson, 0, 0, 0, 0});
        BH_EVENTUALLY(qube->count<ToAgent::Focus>() > 0 && rig.x.focused() == qube->frame());
    }
    vault.agent->forgetHeard();
    rig.x.key(KeyA, true);
    BH_EVENTUALLY(rig.work.count<ToAgent::Key>() > 0);
    rig.work.say(Destroy{Window});
    BH_EVENTUALLY(rig.x.focused() == vault.frame() && vault.count<ToAgent::Focus>() > 0);
    rig.x.key(KeyA, false);
    rig.x.key(KeyB, true);
    rig.x.key(KeyB, false);
    BH_EVENTUALLY(vault.count<ToAgent::Key>() >= 2U);
    for (const auto &key : vault.agent->heardOf<ToAgent::Key>()) {
        QCOMPARE(key.keycode, KeyB);
    }
    for (const auto &map : vault.agent->heardOf<ToAgent::Keymap>()) {
        QVERIFY(!map.down[KeyA]);
    }
    QVERIFY(rig.x.property(vault.frame(), "_NET_WM_NAME").startsWith("[vault] ")); // and who has it says so
}

void WindowManagerTest::S_075_requestsInALoop_changeNeitherStackingNorFocus_data()
{
    eachWindowManager();
}

void WindowManagerTest::S_075_requestsInALoop_changeNeitherStackingNorFocus()
{
    QFETCH(QString, manager);
    BH_START_SCREEN(manager);
    Test::DaemonQube vault{rig, {.domain = DomId{2}, .name = "vault", .labelIndex = 4, .color = "0x00cc00"}};
    vault.connect();
    rig.work.mapWindow({100, 100, 300, 200}, false);
    vault.mapWindow({200, 150, 300, 200}, false);
    rig.x.askWindowManager(vault.frame(), "_NET_ACTIVE_WINDOW", {ByThePerson, 0, 0, 0, 0});
    BH_EVENTUALLY(vault.count<ToAgent::Focus>() > 0 && rig.x.focused() == vault.frame());
    const auto stacking = [&rig] {
        return rig.x.numbers(rig.x.root(), "_NET_CLIENT_LIST_STACKING");
    };
    BH_EVENTUALLY(stacking() == std::vector{rig.work.frame(), vault.frame()});
    vault.agent->forgetHeard();
    for (int round = 0; round < 50; ++round) {
        const Rect place{100 + round % 3, 100, 300, 200};
        rig.work.say(ChangeState{Window, {.demandsAttention = true}, {}},
                     Map{Window, std::nullopt, false},
                     Configure{Window, place},
                     ChangeState{Window, {}, {.demandsAttention = true, .minimized = true}},
                     Title{Window, SafeText::fromUtf8(std::to_string(round))},
                     Map{Window, Window, true});
        for (const auto &message : rig.work.agent->heardOf<ToAgent::Configure>()) {
            rig.work.say(Configure{Window, message.geometry});
        }
        rig.work.agent->forgetHeard();
        rig.work.settle();
    }
    BH_EVENTUALLY(rig.x.property(rig.work.frame(), "_NET_WM_NAME") == "[work] 49");
    QCOMPARE(stacking(), (std::vector{rig.work.frame(), vault.frame()}));
    QCOMPARE(rig.x.focused(), vault.frame());
    vault.settle();
    QCOMPARE(vault.count<ToAgent::Focus>(), 0U);
    QCOMPARE(rig.work.count<ToAgent::Focus>(), 0U);
}

void WindowManagerTest::S_052_screenThatShrinks_movesPopupsAndKeepsFrames()
{
    BH_START_SCREEN(QString());
    rig.work.mapWindow({100, 100, 300, 200}, false);
    rig.work.mapWindow({760, 600, 80, 40}, true, Popup);
    rig.work.mapWindow({10, 10, 600, 600}, true, Other); // under half of the screen, over half of what is left
    QVERIFY(rig.x.isOverrideRedirect(rig.work.frame(Other)));
    // Fails for the output, which does not fit any more, and leaves the screen without a monitor and smaller.
    (void)QProcess::execute(QStringLiteral("xrandr"), {QStringLiteral("--fb"), QStringLiteral("800x620")});
    BH_EVENTUALLY(rig.x.rootSize() == Size{800, 620});
    BH_EVENTUALLY(rig.x.geometry(rig.work.frame(Popup)) == Rect{720, 580, 80, 40});
    BH_EVENTUALLY(!rig.x.isOverrideRedirect(rig.work.frame(Other)));
    BH_EVENTUALLY(rig.fault().isEmpty());
    rig.work.settle();
    QVERIFY(!rig.work.hasEnded());
}

QTEST_GUILESS_MAIN(WindowManagerTest)
#include "windowmanagertest.moc"
