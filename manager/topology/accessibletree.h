// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/relations.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QString>

#include <optional>

namespace Bulkhead
{

class TopologyView;

/// The picture as a screen reader has it: the view is a tree, its children are the nodes in path order, each node's
/// children are its link and the arrows that begin at it, of whatever layer is shown: what the policy says to its
/// calls, and what it depends on (spec ui 7.10). Qt sees no items of a scene by itself. Main thread; Qt owns it, it
/// owns its children.
class AccessibleTree : public QAccessibleWidget
{
public:
    explicit AccessibleTree(TopologyView *view);
    ~AccessibleTree() override;
    AccessibleTree(const AccessibleTree &) = delete;
    AccessibleTree &operator=(const AccessibleTree &) = delete;

    /// Has Qt ask for one whenever a TopologyView is looked at.
    static void install();

    [[nodiscard]] int childCount() const override;
    [[nodiscard]] QAccessibleInterface *child(int index) const override;
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *child) const override;
    [[nodiscard]] QAccessibleInterface *childAt(int x, int y) const override;
    [[nodiscard]] QAccessibleInterface *focusChild() const override;

    /// What in the picture a part is about: a node, its link, or an arrow that begins at it.
    struct Subject {
        enum class Kind : std::uint8_t { Node, Link, Arrow };

        QString node;
        Kind kind = Kind::Node;
        QString from = {}; ///< of an arrow: the qubes at its ends
        QString to = {};
        std::optional<Relation> relation = {}; ///< nothing: the arrow is the policy's

        friend bool operator==(const Subject &, const Subject &) = default;
    };

    /// The interface of a part; made at the first question.
    [[nodiscard]] QAccessibleInterface *part(const Subject &subject) const;
    [[nodiscard]] TopologyView *view() const;

private:
    mutable QHash<Subject, QAccessible::Id> m_parts;
};

/// For the table of parts.
[[nodiscard]] size_t qHash(const AccessibleTree::Subject &subject, size_t seed = 0) noexcept;

} // namespace Bulkhead
