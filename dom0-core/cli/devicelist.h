// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/devicetext.h"
#include "dom0-core/cli/verb.h"

#include <string>
#include <vector>

namespace Bulkhead::Cli
{

/// Prints the devices of a class: who has them, what they are, who uses them. Options: json, assignments, all, exclude.
/// @param arguments  operands: the qubes that have them; none for all
[[nodiscard]] Result<int> listDevices(Session &session, const Arguments &arguments, const std::string &deviceClass);

/// The lines that a list call of one qube answers.
/// @param call  Available, Assigned or Attached
/// @param argument  to narrow it down to a port; empty for all
[[nodiscard]] Result<std::vector<DeviceLine>> deviceLines(const Daemon &daemon,
                                                          const std::string &deviceClass,
                                                          const std::string &call,
                                                          const std::string &qube,
                                                          const std::string &argument = {});

} // namespace Bulkhead::Cli
