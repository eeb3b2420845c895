// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/open/openoptions.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// What a call's end means for who wanted something opened: what happened, in which qube, and what there is to do.
/// @param status  not 0; docs/protocol/services.md, Calling, and docs/protocol/filecopy.md, Opening
[[nodiscard]] std::string callEndInWords(int status, const OpenOptions &options);

} // namespace Bulkhead::FileCopy
