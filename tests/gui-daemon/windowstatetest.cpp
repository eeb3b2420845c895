// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/windowstate.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Screen;

namespace
{

constexpr Gui::StateFlags FullScreen{.fullscreen = true, .demandsAttention = false, .minimized = false};
constexpr Gui::StateFlags Attention{.fullscreen = false, .demandsAttention = true, .minimized = false};
constexpr Gui::StateFlags Minimized{.fullscreen = false, .demandsAttention = false, .minimized = true};
constexpr Gui::StateFlags None{};
constexpr WmStates WmFullScreen{.fullScreen = true, .maximized = false, .hidden = false, .attention = false};
constexpr WmStates WmMaximized{.fullScreen = false, .maximized = true, .hidden = false, .attention = false};
constexpr WmStates WmHidden{.fullScreen = false, .maximized = false, .hidden = true, .attention = false};
constexpr WmStates WmAttention{.fullScreen = false, .maximized = false, .hidden = false, .attention = true};

} // namespace

class WindowStateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_058_S_053_fullScreenBeforeMap_isMaximizedInstead()
    {
        WindowState state;
        QCOMPARE(state.wishBeforeMap(FullScreen), WmMaximized);
        QCOMPARE(state.observed(WmMaximized)->set, FullScreen);
        QCOMPARE(state.observed({})->unset, FullScreen);
    }

    void gui_058_fullScreen_isReportedOnceMaximized()
    {
        WindowState state;
        QCOMPARE(state.wishWhileMapped(FullScreen, None).add, WmMaximized);
        const auto change = state.observed(WmMaximized);
        QVERIFY(change);
        QCOMPARE(change->set, FullScreen);
    }

    void gui_058_regress_otherChangesBeforeTheWindowIsMaximized_changeNothing()
    {
        WindowState state;
        (void)state.wishWhileMapped(FullScreen, None);
        QVERIFY(!state.observed({})); // the focus came first
        QCOMPARE(state.observed(WmMaximized)->set, FullScreen);
        QCOMPARE(state.wishWhileMapped(None, FullScreen).remove, WmMaximized);
    }

    void gui_060_S_053_fullScreenOfAMappedWindow_asksForMaximized()
    {
        WindowState state;
        QCOMPARE(state.wishWhileMapped(FullScreen, None),
                 (WindowState::WmRequest{.add = WmMaximized, .remove = {}, .iconify = false}));
    }

    void gui_061_leavingWhatWasGivenInstead_asksForItsRemoval()
    {
        WindowState state;
        (void)state.wishWhileMapped(FullScreen, None);
        (void)state.observed(WmMaximized);
        QCOMPARE(state.wishWhileMapped(None, FullScreen).remove, WmMaximized);
    }

    void gui_061_gui_062_fullScreenByThePerson_isReportedAndLeftForReal()
    {
        WindowState state;
        (void)state.wishWhileMapped(FullScreen, None);
        (void)state.observed(WmMaximized);
        QVERIFY(!state.observed(WmFullScreen)); // the qube knows it as full screen already
        QCOMPARE(state.wishWhileMapped(None, FullScreen).remove, WmFullScreen);
        const auto change = state.observed(WmMaximized); // only maximised now, and nothing stands for full screen
        QVERIFY(change);
        QCOMPARE(change->unset, FullScreen);
    }

    void gui_063_attention_isAskedForAndTakenBack()
    {
        WindowState state;
        QCOMPARE(state.wishBeforeMap(Attention), WmAttention);
        QCOMPARE(state.wishWhileMapped(Attention, None).add, WmAttention);
        QCOMPARE(state.wishWhileMapped(None, Attention).remove, WmAttention);
    }

    void gui_064_minimize_iconifiesAndComesBackAsAState()
    {
        WindowState state;
        QVERIFY(state.wishWhileMapped(Minimized, None).iconify);
        QCOMPARE(state.observed(WmHidden)->set, Minimized);
        QCOMPARE(state.observed({})->unset, Minimized);
        QCOMPARE(state.wishBeforeMap(Minimized), WmStates{}); // no effect before the window is mapped
    }

    void gui_065_sameStates_areNotToldTwice()
    {
        WindowState state;
        QVERIFY(!state.observed({}));
        QVERIFY(state.observed(WmAttention));
        QVERIFY(!state.observed(WmAttention));
    }
};

QTEST_GUILESS_MAIN(WindowStateTest)
#include "windowstatetest.moc"
