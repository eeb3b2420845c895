// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/interruption.h"

#include <csignal>

namespace Bulkhead::FileCopy
{

namespace
{

extern "C" void onSignal(int /*signal*/)
{
}

} // namespace

void endOnSignals()
{
    struct sigaction action{};
    action.sa_handler = onSignal; // without SA_RESTART
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        (void)::sigaction(signal, &action, nullptr);
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): it cannot fail
}

} // namespace Bulkhead::FileCopy
