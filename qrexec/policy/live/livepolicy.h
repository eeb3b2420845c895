// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/live/directorysource.h"
#include "qrexec/policy/live/directorywatch.h"
#include "qrexec/policy/policystate.h"
#include "vchan-io/transport/eventloop.h"

#include <memory>

namespace Bulkhead::Qrexec
{

/// The policy of this system, as it is at the moment of each request.
class LivePolicy
{
public:
    /// Reads nothing yet.
    /// @param loop  outlives this
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<LivePolicy>>
    create(EventLoop &loop, Policy::PolicyPaths paths, uid_t owner);

    LivePolicy(const LivePolicy &) = delete;
    LivePolicy &operator=(const LivePolicy &) = delete;
    ~LivePolicy() = default;

    /// Valid until the next call.
    [[nodiscard]] const Policy::PolicyState::Outcome &current()
    {
        return m_state.current();
    }

private:
    LivePolicy(Policy::PolicyPaths paths, uid_t owner);

    [[nodiscard]] Policy::PolicyState::Outcome load();

    Policy::PolicyPaths m_paths;
    DirectorySource m_source;
    Policy::PolicyState m_state;
    std::unique_ptr<DirectoryWatch> m_watch;
};

} // namespace Bulkhead::Qrexec
