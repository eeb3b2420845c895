// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/process/child.h"
#include "qrexec/service/preparation.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Holds requests back until the user's graphical session is there. The service qubes.WaitForSession knows when that
/// is; one run of it serves all who wait.
/// @source spec qrexec, section 15
class SessionWaiter
{
public:
    using Start = std::move_only_function<void()>;

    /// Requests that wait; one more is started at once.
    static constexpr std::size_t MaxWaiting = 256;

    /// @param loop, here  outlive this
    SessionWaiter(EventLoop &loop, const Surroundings &here);

    /// Calls `start` once, when the wait has ended with whatever status, or at once where nobody can wait.
    /// @param user  whose session
    void whenReady(const std::string &user, Start start);

private:
    [[nodiscard]] Result<void> startWaiting(const std::string &user);
    void onWaitEnd();

    EventLoop &m_loop;
    const Surroundings &m_here;
    std::vector<Start> m_waiting;
    std::optional<Child> m_child;
    EventLoop::Handle m_childEnd;
};

} // namespace Bulkhead::Qrexec
