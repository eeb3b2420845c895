// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/qid.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Classes of devices that are known here; of some there are no devices yet.
/// @source spec admin-api, 8.1
enum class DeviceClass : std::uint8_t {
    Block,
    Pci,
};

[[nodiscard]] std::string_view nameOf(DeviceClass klass);
[[nodiscard]] std::optional<DeviceClass> deviceClassFromName(std::string_view name);

/// What happens with an assigned device. One that is attached by hand is no assignment.
/// @source spec qube-model, 16.1
enum class AssignmentMode : std::uint8_t {
    AskToAttach,
    AutoAttach, ///< whenever the qube runs and the device is there
    Required,   ///< and the qube does not start without it
};

/// `ask-to-attach`, `auto-attach` or `required`.
[[nodiscard]] std::string_view nameOf(AssignmentMode mode);
[[nodiscard]] std::optional<AssignmentMode> assignmentModeFromName(std::string_view name);

/// Stands for whatever port or whatever identity.
inline constexpr std::string_view AnyDevice = "*";

/// Which device is meant: what is plugged in at a port of a qube, or a device wherever it is plugged in, or both.
struct DeviceKey {
    DeviceClass klass = DeviceClass::Block;
    Qid backend;
    std::string port = std::string(AnyDevice);
    std::string identity = std::string(AnyDevice);

    friend auto operator<=>(const DeviceKey &, const DeviceKey &) = default;
};

struct AssignmentSettings {
    AssignmentMode mode = AssignmentMode::AutoAttach;
    TextMap options; ///< of the class; checked

    friend bool operator==(const AssignmentSettings &, const AssignmentSettings &) = default;
};

/// What is assigned to one qube.
using AssignmentMap = std::map<DeviceKey, AssignmentSettings>;

} // namespace Bulkhead
