// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/serviceend.h"
#include "qrexec/process/child.h"
#include "qrexec/service/preparation.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Qrexec
{

/// A service that runs.
struct Launched {
    ServiceStreams streams; ///< our ends, non-blocking
    EndRules rules;
    std::optional<Child> child; ///< none for a socket service, whose status is 0
};

/// Where the error output of a program goes.
enum class ErrorsGo : std::uint8_t {
    ToCaller,
    ToOurs, ///< nothing of it leaves this domain (spec security, S-140)
};

/// Starts the program, or connects to the socket and tells it about the call.
/// @errors Io, BadValue (the socket's path is too long)
[[nodiscard]] Result<Launched> launch(const Prepared &prepared, ErrorsGo errors);

/// The same for a caller who wants to hear no more of it than that it was started (JUST_EXEC).
/// @errors as launch()
[[nodiscard]] Result<void> launchDetached(const Prepared &prepared);

} // namespace Bulkhead::Qrexec
