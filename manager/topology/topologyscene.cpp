// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologyscene.h"

#include "manager/topology/networkeditor.h"
#include "manager/topology/networkwords.h"
#include "manager/topology/trafficitem.h"

#include <KLocalizedString>

#include <algorithm>
#include <initializer_list>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double margin = 40;

template<typename Items> auto *found(const Items &items, const QString &name)
{
    const auto place = items.find(name);
    return place == items.end() ? nullptr : place->second.get();
}

/// The uppermost link that is drawn in one of these ways, or nothing.
LinkItem *firstLink(const QList<QGraphicsItem *> &items, std::initializer_list<LinkLook::Way> ways)
{
    for (QGraphicsItem *item : items) {
        auto *link = qgraphicsitem_cast<LinkItem *>(item);
        if (link != nullptr && std::ranges::contains(ways, link->look().way)) {
            return link;
        }
    }
    return nullptr;
}

} // namespace

TopologyScene::TopologyScene(GraphModel *graph, Picture *picture, NetworkEditor *editor, QObject *parent)
    : QGraphicsScene(parent)
    , m_graph(graph)
    , m_picture(picture)
    , m_editor(editor)
{
    setItemIndexMethod(NoIndex); // items move while they are dragged, and there are few
    connect(picture, &Picture::nodeShown, this, &TopologyScene::addNode);
    connect(picture, &Picture::nodeHidden, this, &TopologyScene::removeNode);
    connect(picture, &Picture::placeChanged, this, &TopologyScene::placeNode);
    connect(picture, &Picture::nodeChanged, this, &TopologyScene::updateNode);
    connect(graph, &GraphModel::nodeChanged, this, [this](const QString &name) {
        updateNode(m_picture->nodeFor(name));
    });
    connect(graph, &GraphModel::linkChanged, this, [this](const QString &client) {
        const QString shown = m_picture->nodeFor(client);
        updateNode(shown); // its warnings, and the link
        if (const QSet<QString> way = wayOfSelection(); way != m_way) {
            m_way = way;
            updateAllAttention();
        }
    });
    connect(editor, &NetworkEditor::wantedChanged, this, [this](const QStringList &qubes) {
        for (const QString &qube : qubes) {
            updateLink(qube);
        }
    });
    connect(editor, &NetworkEditor::rememberedChanged, this, [this] {
        for (const auto &[name, item] : m_nodes) {
            updateLink(name);
        }
    });
    for (const QString &name : picture->shown()) {
        addNode(name);
    }
}

TopologyScene::~TopologyScene()
{
    m_relations.clear(); // items leave the scene while there still is one
    m_rules.clear();
    m_numbers.clear();
    m_wanted.clear();
    m_links.clear();
    m_nodes.clear();
}

NodeItem *TopologyScene::node(const QString &name) const
{
    return found(m_nodes, name);
}

LinkItem *TopologyScene::link(const QString &client) const
{
    return found(m_links, client);
}

LinkItem *TopologyScene::wantedLink(const QString &client) const
{
    return found(m_wanted, client);
}

QStringList TopologyScene::nodes() const
{
    QStringList names;
    for (const auto &[name, item] : m_nodes) {
        if (item->isVisible()) {
            names << name;
        }
    }
    const NetworkGraph &graph = m_graph->graph();
    const auto key = [&graph](const QString &name) {
        if (name.isEmpty()) {
            return QStringList();
        }
        const QString provider = providerOfStack(name);
        QStringList hops = graph.chainOf(provider.isEmpty() ? name : provider).hops;
        if (!provider.isEmpty()) {
            hops.prepend(name);
        }
        return QStringList(hops.rbegin(), hops.rend());
    };
    QList<std::pair<QStringList, QString>> keyed;
    for (const QString &name : names) {
        keyed.emplace_back(key(name), name);
    }
    std::ranges::sort(keyed, [](const auto &one, const auto &other) {
        return one.first < other.first;
    });
    for (qsizetype i = 0; i < names.size(); ++i) {
        names[i] = keyed.at(i).second;
    }
    return names;
}

QPointF TopologyScene::toScene(QPointF place) const
{
    return m_arrangement.toScene(place);
}

QPointF TopologyScene::toPlace(QPointF position) const
{
    return m_arrangement.toPlace(position);
}

NodeItem *TopologyScene::nodeAt(QPointF position) const
{
    for (QGraphicsItem *item : items(position)) {
        if (auto *node = qgraphicsitem_cast<NodeItem *>(item)) {
            return node;
        }
    }
    return nullptr;
}

LinkItem *TopologyScene::linkAt(QPointF position) const
{
    return firstLink(items(position), {LinkLook::Way::Present, LinkLook::Way::Leaving});
}

LinkItem *TopologyScene::rememberedLinkAt(QPointF position) const
{
    return firstLink(items(position), {LinkLook::Way::Remembered});
}

QString TopologyScene::description(const QString &qube) const
{
    return m_graph->description(qube, m_editor->remembered().value(qube));
}

NodeLook TopologyScene::lookOf(const QString &name) const
{
    const NetworkGraph &graph = m_graph->graph();
    NodeLook look;
    if (name == outsideName()) {
        look.kind = NodeLook::Kind::Outside;
        look.name = outsideWords();
        look.second = i18nc("@item node of the network's picture, where there is little room", "Outside");
        return look;
    }
    look.isPinned = m_picture->isPinned(name);
    if (const QString provider = providerOfStack(name); !provider.isEmpty()) {
        const QStringList clients = foldableClients(graph, provider);
        look.kind = NodeLook::Kind::Stack;
        look.state = QubeState::Running; // a solid outline
        look.name = i18ncp("@item folded clients of a net qube", "%1 qube", "%1 qubes", clients.size());
        look.second = i18nc("@item folded clients; %1 a net qube's name", "of %1", m_aliases.value(provider, provider));
        for (const QString &client : clients.first(std::min<qsizetype>(clients.size(), 3))) {
            look.marks << m_graph->markOf(client);
        }
        for (const QString &client : clients) {
            look.warnings += m_graph->warningsOf(client).size();
        }
        return look;
    }
    const QubeInfo *qube = graph.find(name);
    if (qube == nullptr) {
        return look;
    }
    look.name = m_aliases.value(name, name);
    look.state = qube->state;
    look.isProvider = qube->providesNetwork;
    look.mark = m_graph->markOf(name);
    look.second = m_graph->stateText(name);
    look.isBusy = m_graph->isBusy(name);
    look.warnings = m_graph->warningsOf(name).size();
    return look;
}

void TopologyScene::addNode(const QString &name)
{
    auto item = std::make_unique<NodeItem>(name);
    item->setLook(lookOf(name));
    item->setArrangement(m_arrangement);
    item->setPos(toScene(m_picture->placeOf(name)));
    item->setVisible(passesFilter(name));
    addItem(item.get());
    m_nodes.insert_or_assign(name, std::move(item));
    updateLink(name);
    updateLinksOf(name);
    updateAttention(name);
    if (!m_ruleArrows.isEmpty()) {
        updateRules(); // it was in a stack, or will be
    }
    if (!m_relationArrows.isEmpty()) {
        updateRelations();
    }
    placeNumbers();
    Q_EMIT areaChanged();
}

void TopologyScene::removeNode(const QString &name)
{
    m_links.erase(name);
    m_wanted.erase(name);
    m_numbers.erase(name);
    m_nodes.erase(name);
    if (m_selection.removeAll(name) > 0) {
        Q_EMIT selectionChangedTo(m_selection);
        updateAllAttention();
    }
    updateLinksOf(name);
    if (!m_ruleArrows.isEmpty()) {
        updateRules();
    }
    if (!m_relationArrows.isEmpty()) {
        updateRelations();
    }
    placeNumbers();
    Q_EMIT nodeGone(name);
    Q_EMIT areaChanged();
}

void TopologyScene::updateNode(const QString &name)
{
    if (NodeItem *item = node(name)) {
        item->setLook(lookOf(name));
        item->setVisible(passesFilter(name));
        updateLink(name);
        updateRulesOf(name);
        placeRelations(name);
    }
}

void TopologyScene::placeNode(const QString &name)
{
    if (NodeItem *item = node(name)) {
        item->setPos(toScene(m_picture->placeOf(name)));
        updateLink(name);
        updateLinksOf(name);
        updateRulesOf(name);
        placeRelations(name);
        placeNumbers();
        Q_EMIT areaChanged();
    }
}

void TopologyScene::shift(const QString &name, QPointF middle)
{
    if (NodeItem *item = node(name)) {
        item->setPos(middle);
        updateLink(name);
        updateLinksOf(name);
        updateRulesOf(name);
        placeRelations(name);
        placeNumbers();
    }
}

void TopologyScene::settle(const QString &name)
{
    shift(name, toScene(m_picture->placeOf(name)));
}

void TopologyScene::updateLinksOf(const QString &name)
{
    // Those that end here: of the clients, of their stack, and what is wanted or remembered.
    const NetworkGraph &graph = m_graph->graph();
    QStringList clients = name == outsideName() ? QStringList() : graph.clientsOf(name);
    for (const auto &[client, item] : m_nodes) {
        const QubeInfo *qube = graph.find(client);
        const bool isAtOutside = name == outsideName() && qube != nullptr && qube->netQube.isEmpty();
        if (isAtOutside || m_editor->wanted(client) == name || m_editor->remembered().value(client) == name) {
            clients << client;
        }
    }
    clients << stackName(name);
    for (const QString &client : clients) {
        updateLink(client);
    }
}

void TopologyScene::ensureLink(Links &links, const QString &client, const QString &target, const LinkLook &look)
{
    const NodeItem *from = node(client);
    const NodeItem *to = node(target);
    if (from == nullptr || to == nullptr) {
        links.erase(client);
        return;
    }
    LinkItem *item = found(links, client);
    if (item == nullptr) {
        auto fresh = std::make_unique<LinkItem>(client, look.way);
        item = fresh.get();
        addItem(item);
        links.insert_or_assign(client, std::move(fresh));
    }
    item->setLook(look);
    item->setEnds(target, from->pos(), to->pos(), m_arrangement);
    item->setVisible(from->isVisible() && to->isVisible());
    NodeAttention attention;
    attention.isCurrent = m_hasCurrent && m_isCurrentLink && m_current == client;
    attention.isSelected = !m_way.isEmpty() && m_way.contains(client) && m_way.contains(target);
    // Under arrows of a layer, lines of the network that one has not asked for step back.
    const bool hasArrows = !m_ruleArrows.isEmpty() || !m_relationArrows.isEmpty();
    attention.isDimmed = isDimmed(client) || isDimmed(target) || (hasArrows && !attention.isSelected);
    item->setAttention(attention);
}

void TopologyScene::updateLink(const QString &name)
{
    updateLinkLine(name);
    updateNumbers(name);
}

void TopologyScene::updateLinkLine(const QString &name)
{
    if (node(name) == nullptr) {
        m_links.erase(name);
        m_wanted.erase(name);
        return;
    }
    if (name == outsideName()) {
        return;
    }
    const NetworkGraph &graph = m_graph->graph();
    const auto traffic = trafficOf(name).transform(stepOf);
    if (const QString provider = providerOfStack(name); !provider.isEmpty()) {
        LinkLook look;
        look.traffic = traffic;
        for (const QString &client : foldableClients(graph, provider)) {
            look.isBroken = look.isBroken || graph.linkState(client) == LinkState::Broken;
            look.isInUse = look.isInUse || graph.linkState(client) == LinkState::Connected;
        }
        ensureLink(m_links, name, provider, look);
        return;
    }
    const QubeInfo *qube = graph.find(name);
    if (qube == nullptr) {
        return;
    }
    const std::optional<QString> wanted = m_editor->wanted(name);
    const LinkLook::Way way = wanted && *wanted != qube->netQube ? LinkLook::Way::Leaving : LinkLook::Way::Present;
    const auto reached = m_reached.contains(name) ? std::optional(m_reached.value(name)) : std::nullopt;
    if (!qube->netQube.isEmpty()) {
        const LinkState state = graph.linkState(name);
        ensureLink(m_links,
                   name,
                   qube->netQube,
                   {.way = way,
                    .isBroken = state == LinkState::Broken,
                    .isInUse = state == LinkState::Connected,
                    .isReached = reached,
                    .traffic = traffic});
    } else if (facesOutside(*qube)) {
        ensureLink(m_links,
                   name,
                   outsideName(),
                   {.way = way, .isBroken = false, .isInUse = isUp(qube->state), .isReached = reached});
    } else {
        m_links.erase(name);
    }
    const QString remembered = m_editor->remembered().value(name);
    if (wanted && !wanted->isEmpty() && *wanted != qube->netQube) {
        ensureLink(m_wanted, name, *wanted, {.way = LinkLook::Way::Wanted});
    } else if (!wanted && qube->netQube.isEmpty() && !remembered.isEmpty()) {
        ensureLink(m_wanted, name, remembered, {.way = LinkLook::Way::Remembered});
    } else {
        m_wanted.erase(name);
    }
}

void TopologyScene::setReached(const QHash<QString, bool> &reached)
{
    const QHash<QString, bool> before = std::exchange(m_reached, reached);
    for (const QString &name : before.keys() + reached.keys()) {
        updateLink(name);
    }
}

void TopologyScene::setAliases(const QHash<QString, QString> &aliases)
{
    if (m_aliases != aliases) {
        m_aliases = aliases;
        for (const auto &[name, item] : m_nodes) {
            item->setLook(lookOf(name));
        }
    }
}

void TopologyScene::setArrangement(const Arrangement &arrangement)
{
    if (m_arrangement != arrangement) {
        m_arrangement = arrangement;
        for (const auto &[name, item] : m_nodes) {
            item->setArrangement(arrangement);
            item->setPos(toScene(m_picture->placeOf(name)));
        }
        for (const auto &[name, item] : m_nodes) {
            updateLink(name);
        }
        for (const auto &[nodes, item] : m_rules) {
            placeRule(*item);
        }
        placeSigns();
        placeRelations();
        placeNumbers();
        Q_EMIT areaChanged();
    }
}

QRectF TopologyScene::area() const
{
    QRectF all;
    for (const auto &[name, item] : m_nodes) {
        if (item->isVisible()) {
            all |= NodeItem::box().translated(item->pos());
        }
    }
    return all.adjusted(-margin, -margin, margin, margin);
}

bool TopologyScene::isInSight(const QString &name) const
{
    const NodeItem *item = node(name);
    return item != nullptr && item->isVisible();
}

} // namespace Bulkhead
