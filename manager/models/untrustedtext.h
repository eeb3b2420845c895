// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>

namespace Bulkhead
{

/// Most characters of another side's words in one message of a window.
inline constexpr qsizetype MaxShownText = 400;

/// Words that a qube or a program of it said, made fit for a window: printable characters of the basic plane and beyond
/// stay, line ends become spaces, controls, direction marks, zero-width and private-use characters go, what is too long
/// is cut with an ellipsis. To be shown as plain text (spec ui 24).
[[nodiscard]] QString shownText(const QString &text, qsizetype limit = MaxShownText);

/// A tool tip that shows these letters: Qt takes what looks like HTML for HTML, and a tool tip cannot be told not to.
[[nodiscard]] QString plainToolTip(const QString &text);

} // namespace Bulkhead
