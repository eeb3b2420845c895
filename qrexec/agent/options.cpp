// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/options.h"

#include "base/commandline.h"
#include "base/number.h"

#include <array>
#include <string_view>

namespace Bulkhead::Qrexec
{

namespace
{

enum LongOption : int { Transport = 256, CallDomain, CallPort, CallJustExec };

constexpr std::array longOptions{
    option{"agent-socket", required_argument, nullptr, 'a'},
    option{"fork-server-socket", required_argument, nullptr, 's'},
    option{"no-fork-server", no_argument, nullptr, 'S'},
    option{"transport", required_argument, nullptr, Transport},
    option{"call-domain", required_argument, nullptr, CallDomain},
    option{"call-port", required_argument, nullptr, CallPort},
    option{"call-just-exec", no_argument, nullptr, CallJustExec},
    option{nullptr, 0, nullptr, 0},
};

struct Raw {
    AgentOptions options;
    std::optional<DomId> domain;
    std::optional<Port> port;
    ExecKind kind = ExecKind::Command;
};

Result<std::uint32_t> parseNumber(std::string_view text, std::uint32_t least, std::uint32_t most)
{
    const auto number = numberWithin<std::uint32_t>(text, least, most);
    if (!number) {
        return fail(Errc::BadValue, "a number is not one that can be");
    }
    return *number;
}

Result<void> applyOption(Raw &raw, int letter, std::string_view value)
{
    switch (letter) {
    case 'a':
        raw.options.triggerSocket = value;
        return {};
    case 's':
        raw.options.sessionSockets = value;
        return {};
    case 'S':
        raw.options.sessionSockets.clear();
        return {};
    case Transport:
        raw.options.transport = value;
        return {};
    case CallDomain: {
        BH_TRY(const std::uint32_t number, parseNumber(value, 0, MaxDomId));
        raw.domain = DomId{number};
        return {};
    }
    case CallPort: {
        BH_TRY(const std::uint32_t number, parseNumber(value, ChannelAddress::FirstPort, ChannelAddress::LastPort));
        raw.port = Port{number};
        return {};
    }
    case CallJustExec:
        raw.kind = ExecKind::JustExec;
        return {};
    default:
        return unknownOption();
    }
}

} // namespace

Result<AgentOptions> parseAgentOptions(std::span<char *const> arguments)
{
    Raw raw;
    BH_TRY(const std::vector<std::string> words,
           readOptions(
               arguments, {.letters = "a:s:S", .longNames = longOptions}, [&raw](int letter, std::string_view value) {
                   return applyOption(raw, letter, value);
               }));
    if (!words.empty()) {
        return fail(Errc::BadValue, "only options are understood");
    }
    if (raw.domain.has_value() != raw.port.has_value()) {
        return fail(Errc::BadValue, "a call has a domain and a port");
    }
    if (raw.domain) {
        raw.options.call =
            CallRequest{.channel = {.domain = *raw.domain, .port = *raw.port}, .kind = raw.kind, .command = {}};
    }
    return std::move(raw.options);
}

std::vector<std::string> callArguments(const ChannelAddress &channel, ExecKind kind, const std::string &transport)
{
    std::vector<std::string> arguments{
        "bulkhead-qrexec-agent",
        "--transport=" + transport,
        "--call-domain=" + std::to_string(channel.domain.value()),
        "--call-port=" + std::to_string(channel.port.value()),
    };
    if (kind == ExecKind::JustExec) {
        arguments.emplace_back("--call-just-exec");
    }
    return arguments;
}

const char *agentUsage()
{
    return "usage: qrexec-agent [-a SOCKET] [-s SOCKETS | -S] [--transport=NAME]\n";
}

} // namespace Bulkhead::Qrexec
