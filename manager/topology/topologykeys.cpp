// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkeditor.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <KLocalizedString>
#include <QKeyEvent>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

// The keys of the picture (spec ui 7.9). The rest of the view stands in topologyview.cpp.
namespace Bulkhead
{

namespace
{

/// How much farther a node may be when a link leads to it.
constexpr double linkPreference = 3;
constexpr int panStep = 60;

std::optional<QPointF> directionOf(int key)
{
    switch (key) {
    case Qt::Key_Left:
        return QPointF(-1, 0);
    case Qt::Key_Right:
        return QPointF(1, 0);
    case Qt::Key_Up:
        return QPointF(0, -1);
    case Qt::Key_Down:
        return QPointF(0, 1);
    default:
        return std::nullopt;
    }
}

/// Keys that are the picture's while it has the focus, whatever the window does with them elsewhere.
constexpr std::array ownKeys{Qt::Key_Delete,
                             Qt::Key_Escape,
                             Qt::Key_Space,
                             Qt::Key_Return,
                             Qt::Key_Enter,
                             Qt::Key_Home,
                             Qt::Key_End,
                             Qt::Key_N,
                             Qt::Key_O,
                             Qt::Key_I,
                             Qt::Key_F,
                             Qt::Key_P,
                             Qt::Key_L,
                             Qt::Key_W,
                             Qt::Key_M,
                             Qt::Key_Plus,
                             Qt::Key_Minus,
                             Qt::Key_0};

} // namespace

bool TopologyView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool isPlain = (key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
        if (isPlain && std::ranges::contains(ownKeys, key->key())) {
            event->accept();
            return true;
        }
    }
    return QGraphicsView::event(event);
}

void TopologyView::keyPressEvent(QKeyEvent *event)
{
    if (moveKey(*event) || letterKey(*event)) {
        event->accept();
        return;
    }
    QGraphicsView::keyPressEvent(event);
}

bool TopologyView::moveKey(const QKeyEvent &event)
{
    if (const auto direction = directionOf(event.key())) {
        if (event.modifiers().testFlag(Qt::ControlModifier)) {
            pan(*direction);
        } else if (event.modifiers().testFlag(Qt::AltModifier)) {
            nudge(*direction);
        } else {
            m_isAtLink ? stepOnLink(*direction) : step(*direction);
        }
        return true;
    }
    switch (event.key()) {
    case Qt::Key_Home:
        setCurrent(outsideName());
        return true;
    case Qt::Key_End:
        if (!m_lastClient.isEmpty()) {
            setCurrent(m_lastClient);
        }
        return true;
    case Qt::Key_Escape:
        if (m_gesture.isActive()) {
            m_gesture.cancel();
        } else {
            m_scene->select({});
        }
        return true;
    default:
        return false;
    }
}

bool TopologyView::letterKey(const QKeyEvent &event)
{
    if ((event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) != Qt::NoModifier) {
        return false;
    }
    switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_0:
        fit();
        return true;
    case Qt::Key_M:
    case Qt::Key_Menu:
        Q_EMIT menuWanted(menuPosition());
        return true;
    default:
        break;
    }
    if (!m_current) {
        return false;
    }
    const QStringList qubes = subjects();
    switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT detailsWanted(*m_current);
        return true;
    case Qt::Key_Space: {
        QStringList selection = m_scene->selection();
        selection.contains(*m_current) ? void(selection.removeAll(*m_current)) : void(selection << *m_current);
        m_scene->select(selection);
        return true;
    }
    case Qt::Key_N:
        if (!qubes.isEmpty()) {
            Q_EMIT networkMenuWanted(qubes, menuPosition());
        }
        return true;
    case Qt::Key_O:
        if (!qubes.isEmpty()) {
            Q_EMIT toggleWanted(qubes);
        }
        return true;
    case Qt::Key_I:
        if (!qubes.isEmpty()) {
            Q_EMIT insertMenuWanted(*m_current, menuPosition());
        }
        return true;
    case Qt::Key_F:
        toggleFold();
        return true;
    case Qt::Key_P:
        m_scene->picture()->setPinned(*m_current, !m_scene->picture()->isPinned(*m_current));
        return true;
    case Qt::Key_L:
        toggleLink();
        return true;
    case Qt::Key_W:
        Q_EMIT warningsWanted(*m_current);
        return true;
    case Qt::Key_Delete:
        if (m_isAtLink) {
            if (!m_scene->graph()->graph().providerOf(*m_current).isEmpty()) {
                Q_EMIT toggleWanted({*m_current});
            }
        } else {
            Q_EMIT hintWanted(i18nc("@info", "Deleting is in the menu: Qube → Delete…"));
        }
        return true;
    default:
        return false;
    }
}

void TopologyView::step(QPointF direction)
{
    const NodeItem *from = m_current ? m_scene->node(*m_current) : nullptr;
    if (from == nullptr) {
        setCurrent(outsideName());
        return;
    }
    const NetworkGraph &graph = m_scene->graph()->graph();
    std::optional<QString> best;
    double nearest = 0;
    for (const QString &name : m_scene->nodes()) {
        const QPointF way = m_scene->node(name)->pos() - from->pos();
        const double along = QPointF::dotProduct(way, direction);
        const double aside = std::abs(way.x() * direction.y()) + std::abs(way.y() * direction.x());
        if (along < 1 || (m_scene->arrangement().isAcross(direction) && aside > along * 4)) {
            continue;
        }
        const QString parent = providerOfStack(name).isEmpty() ? graph.providerOf(name) : providerOfStack(name);
        const bool isLinked = graph.providerOf(*m_current) == name || parent == *m_current;
        const double distance = (along + 2 * aside) / (isLinked ? linkPreference : 1);
        if (!best || distance < nearest) {
            best = name;
            nearest = distance;
        }
    }
    if (best) {
        setCurrent(*best);
    }
}

void TopologyView::stepOnLink(QPointF direction)
{
    const LinkItem *link = m_current ? m_scene->link(*m_current) : nullptr;
    const NodeItem *client = m_current ? m_scene->node(*m_current) : nullptr;
    if (link == nullptr || client == nullptr) {
        m_isAtLink = false;
        return;
    }
    const bool isTowardsEnd = QPointF::dotProduct(link->end() - client->pos(), direction) > 0;
    setCurrent(isTowardsEnd ? link->target() : *m_current);
}

void TopologyView::nudge(QPointF direction)
{
    QStringList nodes = subjects();
    if (nodes.isEmpty() && m_current) {
        nodes << *m_current; // a stack, the outside
    }
    Places before;
    Places after;
    for (const QString &node : nodes) {
        if (const NodeItem *item = m_scene->node(node)) {
            before.insert(node, m_scene->toPlace(item->pos()));
            after.insert(node, m_scene->toPlace(snapped(item->pos() + direction * GridStep)));
        }
    }
    if (!before.isEmpty()) {
        setFitted(false);
        Q_EMIT nodesMoved(before, after);
    }
}

void TopologyView::pan(QPointF direction)
{
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + static_cast<int>(direction.x()) * panStep);
    verticalScrollBar()->setValue(verticalScrollBar()->value() + static_cast<int>(direction.y()) * panStep);
}

void TopologyView::toggleLink()
{
    if (m_scene->link(*m_current) != nullptr) {
        setCurrent(*m_current, !m_isAtLink);
    }
}

void TopologyView::toggleFold()
{
    Picture *picture = m_scene->picture();
    const QString stack = providerOfStack(*m_current);
    if (!stack.isEmpty()) {
        picture->setFolded(stack, false);
        setCurrent(stack);
        return;
    }
    picture->setFolded(*m_current, !picture->isFolded(*m_current));
}

} // namespace Bulkhead
