// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/options.h"

#include "base/formatted.h"
#include "base/number.h"

#include <cstddef>
#include <string_view>

namespace Bulkhead::Clipboard
{

namespace
{

Result<void> setHold(Options &options, std::string_view text)
{
    const auto seconds = numberWithin<unsigned>(text, LeastHold, MostHold);
    if (!seconds) {
        return fail(Errc::BadValue, formatted("--hold-seconds wants a number from {} to {}", LeastHold, MostHold));
    }
    options.broker.hold = std::chrono::seconds(*seconds);
    return {};
}

Result<void> setValue(Options &options, std::string_view name, std::string_view value)
{
    if (name == "--hold-seconds") {
        return setHold(options, value);
    }
    if (name == "--policy-socket") {
        options.broker.policySocket = value;
    } else if (name == "--notify-socket") {
        options.notifySocket = value;
    } else if (name == "--directory") {
        options.directory = value;
    } else {
        return fail(Errc::BadValue, formatted("unknown option {}", name));
    }
    return {};
}

} // namespace

Result<Options> parseOptions(std::span<const char *const> arguments)
{
    Options options;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view name = arguments[at];
        if (name == "--offer") {
            options.deed = Deed::Offer;
        } else if (name == "--clear") {
            options.deed = Deed::Clear;
        } else if (name == "--status") {
            options.deed = Deed::Status;
        } else if (at + 1 == arguments.size()) {
            return fail(Errc::BadValue, formatted("option {} is unknown or lacks its value", name));
        } else {
            BH_CHECK(setValue(options, name, arguments[++at]));
        }
    }
    return options;
}

} // namespace Bulkhead::Clipboard
