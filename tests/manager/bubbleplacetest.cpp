// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/bubbleplace.h"

#include <QTest>

using namespace Bulkhead;

namespace
{

constexpr QRect Screen(0, 0, 1000, 800);
constexpr QSize Bubble(300, 120);

} // namespace

class BubblePlaceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void withoutWindows_itIsAtTheTopWhereThePointerIsNot()
    {
        QCOMPARE(bubblePlace(Bubble, Screen, {}, QPoint(100, 400)), QPoint(700, 0));
        QCOMPARE(bubblePlace(Bubble, Screen, {}, QPoint(900, 400)), QPoint(0, 0));
    }

    void coversNeitherSourceNorTarget_data()
    {
        QTest::addColumn<QRect>("source");
        QTest::addColumn<QRect>("target");
        QTest::newRow("target in one corner") << QRect(0, 300, 300, 300) << QRect(650, 0, 350, 300);
        QTest::newRow("both at the top") << QRect(0, 0, 400, 300) << QRect(600, 0, 400, 300);
        QTest::newRow("all corners taken") << QRect(0, 0, 340, 800) << QRect(660, 0, 340, 800);
        QTest::newRow("a strip is left, in the middle") << QRect(0, 0, 1000, 300) << QRect(0, 440, 1000, 360);
        QTest::newRow("beyond the screen's edge") << QRect(-100, -50, 300, 300) << QRect(800, -20, 400, 500);
    }

    void coversNeitherSourceNorTarget()
    {
        QFETCH(const QRect, source);
        QFETCH(const QRect, target);
        const QRect place(bubblePlace(Bubble, Screen, {source, target}, target.center()), Bubble);
        QVERIFY(Screen.contains(place));
        QVERIFY(!place.intersects(source));
        QVERIFY(!place.intersects(target));
    }

    void withoutRoom_itCoversLeast()
    {
        const QRect source(0, 0, 1000, 700); // 100 pixels are left below it
        const QRect place(bubblePlace(Bubble, Screen, {source}, QPoint(100, 100)), Bubble);
        QCOMPARE(place.bottom(), Screen.bottom());
        QVERIFY(Screen.contains(place));
    }

    void onASecondScreen_itStaysThere()
    {
        const QRect second(1000, 100, 800, 600);
        const QRect place(bubblePlace(Bubble, second, {QRect(1500, 100, 300, 300)}, QPoint(1100, 200)), Bubble);
        QVERIFY(second.contains(place));
        QVERIFY(!place.intersects(QRect(1500, 100, 300, 300)));
    }

    void largerThanTheScreen_itBeginsInIt()
    {
        QCOMPARE(bubblePlace(QSize(1200, 900), Screen, {QRect(10, 10, 50, 50)}, QPoint(900, 10)), QPoint(0, 0));
    }
};

QTEST_GUILESS_MAIN(BubblePlaceTest)
#include "bubbleplacetest.moc"
