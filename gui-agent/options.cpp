// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/options.h"

#include "base/formatted.h"
#include "base/number.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Bulkhead::GuiAgent
{

namespace
{

// Not one of the standard ones, and one that a program can have.
constexpr std::uint32_t LeastReadyFd = 3;
constexpr std::uint32_t MostReadyFd = 1023;

Result<std::uint32_t> parseNumber(std::string_view name, std::string_view text, std::uint32_t least, std::uint32_t most)
{
    const auto value = numberWithin<std::uint32_t>(text, least, most);
    if (!value) {
        return fail(Errc::BadValue, formatted("{} wants a number from {} to {}", name, least, most));
    }
    return *value;
}

} // namespace

Result<Options> parseOptions(std::span<const char *const> arguments)
{
    Options options;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        if (i + 1 == arguments.size()) {
            return fail(Errc::BadValue, formatted("option {} is unknown or lacks its value", name));
        }
        if (name == "--daemon-domid") {
            BH_TRY(options.daemon, parseNumber(name, arguments[i + 1], 0, MaxDomId).transform([](std::uint32_t id) {
                return DomId{id};
            }));
        } else if (name == "--status-file") {
            options.statusFile = arguments[i + 1];
        } else if (name == "--ready-fd") {
            BH_TRY(options.readyFd, parseNumber(name, arguments[i + 1], LeastReadyFd, MostReadyFd));
        } else if (name == "--wipe-flag") {
            options.wipeFlag = arguments[i + 1];
        } else if (name == "--transport") {
            options.transport = arguments[i + 1];
        } else {
            return fail(Errc::BadValue, formatted("option {} is unknown", name));
        }
    }
    return options;
}

} // namespace Bulkhead::GuiAgent
