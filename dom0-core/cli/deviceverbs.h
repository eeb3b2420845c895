// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <array>
#include <string>

namespace Bulkhead::Cli
{

/// What qvm-device and the commands of one class have in common.
extern const std::array<Option, 11> DeviceOptions;
inline constexpr std::string_view DeviceActions = "list,attach,detach,assign,unassign,info";

/// Runs an action on devices of a class.
/// @param arguments  operands: the action, the qube, the device
[[nodiscard]] Result<int> runDeviceAction(Session &session, const Arguments &arguments, const std::string &deviceClass);

} // namespace Bulkhead::Cli
