// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/open/choiceoptions.h"
#include "clipboard/open/openoptions.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// Where something is opened: where the options say, else where the remembered choice for its type says, else where the
/// policy says. What is to be remembered is written down before anything is opened.
/// @param mediaType  of options.what
/// @errors BadValue (a file of choices that cannot be read; nothing is opened then), Io
[[nodiscard]] Result<OpenOptions> chooseTarget(const ChoiceOptions &options, const std::string &mediaType);

} // namespace Bulkhead::FileCopy
