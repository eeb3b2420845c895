// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace Bulkhead::FileCopy
{

/// Removes a directory of ours with all that is in it, whatever modes that has. What cannot be removed stays.
void removeTree(int parent, const std::string &name);

} // namespace Bulkhead::FileCopy
