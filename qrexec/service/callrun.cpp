// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/callrun.h"

#include "base/clock.h"

#include <csignal>
#include <utility>

namespace Bulkhead::Qrexec
{

Result<int> runCall(CallRequest request, Place place, std::string_view transport)
{
    if (::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return fail(Errc::Io, "arranging signals");
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto backend, openBackend(transport));
    BH_TRY(Surroundings here, Surroundings::current(place));
    Call call(*loop, *backend, std::move(here), std::move(request), [&loop](int status) {
        loop->quit(status);
    });
    BH_CHECK(call.start());
    return loop->run();
}

} // namespace Bulkhead::Qrexec
