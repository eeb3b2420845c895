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
    FileCall, ///< a policy file is read or changed, by the process that may
    Edit,     ///< a person changes one, in an editor
    Convert,  ///< files of the older format become rules of the current one
};

/// A call about policy files. Source: spec policy, section 13.
struct FileCall {
    std::string service = {};  ///< `policy.Get` and so on
    std::string argument = {}; ///< a file's name, or empty
    std::string token = {};    ///< what the file is taken to be; empty: the call has none
    bool takesContent = false; ///< from the standard input
    bool showsToken = false;   ///< before the content, on a line of its own
};

struct ToolOptions {
    ToolVerb verb = ToolVerb::CheckPolicy;
    std::vector<std::string> files = {}; ///< CheckFiles; `-` is the standard input
    Policy::TextFormat format = Policy::TextFormat::Rules;
    Policy::PolicyPaths paths = {};
    Policy::GraphOptions graph = {};
    std::string output = {};     ///< Graph; empty: the standard output
    std::string systemInfo = {}; ///< Graph and Convert; a JSON file; empty: the core is asked
    FileCall call = {};          ///< FileCall; of Edit the one that replaces the file
};

/// `bulkhead-policy check [-s] [-i] [--policy-path DIR]... [FILE...]`, `bulkhead-policy graph …`, `bulkhead-policy
/// list`, `get`, `replace`, `remove`, `edit` and `convert`, or the field's names of the same as the program's own:
/// `qubes-policy-lint`, `qrexec-policy-graph`, `qubes-policy`, `qubes-policy-editor`, `qrexec-legacy-convert`.
/// @errors BadValue
/// @source spec policy, sections 13 and 15; qrexec, section 24
[[nodiscard]] Result<ToolOptions> parseToolOptions(std::span<char *const> arguments);

[[nodiscard]] const char *toolUsage();

} // namespace Bulkhead::Qrexec
