// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/delegates/labelmark.h"

#include <QFont>
#include <QImage>
#include <QString>

namespace Bulkhead
{

/// What stands at the left of a frame's strip.
struct StripContent {
    QString qube;
    MarkStyle mark;
    QString badge; ///< "demo"; empty: none
};

/// Height of a strip in pixels: the font's height and 6 (spec ui 12).
[[nodiscard]] int stripHeight(const QFont &font);

/// The strip's picture as wide as its content, on the label's fill: mark, the name in bold, the badge. Opaque 32-bit
/// pixels.
[[nodiscard]] QImage drawStrip(const StripContent &content, const QFont &font);

} // namespace Bulkhead
