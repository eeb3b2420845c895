// SPDX-License-Identifier: GPL-2.0-or-later
// Opens a file or an address in another qube: qvm-open-in-vm, qvm-open-in-dvm.
#include "clipboard/open/opencall.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

using namespace Bulkhead::FileCopy;

namespace
{

extern "C" void onSignal(int /*signal*/)
{
}

/// Whatever waits ends with an error, and what was begun is removed.
void endOnSignals()
{
    struct sigaction action{};
    action.sa_handler = onSignal; // without SA_RESTART
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        (void)::sigaction(signal, &action, nullptr);
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): it cannot fail
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseOpenOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        (void)std::fprintf(stderr, "%s\n%s", options.error().text().c_str(), openUsage());
        return EXIT_FAILURE;
    }
    if (options->isHelp) {
        return std::fputs(openUsage(), stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    endOnSignals();
    const auto status = openElsewhere(*options);
    if (!status) {
        (void)std::fprintf(stderr, "%s\n", status.error().text().c_str());
        return EXIT_FAILURE;
    }
    return *status;
}
