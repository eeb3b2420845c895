// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policytool/tool.h"
#include "vchan-io/wire/calls/policyreply.h"

#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Makes one call about policy files.
using AskPolicyAdmin = std::function<Result<PolicyAdmin::Reply>(
    const std::string &service, const std::string &argument, std::string_view payload)>;

/// A person changes a policy file: VISUAL, EDITOR or vi on a copy, its lines looked at, then the file replaced if it is
/// still what it was. Where something is wrong the person is asked, on the terminal, whether to go on editing.
/// @param call  the one that replaces the file
/// @errors Io, those of `ask`
/// @source spec policy, section 13
[[nodiscard]] Result<ToolOutcome> editFile(const FileCall &call, Policy::TextFormat format, const AskPolicyAdmin &ask);

} // namespace Bulkhead::Qrexec
