// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>

namespace Bulkhead
{

/// Turns SIGTERM, SIGINT and SIGHUP into a call from the loop, and ignores SIGPIPE, so that a program ends in order:
/// sockets unlinked, terminals as they were.
class TerminationSignals
{
public:
    /// @errors Io
    [[nodiscard]] static Result<TerminationSignals> watch(EventLoop &loop,
                                                          std::move_only_function<void(int signal)> onSignal);

private:
    TerminationSignals() = default;

    UniqueFd m_fd;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead
