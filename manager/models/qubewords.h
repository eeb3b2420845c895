// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

#include <QString>

namespace Bulkhead
{

/// The words of the window for what the core says (spec ui 2, 15).

/// "running", "starting…"; a state of a newer core is shown as the core spells it.
[[nodiscard]] QString stateWord(const QubeInfo &qube);
/// The symbol that stands before the word, by theme name.
[[nodiscard]] QString stateIconName(QubeState state);
/// "application qube"; a class of a newer core is shown as the core spells it.
[[nodiscard]] QString kindWord(const QubeInfo &qube);
/// What a screen reader says after the name, in the order of spec ui 21.
[[nodiscard]] QString descriptionOf(const QubeInfo &qube, const LabelInfo &label);

} // namespace Bulkhead
