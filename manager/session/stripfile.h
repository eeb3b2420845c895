// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QImage>

namespace Bulkhead
{

/// The picture as gui-daemon reads it from `--strip-fd`: width and height as little-endian 32-bit numbers, then rows of
/// B, G, R, X bytes. A sealed memfd, read from its beginning.
/// @errors Io
[[nodiscard]] Result<UniqueFd> makeStripFile(const QImage &picture);

} // namespace Bulkhead
