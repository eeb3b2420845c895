// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Why a request is not carried out, by the class that a client of the Admin API sees.
/// @source spec admin-api, 4.2
enum class RefusalKind : std::uint8_t {
    // Answered by an exception frame: a person reads the message.
    General,
    QubeNotFound,
    InvalidUuid,
    QubeState, ///< QubesVMError
    InUse,
    NotStarted,
    NotRunning,
    NotPaused,
    NotHalted,
    ShutdownTimeout,
    NoTemplate,
    BadValue,
    BadPropertyValue,
    NoSuchProperty,
    NotImplemented,
    NotEnoughMemory,
    FeatureNotFound,
    TagNotFound,
    LabelNotFound,
    Storage,
    PoolInUse,
    DeviceNotAssigned,
    DeviceAlreadyAssigned,
    DeviceAlreadyAttached,
    UnrecognizedDevice,
    // Answered by closing without a byte.
    Protocol,   ///< the request is malformed
    Permission, ///< the caller may not do this
};

/// A request that is refused, and what to tell the person who made it: what happened and what to do.
struct Refusal {
    RefusalKind kind = RefusalKind::General;
    std::string message;
};

template<typename T> using Checked = std::expected<T, Refusal>;

[[nodiscard]] std::unexpected<Refusal> refuse(RefusalKind kind, std::string message);

/// The type of the exception frame; empty for the kinds that are answered by nothing at all.
[[nodiscard]] std::string_view exceptionName(RefusalKind kind);

} // namespace Bulkhead
