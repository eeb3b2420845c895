// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/gesture.h"

#include "clipboard/drag/broker/agentcall.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Drag;
using namespace std::chrono_literals;

namespace
{

using Step = Gesture::Step;
using Phase = Gesture::Phase;

const QubeName Work = *QubeName::parse("work");
const QubeName Other = *QubeName::parse("untrusted");
constexpr TimePoint Start{1000s};

Target over(const QubeName &qube, std::uint32_t window = 7)
{
    return {.window = window, .rect = {0, 0, 100, 100}, .qube = qube};
}

} // namespace

class DragGestureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void takesThePointerOnlyOnBothWords()
    {
        Gesture agentFirst;
        QVERIFY(agentFirst.pressed(Work) == Step::Nothing);
        QVERIFY(agentFirst.began(Work) == Step::Nothing);
        QVERIFY(agentFirst.left(Work) == Step::Take);

        Gesture pointerFirst;
        QVERIFY(pointerFirst.pressed(Work) == Step::Nothing);
        QVERIFY(pointerFirst.left(Work) == Step::Nothing);
        QVERIFY(pointerFirst.began(Work) == Step::Take);
        QVERIFY(pointerFirst.taken(Work) == Step::Show);
        QVERIFY(pointerFirst.phase() == Phase::Away);
    }

    void agentsWordAloneDoesNothing()
    {
        Gesture gesture;
        QVERIFY(gesture.began(Work) == Step::Nothing);
        QVERIFY(gesture.left(Work) == Step::Nothing);
        QVERIFY(gesture.phase() == Phase::Idle);
        // Not even kept for a press that comes later.
        QVERIFY(gesture.pressed(Work) == Step::Nothing);
        QVERIFY(gesture.left(Work) == Step::Nothing);
        QVERIFY(gesture.phase() == Phase::Pressed);
    }

    void anotherQubesWordIsNone()
    {
        Gesture gesture;
        (void)gesture.pressed(Work);
        QVERIFY(gesture.left(Work) == Step::Nothing);
        QVERIFY(gesture.began(Other) == Step::Nothing);
        QVERIFY(gesture.left(Other) == Step::Nothing);
        QVERIFY(gesture.taken(Other) == Step::Nothing);
        QVERIFY(gesture.over(Other) == Step::Nothing);
        QVERIFY(gesture.phase() == Phase::Pressed);
    }

    void newerPress_endsTheOlderGesture()
    {
        Gesture gesture;
        (void)gesture.pressed(Work);
        (void)gesture.left(Work);
        (void)gesture.began(Work);
        (void)gesture.taken(Work);
        QVERIFY(gesture.pressed(Other) == Step::End);
        QVERIFY(gesture.source() == Other);
        QVERIFY(gesture.over(Work) == Step::Nothing);
        QVERIFY(gesture.over(Other) == Step::Nothing);
        QVERIFY(!gesture.source());
    }

    void pointerThatWasBack_mayLeaveAgain()
    {
        Gesture gesture;
        (void)gesture.pressed(Work);
        (void)gesture.left(Work);
        QVERIFY(gesture.began(Work) == Step::Take);
        gesture.notTaken(Work);
        QVERIFY(gesture.began(Work) == Step::Nothing);
        QVERIFY(gesture.left(Work) == Step::Take);
        QVERIFY(gesture.taken(Work) == Step::Show);
        QVERIFY(gesture.over(Work) == Step::End);
        QVERIFY(gesture.taken(Work) == Step::Nothing);
    }

    void ringIsFullAfterItsTimeAndNotBefore()
    {
        Rest rest;
        QVERIFY(!rest.isFull(Start));
        QVERIFY(rest.over(over(Work), Start));
        QVERIFY(!rest.over(over(Work), Start + 399ms));
        QVERIFY(!rest.isFull(Start + 399ms));
        QVERIFY(rest.left(Start + 399ms) == std::optional<Duration>(1ms));
        QVERIFY(rest.isFull(Start + 400ms));
        QVERIFY(!rest.left(Start + 400ms));
        rest.stop();
        QVERIFY(!rest.isFull(Start + 1h));
    }

    void whatChangesUnderThePointerStartsTheRingAgain_data()
    {
        QTest::addColumn<quint32>("window");
        QTest::addColumn<int>("x");
        QTest::addColumn<bool>("sameQube");
        QTest::newRow("another window of the same qube") << 8U << 0 << true;
        QTest::newRow("the window moved") << 7U << 1 << true;
        QTest::newRow("it is another qube's now") << 7U << 0 << false;
    }

    void whatChangesUnderThePointerStartsTheRingAgain()
    {
        QFETCH(const quint32, window);
        QFETCH(const int, x);
        QFETCH(const bool, sameQube);
        Rest rest;
        (void)rest.over(over(Work), Start);
        Target changed = over(sameQube ? Work : Other, window);
        changed.rect.x = x;
        QVERIFY(rest.over(changed, Start + 390ms));
        QVERIFY(!rest.isFull(Start + 789ms));
        QVERIFY(rest.isFull(Start + 790ms));
    }

    void overNoQubeNoRingFills()
    {
        Rest rest;
        QVERIFY(rest.over({.window = 3, .rect = {}, .qube = std::nullopt}, Start));
        QVERIFY(!rest.isFull(Start + 1h));
        QVERIFY(!rest.left(Start));
    }

    void flood_isMoreThanDragsMake()
    {
        FloodGuard guard;
        for (std::size_t count = 0; count < FloodGuard::MostPerWindow; ++count) {
            QVERIFY(guard.admit(Start));
        }
        QVERIFY(!guard.admit(Start + FloodGuard::Window - 1ms));
        QVERIFY(guard.admit(Start + FloodGuard::Window));
    }
};

QTEST_GUILESS_MAIN(DragGestureTest)
#include "gesturetest.moc"
