// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead::FileCopy
{

/// From here on a signal that asks for the end lets whatever waits end with an error, and what was begun is removed.
void endOnSignals();

} // namespace Bulkhead::FileCopy
