// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/forkserver/options.h"

#include "base/commandline.h"
#include "base/number.h"
#include "qrexec/process/account.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace Bulkhead::Qrexec
{

namespace
{

enum LongOption : int { Transport = 256, ReadyFd };

constexpr std::array longOptions{
    option{"transport", required_argument, nullptr, Transport},
    option{"ready-fd", required_argument, nullptr, ReadyFd},
    option{nullptr, 0, nullptr, 0},
};

Result<std::string> ownName()
{
    const char *const given = std::getenv("USER"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    if (given != nullptr && *given != '\0') {
        return std::string(given);
    }
    return findAccount(::geteuid()).transform([](const Account &account) {
        return account.name;
    });
}

Result<void> applyOption(ForkServerOptions &options, int letter, std::string_view value)
{
    switch (letter) {
    case Transport:
        options.transport = value;
        return {};
    case ReadyFd:
        options.readyFd = numberIn<int>(value);
        return options.readyFd ? Result<void>() : fail(Errc::BadValue, "--ready-fd wants a descriptor's number");
    default:
        return unknownOption();
    }
}

} // namespace

Result<ForkServerOptions> parseForkServerOptions(std::span<char *const> arguments)
{
    ForkServerOptions options;
    BH_TRY(const std::vector<std::string> words,
           readOptions(
               arguments, {.letters = "", .longNames = longOptions}, [&options](int letter, std::string_view value) {
                   return applyOption(options, letter, value);
               }));
    if (words.size() > 1) {
        return fail(Errc::BadValue, "there is one socket");
    }
    BH_TRY(options.user, ownName());
    options.socket = words.empty() ? "/run/qubes/qrexec-server." + options.user + ".sock" // spec qrexec, section 6
                                   : words.front();
    return options;
}

const char *forkServerUsage()
{
    return "usage: qrexec-fork-server [--ready-fd=N] [--transport=NAME] [SOCKET]\n";
}

} // namespace Bulkhead::Qrexec
