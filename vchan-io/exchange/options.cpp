// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/options.h"

#include "base/formatted.h"

#include <array>
#include <string_view>
#include <utility>

namespace Bulkhead
{

Result<ExchangeOptions> ExchangeOptions::parse(std::span<char *const> arguments)
{
    ExchangeOptions options;
    const std::array<std::pair<std::string_view, std::string *>, 4> known{{
        {"--directory", &options.directory},
        {"--dom0-directory", &options.dom0Directory},
        {"--group", &options.group},
        {"--user", &options.user},
    }};
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        const std::string_view name(arguments[i]);
        const auto *const option = std::ranges::find(known, name, &std::pair<std::string_view, std::string *>::first);
        if (option == known.end()) {
            return fail(Errc::BadValue, formatted("there is no option {}", name));
        }
        if (i + 1 == arguments.size()) {
            return fail(Errc::BadValue, formatted("{} needs a value", name));
        }
        *option->second = arguments[i + 1];
    }
    if (options.directory.empty() || options.dom0Directory.empty()) {
        return fail(Errc::BadValue, "--directory and --dom0-directory are needed");
    }
    return options;
}

} // namespace Bulkhead
