// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>

namespace Bulkhead::Qrexec
{

/// Turns SIGUSR1, by which a program whose bytes we move says that it uses one socket for both directions, into a call
/// from the loop. From then on the signal ends this process no more. Children get it as it was.
/// @source spec qrexec, 7.6
class MergeSignal
{
public:
    /// @errors Io
    [[nodiscard]] static Result<MergeSignal> watch(EventLoop &loop, std::move_only_function<void()> onSignal);

private:
    MergeSignal() = default;

    UniqueFd m_fd;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Qrexec
