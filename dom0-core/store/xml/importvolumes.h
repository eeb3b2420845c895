// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/change.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/volumes.h"
#include "dom0-core/store/xml/document.h"

#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::QubesXml
{

/// What an element comes to: changes to be made, and words on what of it is left out.
struct Taken {
    std::vector<Change::Any> changes;
    std::vector<std::string> leftOut;
};

/// A pool that the file names. One that is there already stays as it is: where it lies is this system's to say.
/// @param model  as it is by then
[[nodiscard]] Taken poolFrom(const AttributesEntry &entry, const Model &model);

/// What the file says of a qube's volume.
/// @param qube  with its template and its other properties
[[nodiscard]] Taken volumeFrom(const AttributesEntry &entry, const Model &model, const Qube &qube);

/// Where in its pool a volume lies follows from its qube; a file that says otherwise has its contents somewhere that
/// nobody here looks. @return words on that; empty if the file says the same, or nothing
/// @param qube  with what volumeFrom() came to
[[nodiscard]] std::string otherPlaceOf(const AttributesEntry &entry, const Model &model, const Qube &qube);

} // namespace Bulkhead::QubesXml
