// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/options.h"

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

enum LongOption : int { SocketDirectory = 256, Transport, PolicySocket, CoreSocket };

constexpr std::array longOptions{
    option{"socket-dir", required_argument, nullptr, SocketDirectory},
    option{"transport", required_argument, nullptr, Transport},
    option{"policy-socket", required_argument, nullptr, PolicySocket},
    option{"core-socket", required_argument, nullptr, CoreSocket},
    option{"uuid", required_argument, nullptr, 'u'},
    option{"direct", no_argument, nullptr, 'D'},
    option{nullptr, 0, nullptr, 0},
};

/// What options say, before it is whole.
struct Raw {
    std::string uuid;
    std::string socketDirectory = "/run/qubes";
    std::string transport = "auto";
    std::string policySocket = "/run/qubes/policy.sock";
    std::string coreSocket = "/run/qubesd.sock";
};

Result<DomId> parseDomId(std::string_view text)
{
    const auto number = numberWithin<std::uint32_t>(text, 1, MaxDomId);
    if (!number) {
        return fail(Errc::BadValue, "the first word must be the number of a running qube");
    }
    return DomId{*number};
}

bool isUserName(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return Ascii::isPrintable(c) && c != ':' && c != ' ';
    });
}

Result<void> applyOption(Raw &raw, int letter, std::string_view value)
{
    switch (letter) {
    case 'u':
        raw.uuid = value;
        return {};
    case SocketDirectory:
        raw.socketDirectory = value;
        return {};
    case Transport:
        raw.transport = value;
        return {};
    case PolicySocket:
        raw.policySocket = value;
        return {};
    case CoreSocket:
        raw.coreSocket = value;
        return {};
    case 'q':
    case 'D':
        return {};
    default:
        return unknownOption();
    }
}

Result<DaemonOptions> assemble(Raw raw, std::span<const std::string> words)
{
    if (words.size() < 2 || words.size() > 3) {
        return fail(Errc::BadValue, "a qube's number and name are needed, and maybe a user");
    }
    if (!isUuid(raw.uuid)) {
        return fail(Errc::BadValue, "-u needs the qube's UUID");
    }
    BH_TRY(const DomId domain, parseDomId(words[0]));
    BH_TRY(QubeName name, QubeName::parse(words[1]));
    const std::string user = words.size() == 3 ? words[2] : "user";
    if (!isUserName(user)) {
        return fail(Errc::BadValue, "this cannot be the name of a user");
    }
    return DaemonOptions{
        .domain = domain,
        .name = std::move(name),
        .uuid = std::move(raw.uuid),
        .defaultUser = user,
        .socketDirectory = std::move(raw.socketDirectory),
        .transport = std::move(raw.transport),
        .policySocket = std::move(raw.policySocket),
        .coreSocket = std::move(raw.coreSocket),
    };
}

} // namespace

bool isUuid(std::string_view text)
{
    constexpr std::string_view Form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(text, Form, [](char c, char form) {
        return form == '-' ? c == '-' : Ascii::isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

Result<DaemonOptions> parseDaemonOptions(std::span<char *const> arguments)
{
    Raw raw;
    BH_TRY(const std::vector<std::string> words,
           readOptions(
               arguments, {.letters = "u:qD", .longNames = longOptions}, [&raw](int letter, std::string_view value) {
                   return applyOption(raw, letter, value);
               }));
    return assemble(std::move(raw), words);
}

const char *daemonUsage()
{
    return "usage: qrexec-daemon [-q] [-D] [--socket-dir=DIR] [--transport=NAME] [--policy-socket=FILE]\n"
           "                     [--core-socket=FILE] -u UUID DOMID NAME [USER]\n";
}

} // namespace Bulkhead::Qrexec
