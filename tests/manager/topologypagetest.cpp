// SPDX-License-Identifier: GPL-2.0-or-later
// The picture in its page: placing, folding, the overview, the pointer.
#include "manager/topology/minimap.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"
#include "tests/manager/paints.h"
#include "tests/manager/topologyrig.h"

#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;

class TopologyPageTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void ui_053_tidy_isOneUndoStepAndLeavesPinnedNodes();
    void ui_054_bigSystem_foldsAndUnfoldsByKeyAndPointer();
    void ui_052_places_areThePersonsOwn();
    void ui_052_places_followAQubeThatIsRenamed();
    void places_ofAnOlderFileAreFound();
    void regress_whoCameMeanwhile_standsOverNobody();
    void miniMap_standsThereWhileNotEverythingFits();
    void panning_paintsOnlyWhatComesIntoSight();
    void many_anEventPaintsOneNodeAndItsLink();
    void pointer_clicksAndDrags();
};

void TopologyPageTest::ui_053_tidy_isOneUndoStepAndLeavesPinnedNodes()
{
    Picture *picture = m_page->view()->topology()->picture();
    const Places first = picture->places();
    Places moved = first;
    for (QPointF &place : moved) {
        place += QPointF(400, place.y() / 2);
    }
    picture->move(moved);
    picture->setPinned(u"work"_s, true);
    child<QToolButton>(u"topology.tidy"_s)->click();
    QCOMPARE(picture->placeOf(u"work"_s), moved.value(u"work"_s));
    QCOMPARE(picture->placeOf(u"vpn"_s), first.value(u"vpn"_s));
    QCOMPARE(m_page->editor().undoStack().count(), 1);
    m_page->editor().undo();
    QCOMPARE(picture->places(), moved);
    QVERIFY(m_source->asked.empty());
}

void TopologyPageTest::ui_054_bigSystem_foldsAndUnfoldsByKeyAndPointer()
{
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    build();
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    m_source->load(Test::network(60));
    TopologyScene *scene = m_page->view()->topology();
    const QString stack = stackName(u"sys-firewall"_s);
    QVERIFY(scene->node(stack) != nullptr);
    QVERIFY(scene->node(u"sys-vpn-2"_s) != nullptr);
    m_page->view()->setCurrent(stack);
    press(Qt::Key_F);
    QVERIFY(scene->node(stack) == nullptr);
    QCOMPARE(current(), u"sys-firewall"_s);
    press(Qt::Key_F);
    QVERIFY(scene->node(stack) != nullptr);
    m_page->view()->centerOn(scene->node(stack));
    QTest::mouseDClick(m_page->view()->viewport(),
                       Qt::LeftButton,
                       Qt::NoModifier,
                       m_page->view()->mapFromScene(scene->node(stack)->pos()));
    QVERIFY(scene->node(stack) == nullptr);
}

namespace
{

QubeInfo withUuid(QubeInfo qube, const QString &uuid)
{
    qube.uuid = uuid;
    return qube;
}

} // namespace

void TopologyPageTest::ui_052_places_areThePersonsOwn()
{
    const QPointF place(-720, 480);
    const QubeInfo work = withUuid(client(u"work"_s, u"sys-firewall"_s), u"uuid-of-work"_s);
    build();
    m_source->load(Test::smallNetwork());
    m_source->change(work); // the core tells it a moment later
    m_page->view()->topology()->picture()->move({{u"work"_s, place}});
    m_page->view()->topology()->picture()->setPinned(u"work"_s, true);
    const auto placeOf = [this](const QString &qube) {
        return m_page->view()->topology()->picture()->placeOf(qube);
    };
    QubeInfo elsewhere = work;
    elsewhere.netQube = u"vpn"_s;
    m_source->change(elsewhere);
    QCOMPARE(placeOf(u"work"_s), place); // only its line leads elsewhere
    build();
    m_source->load(Test::smallNetwork());
    m_source->change(elsewhere);
    QCOMPARE(placeOf(u"work"_s), place);
    QVERIFY(m_page->view()->topology()->picture()->isPinned(u"work"_s));
    m_source->remove(u"work"_s); // another name, and the same qube
    QubeInfo renamed = elsewhere;
    renamed.name = u"office"_s;
    m_source->change(renamed);
    QCOMPARE(placeOf(u"office"_s), place);
    build(); // also where the new name is the first that is heard
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes.removeIf([](const QubeInfo &qube) {
        return qube.name == "work"_L1;
    });
    m_source->load(qubes << renamed);
    QCOMPARE(placeOf(u"office"_s), place);
    QVERIFY(m_page->view()->topology()->picture()->isPinned(u"office"_s));
    // A new qube of the old name is another one.
    m_source->change(withUuid(client(u"work"_s, u"sys-firewall"_s), u"another"_s));
    QVERIFY(placeOf(u"work"_s) != place);
}

/// Tools that rename make a copy, which has a UUID of its own, and remove the first.
void TopologyPageTest::ui_052_places_followAQubeThatIsRenamed()
{
    const QPointF place(-720, 480);
    build();
    m_source->load(Test::smallNetwork());
    const QubeInfo work = withUuid(client(u"work"_s, u"sys-firewall"_s), u"first"_s);
    m_source->change(work);
    Picture *picture = m_page->view()->topology()->picture();
    picture->move({{u"work"_s, place}});
    QubeInfo other = withUuid(client(u"mail"_s, u"sys-firewall"_s), u"other"_s);
    other.label = u"green"_s;
    m_source->change(other);
    QubeInfo copy = withUuid(work, u"second"_s);
    copy.name = u"office"_s;
    m_source->change(copy);
    QVERIFY(picture->placeOf(u"office"_s) != place);
    const QPointF beside = picture->placeOf(u"mail"_s);
    m_source->remove(u"work"_s);
    QCOMPARE(picture->placeOf(u"office"_s), place);
    QCOMPARE(m_page->view()->topology()->node(u"office"_s)->pos(), place);
    QCOMPARE(picture->placeOf(u"mail"_s), beside); // it is no copy of it
    // One that somebody has placed stays there.
    QubeInfo second = withUuid(copy, u"third"_s);
    second.name = u"desk"_s;
    m_source->change(second);
    picture->move({{u"desk"_s, QPointF(-720, 640)}});
    m_source->remove(u"office"_s);
    QCOMPARE(picture->placeOf(u"desk"_s), QPointF(-720, 640));
}

void TopologyPageTest::places_ofAnOlderFileAreFound()
{
    build();
    m_source->load(Test::smallNetwork()); // of a core that tells no UUID
    Picture *picture = m_page->view()->topology()->picture();
    picture->move({{u"vault"_s, QPointF(-720, 480)}});
    picture->setFolded(u"sys-firewall"_s, true);
    build();
    QList<QubeInfo> qubes = Test::smallNetwork();
    for (QubeInfo &qube : qubes) {
        qube.uuid = u"uuid-of-"_s + qube.name;
    }
    m_source->load(qubes);
    picture = m_page->view()->topology()->picture();
    QCOMPARE(picture->placeOf(u"vault"_s), QPointF(-720, 480));
    QVERIFY(picture->isFolded(u"sys-firewall"_s));
    QVERIFY(picture->isShown(stackName(u"sys-firewall"_s)));
}

/// A provider that is new is shown before clients whose places are known.
void TopologyPageTest::regress_whoCameMeanwhile_standsOverNobody()
{
    build();
    m_source->load(Test::smallNetwork()); // whose places are kept
    build();
    m_source->load(Test::smallNetwork() << Test::running(Test::provider(u"relay"_s, u"sys-firewall"_s))
                                        << client(u"behind"_s, u"relay"_s));
    const Picture *picture = m_page->view()->topology()->picture();
    for (const QString &name : {u"relay"_s, u"behind"_s}) {
        Places others = picture->places();
        others.remove(name);
        QVERIFY2(isFree(picture->placeOf(name), others), qPrintable(name));
    }
}

void TopologyPageTest::miniMap_standsThereWhileNotEverythingFits()
{
    auto *map = child<MiniMap>(u"topology.minimap"_s);
    QVERIFY(!map->isVisible());
    m_page->view()->setZoom(3);
    QVERIFY(map->isVisible());
    const QPointF before = m_page->view()->mapToScene(m_page->view()->viewport()->rect().center());
    QTest::mouseClick(map, Qt::LeftButton, Qt::NoModifier, QPoint(2, 2));
    QVERIFY(m_page->view()->mapToScene(m_page->view()->viewport()->rect().center()) != before);
    QCOMPARE(map->focusPolicy(), Qt::NoFocus);
    m_page->view()->fit();
    QVERIFY(!map->isVisible());
    m_page->view()->setZoom(100);
    QCOMPARE(m_page->view()->zoom(), TopologyView::MostZoom);
    m_page->view()->setZoom(0.001);
    QCOMPARE(m_page->view()->zoom(), TopologyView::LeastZoom);
}

void TopologyPageTest::panning_paintsOnlyWhatComesIntoSight()
{
    TopologyView *view = m_page->view();
    view->setZoom(3);
    QVERIFY(child<MiniMap>(u"topology.minimap"_s)->isVisible());
    QTest::qWait(0);
    const QWidget *viewport = view->viewport();
    Test::Paints painted(view->viewport());
    QScrollBar *bar = view->horizontalScrollBar();
    constexpr int step = 16;
    bar->setValue((bar->minimum() + bar->maximum()) / 2 + step);
    QTRY_VERIFY(painted.pixels > 0);
    QTest::qWait(0);
    painted.pixels = 0;
    bar->setValue(bar->value() + step);
    QTRY_VERIFY(painted.pixels > 0);
    // The strip at the edge, and what lies below the overview, which stays where it is.
    const qint64 strip = qint64{step} * viewport->height();
    const QSize map = child<MiniMap>(u"topology.minimap"_s)->size();
    QVERIFY2(painted.pixels <= strip + 2LL * (map.width() + step) * map.height(),
             qPrintable(QString::number(painted.pixels)));
}

void TopologyPageTest::many_anEventPaintsOneNodeAndItsLink()
{
    dress(500, false, false);
    TopologyScene *scene = m_page->view()->topology();
    const QSet<QString> folded = scene->picture()->state().folded;
    for (const QString &provider : folded) {
        scene->picture()->setFolded(provider, false);
    }
    QCOMPARE(scene->nodes().size(), 501); // nothing is left out for being many
    TopologyView *view = m_page->view();
    const QString qube = u"project-number-6"_s;
    view->setZoom(1);
    view->centerOn(scene->node(qube));
    QTest::qWait(0);
    Test::Paints painted(view->viewport());
    QubeInfo changed = *scene->graph()->graph().find(qube);
    changed.state = changed.state == QubeState::Running ? QubeState::Halted : QubeState::Running;
    m_source->change(changed);
    QTRY_VERIFY(painted.pixels > 0);
    QTest::qWait(0);
    const auto areaOf = [view](const QGraphicsItem *item) {
        constexpr int edge = 4; // of rounding, and soft edges
        const QRect seen =
            view->mapFromScene(item->sceneBoundingRect()).boundingRect().adjusted(-edge, -edge, edge, edge);
        const QRect inSight = seen & view->viewport()->rect();
        return qint64{inSight.width()} * inSight.height();
    };
    const QSize map = child<MiniMap>(u"topology.minimap"_s)->size();
    const qint64 most =
        2 * areaOf(scene->node(qube)) + 2 * areaOf(scene->link(qube)) + qint64{map.width()} * map.height();
    QVERIFY2(painted.pixels <= most, qPrintable(u"%1 of at most %2"_s.arg(painted.pixels).arg(most)));
}

void TopologyPageTest::pointer_clicksAndDrags()
{
    TopologyView *view = m_page->view();
    const auto at = [view](const QString &node) {
        return view->mapFromScene(view->topology()->node(node)->pos());
    };
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, at(u"work"_s));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, at(u"vault"_s));
    QCOMPARE(m_page->selection(), (QStringList{u"work"_s, u"vault"_s}));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, at(u"vault"_s));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});

    const NodeItem *item = view->topology()->node(u"work"_s);
    const QPoint handle = view->mapFromScene(item->pos() + item->handle().center() - QPointF(3, 0));
    QTest::mousePress(view->viewport(), Qt::LeftButton, Qt::NoModifier, handle);
    QTest::mouseMove(view->viewport(), (handle + at(u"sys-net"_s)) / 2);
    QTest::mouseMove(view->viewport(), at(u"sys-net"_s));
    auto *text = child<QLabel>(u"topology.pointer"_s);
    QVERIFY(text->isVisible());
    QVERIFY2(text->text().contains(u"Connect work through sys-net. "_s), qPrintable(text->text()));
    QCOMPARE(text->textFormat(), Qt::PlainText);
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, Qt::NoModifier, at(u"sys-net"_s));
    QVERIFY(!text->isVisible());
    QVERIFY(sheet() != nullptr);
    sheet()->reject();

    QTest::mouseClick(view->viewport(),
                      Qt::LeftButton,
                      Qt::NoModifier,
                      view->mapFromScene(view->topology()->link(u"personal"_s)->plug()));
    QVERIFY(sheet() != nullptr); // the plug: offline
    sheet()->reject();
    QVERIFY(m_source->asked.empty());
}

QTEST_MAIN(TopologyPageTest)

#include "topologypagetest.moc"
