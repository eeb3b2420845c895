// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QPointF>
#include <QString>

namespace Bulkhead
{

/// Sizes of the picture in its own units, which are pixels at zoom 100 %.
inline constexpr double NodeWidth = 208;
inline constexpr double NodeHeight = 50;  ///< two lines of a name while all of 40 qubes is in sight
inline constexpr double ColumnStep = 296; ///< from one column's middle to the next one's: a node and room for its links
inline constexpr double RowStep = 60;     ///< from one row's middle to the next one's
inline constexpr double GridStep = 8;     ///< what places snap to

/// One node to be placed. Its net qube is the parent; roots hang on the outside, which is placed too.
struct LayoutNode {
    QString name;
    QString parent;       ///< empty: on the outside; a name that is not in the list counts as that
    QString group;        ///< nodes of one group stay together, in the order of the groups
    bool isLoose = false; ///< has no network: stands apart, below the others
};

/// Where things stand: the middle of each node by its name, x growing towards the outside. The view mirrors it where
/// people read from the right.
using Places = QHash<QString, QPointF>;

/// The name under which the outside is placed. No qube can have it: names are not empty.
[[nodiscard]] inline QString outsideName()
{
    return QStringLiteral("");
}

/// Finds places for nodes nobody has placed yet. Deterministic: the same nodes get the same places.
class Layouter
{
public:
    Layouter() = default;
    virtual ~Layouter() = default;
    Layouter(const Layouter &) = delete;
    Layouter &operator=(const Layouter &) = delete;

    [[nodiscard]] virtual Places layout(const QList<LayoutNode> &nodes) const = 0;
};

/// Columns by distance from the outside, each provider in the middle of its clients. Every qube has at most one net
/// qube, so the network is a tree and its lines cross nowhere. Clients without clients of their own stand in two
/// columns when they are many, the farther one in the gaps of the nearer one.
class LayeredLayouter : public Layouter
{
public:
    [[nodiscard]] Places layout(const QList<LayoutNode> &nodes) const override;
};

} // namespace Bulkhead
