// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkpath.h"
#include "manager/topology/topologyscene.h"

#include <algorithm>

// What is lit, dimmed, hidden or at the keyboard in the picture; the items themselves are in topologyscene.cpp.
namespace Bulkhead
{

void TopologyScene::select(const QStringList &qubes)
{
    QStringList known;
    for (const QString &qube : qubes) {
        if (m_graph->graph().find(qube) != nullptr && !known.contains(qube)) {
            known << qube;
        }
    }
    if (known == m_selection) {
        return;
    }
    m_selection = known;
    m_way = wayOfSelection();
    if (m_filter.chainOnly) {
        updateVisibility();
    }
    updateAllAttention();
    Q_EMIT selectionChangedTo(m_selection);
}

QSet<QString> TopologyScene::wayOfSelection() const
{
    QSet<QString> way;
    if (m_selection.size() == 2) {
        for (const QString &hop : wayBetween(m_graph->graph(), m_selection.first(), m_selection.last())) {
            way.insert(m_picture->nodeFor(hop));
        }
        return way;
    }
    if (m_selection.size() != 1) {
        return way; // several are a set to be worked on, not a path
    }
    const NetworkChain chain = m_graph->graph().chainOf(m_selection.first());
    for (const QString &hop : chain.hops) {
        way.insert(m_picture->nodeFor(hop));
    }
    if (chain.end == NetworkChain::End::Outside) {
        way.insert(outsideName());
    }
    return way;
}

void TopologyScene::setCurrent(const QString &name, bool isLink)
{
    m_current = name;
    m_isCurrentLink = isLink;
    m_hasCurrent = true;
    updateAllAttention();
}

void TopologyScene::setFilter(const PictureFilter &filter)
{
    if (m_filter != filter) {
        m_filter = filter;
        updateVisibility();
    }
}

void TopologyScene::setMatching(const std::optional<QSet<QString>> &qubes)
{
    if (m_matching != qubes) {
        m_matching = qubes;
        updateAllAttention();
    }
}

void TopologyScene::setFit(const QString &name, std::optional<Fit> fit, bool isUnderDrag)
{
    if (NodeItem *item = node(name)) {
        NodeAttention attention = item->attention();
        attention.fit = fit;
        attention.isUnderDrag = isUnderDrag;
        item->setAttention(attention);
    }
}

bool TopologyScene::passesFilter(const QString &name) const
{
    const QubeInfo *qube = m_graph->graph().find(name);
    if (qube == nullptr) {
        return true; // the outside and stacks
    }
    if (m_filter.runningOnly && !isUp(qube->state)) {
        return false;
    }
    if (!m_filter.label.isEmpty() && qube->label != m_filter.label) {
        return false;
    }
    if (m_filter.chainOnly && !m_selection.isEmpty()) {
        return std::ranges::any_of(m_selection, [&](const QString &selected) {
            return m_graph->graph().chainOf(selected).hops.contains(name)
                || m_graph->graph().chainOf(name).hops.contains(selected);
        });
    }
    return true;
}

void TopologyScene::updateVisibility()
{
    for (const auto &[name, item] : m_nodes) {
        item->setVisible(passesFilter(name));
    }
    for (const auto &[name, item] : m_nodes) {
        updateLink(name);
    }
    for (const auto &[nodes, item] : m_rules) {
        placeRule(*item);
    }
    placeSigns();
    placeRelations();
    Q_EMIT areaChanged();
}

bool TopologyScene::isDimmed(const QString &name) const
{
    if (m_matching && !name.isEmpty()) {
        const QString provider = providerOfStack(name);
        const QStringList qubes = provider.isEmpty() ? QStringList{name} : foldableClients(m_graph->graph(), provider);
        if (std::ranges::none_of(qubes, [this](const QString &qube) {
                return m_matching->contains(qube);
            })) {
            return true;
        }
    }
    if (m_ruleNodes.contains(name) || m_relationNodes.contains(name)) {
        return false;
    }
    return !m_way.isEmpty() && !m_way.contains(name);
}

void TopologyScene::updateAttention(const QString &name)
{
    NodeItem *item = node(name);
    if (item == nullptr) {
        return;
    }
    NodeAttention attention = item->attention();
    attention.isSelected = m_selection.contains(name);
    attention.isCurrent = m_hasCurrent && !m_isCurrentLink && m_current == name;
    attention.isDimmed = isDimmed(name);
    item->setAttention(attention);
}

void TopologyScene::updateAllAttention()
{
    for (const auto &[name, item] : m_nodes) {
        updateAttention(name);
    }
    for (const auto &[name, item] : m_nodes) {
        updateLink(name);
    }
}

} // namespace Bulkhead
