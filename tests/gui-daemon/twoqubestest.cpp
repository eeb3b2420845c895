// SPDX-License-Identifier: GPL-2.0-or-later
// Two qubes on one screen, each with its own program: what the one learns of a person's hands while the other has them.
#include "tests/gui-daemon/daemonrig.h"

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using ToAgent::Press;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Popup{0x101};
constexpr std::uint8_t KeyA = 38;
constexpr std::uint8_t KeyB = 56;
constexpr std::uint8_t KeyShift = 50;

struct Rig : Test::DaemonWorld {
    Test::DaemonQube work{*this};
    Test::DaemonQube vault{*this, {.domain = DomId{2}, .name = "vault", .labelIndex = 4, .color = "0x00cc00"}};

    void show()
    {
        work.connect();
        vault.connect();
        work.mapWindow({100, 100, 200, 150}, false);
        vault.mapWindow({500, 100, 200, 150}, false);
    }

    void giveFocus(Test::DaemonQube &qube)
    {
        const auto before = qube.count<ToAgent::Focus>();
        x.focus(qube.frame());
        BH_EVENTUALLY(qube.count<ToAgent::Focus>() > before);
    }

    static std::vector<std::pair<Press, int>> keysOf(Test::DaemonQube &qube)
    {
        std::vector<std::pair<Press, int>> keys;
        for (const auto &key : qube.agent->heardOf<ToAgent::Key>()) {
            keys.emplace_back(key.action, key.keycode);
        }
        return keys;
    }
};

} // namespace

class TwoQubesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_070_gui_116_qubeWithoutTheFocus_learnsNoKey()
    {
        Rig rig;
        rig.show();
        rig.giveFocus(rig.work);
        rig.x.pointAt({550, 150}); // rests where the vault's windows come and go
        rig.x.key(KeyShift, true);
        for (int i = 0; i < 10; ++i) {
            const Rect place{520 + i, 120, 100, 80};
            rig.vault.say(Create{Popup, place, i % 2 == 0},
                          Map{Popup, std::nullopt, i % 2 == 0},
                          Configure{Popup, {521 + i, 121, 100, 80}});
            rig.vault.settle();
            rig.x.key(KeyA, true);
            rig.x.key(KeyA, false);
            rig.x.pointAt({551 + i, 150});
            rig.vault.say(Unmap{Window}, Map{Window, std::nullopt, false}, Destroy{Popup});
            rig.vault.settle();
            rig.vault.agent->listen();
        }
        rig.x.key(KeyShift, false);
        BH_EVENTUALLY(rig.work.count<ToAgent::Key>() == 22U); // all of it went where it belongs
        rig.vault.settle();
        QVERIFY(rig.vault.count<ToAgent::Crossing>() > 0); // it does see the pointer
        QCOMPARE(rig.vault.count<ToAgent::Key>(), 0U);
        QCOMPARE(rig.vault.count<ToAgent::Focus>(), 0U);
        for (const auto &map : rig.vault.agent->heardOf<ToAgent::Keymap>()) {
            QCOMPARE(map.down.count(), 0U);
        }
        for (const auto &crossing : rig.vault.agent->heardOf<ToAgent::Crossing>()) {
            QCOMPARE(crossing.state, 0U);
        }
        for (const auto &motion : rig.vault.agent->heardOf<ToAgent::Motion>()) {
            QCOMPARE(motion.state, 0U);
        }
    }

    void S_071_focusThatMovesWithKeysDown_tellsTheNextQubeModifiersOnly()
    {
        Rig rig;
        rig.show();
        rig.giveFocus(rig.work);
        rig.x.key(KeyShift, true);
        rig.x.key(KeyA, true);
        BH_EVENTUALLY(rig.work.count<ToAgent::Key>() == 2U);
        rig.giveFocus(rig.vault);
        const auto maps = rig.vault.agent->heardOf<ToAgent::Keymap>();
        QVERIFY(!maps.empty());
        QCOMPARE(maps.back().down.count(), 1U);
        QVERIFY(maps.back().down[KeyShift]);
        rig.x.key(KeyA, false);
        rig.x.key(KeyShift, false);
        BH_EVENTUALLY(rig.vault.count<ToAgent::Key>() == 1U);
        QCOMPARE(Rig::keysOf(rig.vault), (std::vector<std::pair<Press, int>>{{Press::Released, KeyShift}}));
    }

    void S_072_keyReleasedInDom0_isUpWhenTheFocusIsBack()
    {
        Rig rig;
        rig.show();
        const auto dom0 = rig.x.cover({800, 100, 50, 50});
        rig.giveFocus(rig.work);
        rig.x.key(KeyA, true);
        BH_EVENTUALLY(rig.work.count<ToAgent::Key>() == 1U);
        rig.x.focus(dom0.id());
        rig.x.key(KeyA, false);
        rig.giveFocus(rig.work);
        rig.x.key(KeyB, true);
        rig.x.key(KeyB, false);
        BH_EVENTUALLY(rig.work.count<ToAgent::Key>() >= 3U);
        QCOMPARE(Rig::keysOf(rig.work),
                 (std::vector<std::pair<Press, int>>{
                     {Press::Pressed, KeyA}, {Press::Pressed, KeyB}, {Press::Released, KeyB}}));
        QCOMPARE(rig.work.agent->heardOf<ToAgent::Keymap>().back().down.count(), 0U); // which lets A go in the qube
    }

    void S_074_focusThatFallsToAnotherQube_bringsNoKeyThatIsStillDown()
    {
        Rig rig;
        rig.show();
        rig.giveFocus(rig.work);
        rig.x.key(KeyA, true);
        BH_EVENTUALLY(rig.work.count<ToAgent::Key>() == 1U);
        rig.work.say(Destroy{Window});
        BH_EVENTUALLY(rig.work.frame() == XCB_NONE);
        rig.giveFocus(rig.vault); // as a window manager does
        rig.x.key(KeyA, false);
        rig.x.key(KeyA, true); // pressed anew: now it is the vault's
        rig.x.key(KeyA, false);
        BH_EVENTUALLY(rig.vault.count<ToAgent::Key>() >= 2U);
        QCOMPARE(Rig::keysOf(rig.vault),
                 (std::vector<std::pair<Press, int>>{{Press::Pressed, KeyA}, {Press::Released, KeyA}}));
        QCOMPARE(rig.x.property(rig.vault.frame(), "_NET_WM_NAME"), QByteArray("[vault] "));
    }

    void S_033_faultOfOneQube_leavesTheOther()
    {
        Rig rig;
        rig.show();
        rig.vault.showPattern({200, 150});
        rig.work.agent->say(Test::words({132, 0x999, 8, 0, 0})); // MAP of a window that does not exist
        BH_EVENTUALLY(rig.work.hasEnded());
        BH_EVENTUALLY(rig.x.frames() == std::vector{rig.vault.frame()});
        BH_EVENTUALLY(rig.vault.showsPattern({500, 100, 200, 150}, 0));
        rig.vault.settle();
        QVERIFY(!rig.vault.hasEnded());
    }

    void S_054_S_057_imitationOfAnotherQubesFrame_liesInsideItsOwn()
    {
        Rig rig;
        rig.show();
        rig.work.say(Title{Window, SafeText::fromUtf8("[vault] Password")});
        // A picture with a green border of 4 pixels, as the vault's windows have, over the whole content.
        const Size size{200, 150};
        rig.work.pages =
            rig.work.granter->grant((std::size_t{size.width} * size.height * 4 + PageSize - 1) / PageSize).value();
        for (std::uint32_t i = 0; i < size.width * size.height; ++i) {
            const std::uint32_t column = i % size.width;
            const std::uint32_t row = i / size.width;
            const bool border = column < 4 || row < 4 || column >= size.width - 4 || row >= size.height - 4;
            const std::uint32_t pixel = border ? 0x00CC00 : 0xEEEEEE;
            std::memcpy(rig.work.pages->bytes().data() + std::size_t{i} * 4, &pixel, 4);
        }
        const auto refs = rig.work.pages->refs();
        rig.work.say(WindowDump{Window, size, {refs.begin(), refs.end()}}, Damage{Window, {0, 0, 200, 150}});
        BH_EVENTUALLY(rig.x.isFramed({100, 100, 200, 150}, 4, 0x00CC00)); // the imitation is on the screen
        QVERIFY(rig.x.isFramed({96, 96, 208, 158}, 4, 0xCC0000));         // and around it what it is
        QVERIFY(rig.x.isFramed({496, 96, 208, 158}, 4, 0x00CC00));
        BH_EVENTUALLY(rig.x.property(rig.work.frame(), "_NET_WM_NAME") == "[work] [vault] Password");
        // What a window manager may draw around frames says the same.
        QCOMPARE(rig.x.numbers(rig.work.frame(), "_QUBES_LABEL_COLOR"), std::vector{0xCC0000U});
        QCOMPARE(rig.x.numbers(rig.vault.frame(), "_QUBES_LABEL_COLOR"), std::vector{0x00CC00U});
        QCOMPARE(Test::frameFault(rig.x), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TwoQubesTest)
#include "twoqubestest.moc"
