// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <string>
#include <string_view>

namespace Bulkhead
{

/// Whether a qube may go: nothing may be left that names it.
/// @errors InUse (dom0, owned by a package, named by a property), NotHalted
/// @source spec qube-model, 12.3
[[nodiscard]] Checked<void> checkRemoval(const Model &model, const Qube &qube);

/// Whether a label may go: not one of the first eight, and no qube has it.
/// @errors Protocol, General
[[nodiscard]] Checked<void> checkLabelRemoval(const Model &model, const Label &label);

/// Everything that a new qube needs, judged in the order of the API's page: name, template, label.
struct NewQube {
    QubeClass klass = QubeClass::AppVM;
    std::string name;
    std::string templateName; ///< empty: the default one, for classes that have a template
    std::string label;
};

struct CheckedNewQube {
    Qid id;
    QubeName name;
    std::string templateName; ///< empty for classes without one
    std::string label;
};

/// @errors BadValue, QubeNotFound, LabelNotFound, NotImplemented, General (no free number)
/// @source spec admin-api, 8.2.1
[[nodiscard]] Checked<CheckedNewQube> checkNewQube(const Model &model, const NewQube &wanted);

} // namespace Bulkhead
