// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/qubesdb/options.h"

#include "base/formatted.h"
#include "base/number.h"

#include <string_view>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr int FirstFreeFd = 3;

/// What stands behind `name` in `argument`; nothing if it is another option.
std::optional<std::string_view> valueOf(std::string_view argument, std::string_view name)
{
    return argument.starts_with(name) ? std::optional(argument.substr(name.size())) : std::nullopt;
}

Result<int> parseFd(std::string_view text)
{
    const auto fd = numberIn<int>(text);
    if (!fd || *fd < FirstFreeFd) {
        return fail(Errc::BadValue, "--ready-fd takes the number of an open descriptor from 3 on");
    }
    return *fd;
}

} // namespace

Result<DaemonOptions> parseDaemonOptions(std::span<char *const> arguments)
{
    DaemonOptions options;
    for (const std::string_view argument : arguments.subspan(1)) {
        if (const auto directory = valueOf(argument, "--directory=")) {
            options.directory = *directory;
        } else if (const auto transport = valueOf(argument, "--transport=")) {
            options.transport = *transport;
        } else if (const auto fd = valueOf(argument, "--ready-fd=")) {
            BH_TRY(options.readyFd, parseFd(*fd));
        } else if (argument != "0") {
            return fail(Errc::BadValue, formatted("{} is not understood", argument));
        }
    }
    return options;
}

const char *daemonUsage()
{
    return "usage: bulkhead-qubesdb [--directory=DIRECTORY] [--transport=NAME] [--ready-fd=NUMBER] [0]\n";
}

} // namespace Bulkhead::QubesDb
