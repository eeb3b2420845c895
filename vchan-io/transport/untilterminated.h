// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/log.h"
#include "vchan-io/transport/terminationsignals.h"

#include <cstdlib>

namespace Bulkhead
{

/// All of a service without options: one object over a loop, until a signal of termination.
/// @param start  makes the object: `Result<…> (EventLoop &)`
/// @return what main() returns; why it could not start is logged
template<typename Start> [[nodiscard]] int runUntilTerminated(const LogCategory &log, Start start)
{
    const auto run = [&start]() -> Result<int> {
        const BootClock clock;
        BH_TRY(const auto loop, EventLoop::create(clock));
        BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop = *loop](int) {
                   loop.quit();
               }));
        BH_TRY(const auto service, start(*loop));
        return loop->run();
    };
    const auto status = run();
    if (!status) {
        log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}

} // namespace Bulkhead
