// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/minimap.h"

#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <KLocalizedString>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr QSize largest(180, 120);
constexpr double smallestMark = 3;

} // namespace

MiniMap::MiniMap(TopologyView *view)
    : QWidget(view->viewport()) // above it, but beside it: what scrolls below could not be moved, and all be painted
    , m_view(view)
{
    setObjectName(u"topology.minimap"_s);
    setAccessibleName(i18nc("@label for a screen reader", "Overview of the network"));
    setFocusPolicy(Qt::NoFocus);
    setCursor(Qt::PointingHandCursor);
    setFixedSize(largest);
}

void MiniMap::follow()
{
    const QSizeF size = m_view->topology()->area().size().scaled(largest, Qt::KeepAspectRatio);
    setFixedSize(std::max(24, static_cast<int>(size.width())), std::max(24, static_cast<int>(size.height())));
    update();
}

QTransform MiniMap::toMap() const
{
    const QRectF area = m_view->topology()->area();
    const double scale = std::min(width() / area.width(), height() / area.height());
    return QTransform::fromTranslate(-area.left(), -area.top()) * QTransform::fromScale(scale, scale);
}

void MiniMap::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setOpacity(0.92);
    painter.fillRect(rect(), palette().color(QPalette::Window));
    const QTransform map = toMap();
    const TopologyScene *scene = m_view->topology();
    for (const QString &name : scene->picture()->shown()) {
        const NodeItem *item = scene->node(name);
        if (item == nullptr || !item->isVisible()) {
            continue;
        }
        QRectF box = map.mapRect(NodeItem::box().translated(item->pos()));
        box.setSize(box.size().expandedTo(QSizeF(smallestMark, smallestMark)));
        QColor color = palette().color(item->attention().isSelected ? QPalette::Highlight : QPalette::Text);
        color.setAlphaF(item->attention().isSelected || isUp(item->look().state) ? 0.8F : 0.35F);
        painter.fillRect(box, color);
    }
    painter.setOpacity(1);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(map.mapRect(m_view->mapToScene(m_view->viewport()->rect()).boundingRect()));
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void MiniMap::mousePressEvent(QMouseEvent *event)
{
    m_view->centerOn(toMap().inverted().map(event->position()));
}

void MiniMap::mouseMoveEvent(QMouseEvent *event)
{
    mousePressEvent(event);
}

} // namespace Bulkhead
