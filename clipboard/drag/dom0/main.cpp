// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-drag-desktop: files of dom0's own programs, dragged onto windows of qubes.
#include "base/clock.h"
#include "base/log.h"
#include "clipboard/drag/dom0/desktopdrag.h"
#include "clipboard/drag/guest/measure.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/qubesocket.h"
#include "vchan-io/transport/terminationsignals.h"

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

constexpr LogCategory Log("bulkhead.drag-desktop");

constexpr int BadUsage = 2;

Result<int> serve()
{
    const char *const runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    if (runtime == nullptr || *runtime == '\0') {
        return fail(Errc::BadValue, "XDG_RUNTIME_DIR is not set");
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    BH_TRY(const QubeName dom0, QubeName::parse("dom0"));
    // The agent's socket first: bulkhead-drag comes to both as soon as it sees the other.
    auto settings = AgentSettings::ofThisSession(std::string(runtime) + "/bulkhead/drag-dom0.sock");
    settings.senderOptions = {"--by-policy"}; // dom0's own commands are asked about by nobody, its drags are
    BH_TRY(UniqueFd listener, listenAsQube(runtime, "drag", dom0));
    BH_TRY(const auto drag, DesktopDrag::create(*loop, std::move(settings), std::move(listener)));
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    const std::span arguments = std::span<char *const>(argv, static_cast<std::size_t>(argc)).subspan(1);
    if (!arguments.empty() && std::string_view(arguments[0]) == MeasureOption) {
        return runMeasurer(arguments.subspan(1));
    }
    if (!arguments.empty()) {
        (void)std::fputs("usage: bulkhead-drag-desktop\n", stderr);
        return BadUsage;
    }
    const auto status = serve();
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
