// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/tool/options.h"

#include "base/commandline.h"
#include "base/formatted.h"
#include "base/number.h"
#include "base/qubename.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr std::string_view Directory = "/run/qubes";
constexpr std::string_view NamePrefix = "qubesdb-";

enum LongOption : int { Default = 256, Socket };

constexpr std::array LongOptions{
    option{"default", required_argument, nullptr, Default},
    option{"socket", required_argument, nullptr, Socket},
    option{nullptr, 0, nullptr, 0},
};

struct Verb {
    std::string_view name;
    Command command;
    std::size_t leastWords;
};

constexpr std::array Verbs{
    Verb{"read", Command::Read, 1},
    Verb{"write", Command::Write, 2},
    Verb{"rm", Command::Remove, 1},
    Verb{"multiread", Command::MultiRead, 1},
    Verb{"list", Command::List, 1},
    Verb{"watch", Command::Watch, 1},
};

struct Raw {
    ToolOptions options;
    std::string_view verb;
};

Result<std::size_t> parseCount(std::string_view text)
{
    const auto count = numberIn<std::size_t>(text);
    if (!count) {
        return fail(Errc::BadValue, "-n takes a number");
    }
    return *count;
}

Result<void> applyOption(Raw &raw, int letter, std::string_view value)
{
    ToolOptions &options = raw.options;
    switch (letter) {
    case 'c':
        raw.verb = value;
        return {};
    case 'd': {
        BH_TRY(const QubeName name, QubeName::parse(value));
        options.socket = formatted("{}/qubesdb.{}.sock", Directory, name.text());
        return {};
    }
    case 'f':
        options.showsPath = true;
        return {};
    case 'n': {
        BH_TRY(options.changes, parseCount(value));
        return {};
    }
    case 'q':
        options.isQuiet = true;
        return {};
    case 'r':
        options.isRaw = true;
        return {};
    case 'w':
        options.waits = true;
        return {};
    case 'x':
        options.removes = true;
        return {};
    case Default:
        options.byDefault = value;
        return {};
    case Socket:
        options.socket = value;
        return {};
    default:
        return unknownOption();
    }
}

std::string_view verbInName(std::string_view program)
{
    program.remove_prefix(program.rfind('/') + 1); // npos + 1 is 0
    return program.starts_with(NamePrefix) ? program.substr(NamePrefix.size()) : std::string_view();
}

Result<ToolOptions> completed(Raw raw, std::vector<std::string> words)
{
    const auto *const verb = std::ranges::find(Verbs, raw.verb, &Verb::name);
    if (verb == Verbs.end()) {
        return fail(Errc::BadValue, "the command is read, write, rm, multiread, list or watch");
    }
    raw.options.command = verb->command;
    if (words.size() < verb->leastWords || (verb->command == Command::Write && words.size() % 2 != 0)) {
        return fail(Errc::BadValue, formatted("too few words for {}", verb->name));
    }
    raw.options.words = std::move(words);
    return std::move(raw.options);
}

} // namespace

Result<ToolOptions> parseToolOptions(std::span<char *const> arguments)
{
    Raw raw;
    raw.options.socket = formatted("{}/qubesdb.sock", Directory);
    raw.verb = verbInName(arguments.front());
    // `+`: a value to write may look like an option.
    BH_TRY(std::vector<std::string> words,
           readOptions(arguments,
                       {.letters = "+c:d:fn:qrwx", .longNames = LongOptions},
                       [&raw](int letter, std::string_view value) {
                           return applyOption(raw, letter, value);
                       }));
    return completed(std::move(raw), std::move(words));
}

const char *toolUsage()
{
    return "usage: qubesdb-cmd -c COMMAND [-d QUBE] [OPTION]... WORD...\n"
           "       qubesdb-read [-d QUBE] [-fqrwx] [--default=VALUE] PATH...\n"
           "       qubesdb-write [-d QUBE] PATH VALUE...\n"
           "       qubesdb-rm [-d QUBE] [-q] PATH...\n"
           "       qubesdb-multiread [-d QUBE] [-fr] PREFIX...\n"
           "       qubesdb-list [-d QUBE] [-f] PREFIX...\n"
           "       qubesdb-watch [-d QUBE] [-n CHANGES] PATH...\n";
}

} // namespace Bulkhead::QubesDb
