// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-domain-builder: builds one domain and ends. Reads the order on standard input (buildorder.h), leaves the
// domain paused and answers with its number or the reason on standard output. Nothing of another qube is ever in this
// process, and whatever libxl leaves behind in it goes with it.
#include "dom0-core/builder/buildrun.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace Bulkhead;

namespace
{

/// All of standard input, as far as an order can go.
Result<std::string> readOrder()
{
    std::string text;
    std::array<char, 4096> part{};
    while (text.size() <= MaxBuildOrder) {
        const auto got = ::read(STDIN_FILENO, part.data(), part.size());
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return failErrno(errno, "the order cannot be read");
        }
        text.append(part.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
    }
    return text;
}

Result<DomId> build()
{
    BH_TRY(const auto text, readOrder());
    BH_TRY(const auto order, parseBuildOrder(text));
    return buildDomain(order);
}

} // namespace

int main(int argc, char **)
{
    if (argc != 1) {
        (void)std::fputs("usage: bulkhead-domain-builder <ORDER\n", stderr);
        return 2;
    }
    // Without the daemon nobody would unpause the domain. What is half-made then, the daemon removes when it is back.
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto built = build();
    const auto answer = buildAnswerText(built);
    if (std::fwrite(answer.data(), 1, answer.size(), stdout) != answer.size() || std::fflush(stdout) != 0) {
        return EXIT_FAILURE;
    }
    return built ? EXIT_SUCCESS : EXIT_FAILURE;
}
