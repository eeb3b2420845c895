// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QList>
#include <QPainterPath>
#include <QRectF>

#include <optional>

namespace Bulkhead
{

/// Where on its way an arrow's sign stands best: nearer to the end than to the middle, where the way back has its own.
inline constexpr double BestSignPlace = 0.6;

/// A sign that is to stand on an arrow.
struct SignWish {
    QPainterPath path;
    QSizeF withWord; ///< its size with a word; empty: without one anyway
    QSizeF bare;     ///< its size without
};

/// What became of a wish.
struct SignPlace {
    std::optional<double> share; ///< of the path's length; nothing: there is no room, and the line speaks for itself
    bool hasWord = false;

    friend bool operator==(const SignPlace &, const SignPlace &) = default;
};

/// The area that a sign of this size takes on its arrow.
[[nodiscard]] QRectF signArea(const QPainterPath &path, double share, const QSizeF &size);

/// Places for signs such that none lies over another one or over what is taken: along its arrow, as near to the best
/// place as there is room. Words have what room the signs leave. One place a wish, in their order, which is also the
/// order in which they choose.
[[nodiscard]] QList<SignPlace> signPlaces(const QList<SignWish> &wishes, const QList<QRectF> &taken);

} // namespace Bulkhead
