// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologyscene.h"

#include <KLocalizedString>

#include <algorithm>
#include <map>
#include <utility>

using namespace Qt::StringLiterals;

// The policy's arrows in the picture; the items themselves are in topologyscene.cpp.
namespace Bulkhead
{

namespace
{

/// So few arrows have room for a word each.
constexpr qsizetype fewArrows = 12;
/// Most rules that a tool tip shows.
constexpr qsizetype mostWords = 6;

/// What is drawn between two nodes.
struct Drawn {
    RuleLook look;
    QStringList words;
};

/// Of several calls that share an arrow, as those into a stack: what goes through is what counts.
void merge(std::optional<Policy::Verdict> &kept, Policy::Verdict verdict)
{
    kept = kept ? std::min(*kept, verdict) : verdict;
}

} // namespace

void TopologyScene::setRules(const QList<RuleArrow> &rules)
{
    m_ruleArrows = rules;
    updateRules();
    updateAllAttention(); // what an arrow touches is not dimmed
}

void TopologyScene::updateRules()
{
    std::map<std::pair<QString, QString>, Drawn> wanted;
    m_ruleNodes.clear();
    for (const RuleArrow &rule : std::as_const(m_ruleArrows)) {
        const QString from = m_picture->nodeFor(rule.from);
        const QString to = m_picture->nodeFor(rule.to);
        if (from.isEmpty() || to.isEmpty() || from == to) {
            continue;
        }
        m_ruleNodes << from << to;
        // The way back has the same line where both say the same; a line of its own where they do not.
        const auto opposite = wanted.find({to, from});
        const bool isBack = opposite != wanted.end() && opposite->second.look.forth == rule.verdict;
        Drawn &drawn = isBack ? opposite->second : wanted[{from, to}];
        merge(isBack ? drawn.look.back : drawn.look.forth, rule.verdict);
        drawn.words << rule.words;
    }
    std::erase_if(m_rules, [&wanted](const auto &entry) {
        return !wanted.contains(entry.first);
    });
    for (auto &[nodes, drawn] : wanted) {
        std::unique_ptr<RuleItem> &item = m_rules[nodes];
        if (!item) {
            item = std::make_unique<RuleItem>(nodes.first, nodes.second);
            addItem(item.get());
        }
        item->setLook(drawn.look);
        if (const qsizetype more = drawn.words.size() - mostWords; more > 0) {
            drawn.words.resize(mostWords);
            drawn.words << i18ncp("@info:tooltip", "One more", "%1 more", more);
        }
        item->setWords(drawn.words.join(u"\n\n"_s));
    }
    for (const auto &[nodes, item] : m_rules) { // once it is known which of them have one beside them
        placeRule(*item);
    }
    placeSigns();
}

/// Signs keep off each other and off the nodes, which would hide them.
void TopologyScene::placeSigns()
{
    QList<RuleItem *> items;
    QRectF all;
    for (const auto &[nodes, item] : m_rules) {
        if (item->isVisible()) {
            items << item.get();
            all |= item->boundingRect();
        }
    }
    if (items.isEmpty()) {
        return;
    }
    QList<QRectF> taken;
    for (const auto &[name, item] : m_nodes) {
        const QRectF box = NodeItem::box().translated(item->pos());
        if (item->isVisible() && box.intersects(all)) {
            taken << box;
        }
    }
    QList<SignWish> wishes;
    for (const RuleItem *item : items) {
        wishes << item->signWish(items.size() <= fewArrows);
    }
    const QList<SignPlace> places = signPlaces(wishes, taken);
    for (qsizetype i = 0; i < items.size(); ++i) {
        items.at(i)->setSign(places.at(i));
    }
}

void TopologyScene::placeRule(RuleItem &item)
{
    const NodeItem *from = node(item.from());
    const NodeItem *to = node(item.to());
    const bool isInSight = from != nullptr && to != nullptr && from->isVisible() && to->isVisible();
    item.setVisible(isInSight);
    if (isInSight) {
        const bool isAlone = !m_rules.contains({item.to(), item.from()});
        const RuleItem::Lane lane = isAlone ? RuleItem::Lane::Alone
            : item.from() < item.to()       ? RuleItem::Lane::Upper
                                            : RuleItem::Lane::Lower;
        item.setEnds(from->pos(), to->pos(), m_arrangement, lane);
    }
}

void TopologyScene::updateRulesOf(const QString &name)
{
    for (const auto &[nodes, item] : m_rules) {
        if (nodes.first == name || nodes.second == name) {
            placeRule(*item);
        }
    }
    placeSigns(); // also where a node only stands in the way
}

const RuleItem *TopologyScene::rule(const QString &from, const QString &to) const
{
    for (const auto &nodes : {std::pair(from, to), std::pair(to, from)}) {
        if (const auto found = m_rules.find(nodes); found != m_rules.end()) {
            return found->second.get();
        }
    }
    return nullptr;
}

QList<RuleArrow> TopologyScene::rulesFrom(const QString &name) const
{
    QList<RuleArrow> arrows;
    for (const RuleArrow &arrow : m_ruleArrows) {
        const RuleItem *item =
            m_picture->nodeFor(arrow.from) == name ? rule(name, m_picture->nodeFor(arrow.to)) : nullptr;
        if (item != nullptr && item->isVisible()) {
            arrows << arrow;
        }
    }
    return arrows;
}

QList<const RuleItem *> TopologyScene::rules() const
{
    QList<const RuleItem *> items;
    for (const auto &[nodes, item] : m_rules) {
        items << item.get();
    }
    return items;
}

} // namespace Bulkhead
