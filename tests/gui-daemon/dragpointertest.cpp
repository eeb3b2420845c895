// SPDX-License-Identifier: GPL-2.0-or-later
// A drag that leaves its qube: what the screen halves of two qubes tell them of the pointer, on a real X server.
#include "tests/gui-daemon/windowsrig.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Rig = Test::WindowsRig;

namespace
{

constexpr WindowId Source{0x100};
constexpr WindowId Target{0x200};
constexpr std::uint8_t KeyEscape = 9;
constexpr std::uint8_t KeyA = 38;

/// Two qubes' windows beside each other, the pointer pressed in the first.
struct TwoQubes {
    TwoQubes()
    {
        a.windows.setDragTeller([this](const Drag::FromScreen &message) {
            said.push_back(Drag::parseFromScreen(Drag::build(message)).value());
        });
        a.say(Create{Source, {100, 100, 60, 40}, false}, Map{Source, std::nullopt, false});
        b.say(Create{Target, {400, 100, 60, 40}, false}, Map{Target, std::nullopt, false});
        a.x.pointAt({120, 120});
        a.x.button(1, true);
        settle();
    }

    ~TwoQubes()
    {
        a.x.button(1, false);
        settle();
    }

    void settle()
    {
        a.settle();
        b.settle();
    }

    void order(const Drag::ToScreen &message)
    {
        a.windows.drag().onOrder(Drag::parseToScreen(Drag::build(message)).value());
        settle();
    }

    void point(Point place)
    {
        a.x.pointAt(place);
        settle();
    }

    /// Out of A, and dom0 takes it.
    void leave()
    {
        point({200, 120});
        order(Drag::Take{});
        QVERIFY(has<Drag::Taken>());
        said.clear();
        a.events.clear();
        b.events.clear();
    }

    template<typename Message> [[nodiscard]] bool has() const
    {
        return std::ranges::any_of(said, [](const auto &message) {
            return std::holds_alternative<Message>(message);
        });
    }

    [[nodiscard]] bool aHears(ToAgent::Press press)
    {
        return std::ranges::any_of(a.all<ToAgent::Button>(), [press](const auto &button) {
            return button.action == press;
        });
    }

    Rig a;
    Rig b;
    std::vector<Drag::FromScreen> said;
};

} // namespace

class DragPointerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void press_andLeavingAreTold()
    {
        TwoQubes rig;
        QVERIFY(rig.has<Drag::Pressed>());
        rig.point({170, 120}); // 6 px from the frame
        QVERIFY(!rig.has<Drag::Left>());
        rig.point({200, 120});
        QVERIFY(rig.has<Drag::Left>());
        QVERIFY(!rig.a.all<ToAgent::Motion>().empty()); // until it is taken all of it is the qube's
    }

    void nobodyHearsOfThePointerWhileDom0HasIt()
    {
        TwoQubes rig;
        rig.point({200, 120});
        rig.a.events.clear();
        rig.order(Drag::Take{});
        const auto left = rig.a.all<ToAgent::Crossing>();
        QVERIFY(std::ranges::all_of(left, [](const auto &crossing) {
            return crossing.passage == ToAgent::Passage::Left;
        }));
        rig.said.clear();
        rig.a.events.clear();
        rig.b.events.clear();
        rig.point({420, 120}); // over B
        rig.point({425, 121});
        rig.point({120, 120}); // and back over A
        rig.point({600, 500});
        QVERIFY(rig.a.events.empty());
        QVERIFY(rig.b.events.empty());
        QVERIFY(rig.said.back() == Drag::FromScreen(Drag::Moved{.pointer = {600, 500}}));
    }

    void release_isToldAndTheQubeHearsOfItWhenItIsLetGo()
    {
        TwoQubes rig;
        rig.leave();
        rig.point({420, 120});
        rig.a.x.button(1, false);
        rig.settle();
        QVERIFY(rig.said.back() == Drag::FromScreen(Drag::Released{.pointer = {420, 120}, .withControl = false}));
        QVERIFY(!rig.aHears(ToAgent::Press::Released));
        rig.order(Drag::LetGo{});
        const auto buttons = rig.a.all<ToAgent::Button>();
        QCOMPARE(buttons.size(), 1U);
        QVERIFY(buttons[0].action == ToAgent::Press::Released);
        QVERIFY(buttons[0].window == Source);
        QCOMPARE(buttons[0].position.x, 100); // where it saw the pointer last, not where it is
        rig.order(Drag::LetGo{});
        QCOMPARE(rig.a.all<ToAgent::Button>().size(), 1U);
    }

    void escapeEndsIt()
    {
        TwoQubes rig;
        rig.leave();
        rig.a.x.key(KeyA, true);
        rig.a.x.key(KeyA, false);
        rig.settle();
        QVERIFY(!rig.has<Drag::Escaped>());
        rig.a.x.key(KeyEscape, true);
        rig.a.x.key(KeyEscape, false);
        rig.settle();
        QVERIFY(rig.has<Drag::Escaped>());
        QVERIFY(rig.a.all<ToAgent::Key>().empty());
    }

    void takeWhenThePointerIsBack_isRefused()
    {
        TwoQubes rig;
        rig.point({200, 120});
        rig.point({120, 120});
        rig.order(Drag::Take{});
        QVERIFY(rig.has<Drag::NotTaken>());
        QVERIFY(!rig.has<Drag::Taken>());
    }

    void windowThatGoesMeanwhile_givesNothingBack()
    {
        TwoQubes rig;
        rig.leave();
        rig.a.say(Destroy{Source});
        rig.point({420, 120});
        QVERIFY(rig.b.all<ToAgent::Crossing>().empty()); // the pointer is still dom0's
        rig.a.x.button(1, false);
        rig.settle();
        QVERIFY(rig.has<Drag::Released>());
        rig.order(Drag::LetGo{});
        QVERIFY(rig.a.all<ToAgent::Button>().empty()); // there is no window to be told of
    }

    void lossOfBulkheadDrag_givesThePointerBack()
    {
        TwoQubes rig;
        rig.leave();
        rig.a.windows.drag().onLost();
        rig.settle();
        QVERIFY(rig.aHears(ToAgent::Press::Released));
        rig.a.x.button(1, false);
        rig.point({421, 120});
        QVERIFY(!rig.b.all<ToAgent::Motion>().empty());
    }
};

QTEST_GUILESS_MAIN(DragPointerTest)
#include "dragpointertest.moc"
