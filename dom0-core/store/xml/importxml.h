// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/change.h"
#include "dom0-core/model/model.h"
#include "dom0-core/store/xml/document.h"

#include <vector>

namespace Bulkhead::QubesXml
{

/// What a file says, as changes to be made in one transaction, and what of it is left out.
struct Import {
    std::vector<Change::Any> changes;
    std::vector<Remark> remarks; ///< by line
};

/// The changes that empty a model and then make in it what the document says. Objects come first, then what refers to
/// them, so the order of the file does not matter. A value that the rules do not allow here is left at its default and
/// remarked on; a file that contradicts itself is refused.
/// @param model  as the store is now
/// @errors BadValue, with the line: a name, number, UUID or class that is none or comes twice; no dom0
[[nodiscard]] Result<Import> importDocument(const Document &document, const Model &model);

} // namespace Bulkhead::QubesXml
