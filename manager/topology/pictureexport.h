// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace Bulkhead
{

class TopologyScene;

/// Writes what is in sight of the picture: a vector picture for `.svg`, else pixels at twice their size, at most 16384
/// a side.
/// @errors Io
[[nodiscard]] Result<void> exportPicture(TopologyScene &scene, const QString &path);

} // namespace Bulkhead
