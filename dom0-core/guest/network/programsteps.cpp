// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/programsteps.h"

#include <utility>

namespace Bulkhead::GuestNetwork
{

ProgramSteps::ProgramSteps(EventLoop &loop, const std::vector<ProgramStep> &steps, Done done)
    : m_loop(loop)
    , m_left(steps.begin(), steps.end())
    , m_done(std::move(done))
{
    m_turn = m_loop.after(Duration::zero(), [this] {
        next();
    });
}

void ProgramSteps::next()
{
    m_run.reset();
    if (m_left.empty()) {
        finish(true);
        return;
    }
    ProgramStep step = std::move(m_left.front());
    m_left.pop_front();
    m_run = std::make_unique<ProgramRun>(
        m_loop, std::move(step.call), [this, mayFail = step.mayFail](const Result<std::string> &outcome) {
            m_turn = m_loop.after(Duration::zero(), [this, isDone = mayFail || outcome.has_value()] {
                isDone ? next() : finish(false);
            });
        });
}

void ProgramSteps::finish(bool isDone)
{
    auto done = std::exchange(m_done, nullptr);
    done(isDone); // may destroy this
}

} // namespace Bulkhead::GuestNetwork
