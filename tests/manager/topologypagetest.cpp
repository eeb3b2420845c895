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

class TopologyPageTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void ui_053_tidy_isOneUndoStepAndLeavesPinnedNodes();
    void ui_054_bigSystem_foldsAndUnfoldsByKeyAndPointer();
    void miniMap_standsThereWhileNotEverythingFits();
    void panning_paintsOnlyWhatComesIntoSight();
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
    QVERIFY2(text->text().endsWith(u"Connect work through sys-net."_s), qPrintable(text->text()));
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
