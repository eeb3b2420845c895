// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/windowpolicy.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Screen;

Q_DECLARE_METATYPE(Bulkhead::Rect)

namespace
{

/// A screen of 1000 × 800 with a panel of 40 at its lower edge.
Desktop oneMonitor()
{
    return {.root = {1000, 800}, .workArea = {0, 0, 1000, 760}, .monitors = {{0, 0, 1000, 800}}};
}

/// Two monitors side by side, a panel over the whole lower edge.
Desktop twoMonitors()
{
    return {.root = {2000, 800}, .workArea = {0, 0, 2000, 760}, .monitors = {{0, 0, 1000, 800}, {1000, 0, 1000, 800}}};
}

bool contains(const Rect &outer, const Rect &inner)
{
    return intersection(outer, inner) == inner;
}

} // namespace

class WindowPolicyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void managedFrame_isContentAndBordersAndStrip()
    {
        const FrameGeometry plain = frameAround(Kind::Managed, {100, 200, 300, 150}, 0);
        QCOMPARE(plain.frame, (Rect{96, 196, 308, 158}));
        QCOMPARE(plain.content, (Rect{4, 4, 300, 150}));
        QVERIFY(plain.strip.empty());

        const FrameGeometry strip = frameAround(Kind::Managed, {100, 200, 300, 150}, 22);
        QCOMPARE(strip.frame, (Rect{96, 174, 308, 180}));
        QCOMPARE(strip.content, (Rect{4, 26, 300, 150}));
        QCOMPARE(strip.strip, (Rect{4, 4, 300, 22}));
    }

    void managedFrame_leadsBackToItsWindow()
    {
        const Rect window{-50, 7, 1, 6144};
        QCOMPARE(windowWithin(Kind::Managed, frameAround(Kind::Managed, window, 22).frame, 22), window);
        QCOMPARE(windowWithin(Kind::Managed, {10, 10, 3, 3}, 22).size(), (Size{1, 1}));
    }

    void gui_081_popupFrame_coversTheOutermostPixelsOfItsWindow()
    {
        const FrameGeometry popup = frameAround(Kind::Popup, {10, 20, 100, 50}, 22);
        QCOMPARE(popup.frame, (Rect{10, 20, 100, 50}));
        QCOMPARE(popup.content, (Rect{2, 2, 96, 46}));
        QCOMPARE(popup.picture, (Point{-2, -2}));
        QVERIFY(popup.strip.empty());
    }

    void gui_084_S_055_popupOfBorderSize_isAllFrame()
    {
        QVERIFY(frameAround(Kind::Popup, {0, 0, 4, 4}, 0).content.empty());
        QVERIFY(frameAround(Kind::Popup, {0, 0, 1, 1}, 0).content.empty());
        QVERIFY(frameAround(Kind::Popup, {0, 0, 400, 4}, 0).content.empty());
        QCOMPARE(frameAround(Kind::Popup, {0, 0, 5, 5}, 0).content, (Rect{2, 2, 1, 1}));
    }

    void gui_085_S_048_popup_isMovedToWhereAllSidesShow_data()
    {
        QTest::addColumn<Rect>("wanted");
        QTest::addColumn<Rect>("placed");
        QTest::newRow("inside stays") << Rect{10, 20, 100, 50} << Rect{10, 20, 100, 50};
        QTest::newRow("over the left and top edge") << Rect{-20, -20, 100, 50} << Rect{0, 0, 100, 50};
        QTest::newRow("over the right edge") << Rect{950, 20, 100, 50} << Rect{900, 20, 100, 50};
        QTest::newRow("over the panel") << Rect{10, 750, 100, 40} << Rect{10, 720, 100, 40};
        QTest::newRow("below the panel's edge") << Rect{10, 780, 100, 40} << Rect{10, 720, 100, 40};
        QTest::newRow("wider than the work area") << Rect{10, 20, 5000, 50} << Rect{0, 20, 1000, 50};
        QTest::newRow("higher than the work area") << Rect{10, -9, 50, 6144} << Rect{10, 0, 50, 760};
    }

    void gui_085_S_048_popup_isMovedToWhereAllSidesShow()
    {
        QFETCH(Rect, wanted);
        QFETCH(Rect, placed);
        QCOMPARE(placePopup(oneMonitor(), wanted), placed);
    }

    void gui_086_S_048_popupOutsideTheRoot_staysUnseen_data()
    {
        QTest::addColumn<Rect>("wanted");
        QTest::newRow("right") << Rect{1000, 0, 10, 10};
        QTest::newRow("left") << Rect{-10, 0, 10, 10};
        QTest::newRow("above") << Rect{0, -10, 10, 10};
        QTest::newRow("below") << Rect{0, 800, 10, 10};
    }

    void gui_086_S_048_popupOutsideTheRoot_staysUnseen()
    {
        QFETCH(Rect, wanted);
        QCOMPARE(placePopup(oneMonitor(), wanted), wanted);
    }

    void S_048_popupBetweenMonitors_goesToTheOneThatItCoversMost()
    {
        const Rect mostlyRight = placePopup(twoMonitors(), {980, 10, 100, 50});
        QCOMPARE(mostlyRight, (Rect{1000, 10, 100, 50}));
        const Rect mostlyLeft = placePopup(twoMonitors(), {920, 10, 100, 50});
        QCOMPARE(mostlyLeft, (Rect{900, 10, 100, 50}));
    }

    void S_048_everyPopup_endsInsideItsMonitor()
    {
        const Desktop desktop = twoMonitors();
        for (int x = -150; x <= 2100; x += 37) {
            for (int y = -150; y <= 900; y += 31) {
                const Rect wanted{x, y, 140, 90};
                const Rect placed = placePopup(desktop, wanted);
                const bool left = contains({0, 0, 1000, 760}, placed);
                const bool right = contains({1000, 0, 1000, 760}, placed);
                const bool outside = intersection({0, 0, 2000, 800}, wanted).empty();
                QVERIFY2(outside ? placed == wanted : left || right, qPrintable(QString::number(x)));
            }
        }
    }

    void gui_087_S_049_popupsLeaveHalfOfEachMonitorFree_data()
    {
        QTest::addColumn<Rect>("wanted");
        QTest::addColumn<int>("others");
        QTest::addColumn<bool>("popup");
        // The work area has 1000 × 760 pixels; each other popup covers a column of 100 of them, from the right.
        QTest::newRow("half") << Rect{0, 0, 500, 760} << 0 << true;
        QTest::newRow("a column more than half") << Rect{0, 0, 501, 760} << 0 << false;
        QTest::newRow("all") << Rect{0, 0, 1000, 760} << 0 << false;
        QTest::newRow("half together") << Rect{0, 0, 100, 760} << 4 << true;
        QTest::newRow("more than half together") << Rect{0, 0, 101, 760} << 4 << false;
        QTest::newRow("over others it covers nothing more") << Rect{600, 0, 400, 760} << 4 << true;
    }

    void gui_087_S_049_popupsLeaveHalfOfEachMonitorFree()
    {
        QFETCH(Rect, wanted);
        QFETCH(int, others);
        QFETCH(bool, popup);
        std::vector<Rect> popups;
        popups.reserve(static_cast<std::size_t>(others));
        for (int i = 0; i < others; ++i) {
            popups.push_back({900 - 100 * i, 0, 100, 760});
        }
        QCOMPARE(kindOf(oneMonitor(), true, wanted, popups) == Kind::Popup, popup);
        QCOMPARE(kindOf(oneMonitor(), false, wanted, popups), Kind::Managed);
    }

    void S_049_eachMonitorIsCountedByItself()
    {
        const Desktop desktop = twoMonitors();
        QCOMPARE(kindOf(desktop, true, {0, 0, 600, 760}, {}), Kind::Managed);
        QCOMPARE(kindOf(desktop, true, {1000, 0, 400, 760}, {{{0, 0, 500, 760}}}), Kind::Popup);
    }

    void unionArea_countsWhatOverlapsOnce()
    {
        QCOMPARE(unionArea({}), 0U);
        const std::vector<Rect> cross{{0, 10, 30, 10}, {10, 0, 10, 30}};
        QCOMPARE(unionArea(cross), 500U);
        const std::vector<Rect> same{{5, 5, 10, 10}, {5, 5, 10, 10}, {}};
        QCOMPARE(unionArea(same), 100U);
        const std::vector<Rect> apart{{0, 0, 10, 10}, {0, 20, 10, 10}};
        QCOMPARE(unionArea(apart), 200U);
    }

    void S_052_absurdWorkArea_isTheWholeRoot()
    {
        const Rect whole{0, 0, 1000, 800};
        QCOMPARE(plausibleWorkArea({1000, 800}, std::nullopt), whole);
        QCOMPARE(plausibleWorkArea({1000, 800}, Rect{0, 0, 0, 0}), whole);
        QCOMPARE(plausibleWorkArea({1000, 800}, Rect{5000, 5000, 10, 10}), whole);
        QCOMPARE(plausibleWorkArea({1000, 800}, Rect{0, 30, 1 << 20, 1 << 20}), (Rect{0, 30, 1000, 770}));
    }
};

QTEST_GUILESS_MAIN(WindowPolicyTest)
#include "windowpolicytest.moc"
