// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/program.h"

#include <filesystem>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// What a command line came to.
struct Ran {
    int status = 0;
    std::string out;
    std::string err;
};

/// Runs command lines in this process, with what a person would see of them caught.
struct CliRig {
    std::filesystem::path run;          ///< of the daemon's sockets
    std::filesystem::path qrexecClient; ///< stands in for it
    bool isTerminal = false;            ///< on the other end of all three streams
    std::string answer = {};            ///< what the person types when asked
    int timesAsked = 0;

    Ran operator()(const std::vector<std::string> &words)
    {
        Ran ran;
        ran.status = Cli::runProgram(
            words,
            {.console = {.write = [&ran](Cli::Console::Stream stream, std::string_view text) -> Result<void> {
                             (stream == Cli::Console::Stream::Output ? ran.out : ran.err) += text;
                             return {};
                         },
                         .readLine = [this]() -> std::optional<std::string> {
                             ++timesAsked;
                             return answer;
                         },
                         .outputIsTerminal = isTerminal,
                         .errorIsTerminal = isTerminal,
                         .inputIsTerminal = isTerminal},
             .run = run,
             .qrexecClient = qrexecClient});
        return ran;
    }
};

} // namespace Bulkhead::Test
