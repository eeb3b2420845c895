// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/client/options.h"

#include "base/ascii.h"
#include "base/commandline.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

enum LongOption : int { SocketDirectory = 256, Transport, ExactOutput, ExactError };

constexpr std::array longOptions{
    option{"socket-dir", required_argument, nullptr, SocketDirectory},
    option{"transport", required_argument, nullptr, Transport},
    option{"no-filter-escape-chars-stdout", no_argument, nullptr, ExactOutput},
    option{"no-filter-escape-chars-stderr", no_argument, nullptr, ExactError},
    option{nullptr, 0, nullptr, 0},
};

/// A target becomes part of a file name: one part of it and no more.
bool isTarget(std::string_view text)
{
    return !text.empty() && !text.starts_with('.') && std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '.' || c == '-' || c == ':';
    });
}

Result<std::chrono::seconds> parseSeconds(std::string_view text)
{
    constexpr int Longest = 86400;
    const auto number = numberWithin<int>(text, 0, Longest);
    if (!number) {
        return fail(Errc::BadValue, "-w needs a number of seconds");
    }
    return std::chrono::seconds(*number);
}

Result<void> applyOption(ClientOptions &options, int letter, std::string_view value)
{
    switch (letter) {
    case 'd':
        options.target = value;
        return {};
    case 'l':
        options.localCommand = value;
        return {};
    case 'e':
        options.kind = ExecKind::JustExec;
        return {};
    case 'E':
        options.alwaysSucceed = true;
        return {};
    case 't':
        options.outputFilter = Filter::SafeForTerminals;
        return {};
    case 'T':
        options.errorFilter = Filter::SafeForTerminals;
        return {};
    case 'p':
        options.prefix = value;
        return {};
    case 'w':
        return parseSeconds(value).transform([&options](std::chrono::seconds wait) {
            options.wait = wait;
        });
    case ExactOutput:
        options.outputFilter = Filter::Exact;
        return {};
    case ExactError:
        options.errorFilter = Filter::Exact;
        return {};
    case SocketDirectory:
        options.socketDirectory = value;
        return {};
    case Transport:
        options.transport = value;
        return {};
    default:
        return unknownOption();
    }
}

Result<void> check(const ClientOptions &options)
{
    if (!isTarget(options.target)) {
        return fail(Errc::BadValue, "-d needs the name of a qube, its number or uuid:UUID");
    }
    if (options.isForDom0() && (options.localCommand || options.kind == ExecKind::JustExec)) {
        return fail(Errc::BadValue, "-l and -e need a qube");
    }
    if (options.kind == ExecKind::JustExec && options.localCommand) {
        return fail(Errc::BadValue, "-e and -l exclude each other");
    }
    if (!options.command.contains(':')) {
        return fail(Errc::BadValue, "the command must be USER:COMMAND");
    }
    return {};
}

} // namespace

Result<ClientOptions> parseClientOptions(std::span<char *const> arguments)
{
    ClientOptions options;
    BH_TRY(const std::vector<std::string> words,
           readOptions(arguments,
                       {.letters = "d:l:eEtTp:w:", .longNames = longOptions},
                       [&options](int letter, std::string_view value) {
                           return applyOption(options, letter, value);
                       }));
    if (words.size() != 1) {
        return fail(Errc::BadValue, "exactly one command is needed");
    }
    options.command = words.front();
    if (options.target == "@adminvm") {
        options.target = "dom0";
    }
    BH_CHECK(check(options));
    return options;
}

const char *clientUsage()
{
    return "usage: qrexec-client [--socket-dir=DIR] [--transport=NAME] -d TARGET [-l LOCAL-COMMAND | -e] [-E] [-t] "
           "[-T]\n"
           "                     [--no-filter-escape-chars-stdout] [--no-filter-escape-chars-stderr]\n"
           "                     [-w SECONDS] [-p DATA] USER:COMMAND\n";
}

} // namespace Bulkhead::Qrexec
