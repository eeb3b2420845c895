// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/gesture.h"

#include "manager/topology/networkeditor.h"
#include "manager/topology/topologyscene.h"

#include <KLocalizedString>
#include <QLineF>

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// A link's end and its plug can be grabbed within this many pixels.
constexpr double grabDistance = 14;
constexpr double trembling = 4;

} // namespace

Gesture::Gesture(TopologyScene *scene, QObject *parent)
    : QObject(parent)
    , m_scene(scene)
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(UsualRest);
    connect(&m_rest, &QTimer::timeout, this, &Gesture::rested);
    connect(scene->graph(), &GraphModel::nodeRemoved, this, &Gesture::judgeAgain);
    connect(scene->graph(), &GraphModel::nodeChanged, this, &Gesture::judgeAgain);
    connect(scene->graph(), &GraphModel::linkChanged, this, &Gesture::judgeAgain);
}

void Gesture::setRest(std::chrono::milliseconds rest)
{
    m_rest.setInterval(rest);
}

bool Gesture::press(QPointF position, Qt::KeyboardModifiers /*modifiers*/, double zoom)
{
    m_zoom = zoom;
    m_pressed = position;
    m_at = position;
    m_isDragging = false;
    const NetworkGraph &graph = m_scene->graph()->graph();
    if (NodeItem *item = m_scene->nodeAt(position)) {
        m_node = item->node();
        const bool isQube = graph.find(m_node) != nullptr;
        const bool isHandle = isQube && item->handle().contains(item->mapFromScene(position));
        m_kind = isHandle ? Kind::Link : Kind::Node;
        m_clients = m_scene->selection().contains(m_node) ? m_scene->selection() : QStringList{m_node};
        return true;
    }
    const double reach = grabDistance / zoom;
    const LinkItem *link = m_scene->linkAt(position);
    if (link == nullptr) {
        link = m_scene->rememberedLinkAt(position); // its plug leads back
    }
    if (link != nullptr && graph.find(link->client()) != nullptr) {
        m_node = link->client();
        m_clients = QStringList{m_node};
        // Anywhere on the link it can be taken and drawn elsewhere; only on its plug a click means something.
        m_kind = QLineF(position, link->plug()).length() <= reach ? Kind::Plug : Kind::Link;
        return true;
    }
    return false;
}

void Gesture::move(QPointF position, Qt::KeyboardModifiers modifiers)
{
    if (m_kind == Kind::None) {
        return;
    }
    m_at = position;
    if (!m_isDragging) {
        if (QLineF(m_pressed, position).length() * m_zoom < DragDistance) {
            return;
        }
        beginDrag();
    }
    m_kind == Kind::Node ? dragNodes(position, modifiers) : dragLink(position);
}

void Gesture::beginDrag()
{
    m_isDragging = true;
    if (m_kind == Kind::Plug) {
        m_kind = Kind::Link;
    }
    if (m_kind == Kind::Link) {
        for (const QString &client : m_clients) {
            m_providers.insert(client, m_scene->graph()->graph().providerOf(client));
        }
        showFits();
        return;
    }
    QStringList nodes = m_clients;
    if (!nodes.contains(m_node)) {
        nodes << m_node;
    }
    for (const QString &name : nodes) {
        if (const NodeItem *item = m_scene->node(name)) {
            m_grabbed.insert(name, item->pos());
        }
    }
}

void Gesture::dragNodes(QPointF position, Qt::KeyboardModifiers modifiers)
{
    const QPointF way = position - m_pressed;
    for (auto grabbed = m_grabbed.begin(); grabbed != m_grabbed.end(); ++grabbed) {
        const QPointF place = *grabbed + way;
        m_scene->shift(grabbed.key(), modifiers.testFlag(Qt::AltModifier) ? place : snapped(place));
    }
    // What lies under it counts once the pointer has rested there; a hand that lets go trembles a little.
    if (m_hasTarget && QLineF(position, m_restedAt).length() * m_zoom < trembling) {
        return;
    }
    if (m_hasTarget) {
        m_scene->setFit(m_underNode, std::nullopt, false);
        m_hasTarget = false;
        setVerdict(std::nullopt);
    }
    m_rest.start();
}

void Gesture::rested()
{
    if (m_isDragging && m_kind == Kind::Node) {
        m_restedAt = m_at;
        lookUnder(m_at);
    }
}

void Gesture::lookUnder(QPointF position)
{
    const NetworkGraph &graph = m_scene->graph()->graph();
    QString under;
    for (QGraphicsItem *item : m_scene->items(position)) {
        const auto *node = qgraphicsitem_cast<NodeItem *>(item);
        if (node != nullptr && !m_grabbed.contains(node->node())) {
            under = node->node();
            break;
        }
    }
    if (const QubeInfo *qube = graph.find(under); qube != nullptr && qube->providesNetwork) {
        m_hasTarget = true;
        m_target = under;
        m_targetLink.clear();
        m_underNode = under;
        setVerdict(m_scene->editor()->judge(m_clients, under));
        m_scene->setFit(under, m_verdict->fit, true);
        return;
    }
    const LinkItem *link = under.isEmpty() && m_clients.size() == 1 ? foreignLinkAt(position) : nullptr;
    if (link == nullptr) {
        return; // it is only moved
    }
    m_hasTarget = true;
    m_targetLink = link->client();
    m_target.clear();
    m_underNode = m_targetLink;
    setVerdict(m_scene->editor()->judgeInto(m_clients.first(), m_targetLink));
    m_scene->setFit(m_underNode, m_verdict->fit, true);
}

const LinkItem *Gesture::foreignLinkAt(QPointF position) const
{
    for (QGraphicsItem *item : m_scene->items(position)) {
        const auto *link = qgraphicsitem_cast<LinkItem *>(item);
        if (link != nullptr && link == m_scene->link(link->client()) && !m_clients.contains(link->client())
            && !m_clients.contains(link->target()) && m_scene->graph()->graph().find(link->client()) != nullptr) {
            return link;
        }
    }
    return nullptr;
}

void Gesture::showFits()
{
    for (const QString &name : m_scene->picture()->shown()) {
        if (m_scene->graph()->graph().find(name) != nullptr) {
            m_scene->setFit(name, m_scene->editor()->judge(m_clients, name).fit, m_hasTarget && name == m_underNode);
        }
    }
}

void Gesture::dragLink(QPointF position)
{
    const NodeItem *item = m_scene->nodeAt(position);
    const QString under = item != nullptr ? item->node() : QString();
    const QString before = m_underNode;
    const bool isElsewhere = !m_hasTarget || before != under;
    m_hasTarget = true;
    m_underNode = under;
    m_targetLink.clear();
    m_target = m_scene->graph()->graph().find(under) != nullptr ? under : QString();
    if (isElsewhere) {
        if (m_scene->graph()->graph().find(before) != nullptr) {
            m_scene->setFit(before, m_scene->editor()->judge(m_clients, before).fit, false);
        }
        const LinkVerdict verdict = m_scene->editor()->judge(m_clients, m_target);
        if (!under.isEmpty()) {
            m_scene->setFit(under, verdict.fit, true);
        }
        setVerdict(verdict);
    }
}

void Gesture::judgeAgain()
{
    if (!m_isDragging) {
        return;
    }
    if (const QString text = reasonToStop(); !text.isEmpty()) {
        cancel();
        Q_EMIT cancelled(text);
        return;
    }
    if (m_kind == Kind::Link) {
        showFits();
        m_hasTarget = false;
        dragLink(m_at);
    } else if (m_hasTarget) {
        m_hasTarget = false;
        setVerdict(std::nullopt);
        lookUnder(m_at);
    }
}

QString Gesture::reasonToStop() const
{
    const NetworkGraph &graph = m_scene->graph()->graph();
    const auto isGone = [&graph](const QString &name) {
        return graph.find(name) == nullptr && providerOfStack(name).isEmpty() && name != outsideName();
    };
    QStringList needed = m_clients;
    if (m_hasTarget) {
        needed << m_target << m_targetLink; // empty ones are the outside
    }
    if (const auto gone = std::ranges::find_if(needed, isGone); gone != needed.end()) {
        return i18nc("@info %1 a qube's name", "%1 is gone, so nothing was changed.", *gone);
    }
    for (auto known = m_providers.begin(); known != m_providers.end(); ++known) {
        const QString now = graph.providerOf(known.key());
        if (now != known.value()) {
            return now.isEmpty() ? i18nc("@info %1 a qube's name",
                                         "%1 has no network now: somebody else changed it. You changed nothing.",
                                         known.key())
                                 : i18nc("@info %1 and %2 names of qubes",
                                         "%1 goes through %2 now: somebody else changed it. You changed nothing.",
                                         known.key(),
                                         now);
        }
    }
    return {};
}

void Gesture::setVerdict(const std::optional<LinkVerdict> &verdict)
{
    if (m_verdict != verdict) {
        m_verdict = verdict;
        Q_EMIT verdictChanged();
    }
}

NetworkChange Gesture::change() const
{
    const NetworkGraph base = m_scene->editor()->base();
    return m_targetLink.isEmpty() ? connectChange(base, m_clients, m_target)
                                  : insertChange(base, m_clients.first(), m_targetLink);
}

void Gesture::release(QPointF position, Qt::KeyboardModifiers modifiers)
{
    if (m_kind == Kind::None) {
        return;
    }
    if (position != m_at) {
        move(position, modifiers);
    }
    const Kind kind = m_kind;
    const QString node = m_node;
    if (!m_isDragging) {
        finish();
        kind == Kind::Plug ? Q_EMIT plugClicked(node) : Q_EMIT clicked(node, modifiers);
        return;
    }
    // A release at the moment the rest ends belongs to what was shown before it.
    if (m_hasTarget && m_verdict) {
        const bool fits = m_verdict->fit != Fit::No;
        const NetworkChange wanted = fits ? change() : NetworkChange{};
        cancel();
        if (fits) {
            Q_EMIT proposed(wanted);
        }
        return;
    }
    Places before;
    Places after;
    for (auto grabbed = m_grabbed.begin(); grabbed != m_grabbed.end(); ++grabbed) {
        if (const NodeItem *item = m_scene->node(grabbed.key())) {
            before.insert(grabbed.key(), m_scene->toPlace(*grabbed));
            after.insert(grabbed.key(), m_scene->toPlace(item->pos()));
        }
    }
    finish();
    if (kind == Kind::Node && before != after) {
        Q_EMIT moved(before, after);
    }
}

void Gesture::cancel()
{
    const Places grabbed = m_grabbed;
    finish();
    for (const QString &name : grabbed.keys()) {
        m_scene->settle(name);
    }
}

void Gesture::finish()
{
    m_rest.stop();
    m_kind = Kind::None;
    m_isDragging = false;
    m_hasTarget = false;
    m_grabbed.clear();
    m_providers.clear();
    m_clients.clear();
    m_underNode.clear();
    for (const QString &name : m_scene->picture()->shown()) {
        m_scene->setFit(name, std::nullopt, false);
    }
    setVerdict(std::nullopt);
    Q_EMIT verdictChanged(); // also for the line that is gone
}

std::optional<QLineF> Gesture::line() const
{
    const NodeItem *item = m_scene->node(m_node);
    if (!m_isDragging || m_kind != Kind::Link || item == nullptr) {
        return std::nullopt;
    }
    return QLineF(item->pos() + item->handle().center(), m_at);
}

} // namespace Bulkhead
