// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/options.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

/// What options say, before it is whole.
struct Raw {
    PolicyDaemonOptions options;
    bool hasPath = false;
};

struct Option {
    std::string_view name;
    Result<void> (*apply)(Raw &raw, std::string_view value);
};

template<auto Member> Result<void> set(Raw &raw, std::string_view value)
{
    raw.options.*Member = value;
    return {};
}

template<auto Member> Result<void> setPeer(Raw &raw, std::string_view value)
{
    raw.options.peers.*Member = value;
    return {};
}

Result<void> addPath(Raw &raw, std::string_view value)
{
    if (!std::exchange(raw.hasPath, true)) {
        raw.options.paths.directories.clear();
    }
    raw.options.paths.directories.emplace_back(value);
    return {};
}

Result<void> setOldPath(Raw &raw, std::string_view value)
{
    raw.options.paths.oldDirectory = value;
    return {};
}

Result<void> setReadyFd(Raw &raw, std::string_view value)
{
    const auto fd = numberIn<int>(value);
    if (!fd || *fd < 0) {
        return fail(Errc::BadValue, "--ready-fd needs a descriptor's number");
    }
    raw.options.readyFd = *fd;
    return {};
}

constexpr std::array Options{
    Option{"--policy-path", addPath},
    Option{"--old-policy-path", setOldPath},
    Option{"--socket-path", set<&PolicyDaemonOptions::socket>},
    Option{"--core-socket", setPeer<&PolicyPeers::core>},
    Option{"--ask-socket", setPeer<&PolicyPeers::question>},
    Option{"--notify-socket", setPeer<&PolicyPeers::notice>},
    Option{"--ready-fd", setReadyFd},
};

} // namespace

Result<PolicyDaemonOptions> parsePolicyDaemonOptions(std::span<char *const> arguments)
{
    Raw raw;
    for (std::size_t at = 1; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        const std::size_t equals = std::min(word.find('='), word.size());
        const auto *const option = std::ranges::find(Options, word.substr(0, equals), &Option::name);
        if (option == Options.end()) {
            return fail(Errc::BadValue, formatted("unknown option: {}", word));
        }
        const bool isJoined = equals < word.size();
        if (!isJoined && ++at == arguments.size()) {
            return fail(Errc::BadValue, formatted("{} needs a value", word));
        }
        const std::string_view value = isJoined ? word.substr(equals + 1) : std::string_view(arguments[at]);
        if (value.empty()) {
            return fail(Errc::BadValue, formatted("{} needs a value", option->name));
        }
        BH_CHECK(option->apply(raw, value));
    }
    return std::move(raw.options);
}

const char *policyDaemonUsage()
{
    return "usage: bulkhead-policyd [--policy-path DIR]... [--old-policy-path DIR] [--socket-path FILE]\n"
           "                        [--core-socket FILE] [--ask-socket FILE] [--notify-socket FILE] [--ready-fd N]\n";
}

} // namespace Bulkhead::Qrexec
