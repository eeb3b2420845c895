// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-service-call: a service of dom0 that is a call of the core, under the service's name.
#include "dom0-core/servicecall/servicecall.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace Bulkhead;

int main(int argc, char **argv)
{
    const auto environment = [](const char *name) {
        const char *const value = ::getenv(name); // NOLINT(concurrency-mt-unsafe): there is one thread
        return std::string(value == nullptr ? "" : value);
    };
    const auto done = serviceCallOf("/run", argc > 0 ? argv[0] : "", argc > 1 ? argv[1] : "", environment)
                          .and_then([](const ServiceCall &call) {
                              return makeServiceCall(call, STDIN_FILENO, STDOUT_FILENO);
                          });
    if (!done) {
        (void)std::fprintf(stderr, "bulkhead-service-call: %s\n", done.error().text().c_str());
        return 2;
    }
    return *done ? 0 : 1;
}
