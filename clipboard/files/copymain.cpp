// SPDX-License-Identifier: GPL-2.0-or-later
// Sends files to another qube: qvm-copy, qvm-move, qvm-copy-to-vm, qvm-move-to-vm, qfile-agent.
#include "clipboard/files/copycommand.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

using namespace Bulkhead::FileCopy;

int main(int argc, char **argv)
{
    const auto options = parseCopyOptions({argv, static_cast<std::size_t>(argc)});
    const std::string usage = copyUsage(argc > 0 ? argv[0] : "");
    if (!options) {
        (void)std::fprintf(stderr, "%s\n%s", options.error().text().c_str(), usage.c_str());
        return EXIT_FAILURE;
    }
    if (options->verb == Verb::Help) {
        return std::fputs(usage.c_str(), stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): it cannot fail
    return runCopy(*options);
}
