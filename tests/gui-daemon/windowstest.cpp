// SPDX-License-Identifier: GPL-2.0-or-later
// The screen half without a window manager, driven by commands as a wire half would send them that a guest has taken
// over: everything goes through packets and their parser.
#include "tests/gui-daemon/frameoracle.h"
#include "tests/gui-daemon/windowsrig.h"

#include <QTest>

#include <cstring>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Screen::Windows;
using Rig = Test::WindowsRig;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr std::uint32_t Red = 0xCC0000;

} // namespace

class WindowsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_032_gui_036_create_makesOneUnmappedFrame()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 300, 200}, false});
        QCOMPARE(rig.x.frames().size(), 1U);
        QVERIFY(!rig.x.isViewable(rig.frame()));
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{96, 96, 308, 208}));
    }

    void gui_037_gui_038_propertiesAreThereBeforeTheWindowIsMapped()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 300, 200}, false});
        const xcb_window_t frame = rig.frame();
        QCOMPARE(rig.x.property(frame, "_QUBES_LABEL"), QByteArray(1, '\x01'));
        QCOMPARE(rig.x.typeAndFormat(frame, "_QUBES_LABEL"), QStringLiteral("CARDINAL/8"));
        QCOMPARE(rig.x.numbers(frame, "_QUBES_LABEL_COLOR"), std::vector{Red});
        QCOMPARE(rig.x.typeAndFormat(frame, "_QUBES_LABEL_COLOR"), QStringLiteral("CARDINAL/32"));
        QCOMPARE(rig.x.property(frame, "_QUBES_VMNAME"), QByteArray("work"));
        QCOMPARE(rig.x.typeAndFormat(frame, "_QUBES_VMNAME"), QStringLiteral("STRING/8"));
        QCOMPARE(rig.x.numbers(frame, "_QUBES_VMWINDOWID"), std::vector{Window.value()});
        QCOMPARE(rig.x.typeAndFormat(frame, "_QUBES_VMWINDOWID"), QStringLiteral("WINDOW/32"));
        QCOMPARE(rig.x.numbers(frame, "_NET_WM_PID"), std::vector{static_cast<std::uint32_t>(getpid())});
        QCOMPARE(rig.x.numbers(frame, "WM_PROTOCOLS"),
                 (std::vector{rig.x.atom("WM_DELETE_WINDOW"), rig.x.atom("_NET_WM_PING")}));
    }

    void gui_052_S_063_titlesBeginWithTheQubesName()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 300, 200}, false}, Title{Window, SafeText::fromUtf8("[vault] P\xC3\xA9")});
        const xcb_window_t frame = rig.frame();
        QCOMPARE(rig.x.property(frame, "_NET_WM_NAME"), QByteArray("[work] [vault] P\xC3\xA9"));
        QCOMPARE(rig.x.property(frame, "_NET_WM_ICON_NAME"), QByteArray("[work] [vault] P\xC3\xA9"));
        QCOMPARE(rig.x.property(frame, "WM_NAME"), QByteArray("[work] [vault] P__"));
        QCOMPARE(rig.x.property(frame, "WM_ICON_NAME"), QByteArray("[work] [vault] P__"));
    }

    void gui_046_S_064_classIsPrefixedAndFixedOnceMapped()
    {
        Rig rig;
        const auto locker = SafeText::fromAscii("xscreensaver");
        rig.say(Create{Window, {100, 100, 300, 200}, true});
        QCOMPARE(rig.x.property(rig.frame(), "WM_CLASS"), QByteArray("work:\0work:\0", 12));
        rig.say(WindowClass{Window, locker, locker});
        QCOMPARE(rig.x.property(rig.frame(), "WM_CLASS"), QByteArray("work:xscreensaver\0work:xscreensaver\0", 36));
        rig.say(Map{Window, std::nullopt, true}, WindowClass{Window, {}, {}});
        QCOMPARE(rig.x.property(rig.frame(), "WM_CLASS"), QByteArray("work:xscreensaver\0work:xscreensaver\0", 36));
    }

    void gui_053_gui_054_S_068_hintsCountTheBordersAndCanBeTakenBack()
    {
        Rig rig;
        Gui::SizeHints hints;
        hints.minimum = Size{100, 50};
        hints.increment = Size{7, 9};
        rig.say(Create{Window, {100, 100, 300, 200}, false}, WindowHints{Window, hints});
        auto written = rig.x.numbers(rig.frame(), "WM_NORMAL_HINTS");
        QCOMPARE(written.at(0), (1U << 4) | (1U << 6)); // minimum and increment, no aspect, no gravity
        QCOMPARE(written.at(5), 108U);
        QCOMPARE(written.at(6), 58U);
        QCOMPARE(written.at(9), 7U);
        rig.say(WindowHints{Window, {}});
        written = rig.x.numbers(rig.frame(), "WM_NORMAL_HINTS");
        QCOMPARE(written.at(0), 0U);
    }

    void S_065_thousandsOfChangesAtOnce_areAppliedOnce()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 300, 200}, false}, Map{Window, std::nullopt, false});
        rig.x.watch(rig.frame(), XCB_EVENT_MASK_PROPERTY_CHANGE);
        Gui::SizeHints hints;
        for (std::uint32_t i = 1; i <= 10000; ++i) {
            hints.minimum = Size{1 + i % 1000, 7};
            QVERIFY(rig.apply(Title{Window, SafeText::fromUtf8(std::to_string(i))}));
            QVERIFY(rig.apply(WindowHints{Window, hints}));
            QVERIFY(rig.apply(Cursor{Window, Gui::CursorShape::fromGlyph(static_cast<std::uint8_t>(i % 77 * 2))}));
        }
        rig.settle();
        QCOMPARE(rig.x.changesOf(rig.frame(), "_NET_WM_NAME"), 1U);
        QCOMPARE(rig.x.changesOf(rig.frame(), "WM_NORMAL_HINTS"), 1U);
        QCOMPARE(rig.x.property(rig.frame(), "_NET_WM_NAME"), QByteArray("[work] 10000"));
    }

    void S_069_attentionOfManyWindows_isOneMarkAndNoFocus()
    {
        constexpr std::uint32_t Add = 1;
        constexpr std::uint32_t Remove = 0;
        const Gui::StateFlags attention{.demandsAttention = true};
        Rig rig;
        const auto other = rig.x.cover({600, 600, 50, 50}); // the person works here
        rig.x.focus(other.id());
        rig.x.watch(rig.x.root(), XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY);
        for (std::uint32_t i = 0; i < 100; ++i) {
            const WindowId id{0x200 + i};
            rig.say(Create{id, {100, 100, 60, 40}, false}, Map{id, std::nullopt, false});
        }
        for (int round = 0; round < 2; ++round) {
            for (std::uint32_t i = 0; i < 100; ++i) {
                rig.say(ChangeState{WindowId{0x200 + i}, attention, {}});
            }
        }
        // The first one's wish, once more when it is repeated; what the others want is the qube's mark already.
        QCOMPARE(rig.x.clientMessages("_NET_WM_STATE"), (std::vector{Add, Add}));
        QCOMPARE(rig.x.focused(), other.id());
        rig.say(ChangeState{WindowId{0x200}, {}, attention}, ChangeState{WindowId{0x201}, attention, {}});
        QCOMPARE(rig.x.clientMessages("_NET_WM_STATE"), (std::vector{Add, Add, Remove, Add}));
        rig.say(Destroy{WindowId{0x201}}, ChangeState{WindowId{0x202}, attention, {}});
        QCOMPARE(rig.x.clientMessages("_NET_WM_STATE"), (std::vector{Add, Add, Remove, Add, Add}));
    }

    // --- frames ------------------------------------------------------------------------------------------------------

    void S_040_managedWindowWithoutPicture_isItsLabel()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 300, 200}, false}, Map{Window, std::nullopt, false});
        QVERIFY(rig.x.isFilled({96, 96, 308, 208}, Red));
    }

    void gui_080_gui_081_S_040_S_043_popup_hasItsFrameWhateverIsPainted()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        QVERIFY(rig.x.isOverrideRedirect(rig.frame()));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Red)); // before any picture
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        QVERIFY(rig.x.isFramed({100, 100, 60, 40}, 2, Red));
        QVERIFY(rig.x.isFilled({102, 102, 56, 36}, 0x00FF00));
    }

    void gui_081_popupsPixelTwoTwo_isThePicturesPixelTwoTwo()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        const std::uint32_t blue = 0x0000FF;
        std::memcpy(picture.bytes().data() + (2 * 60 + 2) * 4, &blue, 4);
        std::memcpy(picture.bytes().data() + (37 * 60 + 57) * 4, &blue, 4);
        rig.say(Screen::PaintArea{.window = Window, .serial = 7, .area = {0, 0, 60, 40}});
        QCOMPARE(rig.x.pixels({102, 102, 1, 1}), std::vector{blue});
        QCOMPARE(rig.x.pixels({157, 137, 1, 1}), std::vector{blue});
    }

    void gui_082_S_043_paintingInsideThePopupsFrame_changesNothing()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        std::ranges::fill(picture.bytes(), std::byte{0x55});
        const auto before = rig.x.pixels({90, 90, 80, 60});
        rig.say(Screen::PaintArea{.window = Window, .serial = 7, .area = {0, 0, 60, 2}},
                Screen::PaintArea{.window = Window, .serial = 7, .area = {0, 0, 2, 40}},
                Screen::PaintArea{.window = Window, .serial = 7, .area = {58, 0, 2, 40}},
                Screen::PaintArea{.window = Window, .serial = 7, .area = {0, 38, 16384, 6144}});
        QCOMPARE(rig.x.pixels({90, 90, 80, 60}), before);
    }

    void gui_083_S_041_frameAndEmptyParts_areBackAfterBeingCovered_data()
    {
        QTest::addColumn<bool>("popup");
        QTest::newRow("managed") << false;
        QTest::newRow("popup") << true;
    }

    void gui_083_S_041_frameAndEmptyParts_areBackAfterBeingCovered()
    {
        QFETCH(bool, popup);
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, popup}, Map{Window, std::nullopt, popup});
        const Mapping picture = rig.paint(Window, {20, 10}, 0x00FF00); // far smaller than the window
        const Rect around{90, 90, 80, 60};
        const auto before = rig.x.pixels(around);
        {
            const auto cover = rig.x.cover(around);
            rig.settle();
            QVERIFY(rig.x.isFilled(around, 0x123456));
        }
        rig.settle();
        QCOMPARE(rig.x.pixels(around), before);
        QVERIFY(rig.x.isFramed(rig.x.geometry(rig.frame()), popup ? 2 : 4, Red));
        QVERIFY(rig.x.isFilled({125, 115, 30, 20}, Red)); // beyond the picture
    }

    void gui_084_S_055_tinyPopups_areAllLabel_data()
    {
        QTest::addColumn<quint32>("width");
        QTest::addColumn<quint32>("height");
        QTest::newRow("1x1") << 1U << 1U;
        QTest::newRow("4x4") << 4U << 4U;
        QTest::newRow("300x4") << 300U << 4U;
        QTest::newRow("2x300") << 2U << 300U;
    }

    void gui_084_S_055_tinyPopups_areAllLabel()
    {
        QFETCH(quint32, width);
        QFETCH(quint32, height);
        Rig rig;
        rig.say(Create{Window, {100, 100, width, height}, true}, Map{Window, std::nullopt, true});
        const Mapping picture = rig.paint(Window, {width, height}, 0x00FF00);
        QVERIFY(rig.x.isFilled({100, 100, width, height}, Red));
    }

    void gui_102_windowThatGrows_keepsItsPictureAtTheCorner()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        rig.say(Configure{Window, {100, 100, 90, 70}});
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, 0x00FF00));
        QVERIFY(rig.x.isFilled({160, 100, 30, 70}, Red));
        QVERIFY(rig.x.isFramed({96, 96, 98, 78}, 4, Red));
    }

    void S_086_droppedPicture_leavesTheLabel()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        rig.say(Screen::DropSegment{.window = Window});
        QVERIFY(rig.x.isFilled({96, 96, 68, 48}, Red));
    }

    void gui_087_S_049_popupOverTheScreen_becomesManagedWithAFrame()
    {
        Rig rig;
        const Size root = rig.x.rootSize();
        rig.say(Create{Window, {0, 0, root.width, root.height}, true}, Map{Window, std::nullopt, true});
        QVERIFY(!rig.x.isOverrideRedirect(rig.frame()));
        const Rect frame = rig.x.geometry(rig.frame());
        QCOMPARE(frame.size(), (Size{root.width + 8, root.height + 8}));
    }

    void gui_087_S_050_popupThatGrows_becomesAnotherFrameAtOnce()
    {
        Rig rig;
        rig.say(Create{Window, {0, 0, 100, 100}, true}, Map{Window, std::nullopt, true});
        const xcb_window_t before = rig.frame();
        QVERIFY(rig.x.isOverrideRedirect(before));
        rig.say(Configure{Window, {10, 10, 1200, 700}});
        QVERIFY(rig.frame() != before);
        QVERIFY(!rig.x.isOverrideRedirect(rig.frame()));
        QVERIFY(rig.x.isViewable(rig.frame()));
        QCOMPARE(rig.x.frames().size(), 1U);
        QVERIFY(rig.x.isFramed({6, 6, 1208, 708}, 4, Red));
    }

    void S_045_gui_074_kindChangesOnlyByANewFrame()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        const xcb_window_t managed = rig.frame();
        rig.say(Map{Window, std::nullopt, true}, Configure{Window, {110, 100, 60, 40}});
        QCOMPARE(rig.frame(), managed); // a mapped window stays what it is
        QVERIFY(!rig.x.isOverrideRedirect(managed));
        rig.say(Unmap{Window}, Map{Window, std::nullopt, true});
        QVERIFY(rig.frame() != managed);
        QVERIFY(rig.x.isOverrideRedirect(rig.frame()));
        QVERIFY(rig.x.isFilled({110, 100, 60, 40}, Red));
        QCOMPARE(rig.x.frames().size(), 1U);
    }

    void gui_085_S_048_popupOverTheEdge_isShownWhole()
    {
        Rig rig;
        rig.say(Create{Window, {-20, -20, 60, 40}, true}, Map{Window, std::nullopt, true});
        QVERIFY(rig.x.isFramed({0, 0, 60, 40}, 2, Red));
        QCOMPARE(rig.all<Screen::Adopted>(), (std::vector<Screen::Adopted>{{Window, {0, 0, 60, 40}}}));
        QVERIFY(rig.all<ToAgent::Configure>().empty());
    }

    void gui_086_popupOffTheScreen_isCaughtWhenItComesIn()
    {
        Rig rig;
        const auto width = static_cast<std::int32_t>(rig.x.rootSize().width);
        rig.say(Create{Window, {width + 10, 0, 60, 40}, true}, Map{Window, std::nullopt, true});
        QCOMPARE(rig.x.geometry(rig.frame()).x, width + 10);
        rig.say(Configure{Window, {width - 10, 0, 60, 40}});
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{width - 60, 0, 60, 40}));
    }

    void gui_089_S_051_popupThatAnotherMoves_comesBack()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        rig.x.moveResize(rig.frame(), {-50, -30, 60, 40});
        rig.settle();
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{0, 0, 60, 40}));
        QVERIFY(rig.x.isFramed({0, 0, 60, 40}, 2, Red));
    }

    void S_051_frameThatAnotherUnmapsOrDestroys_comesBack()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        xcb_unmap_window(rig.x.get(), rig.frame());
        rig.x.sync();
        rig.settle();
        QVERIFY(rig.x.isViewable(rig.frame()));
        xcb_destroy_window(rig.x.get(), rig.frame());
        rig.x.sync();
        rig.settle();
        QVERIFY(rig.x.isViewable(rig.frame()));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Red));
    }

    void S_049_moreThan32Popups_hideTheOldest()
    {
        Rig rig;
        for (std::uint32_t i = 0; i < 33; ++i) {
            const WindowId id{0x200 + i};
            rig.say(Create{id, {static_cast<std::int32_t>(i) * 10, 0, 8, 8}, true}, Map{id, std::nullopt, true});
        }
        QVERIFY(!rig.x.isViewable(rig.frame(WindowId{0x200})));
        QVERIFY(rig.x.isViewable(rig.frame(WindowId{0x201})));
        QVERIFY(rig.x.isViewable(rig.frame(WindowId{0x220})));
    }

    void gui_090_gui_091_popups_stayBelowALocker()
    {
        Rig rig;
        // One popup from before the locker started; the qube's name does not help it, nor does its class.
        const auto name = SafeText::fromAscii("xscreensaver");
        rig.say(Create{Window, {100, 100, 60, 40}, true},
                WindowClass{Window, name, name},
                Map{Window, std::nullopt, true},
                Unmap{Window});
        const Rect screen{0, 0, rig.x.rootSize().width, rig.x.rootSize().height};
        const auto locker = rig.x.cover(screen, "xscreensaver");
        rig.say(
            Map{Window, std::nullopt, true}, Create{Other, {300, 300, 60, 40}, true}, Map{Other, std::nullopt, true});
        QVERIFY(rig.x.isViewable(rig.frame(Window)) && rig.x.isViewable(rig.frame(Other)));
        QVERIFY(rig.x.isFilled(screen, 0x123456));
    }

    void S_076_lockedSession_showsNothingThatWasNotThere()
    {
        Rig rig;
        const WindowId before{0x110};
        rig.say(Create{before, {400, 100, 200, 150}, false}, Map{before, std::nullopt, false});
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        rig.lock(true);
        QVERIFY(!rig.x.isViewable(rig.frame(Window))); // a popup of before
        QVERIFY(rig.x.isViewable(rig.frame(before)));  // the locker covers it
        rig.say(Create{Other, {300, 300, 60, 40}, true}, Map{Other, std::nullopt, true});
        const WindowId late{0x111};
        rig.say(Create{late, {200, 200, 300, 200}, false}, Map{late, std::nullopt, false});
        QVERIFY(!rig.x.isViewable(rig.frame(Other)) && !rig.x.isViewable(rig.frame(late)));
        // Whatever the qube does with them meanwhile.
        rig.say(Configure{late, {0, 0, 800, 600}}, Unmap{Other}, Map{Other, std::nullopt, true}, Unmap{before});
        rig.say(Map{before, std::nullopt, false}, Configure{Window, {10, 10, 30, 30}});
        for (const WindowId id : {Window, Other, late, before}) {
            QVERIFY(!rig.x.isViewable(rig.frame(id)));
        }
        rig.lock(false);
        for (const WindowId id : {Window, Other, late, before}) {
            QVERIFY(rig.x.isViewable(rig.frame(id)));
        }
        QVERIFY(rig.x.isFramed({298, 298, 64, 44}, 2, Red));
    }

    void S_076_daemonThatStartsWhileLocked_knowsIt()
    {
        const Test::XObserver x;
        x.changeProperty(x.root(), "_BULKHEAD_LOCKED", {1});
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true});
        QVERIFY(!rig.x.isViewable(rig.frame(Window)));
        rig.lock(false);
        QVERIFY(rig.x.isViewable(rig.frame(Window)));
    }

    void gui_090_popups_goToTheTopOtherwise()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true}, Unmap{Window});
        const auto other = rig.x.cover({0, 0, 500, 500});
        rig.say(Map{Window, std::nullopt, true});
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Red));
    }

    // --- transience --------------------------------------------------------------------------------------------------

    void gui_043_S_047_transientFor_namesFramesOfThisQubeAndMakesNoLoop()
    {
        Rig rig;
        rig.say(Create{Window, {0, 0, 60, 40}, false}, Create{Other, {0, 0, 60, 40}, false});
        rig.say(Map{Window, Other, false}, Map{Other, Window, false}); // the second would close a loop
        QCOMPARE(rig.x.numbers(rig.frame(Window), "WM_TRANSIENT_FOR"), std::vector{rig.frame(Other)});
        QVERIFY(rig.x.property(rig.frame(Other), "WM_TRANSIENT_FOR").isEmpty());
    }

    void gui_041_gui_043_transientFor_isTakenAwayWithItsParent()
    {
        Rig rig;
        rig.say(Create{Window, {0, 0, 60, 40}, false}, Map{Window, Other, false}); // the parent comes later
        QVERIFY(rig.x.property(rig.frame(), "WM_TRANSIENT_FOR").isEmpty());
        rig.say(Create{Other, {0, 0, 60, 40}, false});
        QCOMPARE(rig.x.numbers(rig.frame(), "WM_TRANSIENT_FOR"), std::vector{rig.frame(Other)});
        rig.say(Destroy{Other});
        QVERIFY(rig.x.property(rig.frame(), "WM_TRANSIENT_FOR").isEmpty());
    }

    // --- geometry and state ------------------------------------------------------------------------------------------

    void gui_069_localChange_isTold()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.moveResize(rig.frame(), {200, 210, 328, 248});
        QCOMPARE(rig.all<ToAgent::Configure>(), (std::vector<ToAgent::Configure>{{Window, {204, 214, 320, 240}}}));
        QCOMPARE(rig.x.geometry(rig.x.contentOf(rig.frame())), (Rect{204, 214, 320, 240}));
    }

    void gui_072_qubesOwnChange_isDoneAndNotTold()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.say(Configure{Window, {50, 60, 70, 80}});
        QCOMPARE(rig.x.geometry(rig.x.contentOf(rig.frame())), (Rect{50, 60, 70, 80}));
        QVERIFY(rig.all<ToAgent::Configure>().empty());
    }

    void gui_066_windowThatAnotherMaps_isTold()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false});
        xcb_map_window(rig.x.get(), rig.frame());
        rig.x.sync();
        QCOMPARE(rig.all<ToAgent::Map>(), (std::vector<ToAgent::Map>{{Window, false}}));
    }

    void gui_058_S_053_fullScreenBeforeMap_isMaximized()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false},
                ChangeState{Window, Gui::StateFlags::fromBits(1), {}},
                Map{Window, std::nullopt, false});
        QCOMPARE(rig.x.numbers(rig.frame(), "_NET_WM_STATE"),
                 (std::vector{rig.x.atom("_NET_WM_STATE_MAXIMIZED_VERT"), rig.x.atom("_NET_WM_STATE_MAXIMIZED_HORZ")}));
    }

    void gui_062_gui_065_statesOfTheWindowManager_areToldOnce()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        rig.x.changeAtoms(rig.frame(), "_NET_WM_STATE", {"_NET_WM_STATE_FULLSCREEN"});
        rig.settle();
        rig.x.changeAtoms(rig.frame(), "_NET_WM_STATE", {"_NET_WM_STATE_FULLSCREEN"});
        QCOMPARE(rig.all<ToAgent::ChangeState>(),
                 (std::vector<ToAgent::ChangeState>{{Window, Gui::StateFlags::fromBits(1), {}}}));
    }

    void newWindow_doesNotAskForTheFocus()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        QCOMPARE(rig.x.numbers(rig.frame(), "_NET_WM_USER_TIME"), std::vector{0U});
    }

    void S_052_workArea_movesPopups()
    {
        Rig rig;
        const Size root = rig.x.rootSize();
        rig.say(Create{Window, {100, 0, 60, 40}, true}, Map{Window, std::nullopt, true});
        rig.x.changeProperty(rig.x.root(), "_NET_CURRENT_DESKTOP", {0});
        rig.x.changeProperty(rig.x.root(), "_NET_WORKAREA", {0, 30, root.width, root.height - 30});
        rig.settle();
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{100, 30, 60, 40}));
        rig.x.changeProperty(rig.x.root(), "_NET_WORKAREA", {0, 0, 0, 0}); // absurd: the whole root counts
        rig.settle();
        rig.say(Configure{Window, {100, 0, 60, 40}});
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{100, 0, 60, 40}));
        rig.x.changeProperty(rig.x.root(), "_NET_WORKAREA", {0, 0, root.width, root.height});
    }

    // --- a wire half that a guest has taken over ---------------------------------------------------------------------

    void S_193_commandsForNoWindow_areRefused()
    {
        Rig rig;
        QVERIFY(!rig.apply(Map{Window, std::nullopt, true}));
        QVERIFY(!rig.apply(Screen::RequestSegment{.window = Window, .serial = 1, .size = {16384, 6144}}));
        rig.say(Create{Window, {0, 0, 10, 10}, true});
        QVERIFY(!rig.apply(Create{Window, {0, 0, 10, 10}, true}));
        QCOMPARE(rig.x.frames().size(), 1U);
    }

    void S_193_windowsBeyondTheLimit_areRefused()
    {
        Rig rig;
        for (std::uint32_t i = 0; i < Windows::MaxWindows; ++i) {
            QVERIFY(rig.apply(Create{WindowId{i}, {0, 0, 10, 10}, false}));
        }
        QVERIFY(!rig.apply(Create{WindowId{100000}, {0, 0, 10, 10}, false}));
    }

    void S_193_S_083_picturesBeyondTheLimit_areRefused()
    {
        Rig rig;
        const Size large{8192, 6144}; // 192 MiB each
        rig.say(Create{Window, {0, 0, 10, 10}, false}, Create{Other, {0, 0, 10, 10}, false});
        rig.say(Screen::RequestSegment{.window = Window, .serial = 1, .size = large},
                Screen::RequestSegment{.window = Other, .serial = 2, .size = large});
        QCOMPARE(rig.all<Screen::SegmentReady>().size(), 2U);
        QCOMPARE(rig.descriptors.size(), 1U);
        rig.say(Destroy{Window}, Screen::RequestSegment{.window = Other, .serial = 3, .size = large});
        QCOMPARE(rig.descriptors.size(), 2U);
    }

    void S_193_paintOfAForeignSerial_paintsNothingAndIsAnswered()
    {
        Rig rig;
        rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false});
        const Mapping picture = rig.paint(Window, {60, 40}, 0x00FF00);
        std::ranges::fill(picture.bytes(), std::byte{0x55});
        rig.events.clear();
        rig.say(Screen::PaintArea{.window = Window, .serial = 8, .area = {0, 0, 60, 40}});
        QCOMPARE(rig.all<Screen::Painted>(), (std::vector<Screen::Painted>{{Window, 8}}));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, 0x00FF00));
    }

    void S_044_S_193_randomCommands_neverLoseAFrame()
    {
        Rig rig;
        std::uint32_t state = 12345;
        const auto random = [&](std::uint32_t below) {
            state = state * 1664525 + 1013904223;
            return (state >> 16) % below;
        };
        for (int step = 0; step < 200; ++step) {
            const WindowId id{1 + random(4)};
            const Rect place{static_cast<std::int32_t>(random(1400)) - 100,
                             static_cast<std::int32_t>(random(900)) - 100,
                             1 + random(700),
                             1 + random(500)};
            const std::array<Screen::Command, 8> choices{
                Create{id, place, random(2) == 0},
                Map{id, WindowId{1 + random(4)}, random(2) == 0},
                Unmap{id},
                Configure{id, place},
                Destroy{id},
                Screen::RequestSegment{.window = id, .serial = random(3), .size = place.size()},
                Screen::PaintArea{.window = id, .serial = random(3), .area = {0, 0, random(800), random(600)}},
                Screen::DropSegment{.window = id},
            };
            (void)rig.apply(choices[random(choices.size())]); // some are refused, rightly
            rig.settle();
            QCOMPARE(Test::frameFault(rig.x), QByteArray());
        }
    }
};

QTEST_GUILESS_MAIN(WindowsTest)
#include "windowstest.moc"
