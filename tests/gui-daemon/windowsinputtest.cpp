// SPDX-License-Identifier: GPL-2.0-or-later
// Keyboard and pointer: what of a person's hands a qube gets to know.
#include "tests/gui-daemon/windowsrig.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Rig = Test::WindowsRig;

namespace
{

constexpr WindowId Window{0x100};
constexpr std::uint8_t KeyA = 38;
constexpr std::uint8_t KeyB = 56;
constexpr std::uint8_t KeyShift = 50;
constexpr std::uint8_t KeyControl = 37;
constexpr std::uint8_t KeyAlt = 64;
constexpr std::uint8_t KeyC = 54;
constexpr std::uint8_t KeyV = 55;
constexpr std::uint8_t KeyX = 53;
constexpr std::uint8_t KeyCapsLock = 66;
constexpr std::uint8_t KeyNumLock = 77;

using Keys = std::vector<std::pair<std::uint8_t, bool>>;
using Acts = std::vector<Screen::ClipboardAct>;

/// A window with the focus, whose keys are watched for the clipboard's.
struct ClipboardRig : Rig {
    ClipboardRig()
    {
        use("Ctrl-Shift-c", "Ctrl-Shift-v");
        say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        x.focus(frame());
        settle();
        events.clear();
    }

    void use(const char *copy, const char *paste)
    {
        windows.setClipboard(
            {.copy = Screen::parseKeySequence(copy).value(), .paste = Screen::parseKeySequence(paste).value()},
            [this](Screen::ClipboardAct act, WindowId window, std::uint32_t) {
                QCOMPARE(window, Window);
                acts.push_back(act);
            });
    }

    /// One after the other down, and up the other way round.
    void press(const std::vector<std::uint8_t> &keycodes) const
    {
        for (const auto key : keycodes) {
            x.key(key, true);
        }
        for (auto key = keycodes.rbegin(); key != keycodes.rend(); ++key) {
            x.key(*key, false);
        }
    }

    void tap(std::uint8_t keycode) const
    {
        press({keycode});
    }

    /// What the qube was told of keys.
    Keys keys()
    {
        Keys found;
        for (const auto &key : all<ToAgent::Key>()) {
            found.emplace_back(key.keycode, key.action == ToAgent::Press::Pressed);
        }
        return found;
    }

    Acts acts;
};

} // namespace

class WindowsInputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_113_gui_114_keysGoToTheFocusedWindow()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.pointAt({110, 120});
        rig.x.focus(rig.frame());
        rig.settle();
        rig.events.clear();
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        const auto keys = rig.all<ToAgent::Key>();
        QCOMPARE(keys,
                 (std::vector<ToAgent::Key>{
                     {Window, ToAgent::Press::Pressed, {10, 20}, 0, KeyA},
                     {Window, ToAgent::Press::Released, {10, 20}, 0, KeyA},
                 }));
        QCOMPARE(rig.events.size(), 2U);
    }

    /// Each kind of input, and what a qube is told that is none.
    void S_076_S_077_lockedSession_tellsQubesNothing()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.pointAt({110, 120});
        rig.x.focus(rig.frame());
        rig.lock(true);
        const Rect screen{0, 0, rig.x.rootSize().width, rig.x.rootSize().height};
        {
            const auto locker = rig.x.cover(screen, "xscreensaver");
            rig.settle();
        } // and it is killed: the session stays locked, and the window lies open to the keyboard
        rig.x.focus(rig.frame());
        rig.settle();
        rig.events.clear();
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        rig.x.button(1, true);
        rig.x.button(1, false);
        rig.x.pointAt({115, 125});
        rig.x.pointAt({10, 10});
        rig.x.pointAt({112, 122});
        rig.settle();
        QVERIFY(rig.all<ToAgent::Key>().empty());
        QVERIFY(rig.all<ToAgent::Button>().empty());
        QVERIFY(rig.all<ToAgent::Motion>().empty());
        QVERIFY(rig.all<ToAgent::Crossing>().empty());
        QVERIFY(rig.all<ToAgent::Keymap>().empty());
        QVERIFY(rig.all<ToAgent::Focus>().empty());
        rig.lock(false);
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        QCOMPARE(rig.all<ToAgent::Key>().size(), 2U);
    }

    void S_078_lockThatComesBetweenKeys_splitsThemExactly()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.pointAt({110, 120});
        rig.x.focus(rig.frame());
        rig.settle();
        rig.events.clear();
        // All of it lies in the daemon's queue at once when it looks.
        rig.x.key(KeyA, true);
        rig.x.button(1, true);
        rig.x.changeProperty(rig.x.root(), "_BULKHEAD_LOCKED", {1});
        rig.x.key(KeyA, false);
        rig.x.key(KeyB, true);
        rig.x.key(KeyB, false);
        rig.x.button(1, false);
        rig.x.changeProperty(rig.x.root(), "_BULKHEAD_LOCKED", {1}); // said again
        rig.x.key(KeyC, true);
        rig.x.key(KeyC, false);
        const auto keys = rig.all<ToAgent::Key>();
        QCOMPARE(keys.size(), 1U);
        QCOMPARE(keys.front().keycode, KeyA);
        // What was held is let go of, the keys by the loss of the focus.
        const auto buttons = rig.all<ToAgent::Button>();
        QCOMPARE(buttons.size(), 2U);
        QCOMPARE(buttons.back().action, ToAgent::Press::Released);
        const auto focus = rig.all<ToAgent::Focus>();
        QCOMPARE(focus.size(), 1U);
        QCOMPARE(focus.front().change, ToAgent::FocusChange::Lost);
    }

    void S_078_keyThatUnlocks_isNotTheQubes()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.focus(rig.frame());
        rig.lock(true);
        rig.x.key(KeyA, true); // as Return, that a locker takes a password by
        rig.lock(false);
        rig.events.clear();
        rig.x.key(KeyA, false);
        QVERIFY(rig.all<ToAgent::Key>().empty());
        rig.x.key(KeyB, true);
        rig.x.key(KeyB, false);
        QCOMPARE(rig.all<ToAgent::Key>().size(), 2U);
    }

    void S_078_screensThatComeAndGo_openNothing()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.focus(rig.frame());
        rig.lock(true);
        rig.events.clear();
        for (int i = 0; i < 3; ++i) {
            rig.windows.desktopChanged(); // as RandR and SIGHUP do
            rig.x.key(KeyA, true);
            rig.settle();
            rig.x.key(KeyA, false);
        }
        rig.settle();
        QVERIFY(rig.events.empty());
    }

    /// The focus may be another qube's, or another window's, when the lock ends.
    void S_078_focusThatMovesMeanwhile_isTheOneThatIsTold()
    {
        Rig rig;
        const WindowId other{0x101};
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.say(Create{other, {300, 100, 60, 40}, false}, Map{other, std::nullopt, false});
        rig.x.focus(rig.frame());
        rig.lock(true);
        rig.x.focus(rig.frame(other));
        rig.settle();
        rig.events.clear();
        rig.lock(false);
        const auto focus = rig.all<ToAgent::Focus>();
        QCOMPARE(focus.size(), 1U);
        QCOMPARE(focus.front().window, other);
        QCOMPARE(focus.front().change, ToAgent::FocusChange::Gained);
    }

    void gui_114_S_070_keyMapComesBeforeFocusAndEnter()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.key(KeyShift, true);
        rig.x.pointAt({110, 120});
        rig.settle();
        QVERIFY(rig.events.size() >= 2);
        const auto enter = std::ranges::find_if(rig.events, [](const Screen::Event &event) {
            return std::holds_alternative<ToAgent::Crossing>(event);
        });
        QVERIFY(enter != rig.events.end() && enter != rig.events.begin());
        // Without the focus: no key, no modifier.
        QCOMPARE(std::get<ToAgent::Keymap>(*(enter - 1)).down.count(), 0U);
        QCOMPARE(std::get<ToAgent::Crossing>(*enter).state, 0U);
        QCOMPARE(std::get<ToAgent::Crossing>(*enter).position, (Point{10, 20}));
        rig.events.clear();
        rig.x.focus(rig.frame());
        rig.settle();
        const auto maps = rig.all<ToAgent::Keymap>();
        QCOMPARE(maps.size(), 1U);
        QVERIFY(maps.front().down[KeyShift]);
        QVERIFY(std::holds_alternative<ToAgent::Keymap>(rig.events.at(0)));
        QVERIFY(std::holds_alternative<ToAgent::Focus>(rig.events.at(1)));
        rig.x.key(KeyShift, false);
    }

    void S_070_S_073_typingElsewhere_isNotSeen()
    {
        Rig rig;
        const auto other = rig.x.cover({500, 500, 50, 50}); // another program has the focus
        rig.x.focus(other.id());
        rig.x.pointAt({110, 120});
        rig.x.key(KeyShift, true);
        for (int i = 0; i < 5; ++i) {
            rig.say(Create{WindowId{0x300U + static_cast<std::uint32_t>(i)}, {100, 100, 60, 40}, i % 2 == 0},
                    Map{WindowId{0x300U + static_cast<std::uint32_t>(i)}, std::nullopt, i % 2 == 0});
            rig.x.key(KeyA, true);
            rig.x.key(KeyA, false);
            rig.x.pointAt({112 + i, 120});
        }
        rig.x.key(KeyShift, false);
        QVERIFY(rig.all<ToAgent::Key>().empty());
        QVERIFY(rig.all<ToAgent::Focus>().empty());
        QVERIFY(!rig.all<ToAgent::Motion>().empty());
        for (const auto &map : rig.all<ToAgent::Keymap>()) {
            QCOMPARE(map.down.count(), 0U);
        }
        for (const auto &motion : rig.all<ToAgent::Motion>()) {
            QCOMPARE(motion.state, 0U);
        }
    }

    void S_071_keyHeldWhileTheFocusComes_isSwallowed()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.key(KeyA, true);
        rig.x.focus(rig.frame());
        rig.settle();
        QCOMPARE(rig.all<ToAgent::Keymap>().back().down.count(), 0U);
        rig.x.key(KeyB, true);
        rig.x.key(KeyB, false);
        rig.x.key(KeyA, false);
        const auto keys = rig.all<ToAgent::Key>();
        QCOMPARE(keys.size(), 2U);
        QCOMPARE(keys.front().keycode, KeyB);
    }

    // --- the keys by which the person copies and pastes between qubes
    // -------------------------------------------------

    void S_079_gui_128_clipboard_007_copyKeys_areOneActAndNotTheQubes()
    {
        ClipboardRig rig;
        rig.x.key(KeyControl, true);
        rig.x.key(KeyShift, true);
        for (int repeat = 0; repeat < 3; ++repeat) { // the server takes further presses for repeats
            rig.x.key(KeyC, true);
        }
        rig.x.key(KeyC, false);
        rig.x.key(KeyShift, false);
        rig.x.key(KeyControl, false);
        QCOMPARE(rig.keys(), (Keys{{KeyControl, true}, {KeyShift, true}, {KeyShift, false}, {KeyControl, false}}));
        QCOMPARE(rig.acts, (Acts{Screen::ClipboardAct::Copy}));
    }

    void S_079_gui_128_modifiersMayGoFirst()
    {
        ClipboardRig rig;
        rig.x.key(KeyShift, true);
        rig.x.key(KeyControl, true);
        rig.x.key(KeyV, true);
        rig.x.key(KeyControl, false);
        rig.x.key(KeyShift, false);
        rig.x.key(KeyV, false);
        QCOMPARE(rig.keys(), (Keys{{KeyShift, true}, {KeyControl, true}, {KeyControl, false}, {KeyShift, false}}));
        QCOMPARE(rig.acts, (Acts{Screen::ClipboardAct::Paste, Screen::ClipboardAct::PasteLetGo}));
    }

    void S_079_keyThatTheQubeBelievesDown_staysItsOwn()
    {
        ClipboardRig rig;
        rig.x.key(KeyC, true);
        rig.x.key(KeyControl, true);
        rig.x.key(KeyShift, true);
        rig.x.key(KeyC, true); // a repeat, now with the modifiers
        rig.x.key(KeyC, false);
        rig.x.key(KeyShift, false);
        rig.x.key(KeyControl, false);
        rig.settle();
        QVERIFY(rig.acts.empty());
        const Keys keys = rig.keys();
        QCOMPARE(std::ranges::count(keys, std::pair(KeyC, false)), 1);
        QVERIFY(std::ranges::count(keys, std::pair(KeyC, true)) >= 1);
    }

    void gui_128_clipboard_026_locksDoNotMatterOtherModifiersDo()
    {
        ClipboardRig rig;
        rig.tap(KeyCapsLock);
        rig.press({KeyControl, KeyShift, KeyC});
        rig.tap(KeyCapsLock);
        rig.tap(KeyNumLock);
        rig.press({KeyControl, KeyShift, KeyC});
        rig.tap(KeyNumLock);
        rig.settle();
        QCOMPARE(rig.acts, (Acts{Screen::ClipboardAct::Copy, Screen::ClipboardAct::Copy}));
        rig.acts.clear();
        rig.events.clear();
        rig.press({KeyControl, KeyC});
        rig.press({KeyShift, KeyC});
        rig.press({KeyControl, KeyShift, KeyAlt, KeyC});
        rig.press({KeyC});
        rig.settle();
        QVERIFY(rig.acts.empty());
        QCOMPARE(std::ranges::count(rig.keys(), std::pair(KeyC, true)), 4);
    }

    void gui_129_clipboard_026_ownSequencesAndNone()
    {
        ClipboardRig rig;
        rig.use("mod1-CTRL-x", "none");
        rig.press({KeyControl, KeyShift, KeyC});
        rig.press({KeyControl, KeyShift, KeyV});
        rig.settle();
        QVERIFY(rig.acts.empty());
        QCOMPARE(std::ranges::count(rig.keys(), std::pair(KeyC, true)), 1);
        rig.press({KeyAlt, KeyControl, KeyX});
        rig.settle();
        QCOMPARE(rig.acts, (Acts{Screen::ClipboardAct::Copy}));
    }

    void S_099_focusThatGoesAbandonsThePaste()
    {
        ClipboardRig rig;
        const auto other = rig.x.cover({500, 500, 50, 50});
        rig.x.key(KeyControl, true);
        rig.x.key(KeyShift, true);
        rig.x.key(KeyV, true);
        rig.settle();
        rig.x.focus(other.id());
        rig.settle();
        rig.x.key(KeyV, false);
        rig.x.focus(rig.frame());
        rig.x.key(KeyShift, false);
        rig.x.key(KeyControl, false);
        rig.settle();
        QCOMPARE(rig.acts, (Acts{Screen::ClipboardAct::Paste, Screen::ClipboardAct::PasteAbandoned}));
    }

    void S_099_keysHeldWhileTheFocusComesAreNoGesture()
    {
        ClipboardRig rig;
        const auto other = rig.x.cover({500, 500, 50, 50});
        rig.x.focus(other.id());
        rig.settle();
        rig.x.key(KeyControl, true);
        rig.x.key(KeyShift, true);
        rig.x.key(KeyC, true);
        rig.x.focus(rig.frame());
        rig.settle();
        rig.x.key(KeyC, true); // its repeat
        rig.x.key(KeyC, false);
        rig.x.key(KeyShift, false);
        rig.x.key(KeyControl, false);
        rig.settle();
        QVERIFY(rig.acts.empty());
    }

    void withoutTheFocusNoKeysAreTaken()
    {
        ClipboardRig rig;
        const auto other = rig.x.cover({500, 500, 50, 50});
        rig.x.focus(other.id());
        rig.settle();
        rig.press({KeyControl, KeyShift, KeyC});
        rig.press({KeyControl, KeyShift, KeyV});
        rig.settle();
        QVERIFY(rig.acts.empty());
    }

    void gui_117_everyButton_isTold()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.pointAt({110, 120});
        for (const std::uint8_t button : std::initializer_list<std::uint8_t>{1, 4, 5, 8, 9}) {
            rig.x.button(button, true);
            rig.x.button(button, false);
        }
        std::vector<int> heard;
        for (const auto &event : rig.all<ToAgent::Button>()) {
            QCOMPARE(event.position, (Point{10, 20}));
            heard.push_back(event.button);
        }
        QCOMPARE(heard, (std::vector<int>{1, 1, 4, 4, 5, 5, 8, 8, 9, 9}));
    }

    void gui_113_popupsPointer_isRelativeToItsOuterCorner()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        rig.x.pointAt({110, 120});
        QCOMPARE(rig.all<ToAgent::Crossing>().back().position, (Point{10, 20}));
    }

    void buttonsOnTheFrame_areNotTheQubes()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.pointAt({97, 120});
        rig.x.button(1, true);
        rig.x.button(1, false);
        QVERIFY(rig.all<ToAgent::Button>().empty());
    }

    void gui_115_focusThatAGrabTakes_isNotTold()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        const auto other = rig.x.cover({500, 500, 50, 50});
        rig.x.focus(rig.frame());
        rig.settle();
        rig.events.clear();
        rig.x.grabKeyboard();
        QVERIFY(rig.all<ToAgent::Focus>().empty());
        rig.x.focus(other.id()); // while it is grabbed
        rig.settle();
        rig.x.focus(rig.frame());
        std::vector<std::pair<ToAgent::FocusChange, ToAgent::NotifyMode>> told;
        for (const auto &focus : rig.all<ToAgent::Focus>()) {
            told.emplace_back(focus.change, focus.mode);
        }
        using ToAgent::FocusChange;
        using ToAgent::NotifyMode;
        QCOMPARE(told,
                 (std::vector<std::pair<FocusChange, NotifyMode>>{{FocusChange::Lost, NotifyMode::Normal},
                                                                  {FocusChange::Gained, NotifyMode::Normal}}));
        rig.x.ungrabKeyboard();
        QCOMPARE(rig.all<ToAgent::Focus>().size(), 2U);
    }

    void S_072_keysForAProgramThatGrabbedTheKeyboard_areNotTheQubes()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.focus(rig.frame());
        rig.settle();
        rig.x.key(KeyA, true);
        rig.settle();
        rig.events.clear();
        rig.x.grabKeyboard();
        rig.x.key(KeyA, false);
        rig.x.key(KeyB, true);
        rig.x.ungrabKeyboard();
        rig.settle();
        QCOMPARE(rig.all<ToAgent::Keymap>().size(), 1U); // the qube learns that A is up, and nothing of B
        QCOMPARE(rig.all<ToAgent::Keymap>().front().down.count(), 0U);
        rig.x.key(KeyB, false);
        QVERIFY(rig.all<ToAgent::Key>().empty());
        rig.x.key(KeyB, true);
        rig.x.key(KeyB, false);
        QCOMPARE(rig.all<ToAgent::Key>().size(), 2U);
    }

    void gui_068_ping_isAnswered()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.watch(rig.x.root(), XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY);
        rig.x.sendClientMessage(rig.frame(), "WM_PROTOCOLS", rig.x.atom("_NET_WM_PING"));
        rig.settle();
        QCOMPARE(rig.x.clientMessages("WM_PROTOCOLS"), std::vector{rig.x.atom("_NET_WM_PING")});
    }

    void gui_067_closeRequest_isPassedOnAndTheWindowStays()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.sendClientMessage(rig.frame(), "WM_PROTOCOLS", rig.x.atom("WM_DELETE_WINDOW"));
        QCOMPARE(rig.all<ToAgent::Close>(), (std::vector<ToAgent::Close>{{Window}}));
        QVERIFY(rig.x.isViewable(rig.frame()));
    }
};

QTEST_GUILESS_MAIN(WindowsInputTest)
#include "windowsinputtest.moc"
