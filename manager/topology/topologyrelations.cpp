// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policyfacts.h"
#include "manager/topology/relationbar.h"
#include "manager/topology/relationitem.h"
#include "manager/topology/relationlayer.h"
#include "manager/topology/topologybar.h"
#include "manager/topology/topologypage.h"

#include <KLocalizedString>

#include <map>

using namespace Qt::StringLiterals;

// What depends on what beside the network, as layers of the picture: the page's part and the scene's. The rest stands
// in topologypage.cpp and topologyscene.cpp.
namespace Bulkhead
{

namespace
{

/// Most sentences that a tool tip shows.
constexpr qsizetype mostWords = 6;

} // namespace

void TopologyPage::connectRelations()
{
    m_relationBar->hide();
    connect(m_bar, &TopologyBar::relationToggled, this, [this](Relation relation, bool isShown) {
        m_relations->setSelection(m_scene.selection());
        m_relations->setShown(relation, isShown);
    });
    connect(m_bar, &TopologyBar::arrangementToggled, m_view, &TopologyView::setVertical);
    connect(&m_scene, &TopologyScene::selectionChangedTo, this, [this](const QStringList &qubes) {
        m_relations->setSelection(qubes);
    });
    connect(m_relations.get(), &RelationLayer::changed, this, &TopologyPage::showRelations);
}

void TopologyPage::showRelations()
{
    m_scene.setRelations(m_relations->drawn());
    bool anyShown = false;
    for (const Relation relation : allRelations) {
        anyShown = anyShown || m_relations->isShown(relation);
        m_relationBar->show(relation, m_relations->isShown(relation), m_relations->summary(relation));
    }
    m_relationBar->setVisible(anyShown);
    showArrowWords();
}

void TopologyScene::setRelations(const QList<RelationArrow> &arrows)
{
    m_relationArrows = arrows;
    updateRelations();
    updateAllAttention(); // what an arrow touches is not dimmed
}

void TopologyScene::updateRelations()
{
    std::map<RelationEnds, QStringList> wanted;
    m_relationNodes.clear();
    for (const RelationArrow &arrow : std::as_const(m_relationArrows)) {
        const QString from = m_picture->nodeFor(arrow.from);
        const QString to = m_picture->nodeFor(arrow.to);
        if (!from.isEmpty() && !to.isEmpty() && from != to) {
            m_relationNodes << from << to;
            wanted[{arrow.relation, from, to}] << arrow.words;
        }
    }
    std::erase_if(m_relations, [&wanted](const auto &entry) {
        return !wanted.contains(entry.first);
    });
    for (auto &[ends, words] : wanted) {
        std::unique_ptr<RelationItem> &item = m_relations[ends];
        if (!item) {
            item = std::make_unique<RelationItem>(ends.relation);
            addItem(item.get());
        }
        if (const qsizetype more = words.size() - mostWords; more > 0) {
            words.resize(mostWords);
            words << i18ncp("@info:tooltip", "One more", "%1 more", more);
        }
        item->setWords(words.join(u'\n'));
        placeRelation(ends, *item);
    }
}

void TopologyScene::placeRelation(const RelationEnds &ends, RelationItem &item)
{
    const NodeItem *from = node(ends.from);
    const NodeItem *to = node(ends.to);
    const bool isInSight = from != nullptr && to != nullptr && from->isVisible() && to->isVisible();
    item.setVisible(isInSight);
    if (isInSight) {
        item.setEnds(from->pos(), to->pos(), m_arrangement);
    }
}

void TopologyScene::placeRelations(const std::optional<QString> &node)
{
    for (const auto &[ends, item] : m_relations) {
        if (!node || ends.from == *node || ends.to == *node) {
            placeRelation(ends, *item);
        }
    }
}

QList<const RelationItem *> TopologyScene::relations() const
{
    QList<const RelationItem *> items;
    for (const auto &[ends, item] : m_relations) {
        items << item.get();
    }
    return items;
}

const RelationItem *TopologyScene::relation(Relation relation, const QString &from, const QString &to) const
{
    const auto place = m_relations.find({relation, from, to});
    return place == m_relations.end() ? nullptr : place->second.get();
}

QList<RelationArrow> TopologyScene::relationsFrom(const QString &name) const
{
    QList<RelationArrow> arrows;
    for (const RelationArrow &arrow : m_relationArrows) {
        const RelationItem *item = m_picture->nodeFor(arrow.from) == name
            ? relation(arrow.relation, name, m_picture->nodeFor(arrow.to))
            : nullptr;
        if (item != nullptr && item->isVisible()) {
            arrows << arrow;
        }
    }
    return arrows;
}

} // namespace Bulkhead
