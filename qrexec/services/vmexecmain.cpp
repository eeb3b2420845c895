// SPDX-License-Identifier: GPL-2.0-or-later
// The services qubes.VMExec, qubes.VMExecGUI and qubes.VMRootExec: become the command that the argument spells, with
// the call's streams.
#include "base/log.h"
#include "qrexec/process/child.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/services/applications.h"
#include "qrexec/services/execargument.h"

#include <cstdlib>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.vmexec");

Result<Program> programFor(std::string_view argument)
{
    BH_TRY(std::vector<std::string> words, decodeExecArgument(argument));
    const char *const set = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    BH_TRY(std::string path, findProgram(words.front(), set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin"));
    return Program{
        .path = std::move(path),
        .arguments = std::move(words),
        .environment = currentEnvironment(),
        .directory = {},
    };
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        Log.critical("a command is needed: qubes.VMExec+COMMAND");
        return StatusProblem;
    }
    const auto program = programFor(argv[1]);
    if (!program) {
        Log.critical("{}", program.error().text());
        return program.error().code == Errc::NotFound ? StatusNotFound : StatusProblem;
    }
    Log.critical("{}", becomeProgram(*program, std::nullopt).text());
    return StatusProblem;
}
