// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/delegates/labelmark.h"
#include "manager/topology/linkrules.h"
#include "manager/topology/trafficwords.h"

#include <QFont>
#include <QPainterPath>
#include <QPalette>

#include <optional>

class QPainter;

namespace Bulkhead
{

/// Below these zooms a node shows less (spec ui 7.2).
inline constexpr double FewWordsZoom = 0.4;
inline constexpr double MarksOnlyZoom = 0.2;
/// How much is left of what does not belong to the lit path (spec ui 7.4).
inline constexpr double DimmedOpacity = 0.4;

/// Everything that decides how a node looks; compared, so that what is equal is not drawn again.
struct NodeLook {
    enum class Kind : std::uint8_t { Qube, Outside, Stack };

    Kind kind = Kind::Qube;
    QString name;   ///< as it is shown
    QString second; ///< the state's word, or what stands below the name; of the outside: a shorter name
    MarkStyle mark;
    QList<MarkStyle> marks; ///< of a stack: its first few clients'
    QubeState state = QubeState::Halted;
    bool isBusy = false;
    bool isPinned = false;
    bool isProvider = false;
    qsizetype warnings = 0;

    friend bool operator==(const NodeLook &, const NodeLook &) = default;
};

/// How the person's hand and eye are on a node just now.
struct NodeAttention {
    bool isSelected = false;
    bool isCurrent = false; ///< the keyboard is here
    bool isDimmed = false;
    bool isUnderDrag = false;
    std::optional<Fit> fit; ///< while something is dragged

    friend bool operator==(const NodeAttention &, const NodeAttention &) = default;
};

/// How a link looks.
struct LinkLook {
    enum class Way : std::uint8_t {
        Present,    ///< as the core has it
        Wanted,     ///< asked for or planned
        Leaving,    ///< present, and to be replaced by a wanted one
        Remembered, ///< taken offline, drawn to the net qube it had
    };

    Way way = Way::Present;
    bool isBroken = false;
    bool isInUse = false;
    std::optional<bool> isReached = {};      ///< whether a real packet got to its end, when that was tested
    std::optional<TrafficStep> traffic = {}; ///< how much goes over it, while that is shown

    friend bool operator==(const LinkLook &, const LinkLook &) = default;
};

/// The symbol of a state, in the unit square, to be filled. Each state has its own shape.
[[nodiscard]] QPainterPath stateShape(QubeState state, bool isBusy);

/// What the picture is drawn with.
struct PictureStyle {
    QPalette palette;
    QFont font;
    Qt::LayoutDirection direction = Qt::LeftToRight;
    double zoom = 1; ///< device pixels a unit: how much there is room for
};

/// Draws a node into its area of NodeWidth × NodeHeight.
void drawNode(QPainter &painter,
              const QRectF &area,
              const NodeLook &look,
              const NodeAttention &attention,
              const PictureStyle &style);

/// Draws a link along `path`, from the client to the net qube, with its plug in the middle and its arrow head at the
/// end.
void drawLink(QPainter &painter,
              const QPainterPath &path,
              const LinkLook &look,
              const NodeAttention &attention,
              const PictureStyle &style);

} // namespace Bulkhead
