// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/layouter.h"

#include <QPainterPath>

namespace Bulkhead
{

/// How the picture lies. Places are the same in all of them, so that whoever turns it finds everything again: what lies
/// side by side in one lies side by side in the other.
struct Arrangement {
    bool isVertical = false; ///< the outside is at the bottom, else at the end side
    bool isMirrored = false; ///< people read from the right

    /// From where a node stands to its middle in the scene, and back.
    [[nodiscard]] QPointF toScene(QPointF place) const;
    [[nodiscard]] QPointF toPlace(QPointF position) const;
    /// From a node's middle to the middle of its side that faces the outside.
    [[nodiscard]] QPointF outwards() const;
    /// Half a node along the way to the outside.
    [[nodiscard]] double halfNode() const;
    /// Whether a step in the scene leads to a neighbour that is as far from the outside.
    [[nodiscard]] bool isAcross(QPointF direction) const;

    friend bool operator==(const Arrangement &, const Arrangement &) = default;
};

/// The same path with its directions exchanged, and back.
[[nodiscard]] QPainterPath transposed(const QPainterPath &path);

/// The way of a link between the middles of two nodes: out of the client level, so that it passes between the rows
/// before it.
[[nodiscard]] QPainterPath linkPath(QPointF from, QPointF to, const Arrangement &arrangement);
/// The way of an arrow beside the links: out of the side that faces the other node; between two that are as far from
/// the outside, around at the side where the clients are.
/// @param shift  how far beside the middle of the nodes it begins and ends
[[nodiscard]] QPainterPath arrowPath(QPointF from, QPointF to, const Arrangement &arrangement, double shift);

} // namespace Bulkhead
