// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/gestureorder.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;

class GestureOrderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_138_clipboard_012_onlyTheNewestCounts_data()
    {
        QTest::addColumn<quint32>("newest");
        QTest::addColumn<quint32>("next");
        QTest::addColumn<bool>("admitted");
        QTest::newRow("newer") << 1000U << 1001U << true;
        QTest::newRow("the same moment") << 1000U << 1000U << false;
        QTest::newRow("older") << 1000U << 999U << false;
        QTest::newRow("newer across the wrap") << 0xFFFFFFF0U << 5U << true;
        QTest::newRow("older across the wrap") << 5U << 0xFFFFFFF0U << false;
        QTest::newRow("just less than half of the circle later") << 0U << 0x7FFFFFFFU << true;
    }

    void gui_138_clipboard_012_onlyTheNewestCounts()
    {
        QFETCH(quint32, newest);
        QFETCH(quint32, next);
        QFETCH(bool, admitted);
        GestureOrder order;
        const TimePoint now{std::chrono::hours(5)};
        QVERIFY(order.admit(newest, now));
        QCOMPARE(order.admit(next, now + std::chrono::seconds(1)), admitted);
        QVERIFY(!order.admit(admitted ? next : newest, now + std::chrono::seconds(2))); // it is remembered
    }

    void S_100_afterAWeekOfOurOwnClock_everyGestureIsNewer()
    {
        GestureOrder order;
        const TimePoint now{std::chrono::hours(5)};
        QVERIFY(order.admit(1000, now));
        QVERIFY(!order.admit(900, now + GestureOrder::Memory - std::chrono::seconds(1)));
        QVERIFY(order.admit(900, now + GestureOrder::Memory));
    }
};

QTEST_GUILESS_MAIN(GestureOrderTest)
#include "gestureordertest.moc"
