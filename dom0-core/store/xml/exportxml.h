// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/model/model.h"

#include <string>

namespace Bulkhead::QubesXml
{

/// The file for this model: only what was set, and only names that the field's R4.3 knows. The same model gives the
/// same bytes.
/// @errors BadValue: a value holds a character that XML cannot carry; names the qube and the property
[[nodiscard]] Result<std::string> exportModel(const Model &model);

} // namespace Bulkhead::QubesXml
