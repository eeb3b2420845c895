// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

#include <cstdint>

namespace Bulkhead
{

class TopologyScene;

/// What qubes are called in an exported picture.
enum class ExportedNames : std::uint8_t {
    AsTheyAre,
    Numbered, ///< "qube 1", for a picture that is shown to others
};

/// Writes what is in sight of the picture: a vector picture for `.svg`, else pixels at twice their size, at most 16384
/// a side.
/// @errors Io
[[nodiscard]] Result<void>
exportPicture(TopologyScene &scene, const QString &path, ExportedNames names = ExportedNames::AsTheyAre);

} // namespace Bulkhead
