// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <string>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// A program with a fixed path. Words go to it as they are; there is no shell in between.
struct ProgramCall {
    std::string path;
    std::vector<std::string> words = {}; ///< without the program's own name
    std::string input = {};              ///< on its standard input
    bool isLasting = false; ///< it runs as long as it likes, and its output goes where our standard error goes
};

/// Runs a program and calls `done` once, from the loop, when it has ended: what it wrote on its standard output, at
/// most 64 KiB of it. One that takes longer than half a minute is killed, unless it is a lasting one. What it says on
/// standard error goes where ours goes.
/// @errors (by `done`) Io; Driver, if it ended with another status than 0 or was killed
class ProgramRun
{
public:
    using Done = std::move_only_function<void(Result<std::string>)>;

    /// @param loop  outlives the run
    ProgramRun(EventLoop &loop, const ProgramCall &call, Done done);
    ProgramRun(const ProgramRun &) = delete;
    ProgramRun &operator=(const ProgramRun &) = delete;
    /// A program that still runs is killed; `done` is not called.
    ~ProgramRun();

private:
    [[nodiscard]] Result<void> begin(const ProgramCall &call);
    void onEnded();
    void finish(Result<std::string> outcome);

    EventLoop &m_loop;
    std::string m_path;
    Done m_done;
    UniqueFd m_output;
    UniqueFd m_process;
    pid_t m_pid = 0; ///< 0: it does not run
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

} // namespace Bulkhead::GuestNetwork
