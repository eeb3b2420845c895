// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/nodelook.h"
#include "manager/topology/relations.h"

namespace Bulkhead
{

/// Lengths of dashes and gaps in widths of the line; no two relations have the same (spec ui 7.3).
[[nodiscard]] QList<qreal> dashesOf(Relation relation);
/// The arrow's head with its tip in the origin, pointing along the x axis; no two relations have the same.
[[nodiscard]] QPainterPath headOf(Relation relation);

/// Draws the arrow along `path`, in the line and with the head of its relation.
void drawRelation(
    QPainter &painter, const QPainterPath &path, Relation relation, bool isUnderHand, const PictureStyle &style);

} // namespace Bulkhead
