// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <string>
#include <vector>

namespace Bulkhead::Policy
{

/// What of a policy is to be drawn. Empty lists mean everything.
struct GraphOptions {
    std::vector<std::string> sources = {};
    std::vector<std::string> targets = {};  ///< as shown
    std::vector<std::string> services = {}; ///< `NAME` or `NAME+ARGUMENT`
    bool includeAsk = false;
    bool skipLabels = false;
    bool fullOutput = false; ///< with arguments and actions; asks, too
};

/// Who may call whom, in Graphviz' language: a node a qube, an edge a call that is allowed (red) or asked for (orange).
/// @source spec policy, section 15
[[nodiscard]] std::string graphOf(const Rules &rules, const SystemInfo &info, const GraphOptions &options);

} // namespace Bulkhead::Policy
