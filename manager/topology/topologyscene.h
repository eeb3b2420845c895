// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/graphmodel.h"
#include "manager/topology/nodeitem.h"
#include "manager/topology/picture.h"
#include "manager/topology/relationitem.h"
#include "manager/topology/ruleitem.h"

#include <QGraphicsScene>

#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace Bulkhead
{

class NetworkEditor;
class TrafficItem;

/// Which of the nodes are in sight.
struct PictureFilter {
    bool runningOnly = false;
    bool chainOnly = false; ///< what the selected qubes' packets go through, and what goes through them
    QString label;          ///< empty: all

    friend bool operator==(const PictureFilter &, const PictureFilter &) = default;
};

/// One answer of the policy that is to be drawn.
struct RuleArrow {
    QString from; ///< names of qubes
    QString to;
    Policy::Verdict verdict = Policy::Verdict::Deny;
    QString words; ///< a sentence, and the rule that decides
};

/// The items of the picture. It only listens: to the graph for what a node is, to the picture for where it stands, to
/// the editor for what is asked for. One event changes one item.
class TopologyScene : public QGraphicsScene
{
    Q_OBJECT

public:
    /// All outlive this.
    TopologyScene(GraphModel *graph, Picture *picture, NetworkEditor *editor, QObject *parent = nullptr);
    ~TopologyScene() override;

    [[nodiscard]] NodeItem *node(const QString &name) const;   ///< or nothing
    [[nodiscard]] LinkItem *link(const QString &client) const; ///< as the core has it, or nothing
    [[nodiscard]] LinkItem *wantedLink(const QString &client) const;
    /// In sight, by path: the outside first, then by chain. Not for each frame: it walks every chain.
    [[nodiscard]] QStringList nodes() const;

    [[nodiscard]] NodeItem *nodeAt(QPointF position) const;
    [[nodiscard]] LinkItem *linkAt(QPointF position) const; ///< one that the core has
    /// The line from a qube that was taken offline to the net qube it had, or nothing.
    [[nodiscard]] LinkItem *rememberedLinkAt(QPointF position) const;
    /// What a screen reader hears of a qube: of its link, too, and of the one it had before it was taken offline.
    [[nodiscard]] QString description(const QString &qube) const;

    [[nodiscard]] const QStringList &selection() const
    {
        return m_selection;
    }

    /// Qubes only; those that are not in the picture are left out.
    void select(const QStringList &qubes);
    /// Where the keyboard is: a node, or a node's link.
    void setCurrent(const QString &node, bool isLink);
    void setFilter(const PictureFilter &filter);
    /// Qubes the search leaves; the others are dimmed. Nothing: there is no search.
    void setMatching(const std::optional<QSet<QString>> &qubes);
    /// What a real test found: for each client of a link whether a packet got to its end. Empty: nothing was tested.
    void setReached(const QHash<QString, bool> &reached);
    /// The policy's arrows, of the layer that is on; empty: it is off. Qubes in one stack share theirs.
    void setRules(const QList<RuleArrow> &rules);
    [[nodiscard]] QList<const RuleItem *> rules() const;
    [[nodiscard]] const RuleItem *rule(const QString &from, const QString &to) const; ///< between nodes, or nothing
    /// The arrows that begin at a node in sight and end at another one.
    [[nodiscard]] QList<RuleArrow> rulesFrom(const QString &node) const;
    /// What depends on what, of the layers that are on. Qubes in one stack share their arrows.
    void setRelations(const QList<RelationArrow> &arrows);
    [[nodiscard]] QList<const RelationItem *> relations() const;
    /// Between nodes, or nothing.
    [[nodiscard]] const RelationItem *relation(Relation relation, const QString &from, const QString &to) const;
    /// The arrows that begin at a node in sight and end at another one.
    [[nodiscard]] QList<RelationArrow> relationsFrom(const QString &node) const;
    /// What goes over links, by client, of the layer that is on; empty: it is off.
    void setTraffic(const QHash<QString, TrafficRate> &rates);
    /// Of one link alone; nothing: nothing can go over it.
    void setTraffic(const QString &client, std::optional<TrafficRate> rate);
    /// What stands on the link of a node, or nothing.
    [[nodiscard]] const TrafficItem *traffic(const QString &node) const;
    /// The same in a sentence, of a link over which nothing goes, too; empty while the layer is off.
    [[nodiscard]] QString trafficWords(const QString &node) const;
    /// What qubes are called in the picture, by their names; those without an entry by their own.
    void setAliases(const QHash<QString, QString> &aliases);
    void setArrangement(const Arrangement &arrangement);

    [[nodiscard]] const Arrangement &arrangement() const
    {
        return m_arrangement;
    }

    void setFit(const QString &node, std::optional<Fit> fit, bool isUnderDrag);
    /// Moves the item alone, while it is dragged; the picture hears of it when it is let go.
    void shift(const QString &node, QPointF middle);
    void settle(const QString &node); ///< back to where the picture has it

    [[nodiscard]] QPointF toScene(QPointF place) const;
    [[nodiscard]] QPointF toPlace(QPointF position) const;
    /// What holds all that is in sight, with a margin.
    [[nodiscard]] QRectF area() const;
    [[nodiscard]] bool isInSight(const QString &node) const;

    [[nodiscard]] GraphModel *graph() const
    {
        return m_graph;
    }

    [[nodiscard]] Picture *picture() const
    {
        return m_picture;
    }

    [[nodiscard]] NetworkEditor *editor() const
    {
        return m_editor;
    }

Q_SIGNALS:
    void selectionChangedTo(const QStringList &qubes);
    void nodeGone(const QString &node);
    void areaChanged();

private:
    using Links = std::unordered_map<QString, std::unique_ptr<LinkItem>>;

    struct RelationEnds {
        Relation relation = Relation::Template;
        QString from; ///< nodes
        QString to;

        friend bool operator<(const RelationEnds &one, const RelationEnds &other)
        {
            return std::tie(one.relation, one.from, one.to) < std::tie(other.relation, other.from, other.to);
        }
    };

    void addNode(const QString &name);
    void removeNode(const QString &name);
    void updateNode(const QString &name);
    void updateLink(const QString &node);
    void updateLinkLine(const QString &node);
    void updateLinksOf(const QString &node);
    void placeNode(const QString &name);
    void updateAttention(const QString &name);
    void updateAllAttention();
    void updateVisibility();
    void updateRules();
    void updateRulesOf(const QString &node);
    void placeRule(RuleItem &item);
    void placeSigns();
    void updateRelations();
    void placeRelation(const RelationEnds &ends, RelationItem &item);
    /// @param node  those at it; nothing: all
    void placeRelations(const std::optional<QString> &node = std::nullopt);
    [[nodiscard]] std::optional<TrafficRate> trafficOf(const QString &node) const;
    void updateNumbers(const QString &node);
    void placeNumbers();
    [[nodiscard]] bool hasRoom(const TrafficItem &numbers) const;
    void ensureLink(Links &links, const QString &client, const QString &target, const LinkLook &look);
    [[nodiscard]] NodeLook lookOf(const QString &name) const;
    [[nodiscard]] bool passesFilter(const QString &node) const;
    [[nodiscard]] bool isDimmed(const QString &node) const;
    [[nodiscard]] QSet<QString> wayOfSelection() const;

    GraphModel *m_graph;
    Picture *m_picture;
    NetworkEditor *m_editor;
    std::unordered_map<QString, std::unique_ptr<NodeItem>> m_nodes;
    Links m_links;
    Links m_wanted;
    std::map<std::pair<QString, QString>, std::unique_ptr<RuleItem>> m_rules; ///< by the nodes at its ends
    QList<RuleArrow> m_ruleArrows;
    QSet<QString> m_ruleNodes; ///< at the ends of arrows: not dimmed
    std::map<RelationEnds, std::unique_ptr<RelationItem>> m_relations;
    QList<RelationArrow> m_relationArrows;
    QSet<QString> m_relationNodes; ///< at the ends of arrows: not dimmed
    QStringList m_selection;
    QString m_current;
    bool m_isCurrentLink = false;
    bool m_hasCurrent = false;
    PictureFilter m_filter;
    std::optional<QSet<QString>> m_matching;
    QHash<QString, bool> m_reached;
    QHash<QString, QString> m_aliases;
    QHash<QString, TrafficRate> m_traffic;                               ///< by client
    std::unordered_map<QString, std::unique_ptr<TrafficItem>> m_numbers; ///< by the node whose link it is
    QSet<QString> m_way;                                                 ///< lit; empty: nothing is dimmed for it
    Arrangement m_arrangement;
};

} // namespace Bulkhead
