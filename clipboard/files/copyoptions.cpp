// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/copyoptions.h"

#include "base/formatted.h"
#include "base/number.h"

#include <array>

namespace Bulkhead::FileCopy
{

namespace
{

struct Name {
    std::string_view name;
    Verb verb;
    bool hasTarget;
};

constexpr std::array Names{
    Name{.name = "qvm-copy", .verb = Verb::Copy, .hasTarget = false},
    Name{.name = "qvm-move", .verb = Verb::Move, .hasTarget = false},
    Name{.name = "qvm-copy-to-vm", .verb = Verb::Copy, .hasTarget = true},
    Name{.name = "qvm-move-to-vm", .verb = Verb::Move, .hasTarget = true},
    Name{.name = "qfile-agent", .verb = Verb::SendOnly, .hasTarget = false},
};

std::string_view lastPart(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

const Name &nameOf(std::string_view program)
{
    for (const Name &name : Names) {
        if (name.name == program) {
            return name;
        }
    }
    return Names.front();
}

Result<int> parseFd(std::string_view text)
{
    const auto fd = numberIn<int>(text);
    if (!fd || *fd < 0) {
        return fail(Errc::BadValue, "--progress-fd needs the number of a descriptor");
    }
    return *fd;
}

Result<void> applyOption(CopyOptions &options, std::string_view word)
{
    constexpr std::string_view ProgressFd = "--progress-fd=";
    constexpr std::string_view ByPolicyOf = "--by-policy=";
    if (word == "--ignore-symlinks") {
        options.links = Links::LeftOut;
    } else if (word == "--no-ignore-symlinks") {
        options.links = Links::Sent;
    } else if (word == "--with-progress") {
        options.showsProgress = true;
    } else if (word == "--without-progress") {
        options.showsProgress = false;
    } else if (word == "-h" || word == "--help") {
        options.verb = Verb::Help;
    } else if (word.starts_with(ProgressFd)) {
        BH_TRY(options.numbersFd, parseFd(word.substr(ProgressFd.size())));
    } else if (word == "--by-policy") {
        options.policySocket = "/run/qubes/policy.sock";
    } else if (word.starts_with(ByPolicyOf)) {
        options.policySocket = word.substr(ByPolicyOf.size());
    } else {
        return fail(Errc::BadValue, "unknown option " + shownPath(word));
    }
    return {};
}

} // namespace

Result<CopyOptions> parseCopyOptions(std::span<char *const> arguments)
{
    const Name &name = nameOf(arguments.empty() ? std::string_view() : lastPart(arguments.front()));
    CopyOptions options{.verb = name.verb};
    bool takesOptions = true;
    for (const std::string_view word : arguments.subspan(arguments.empty() ? 0 : 1)) {
        if (takesOptions && word == "--") {
            takesOptions = false;
        } else if (takesOptions && word.starts_with('-') && word != "-") {
            BH_CHECK(applyOption(options, word));
        } else if (name.hasTarget && !options.target) {
            options.target = word;
        } else {
            options.paths.emplace_back(word);
        }
    }
    if (options.verb == Verb::Help) {
        return options;
    }
    if (options.target && (options.target->empty() || options.target->starts_with('-'))) {
        return fail(Errc::BadValue, "that is no name of a qube");
    }
    if (options.paths.empty()) {
        return fail(Errc::BadValue, name.hasTarget ? "the name of a qube and a file are needed" : "a file is needed");
    }
    return options;
}

std::string copyUsage(std::string_view program)
{
    const Name &name = nameOf(lastPart(program));
    return formatted(
        "usage: {} [OPTIONS] {}FILE...\n"
        "  --with-progress, --without-progress  say on the terminal how far it is\n"
        "  --progress-fd=N                      write the number of bytes sent to a descriptor, a line each time\n"
        "  --ignore-symlinks                    leave symbolic links out\n"
        "  --by-policy                          in dom0: only where the policy lets dom0, or the person who is asked\n"
        "  -h, --help                           this text\n",
        name.name,
        name.hasTarget ? "QUBE " : "");
}

} // namespace Bulkhead::FileCopy
