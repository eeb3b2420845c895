// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/wait.h>

#include <cstdint>

namespace Bulkhead::Qrexec
{

/// What a call ends with where it is not the service's own status. Source: spec qrexec, section 18.
inline constexpr int StatusLocalError = 1;       ///< of our tools, or a peer that broke the protocol
inline constexpr int StatusProblem = 125;        ///< bad configuration, no such user, cannot be executed
inline constexpr int StatusRefused = 126;        ///< policy, or no answer
inline constexpr int StatusNotFound = 127;       ///< allowed, but there is no such service
inline constexpr int StatusConnectionLost = 255; ///< the channel ended before the exit status came
inline constexpr int StatusKilledBySignal = 128; ///< plus the signal's number

/// The status of a process that waitid() reaped, 0 … 255: its own, or 128 and its signal.
[[nodiscard]] inline int statusOf(const siginfo_t &end) noexcept
{
    const int number = end.si_status;
    return (end.si_code == CLD_EXITED ? number : StatusKilledBySignal + number) & 0xFF;
}

} // namespace Bulkhead::Qrexec
