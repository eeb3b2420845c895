// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// qrexec's client as a child: what we write goes to the service, what the service writes comes to us. On destruction
/// it is ended and reaped.
class CallProgram
{
public:
    /// @param words  the program, searched in PATH, and its arguments
    /// @errors NotFound (there is no such program), Io
    [[nodiscard]] static Result<CallProgram> start(const std::vector<std::string> &words);

    /// The same with the caller's own stream in the place of both.
    [[nodiscard]] static Result<CallProgram> start(const std::vector<std::string> &words, const UniqueFd &stream);

    CallProgram(CallProgram &&other) noexcept;
    CallProgram &operator=(CallProgram &&) = delete;
    CallProgram(const CallProgram &) = delete;
    CallProgram &operator=(const CallProgram &) = delete;
    ~CallProgram();

    /// To be taken, once.
    UniqueFd input;  ///< we write
    UniqueFd output; ///< we read

    /// What the call ended with: the service's status, or 128 and a signal's number.
    /// @errors TimedOut, Io
    [[nodiscard]] Result<int> wait(std::chrono::milliseconds longest);

    /// Asks it to end.
    void terminate() const;

    /// Readable once it has ended.
    [[nodiscard]] int endedFd() const noexcept
    {
        return m_ended.get();
    }

private:
    CallProgram() = default;

    [[nodiscard]] Result<void> spawn(const std::vector<std::string> &words, int standardInput, int standardOutput);

    pid_t m_process = -1;
    UniqueFd m_ended; ///< readable when it has
};

/// Whether a program is in PATH.
[[nodiscard]] bool isInPath(const std::string &program);

} // namespace Bulkhead::FileCopy
