// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qubesdb-tool: qubesdb-read and its sisters, one program by its name. In a qube, and in dom0.
#include "dom0-core/qubesdb/tool/commands.h"
#include "dom0-core/qubesdb/tool/options.h"

#include <cstdio>
#include <cstdlib>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;

namespace
{

/// Source: spec qubesdb, section 3.6.
constexpr int StatusMissing = 2;

void printOut(std::string_view text)
{
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    (void)std::fflush(stdout);
}

int complain(const Error &error)
{
    (void)std::fprintf(stderr, "qubesdb: %s\n", error.text().c_str());
    return EXIT_FAILURE;
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseToolOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        (void)complain(options.error());
        (void)std::fputs(toolUsage(), stderr);
        return EXIT_FAILURE;
    }
    auto connection = Connection::open(options->socket);
    if (!connection) {
        return complain(connection.error());
    }
    const auto done = runCommand(*connection, *options, printOut);
    if (!done && done.error().code == Errc::NotFound) {
        if (!options->isQuiet) {
            (void)complain(done.error());
        }
        return StatusMissing;
    }
    return done ? EXIT_SUCCESS : complain(done.error());
}
