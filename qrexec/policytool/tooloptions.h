// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/policycheck.h"
#include "qrexec/policy/policygraph.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

enum class ToolVerb : std::uint8_t {
    CheckFiles,  ///< these, line by line
    CheckPolicy, ///< all that is in force
    Graph,
};

struct ToolOptions {
    ToolVerb verb = ToolVerb::CheckPolicy;
    std::vector<std::string> files = {}; ///< CheckFiles; `-` is the standard input
    Policy::TextFormat format = Policy::TextFormat::Rules;
    Policy::PolicyPaths paths = {};
    Policy::GraphOptions graph = {};
    std::string output = {};     ///< Graph; empty: the standard output
    std::string systemInfo = {}; ///< Graph; a JSON file; empty: the core is asked
};

/// `bulkhead-policy check [-s] [-i] [--policy-path DIR]... [FILE...]`, `bulkhead-policy graph …`, or the field's names
/// of the same as the program's own: `qubes-policy-lint`, `qrexec-policy-graph`.
/// @errors BadValue
/// @source spec policy, sections 13 and 15
[[nodiscard]] Result<ToolOptions> parseToolOptions(std::span<char *const> arguments);

[[nodiscard]] const char *toolUsage();

} // namespace Bulkhead::Qrexec
