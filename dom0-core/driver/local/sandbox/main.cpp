// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-sandbox FILE: makes the qube that FILE describes (sandboxconfig.h) and stays beside it. The interpreter of
// a qube's unit: the supervisor runs the file itself, in the service folder, readiness on descriptor 3, with the name
// of its service, which says nothing new.
#include "base/log.h"
#include "dom0-core/driver/local/sandbox/monitor.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace
{

using namespace Bulkhead;

constexpr LogCategory logSandbox("bulkhead.sandbox");
constexpr int NotificationFd = 3;

Result<int> run(const char *file)
{
    // Looked at before anything else is opened, which would get the same number.
    const int notification = ::fcntl(NotificationFd, F_SETFD, FD_CLOEXEC) == 0 ? NotificationFd : -1;
    for (const char *left : {UnitFile::Process1, UnitFile::Exit, UnitFile::Error}) {
        (void)::unlink(left); // of an earlier run in this folder
    }
    BH_TRY(const auto text, readSmallFile(file, MaxSandboxConfig + 1));
    BH_TRY(const auto config, parseSandboxRunFile(text));
    return runSandbox(config, notification);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        (void)std::fputs("usage: bulkhead-sandbox FILE [SERVICE]\n", stderr);
        return 2;
    }
    const auto status = run(argv[1]);
    if (!status) {
        logSandbox.critical("{}", status.error().text());
        (void)writeSmallFile(UnitFile::Error, status.error().text() + "\n");
        return 1;
    }
    return *status;
}
