// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologyview.h"

#include "manager/files/pointertext.h"
#include "manager/topology/accessibletree.h"
#include "manager/topology/minimap.h"
#include "manager/topology/networkwords.h"
#include "manager/topology/topologyscene.h"

#include <KLocalizedString>
#include <QAccessible>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double zoomStep = 1.25;
constexpr double wheelUnit = 120; ///< of one notch, as Qt counts

} // namespace

TopologyView::TopologyView(TopologyScene *scene, QWidget *parent)
    : QGraphicsView(scene, parent)
    , m_scene(scene)
    , m_gesture(scene)
    , m_miniMap(new MiniMap(this))
    , m_pointerText(new PointerText(this))
    , m_files(this, m_pointerText, filePlace())
{
    AccessibleTree::install();
    setObjectName(u"topology.view"_s);
    setAccessibleName(i18nc("@label for a screen reader", "Network"));
    setFrameShape(NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setDragMode(RubberBandDrag);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    setOptimizationFlag(DontAdjustForAntialiasing);
    setViewportUpdateMode(SmartViewportUpdate);
    setTransformationAnchor(AnchorUnderMouse);
    adopt();
    connect(scene, &TopologyScene::areaChanged, this, &TopologyView::updateArea);
    connect(scene, &TopologyScene::nodeGone, this, [this](const QString &node) {
        if (m_current == node) {
            setCurrent(outsideName());
        }
    });
    connect(&m_files, &FileDragOver::filesDropped, this, &TopologyView::filesDropped);
    connect(&m_gesture, &Gesture::proposed, this, &TopologyView::changeProposed);
    connect(&m_gesture, &Gesture::moved, this, [this](const Places &before, const Places &after) {
        setFitted(false); // what the hand has placed stays under it
        Q_EMIT nodesMoved(before, after);
    });
    connect(&m_gesture, &Gesture::clicked, this, &TopologyView::click);
    connect(&m_gesture, &Gesture::plugClicked, this, [this](const QString &client) {
        Q_EMIT toggleWanted({client});
    });
    connect(&m_gesture, &Gesture::cancelled, this, &TopologyView::hintWanted);
    connect(&m_gesture, &Gesture::verdictChanged, this, &TopologyView::showVerdict);
    connect(this, &QGraphicsView::rubberBandChanged, this, [this](QRect box, QPointF from, QPointF to) {
        if (box.isNull()) {
            return;
        }
        QStringList inside;
        for (QGraphicsItem *item : m_scene->items(QRectF(from, to).normalized())) {
            if (const auto *node = qgraphicsitem_cast<NodeItem *>(item)) {
                inside << node->node();
            }
        }
        m_scene->select(inside);
    });
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // it begins fitted
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    updateArea();
}

TopologyView::~TopologyView() = default;

void TopologyView::adopt()
{
    m_scene->setPalette(palette());
    m_scene->setFont(font());
    m_scene->setArrangement({.isVertical = m_isVertical, .isMirrored = layoutDirection() == Qt::RightToLeft});
    setBackgroundBrush(palette().color(QPalette::Base));
}

void TopologyView::changeEvent(QEvent *event)
{
    QGraphicsView::changeEvent(event);
    switch (event->type()) {
    case QEvent::PaletteChange:
    case QEvent::FontChange:
    case QEvent::LayoutDirectionChange:
        adopt();
        placeMiniMap();
        break;
    default:
        break;
    }
}

void TopologyView::setVertical(bool isVertical)
{
    if (m_isVertical != isVertical) {
        m_isVertical = isVertical;
        adopt();
        fit(); // where one looked lies elsewhere now
    }
}

double TopologyView::zoom() const
{
    return transform().m11();
}

void TopologyView::setZoom(double zoom)
{
    setFitted(false);
    scaleTo(zoom);
}

void TopologyView::scaleTo(double zoom)
{
    const double to = std::clamp(zoom, LeastZoom, MostZoom);
    scale(to / this->zoom(), to / this->zoom());
    placeMiniMap();
}

void TopologyView::zoomIn()
{
    setZoom(zoom() * zoomStep);
}

void TopologyView::zoomOut()
{
    setZoom(zoom() / zoomStep);
}

/// Bars beside a picture that is all in sight would only lead into empty ground, and take room from it.
void TopologyView::setFitted(bool isFitted)
{
    if (m_isFitted != isFitted) {
        m_isFitted = isFitted;
        const auto policy = isFitted ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded;
        setHorizontalScrollBarPolicy(policy);
        setVerticalScrollBarPolicy(policy);
    }
}

void TopologyView::fit()
{
    setFitted(true); // before the room is looked at: bars take some of it
    const QRectF area = m_scene->area();
    const QSizeF room = viewport()->size();
    scaleTo(std::min({1.0, room.width() / area.width(), room.height() / area.height()}));
    centerOn(area.center());
    placeMiniMap();
}

void TopologyView::updateArea()
{
    const QRectF area = m_scene->area();
    // Room around, so that a node at the edge can be moved and looked at in the middle.
    const QSizeF room = viewport()->size() / std::max(zoom(), LeastZoom);
    setSceneRect(area.adjusted(-room.width() / 3, -room.height() / 3, room.width() / 3, room.height() / 3));
    if (m_isFitted && !m_gesture.isDragging()) {
        fit();
    }
    m_miniMap->follow();
    placeMiniMap();
}

void TopologyView::placeMiniMap()
{
    const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
    const bool isWhole = seen.contains(m_scene->area().adjusted(20, 20, -20, -20)); // the margin need not be seen
    m_miniMap->setVisible(!isWhole);
    const QSize size = m_miniMap->size();
    const int gap = 12;
    const int left = layoutDirection() == Qt::RightToLeft ? gap : viewport()->width() - size.width() - gap;
    m_miniMap->move(left, viewport()->height() - size.height() - gap);
    m_miniMap->update();
}

void TopologyView::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    updateArea();
}

void TopologyView::showEvent(QShowEvent *event)
{
    QGraphicsView::showEvent(event);
    updateArea();
}

void TopologyView::scrollContentsBy(int dx, int dy)
{
    QGraphicsView::scrollContentsBy(dx, dy);
    if (m_miniMap != nullptr) {
        placeMiniMap();
    }
}

void TopologyView::drawForeground(QPainter *painter, const QRectF & /*area*/)
{
    if (const auto line = m_gesture.line()) {
        QPen pen(palette().color(QPalette::Highlight), 2.4);
        pen.setDashPattern({3, 2});
        painter->setPen(pen);
        const Arrangement &arrangement = m_scene->arrangement();
        const double way = arrangement.isVertical ? line->dy() : line->dx();
        const double half = way >= 0 ? arrangement.halfNode() : -arrangement.halfNode();
        const QPointF ahead = arrangement.isVertical ? QPointF(0, half) : QPointF(half, 0);
        painter->drawPath(linkPath(line->p1() - ahead, line->p2() + ahead, arrangement)); // without nodes at its ends
    }
}

void TopologyView::showVerdict()
{
    viewport()->update();
    if (const auto &verdict = m_gesture.verdict()) {
        m_pointerText->tell(verdict->fit, verdict->text, viewport()->mapFromGlobal(QCursor::pos()));
    } else {
        m_pointerText->fallSilent();
    }
}

void TopologyView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton
        && m_gesture.press(mapToScene(event->position().toPoint()), event->modifiers(), zoom())) {
        event->accept();
        return;
    }
    if (event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier) {
        m_scene->select({});
    }
    QGraphicsView::mousePressEvent(event);
}

void TopologyView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_gesture.isActive()) {
        m_gesture.move(mapToScene(event->position().toPoint()), event->modifiers());
        m_pointerText->follow(event->position().toPoint());
        viewport()->update();
        return;
    }
    QGraphicsView::mouseMoveEvent(event);
}

void TopologyView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_gesture.isActive()) {
        m_gesture.release(mapToScene(event->position().toPoint()), event->modifiers());
        return;
    }
    QGraphicsView::mouseReleaseEvent(event);
}

void TopologyView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const NodeItem *item = m_scene->nodeAt(mapToScene(event->position().toPoint()));
    if (item == nullptr) {
        QGraphicsView::mouseDoubleClickEvent(event);
        return;
    }
    setCurrent(item->node());
    if (providerOfStack(item->node()).isEmpty()) {
        Q_EMIT detailsWanted(item->node());
    } else {
        toggleFold();
    }
}

void TopologyView::click(const QString &node, Qt::KeyboardModifiers modifiers)
{
    setCurrent(node);
    QStringList selection = m_scene->selection();
    if (modifiers.testFlag(Qt::ControlModifier)) {
        selection.contains(node) ? void(selection.removeAll(node)) : void(selection << node);
    } else if (modifiers.testFlag(Qt::ShiftModifier)) {
        selection << node;
    } else {
        selection = QStringList{node};
    }
    m_scene->select(selection);
}

void TopologyView::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() != QContextMenuEvent::Mouse) {
        Q_EMIT menuWanted(menuPosition());
        return;
    }
    const NodeItem *item = m_scene->nodeAt(mapToScene(event->pos()));
    if (item == nullptr || m_scene->graph()->graph().find(item->node()) == nullptr) {
        return;
    }
    setCurrent(item->node());
    if (!m_scene->selection().contains(item->node())) {
        m_scene->select({item->node()});
    }
    Q_EMIT menuWanted(event->globalPos());
}

void TopologyView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        setZoom(zoom() * std::pow(zoomStep, event->angleDelta().y() / wheelUnit));
        event->accept();
        return;
    }
    QGraphicsView::wheelEvent(event);
}

void TopologyView::setCurrent(const QString &node, bool isLink)
{
    m_current = node;
    m_isAtLink = isLink;
    if (m_scene->graph()->graph().find(node) != nullptr) {
        m_lastClient = node;
    }
    m_scene->setCurrent(node, isLink);
    if (const NodeItem *item = m_scene->node(node)) {
        ensureVisible(item->sceneBoundingRect(), 0, 0);
    }
    if (QAccessible::isActive()) {
        QAccessibleEvent focused(this, QAccessible::Focus);
        focused.setChild(static_cast<int>(m_scene->nodes().indexOf(node)));
        QAccessible::updateAccessibility(&focused);
    }
    Q_EMIT currentChanged();
}

QStringList TopologyView::subjects() const
{
    if (!m_scene->selection().isEmpty() && (!m_current || m_scene->selection().contains(*m_current))) {
        return m_scene->selection();
    }
    return m_current && m_scene->graph()->graph().find(*m_current) != nullptr ? QStringList{*m_current} : QStringList();
}

QPoint TopologyView::menuPosition() const
{
    const NodeItem *item = m_current ? m_scene->node(*m_current) : nullptr;
    const QPoint at = item != nullptr ? mapFromScene(item->sceneBoundingRect().center()) : viewport()->rect().center();
    return viewport()->mapToGlobal(at);
}

} // namespace Bulkhead
