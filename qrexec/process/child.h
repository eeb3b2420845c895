// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "qrexec/process/program.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead::Qrexec
{

/// The ids that a child takes on before it executes its program. Only root can.
struct Identity {
    uid_t uid;
    gid_t gid;
    std::vector<gid_t> groups;
};

/// What a child has as its standard descriptors; borrowed for the time of the call.
struct StandardStreams {
    int input;
    int output;
    int error;
};

enum class Session : std::uint8_t {
    Own, ///< setsid(): it outlives whoever started us, and no terminal's signals reach it
    Ours,
};

/// Becomes the program, keeping our descriptors 0 to 2 and our session. Comes back only where that failed.
/// @errors Io
[[nodiscard]] Error becomeProgram(const Program &program, const std::optional<Identity> &identity);

/// A process that we started. Its end is seen by watching endFd(). Destroying this does not end the process.
class Child
{
public:
    /// Starts a program. Only the three descriptors reach it, and `kept`; signals are as a program expects them.
    /// Returns once the program runs or could not be executed.
    /// @param kept  descriptors above 2 that reach it under their own numbers
    /// @errors Io, with the errno of what failed in the child
    [[nodiscard]] static Result<Child> start(const Program &program,
                                             StandardStreams streams,
                                             Session session,
                                             const std::optional<Identity> &identity = std::nullopt,
                                             std::span<const int> kept = {});

    [[nodiscard]] pid_t pid() const noexcept
    {
        return m_pid;
    }

    /// Readable once the process has ended. Owned by this.
    [[nodiscard]] int endFd() const noexcept
    {
        return m_pidFd.get();
    }

    /// Reaps the process: its status 0 … 255 (exitstatus.h), or nothing while it runs.
    [[nodiscard]] std::optional<int> reap();

    /// Sends a signal, if the process still is.
    void signal(int number) const noexcept;

private:
    Child(pid_t pid, UniqueFd pidFd) noexcept;

    pid_t m_pid;
    UniqueFd m_pidFd;
    std::optional<int> m_status;
};

} // namespace Bulkhead::Qrexec
