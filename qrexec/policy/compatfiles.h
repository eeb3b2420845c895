// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/filesource.h"
#include "qrexec/policy/rule.h"

#include <string>
#include <vector>

/// The files of the older format, one for each service. Source: spec policy, 10.2.
namespace Bulkhead::Policy
{

struct OldFile {
    std::string name;
    std::string service;
    std::string argument; ///< with its `+`, or `*`
};

/// Those of a directory in the order in which their rules are tried: services by code point, within one the files with
/// an argument, then the general one. What is none is left out, with a warning where somebody may wonder.
[[nodiscard]] std::vector<OldFile> oldFilesOf(const std::vector<Entry> &entries, std::vector<std::string> &warnings);

/// What holds after a file with an argument: nothing else is allowed with that argument.
[[nodiscard]] std::vector<Rule> denialsAfter(const OldFile &file);

} // namespace Bulkhead::Policy
