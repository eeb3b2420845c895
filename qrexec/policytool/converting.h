// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/systeminfo.h"
#include "qrexec/policytool/tool.h"

namespace Bulkhead::Qrexec
{

/// Turns the files of the older format into rules of the policy's own files: all of it, or nothing. What was there
/// before stays beside it, as `.bak` and `.rpmsave`. Nothing is touched unless the graph of all calls stays the same,
/// which is looked at again afterwards.
/// @param paths  one directory, which is changed, and the old one
/// @param info  of the qubes that the graph is drawn for
/// @errors Io, Refused (a file of the policy is a link, a directory or the like); everything is as it was, or the words
/// say what is not
/// @source spec qrexec, section 24
[[nodiscard]] Result<ToolOutcome> convertOldPolicy(const Policy::PolicyPaths &paths, const Policy::SystemInfo &info);

} // namespace Bulkhead::Qrexec
