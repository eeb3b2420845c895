// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <deque>
#include <functional>
#include <memory>

namespace Bulkhead
{

/// Asynchronous steps that run one after another in the order they were added. Each is given what it calls once it is
/// done; the next begins then. A value: nothing happens before run(). Main thread only.
class Steps
{
public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Step = std::move_only_function<void(Done)>;

    enum class OnFailure : std::uint8_t {
        Stop, ///< the first failure is the whole chain's
        GoOn, ///< for cleaning up: every step runs, the first failure is reported at the end
    };

    explicit Steps(OnFailure onFailure = OnFailure::Stop) noexcept;

    void add(Step step);
    /// A step that is over when it returns.
    void addNow(std::move_only_function<Result<void>()> step);

    /// Runs all and calls `done` exactly once, perhaps before this returns.
    static void run(Steps steps, Done done);

private:
    void next(Done done, Result<void> outcome);

    std::deque<Step> m_steps;
    OnFailure m_onFailure;
};

} // namespace Bulkhead
