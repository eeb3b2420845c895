// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/change.h"
#include "dom0-core/model/model.h"
#include "dom0-core/store/xml/document.h"

#include <expected>
#include <string>

namespace Bulkhead::QubesXml
{

/// What the file says of a device that a qube is given.
/// @param model  as it is by then, with all qubes
/// @param id     whose it is
/// @return or else why it is left out
[[nodiscard]] std::expected<Change::SetAssignment, std::string>
deviceFrom(const DeviceEntry &entry, const Model &model, Qid id);

} // namespace Bulkhead::QubesXml
