// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/keyvalues.h"

#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// A device by where it is plugged in and what it is; `*` stands for any port or any device.
/// @source spec admin-api, 8.9.2
struct Device {
    std::string backend;
    std::string port = "*";
    std::string identity = "*";
};

/// One line of the daemon's lists: what stands at its head, then what is told of the device or assignment.
/// @source spec admin-api, 8.9.3
struct DeviceLine {
    std::string head;
    KeyValues values;
};

/// @errors BadField
[[nodiscard]] Result<DeviceLine> parseDeviceLine(std::string_view line);

/// The device that a line is about, by its values.
[[nodiscard]] Device deviceOf(const DeviceLine &line);

/// As people write and read it: BACKEND:PORT[:IDENTITY].
/// @errors BadValue
[[nodiscard]] Result<Device> parseDevice(std::string_view text);

/// The argument of a call about it: BACKEND+PORT+IDENTITY.
[[nodiscard]] std::string argumentFor(const Device &device);

/// `key='value' …`, the payload of Assign and Attach.
[[nodiscard]] std::string serialised(const KeyValues &values);

/// Replaces a value, or adds it.
void setValue(KeyValues &values, std::string_view key, std::string value);

} // namespace Bulkhead::Cli
