// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"
#include "manager/delegates/glyphs.h"

#include <QColor>
#include <QIcon>
#include <QPixmap>

class QPainter;

namespace Bulkhead
{

/// The small sign at the mark's lower end corner that tells the kind.
enum class Badge : std::uint8_t {
    None,
    Stack,       ///< template
    Block,       ///< standalone
    DashedRing,  ///< disposable
    DottedRing,  ///< named disposable: dashed ring with a dot
    StackInRing, ///< disposable template
    Plug,        ///< provides network
    Shield,      ///< dom0
    Cloud,       ///< remote
};

/// Everything that decides how a mark looks.
struct MarkStyle {
    QColor fill;
    Glyph glyph = Glyph::Circle;
    Badge badge = Badge::None;

    friend bool operator==(const MarkStyle &, const MarkStyle &) = default;
};

[[nodiscard]] QColor fillOf(const LabelColor &color);
[[nodiscard]] Badge badgeFor(const QubeInfo &qube);
[[nodiscard]] MarkStyle markFor(const LabelInfo &label, Badge badge = Badge::None);

/// Draws a label's mark: fill, outline, glyph and, from 16 px on, the badge. The one function that draws a label's fill
/// in a window; frames are filled by their daemon.
/// @param area  square, 12 … 64 logical pixels
void drawMark(QPainter &painter, const QRectF &area, const MarkStyle &style, Qt::LayoutDirection direction);

[[nodiscard]] QPixmap markPixmap(const MarkStyle &style, int size, double devicePixelRatio);
/// In the sizes of the specification.
[[nodiscard]] QIcon markIcon(const MarkStyle &style);

} // namespace Bulkhead
