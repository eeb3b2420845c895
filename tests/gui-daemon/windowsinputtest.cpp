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
