// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/gui-daemon/xobserver.h"

#include <QByteArray>

namespace Bulkhead::Test
{

/// What is wrong with the frames on the screen, in words; empty if nothing is. Judged by the windows as the X server
/// stacks them and by the pixels that it shows, never by what the daemon believes:
/// - every pixel of a frame that neither its content nor another window covers has the colour that the frame's own
///   `_QUBES_LABEL_COLOR` names,
/// - the content of a frame leaves 2 pixels on each side of a popup, 4 of a managed window,
/// - a popup that reaches into the screen lies wholly inside it.
/// The test's pictures must not have a label's colour.
[[nodiscard]] QByteArray frameFault(const XObserver &x);

} // namespace Bulkhead::Test
