// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/programrun.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// One program of several that are run in order.
struct ProgramStep {
    ProgramCall call;
    bool mayFail = false; ///< what it takes away may not be there
};

/// Runs programs one after the other, until one fails that must not.
class ProgramSteps
{
public:
    /// Called once, from the loop: whether all went well. May destroy this.
    using Done = std::move_only_function<void(bool)>;

    /// @param loop  outlives this
    ProgramSteps(EventLoop &loop, const std::vector<ProgramStep> &steps, Done done);
    ProgramSteps(const ProgramSteps &) = delete;
    ProgramSteps &operator=(const ProgramSteps &) = delete;
    /// What still runs is killed; `done` is not called.
    ~ProgramSteps() = default;

private:
    void next();
    void finish(bool isDone);

    EventLoop &m_loop;
    std::deque<ProgramStep> m_left;
    Done m_done;
    std::unique_ptr<ProgramRun> m_run;
    EventLoop::Handle m_turn; ///< what comes after a run, which is on the stack when it tells its end
};

} // namespace Bulkhead::GuestNetwork
