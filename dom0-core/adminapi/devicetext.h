// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/assignments.h"
#include "dom0-core/model/blockdevices.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// How devices are written. @source spec admin-api, 8.9.2 and 8.9.3

/// `backend+port+identity` or `backend+port`, where `_` stands for any.
/// @errors Protocol, QubeNotFound
[[nodiscard]] Checked<DeviceKey> parseDeviceArgument(const Model &model, DeviceClass klass, std::string_view argument);

/// What the payload of Assign and Attach says beyond the argument.
struct DevicePayload {
    std::optional<AssignmentMode> mode; ///< nothing: by hand
    TextMap options;                    ///< as they came, not checked
};

/// @param key  what the argument says, which the payload must not contradict
/// @param frontend  the destination
/// @errors Protocol
[[nodiscard]] Checked<DevicePayload>
parseDevicePayload(const Model &model, const DeviceKey &key, const Qube &frontend, std::string_view payload);

/// A line of Available, without its end.
/// @param user  who has it now; null if nobody
[[nodiscard]] std::string availableLine(const Qube &backend, const BlockDevice &device, const Qube *user);

/// A line of Assigned and Attached, without its end.
/// @param mode  nothing: by hand
[[nodiscard]] std::string assignmentLine(const Qube &frontend,
                                         const Qube &backend,
                                         const DeviceKey &key,
                                         std::optional<AssignmentMode> mode,
                                         const TextMap &options);

} // namespace Bulkhead::AdminApi
