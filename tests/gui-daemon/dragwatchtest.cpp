// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/drag/dragwatch.h"

#include <QTest>

#include <array>

using namespace Bulkhead;
using namespace Bulkhead::Screen;

namespace
{

constexpr WindowId Window{0x100};
constexpr std::array Ours{Rect{100, 100, 50, 50}, Rect{300, 100, 50, 50}};

} // namespace

class DragWatchTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void distance_isAlongTheFartherAxis_data()
    {
        QTest::addColumn<int>("x");
        QTest::addColumn<int>("y");
        QTest::addColumn<qint64>("away");
        QTest::newRow("inside") << 100 << 149 << qint64{0};
        QTest::newRow("one right") << 150 << 120 << qint64{1};
        QTest::newRow("left and above") << 90 << 70 << qint64{30};
        QTest::newRow("below") << 120 << 165 << qint64{16};
        QTest::newRow("far") << -32768 << 32767 << qint64{32868};
    }

    void distance_isAlongTheFartherAxis()
    {
        QFETCH(const int, x);
        QFETCH(const int, y);
        QFETCH(const qint64, away);
        QCOMPARE(qint64{distance({x, y}, Ours[0])}, away);
    }

    void leaving_isSixteenPixelsFromAllWindows()
    {
        DragWatch watch;
        QVERIFY(!watch.moved({0, 0}, 1, Ours)); // nobody pressed
        QVERIFY(watch.pressed(Window, 1) == DragWatch::Message(Drag::Pressed{.window = Window, .time = 1}));
        QVERIFY(!watch.moved({164, 120}, 2, Ours)); // 15
        const auto left = watch.moved({165, 120}, 3, Ours);
        QVERIFY(left == DragWatch::Message(Drag::Left{.time = 3, .pointer = {165, 120}}));
        QVERIFY(watch.mayTake());
        QVERIFY(!watch.moved({200, 120}, 4, Ours)); // said once
        QVERIFY(!watch.moved({290, 120}, 5, Ours)); // near the other window
        QVERIFY(!watch.mayTake());
        QVERIFY(watch.moved({220, 120}, 6, Ours)); // and away again
    }

    void release_beforeItIsTakenEndsIt()
    {
        DragWatch watch;
        QVERIFY(!watch.released());
        (void)watch.pressed(Window, 1);
        QVERIFY(watch.released() == DragWatch::Message(Drag::Over{}));
        QVERIFY(!watch.moved({0, 0}, 2, Ours));
        QVERIFY(!watch.letGo()); // the qube has seen the release itself
    }

    void theQubeHearsOfTheEndOnlyWhenItIsLetGo()
    {
        DragWatch watch;
        (void)watch.pressed(Window, 1);
        (void)watch.moved({0, 0}, 2, Ours);
        QVERIFY(watch.taken(true) == Drag::FromScreen(Drag::Taken{}));
        QVERIFY(!watch.released()); // not the qube's any more
        QVERIFY(watch.releasedElsewhere({5, 6}, true)
                == Drag::FromScreen(Drag::Released{.pointer = {5, 6}, .withControl = true}));
        QVERIFY(watch.phase() == DragWatch::Phase::Done);
        QVERIFY(watch.letGo() == Window);
        QVERIFY(!watch.letGo());
    }

    void notTaken_leavesEverythingToTheQube()
    {
        DragWatch watch;
        (void)watch.pressed(Window, 1);
        (void)watch.moved({0, 0}, 2, Ours);
        QVERIFY(watch.taken(false) == Drag::FromScreen(Drag::NotTaken{}));
        QVERIFY(watch.phase() == DragWatch::Phase::Away);
        QVERIFY(watch.released());
    }

    void windowThatGoes_endsItsPressButNotWhatDom0Has()
    {
        DragWatch watch;
        (void)watch.pressed(Window, 1);
        QVERIFY(!watch.forget(WindowId{0x200}));
        QVERIFY(watch.forget(Window));
        (void)watch.pressed(Window, 1);
        (void)watch.moved({0, 0}, 2, Ours);
        (void)watch.taken(true);
        QVERIFY(!watch.forget(Window));
        QVERIFY(watch.phase() == DragWatch::Phase::Mine);
        QVERIFY(watch.escaped() == Drag::FromScreen(Drag::Escaped{}));
        QVERIFY(watch.letGo() == Window);
    }
};

QTEST_GUILESS_MAIN(DragWatchTest)
#include "dragwatchtest.moc"
