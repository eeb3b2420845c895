// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/graphmodel.h"
#include "manager/topology/nodeitem.h"
#include "manager/topology/picture.h"

#include <QGraphicsScene>

#include <memory>
#include <unordered_map>

namespace Bulkhead
{

class NetworkEditor;

/// Which of the nodes are in sight.
struct PictureFilter {
    bool runningOnly = false;
    bool chainOnly = false; ///< what the selected qubes' packets go through, and what goes through them
    QString label;          ///< empty: all

    friend bool operator==(const PictureFilter &, const PictureFilter &) = default;
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
    void setMirrored(bool isMirrored);
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

    void addNode(const QString &name);
    void removeNode(const QString &name);
    void updateNode(const QString &name);
    void updateLink(const QString &client);
    void updateLinksOf(const QString &node);
    void placeNode(const QString &name);
    void updateAttention(const QString &name);
    void updateAllAttention();
    void updateVisibility();
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
    QStringList m_selection;
    QString m_current;
    bool m_isCurrentLink = false;
    bool m_hasCurrent = false;
    PictureFilter m_filter;
    std::optional<QSet<QString>> m_matching;
    QSet<QString> m_way; ///< lit; empty: nothing is dimmed for it
    bool m_isMirrored = false;
};

} // namespace Bulkhead
