// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/remotecommand.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

bool isMadeOf(std::string_view text, std::string_view beside)
{
    return !text.empty() && std::ranges::all_of(text, [beside](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || beside.contains(c);
    });
}

/// The line for the other end.
/// @source spec qrexec, 5
Result<std::string> lineOf(const RemoteCommand &command)
{
    if (command.isService) {
        if (command.words.size() != 1 || !isMadeOf(command.words.front(), "-_.+")) {
            return fail(Errc::BadValue, formatted("'{}' is not the name of a service", command.words.front()));
        }
        return formatted("QUBESRPC {} dom0", command.words.front());
    }
    std::string line = command.withGui ? "" : "nogui:";
    if (command.words.size() == 1) {
        return line + command.words.front();
    }
    for (const std::string &word : command.words) {
        line += shellWord(word) + ' ';
    }
    line.pop_back();
    return line;
}

} // namespace

std::string shellWord(std::string_view word)
{
    if (isMadeOf(word, "-_.,/:=@%+")) {
        return std::string(word);
    }
    std::string quoted = "'";
    for (const char c : word) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + '\'';
}

Result<ChildProgram> clientCall(const std::string &client, const std::string &qube, const RemoteCommand &command)
{
    if (!isMadeOf(command.user, "-_.$")) {
        return fail(Errc::BadValue, formatted("'{}' cannot be a user's name", command.user));
    }
    BH_TRY(const std::string line, lineOf(command));
    ChildProgram program{.words = {client, "-d", qube},
                         .streams = command.passesStreams ? ChildProgram::Streams::Ours : ChildProgram::Streams::None};
    switch (command.filter) {
    case RemoteCommand::Filter::ByTerminal:
        break;
    case RemoteCommand::Filter::Always:
        program.words.insert(program.words.end(), {"-t", "-T"});
        break;
    case RemoteCommand::Filter::Never:
        program.words.insert(program.words.end(),
                             {"--no-filter-escape-chars-stdout", "--no-filter-escape-chars-stderr"});
        break;
    }
    if (command.localProgram) {
        program.words.insert(program.words.end(), {"-l", *command.localProgram});
    }
    program.words.push_back(formatted("{}:{}", command.user, line));
    return program;
}

} // namespace Bulkhead::Cli
