// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// The words of a command as the argument of qubes.VMExec carries them: joined by `+`, `-` doubled, other bytes than
/// letters, digits, `.` and `_` as `-HH` in upper-case hexadecimal. One spelling a command, so that a policy can name
/// it.
/// @return at least one word, the first not empty, none with a NUL
/// @errors BadValue
/// @source spec qrexec, section 26
[[nodiscard]] Result<std::vector<std::string>> decodeExecArgument(std::string_view argument);

} // namespace Bulkhead::Qrexec
