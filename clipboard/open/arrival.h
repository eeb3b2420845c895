// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/filecopy/openrequest.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// Takes a file from another qube, name and content, and puts it into a directory: in a process of its own, which can
/// do that and nothing else. What that process says is judged again.
/// @param input  the caller's stream; read to its end
/// @param directory  of ours, empty
/// @return how the file in the directory is called
/// @errors Io; BadField and TooMuch are said on standard error by the process, and are Refused here
[[nodiscard]] Result<OpenRequest> receiveFile(int input, const std::string &directory);

} // namespace Bulkhead::FileCopy
