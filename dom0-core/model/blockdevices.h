// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/assignments.h"
#include "dom0-core/model/refusal.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// The interface that every block device has, as the denied list names it. @source spec qube-model, 16.3
inline constexpr std::string_view BlockInterface = "b******";
/// The identity of a device of which nothing is known. @source spec admin-api, 8.9.2
inline constexpr std::string_view UnknownIdentity = "0000:0000::?******";

/// A block device that a qube has and could lend. All text is of the alphabets of GuestBlockDevice.
struct BlockDevice {
    std::string port;     ///< its name in the qube: `sda1`
    std::string identity; ///< of the parent and the number there
    std::string serial;   ///< the model, in words; may be empty
    std::string name;     ///< the label of what is on it, as the qube says; may be empty
    std::uint64_t size = 0;
    bool isWritable = true;
    std::string parentPort;  ///< empty: none is told
    std::string parentClass; ///< `block` or `usb`

    friend bool operator==(const BlockDevice &, const BlockDevice &) = default;
};

/// What a qube publishes, sorted by port. @source spec qube-model, 16.3
[[nodiscard]] std::vector<BlockDevice> blockDevicesFrom(std::span<const QubesDb::GuestBlockDevice> published);

/// Where the device lies in the qube that has it.
[[nodiscard]] std::filesystem::path nodeOf(std::string_view port);

/// Whether the key is for that device of that qube.
[[nodiscard]] bool isFor(const DeviceKey &key, Qid backend, const BlockDevice &device);
/// How exactly a key tells a device: the larger of two that are both for it decides.
/// @source spec qube-model, 16.1
[[nodiscard]] int specificityOf(const DeviceKey &key);

/// The assignment that decides on a device; null if none is for it.
[[nodiscard]] const AssignmentMap::value_type *
assignmentFor(const AssignmentMap &assignments, Qid backend, const BlockDevice &device);

/// Options of an attachment or an assignment of class block.
struct BlockOptions {
    std::string frontend; ///< the name in the qube that uses it; empty: the first one that is free
    std::optional<bool> readOnly;
    bool isCdrom = false;

    friend bool operator==(const BlockOptions &, const BlockOptions &) = default;
};

/// @errors BadValue
/// @source spec qube-model, 16.3
[[nodiscard]] Checked<BlockOptions> parseBlockOptions(const TextMap &options);
/// The same options as they are stored: booleans as `yes` and `no`.
[[nodiscard]] TextMap textOf(const BlockOptions &options);

/// The first name for an attached device that is not taken, from xvdi on; empty if all are.
/// @source spec qube-model, 8.6
[[nodiscard]] std::string freeFrontendName(const std::set<std::string> &taken, bool isCdrom);

/// Whether an interface code matches any of the patterns, which follow one another without a separator.
/// @source spec admin-api, 8.9.2
[[nodiscard]] bool isDenied(std::string_view patterns, std::string_view code);
/// Characters of an interface code.
inline constexpr std::size_t InterfaceCodeSize = 7;

} // namespace Bulkhead
