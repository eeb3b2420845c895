// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead: qubes from the command line, under this name and those of its links.
#include "dom0-core/cli/program.h"

#include <unistd.h>

#include <cerrno>
#include <vector>

using namespace Bulkhead;

namespace
{

Result<void> writeOut(Cli::Console::Stream stream, std::string_view text)
{
    const int fd = stream == Cli::Console::Stream::Output ? STDOUT_FILENO : STDERR_FILENO;
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "writing what was asked for");
        }
        text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return {};
}

/// Byte by byte: what follows the line is not ours.
std::optional<std::string> readLine()
{
    std::string line;
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) == 1) {
        if (byte == '\n') {
            return line;
        }
        line += byte;
    }
    return std::nullopt;
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv, argv + argc);
    return Cli::runProgram(words,
                           {.console = {.write = writeOut,
                                        .readLine = readLine,
                                        .outputIsTerminal = ::isatty(STDOUT_FILENO) == 1,
                                        .errorIsTerminal = ::isatty(STDERR_FILENO) == 1,
                                        .inputIsTerminal = ::isatty(STDIN_FILENO) == 1}});
}
