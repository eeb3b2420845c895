// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/clientvm/options.h"

#include "base/commandline.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace Bulkhead::Qrexec
{

namespace
{

enum LongOption : int { BufferSize = 256, Transport, ExactOutput, ExactError, UseStdinSocket };

constexpr std::array longOptions{
    option{"buffer-size", required_argument, nullptr, BufferSize},
    option{"filter-escape-chars-stdout", no_argument, nullptr, 't'},
    option{"filter-escape-chars-stderr", no_argument, nullptr, 'T'},
    option{"no-filter-escape-chars-stdout", no_argument, nullptr, ExactOutput},
    option{"no-filter-escape-chars-stderr", no_argument, nullptr, ExactError},
    option{"agent-socket", required_argument, nullptr, 'a'},
    option{"prefix-data", required_argument, nullptr, 'p'},
    option{"source-qube", required_argument, nullptr, 's'},
    option{"use-stdin-socket", no_argument, nullptr, UseStdinSocket},
    option{"transport", required_argument, nullptr, Transport},
    option{nullptr, 0, nullptr, 0},
};

/// A message has to fit; more than this gains nothing and is taken from the qube's shared memory.
constexpr std::size_t LeastRing = 4096;
constexpr std::size_t LargestRing = std::size_t{1} << 20U;

Result<std::size_t> parseRingSize(std::string_view text)
{
    const auto size = numberWithin<std::size_t>(text, 1, LargestRing);
    if (!size) {
        return fail(Errc::BadValue, "--buffer-size needs a number of bytes, at most 1048576");
    }
    return std::max(*size, LeastRing);
}

Result<void> applyOption(CallOptions &options, int letter, std::string_view value)
{
    switch (letter) {
    case BufferSize:
        return parseRingSize(value).transform([&options](std::size_t size) {
            options.ringSize = size;
        });
    case 't':
        options.outputFilter = Filter::SafeForTerminals;
        return {};
    case 'T':
        options.errorFilter = Filter::SafeForTerminals;
        return {};
    case ExactOutput:
        options.outputFilter = Filter::Exact;
        return {};
    case ExactError:
        options.errorFilter = Filter::Exact;
        return {};
    case 'a':
        options.agentSocket = value;
        return {};
    case 'p':
        options.prefix = value;
        return {};
    case 's':
        options.source = value;
        return {};
    case UseStdinSocket:
        options.usesStdinForBoth = true;
        return {};
    case Transport:
        options.transport = value;
        return {};
    default:
        return unknownOption();
    }
}

} // namespace

Result<Trigger> CallOptions::trigger() const
{
    BH_TRY(RequestedService cleaned, RequestedService::cleaned(service));
    return Trigger{
        .source = RequestedQube::cleaned(source),
        .target = RequestedQube::cleaned(target),
        .ident = {},
        .service = std::move(cleaned),
    };
}

Result<CallOptions> parseCallOptions(std::span<char *const> arguments)
{
    CallOptions options;
    // `+`: what follows the first word belongs to the local program.
    BH_TRY(const std::vector<std::string> words,
           readOptions(arguments,
                       {.letters = "+tTa:p:s:", .longNames = longOptions},
                       [&options](int letter, std::string_view value) {
                           return applyOption(options, letter, value);
                       }));
    if (words.size() < 2) {
        return fail(Errc::BadValue, "a target and a service are needed");
    }
    options.target = words[0];
    std::ranges::replace(options.target, '$', '@'); // how older programs spell keywords
    options.service = words[1];
    options.localProgram.assign(words.begin() + 2, words.end());
    if (options.usesStdinForBoth && !options.localProgram.empty()) {
        return fail(Errc::BadValue, "--use-stdin-socket and a local program exclude each other");
    }
    return options;
}

const char *callUsage()
{
    return "usage: qrexec-client-vm [--buffer-size=BYTES] [-t] [-T] [--no-filter-escape-chars-stdout]\n"
           "                        [--no-filter-escape-chars-stderr] [-a AGENT-SOCKET] [--transport=NAME] [-p DATA]\n"
           "                        [--use-stdin-socket] [-s SOURCE-QUBE] [--] TARGET SERVICE[+ARGUMENT]\n"
           "                        [LOCAL-PROGRAM [ARGUMENT...]]\n";
}

} // namespace Bulkhead::Qrexec
