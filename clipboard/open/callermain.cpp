// SPDX-License-Identifier: GPL-2.0-or-later
// Opens a file or an address in another qube: qvm-open-in-vm, qvm-open-in-dvm.
#include "clipboard/open/desktopdialog.h"
#include "clipboard/open/interruption.h"
#include "clipboard/open/opencall.h"

#include <cstdio>
#include <cstdlib>

using namespace Bulkhead::FileCopy;

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
        tellPerson(status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
