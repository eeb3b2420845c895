// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/process/steps.h"

#include <utility>

namespace Bulkhead
{

Steps::Steps(OnFailure onFailure) noexcept
    : m_onFailure(onFailure)
{
}

void Steps::add(Step step)
{
    m_steps.push_back(std::move(step));
}

void Steps::addNow(std::move_only_function<Result<void>()> step)
{
    add([step = std::move(step)](Done done) mutable {
        done(step());
    });
}

void Steps::run(Steps steps, Done done)
{
    // Whoever is to go on holds the chain: it goes away with a step that is never done.
    auto chain = std::make_unique<Steps>(std::move(steps));
    auto *const first = chain.get();
    first->next(
        [chain = std::move(chain), done = std::move(done)](Result<void> outcome) mutable {
            done(std::move(outcome));
        },
        {});
}

void Steps::next(Done done, Result<void> outcome)
{
    if (m_steps.empty() || (!outcome && m_onFailure == OnFailure::Stop)) {
        done(std::move(outcome));
        return;
    }
    auto step = std::move(m_steps.front());
    m_steps.pop_front();
    step([this, done = std::move(done), outcome = std::move(outcome)](Result<void> result) mutable {
        next(std::move(done), outcome ? std::move(result) : std::move(outcome));
    });
}

} // namespace Bulkhead
