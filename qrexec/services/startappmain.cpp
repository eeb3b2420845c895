// SPDX-License-Identifier: GPL-2.0-or-later
// The service qubes.StartApp: starts the application whose desktop file's id is the argument, and leaves it to itself.
#include "base/log.h"
#include "qrexec/process/child.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/pipe.h"
#include "qrexec/process/readfile.h"
#include "qrexec/services/applications.h"
#include "qrexec/services/desktopentry.h"

#include <cstdlib>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.startapp");

/// What a program without a window of its own is run in: Debian's choice of the person.
constexpr std::string_view TerminalProgram = "x-terminal-emulator";

std::optional<std::string> variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<Program> programFor(std::string_view id)
{
    BH_TRY(const std::string file, findDesktopFile(applicationDirectories(variable), id));
    BH_TRY(const std::string text, readFile(file, MaxDesktopFile));
    BH_TRY(const DesktopEntry entry, parseDesktopEntry(text));
    BH_TRY(std::vector<std::string> words, expandExec(entry, file));
    if (entry.terminal) {
        words.insert(words.begin(), {std::string(TerminalProgram), "-e"});
    }
    BH_TRY(std::string path, findProgram(words.front(), variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin")));
    return Program{
        .path = std::move(path),
        .arguments = std::move(words),
        .environment = currentEnvironment(),
        .directory = entry.directory,
    };
}

Result<void> start(std::string_view id)
{
    BH_TRY(const Program program, programFor(id));
    BH_TRY(const UniqueFd null, openNull());
    BH_TRY(const Child child, Child::start(program, {null.get(), null.get(), null.get()}, Session::Own));
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        Log.critical("the id of an application is needed: qubes.StartApp+ID");
        return StatusProblem;
    }
    const auto started = start(argv[1]);
    if (!started) {
        Log.critical("{}", started.error().text());
        return started.error().code == Errc::NotFound ? StatusNotFound : StatusProblem;
    }
    return EXIT_SUCCESS;
}
