// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/layouter.h"

#include <QSet>

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// From this number of clients without clients on, they stand in two columns.
constexpr qsizetype manyLeaves = 7;
/// Empty rows between the clients of two providers.
constexpr double familyGap = 0.4;
/// Nodes without a network stand in this many columns.
constexpr int looseColumns = 3;

class Tree
{
public:
    explicit Tree(const QList<LayoutNode> &nodes)
    {
        QSet<QString> names;
        for (const LayoutNode &node : nodes) {
            names.insert(node.name);
        }
        QList<LayoutNode> inOrder = nodes;
        std::ranges::sort(inOrder, [](const LayoutNode &one, const LayoutNode &other) {
            return std::tie(one.group, one.name) < std::tie(other.group, other.name);
        });
        for (const LayoutNode &node : inOrder) {
            if (node.isLoose) {
                m_loose << node.name;
            } else {
                m_children[names.contains(node.parent) ? node.parent : outsideName()] << node.name;
            }
        }
        place(outsideName(), 0);
        placeLoops(inOrder);
        placeLoose();
    }

    [[nodiscard]] Places takePlaces()
    {
        return std::move(m_places);
    }

private:
    struct Frame {
        QString name;
        int depth = 0;
        bool isLeaving = false;
    };

    /// Clients first, then their provider in their middle. A stack of our own: a chain may be as long as there are
    /// qubes.
    void place(const QString &root, int depth)
    {
        QList<Frame> stack{{.name = root, .depth = depth, .isLeaving = false}};
        while (!stack.isEmpty()) {
            const Frame frame = stack.takeLast();
            if (frame.isLeaving) {
                leave(frame);
                continue;
            }
            m_visited.insert(frame.name);
            stack << Frame{.name = frame.name, .depth = frame.depth, .isLeaving = true};
            const QStringList families = withClients(frame.name);
            for (qsizetype i = families.size(); i-- > 0;) {
                stack << Frame{.name = families.at(i), .depth = frame.depth + 1, .isLeaving = false};
            }
        }
    }

    [[nodiscard]] QStringList withClients(const QString &name) const
    {
        QStringList families;
        for (const QString &child : m_children.value(name)) {
            if (m_children.contains(child) && !m_visited.contains(child)) {
                families << child;
            }
        }
        return families;
    }

    void leave(const Frame &frame)
    {
        const QStringList leaves = leavesOf(frame.name);
        placeLeaves(leaves, frame.depth + 1);
        if (!leaves.isEmpty()) {
            m_row += familyGap;
        }
        double first = m_row;
        double last = m_row;
        bool hasAny = false;
        for (const QString &child : m_children.value(frame.name)) {
            if (const auto place = m_places.constFind(child); place != m_places.cend()) {
                first = hasAny ? std::min(first, place->y()) : place->y();
                last = hasAny ? std::max(last, place->y()) : place->y();
                hasAny = true;
            }
        }
        double y = (first + last) / 2;
        if (!hasAny) {
            y = m_row * RowStep;
            m_row += 1;
        }
        m_places.insert(frame.name, QPointF(-frame.depth * ColumnStep, y));
    }

    [[nodiscard]] QStringList leavesOf(const QString &name) const
    {
        QStringList leaves;
        for (const QString &child : m_children.value(name)) {
            if (!m_children.contains(child)) {
                leaves << child;
            }
        }
        return leaves;
    }

    void placeLeaves(const QStringList &leaves, int depth)
    {
        const bool isTwoColumns = leaves.size() >= manyLeaves;
        for (qsizetype i = 0; i < leaves.size(); ++i) {
            m_visited.insert(leaves.at(i));
            const bool isFarther = isTwoColumns && i % 2 == 1;
            m_places.insert(leaves.at(i), QPointF(-(depth + (isFarther ? 1 : 0)) * ColumnStep, m_row * RowStep));
            m_row += isTwoColumns ? 0.5 : 1;
        }
        if (isTwoColumns) {
            m_row += 0.5;
        }
    }

    /// Whoever hangs on a loop is not reached from the outside, and is shown all the same.
    void placeLoops(const QList<LayoutNode> &nodes)
    {
        for (const LayoutNode &node : nodes) {
            if (!node.isLoose && !m_visited.contains(node.name)) {
                place(node.name, 1);
            }
        }
    }

    void placeLoose()
    {
        int number = 0;
        m_row += m_loose.isEmpty() ? 0 : 1;
        for (const QString &name : m_loose) {
            m_places.insert(name, QPointF(-(1 + number % looseColumns) * ColumnStep, m_row * RowStep));
            ++number;
            m_row += number % looseColumns == 0 ? 1 : 0;
        }
    }

    QHash<QString, QStringList> m_children;
    QStringList m_loose;
    QSet<QString> m_visited;
    Places m_places;
    double m_row = 0; ///< the next free one
};

} // namespace

Places LayeredLayouter::layout(const QList<LayoutNode> &nodes) const
{
    return Tree(nodes).takePlaces();
}

} // namespace Bulkhead
