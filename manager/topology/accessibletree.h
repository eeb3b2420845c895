// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QAccessibleWidget>
#include <QHash>

#include <utility>

namespace Bulkhead
{

class TopologyView;

/// The picture as a screen reader has it: the view is a tree, its children are the nodes in path order, each node's
/// child is its link (spec ui 7.10). Qt sees no items of a scene by itself. Main thread; Qt owns it, it owns its
/// children.
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

    /// The interface of a node or of its link; made at the first question.
    [[nodiscard]] QAccessibleInterface *part(const QString &node, bool isLink) const;
    [[nodiscard]] TopologyView *view() const;

private:
    mutable QHash<std::pair<QString, bool>, QAccessible::Id> m_parts;
};

} // namespace Bulkhead
