// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/options.h"

#include "base/formatted.h"
#include "base/number.h"

#include <cstddef>
#include <string_view>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr std::uint32_t LargestScreen = 16384;
constexpr unsigned LargestDisplay = 9999;

Result<std::uint32_t> parseNumber(std::string_view text, std::uint32_t least, std::uint32_t most, std::string_view what)
{
    const auto value = numberWithin<std::uint32_t>(text, least, most);
    if (!value) {
        return fail(Errc::BadValue, formatted("{} wants a number from {} to {}", what, least, most));
    }
    return *value;
}

Result<Size> parseScreen(std::string_view text)
{
    const std::size_t cross = text.find('x');
    if (cross == std::string_view::npos) {
        return fail(Errc::BadValue, "--screen wants WIDTHxHEIGHT");
    }
    BH_TRY(const auto width, parseNumber(text.substr(0, cross), 1, LargestScreen, "--screen"));
    BH_TRY(const auto height, parseNumber(text.substr(cross + 1), 1, LargestScreen, "--screen"));
    return Size{width, height};
}

Result<void> take(Options &options, std::string_view name, std::string_view value)
{
    if (name == "--display" && value == "auto") {
        options.display.reset();
    } else if (name == "--display") {
        BH_TRY(options.display, parseNumber(value, 0, LargestDisplay, name));
    } else if (name == "--screen") {
        BH_TRY(options.screen, parseScreen(value));
    } else if (name == "--x-server" && (value == "xorg" || value == "xvfb")) {
        options.xServer = value == "xorg" ? XServerKind::Xorg : XServerKind::Xvfb;
    } else if (name == "--agent") {
        options.agent = value;
    } else if (name == "--drag-agent") {
        options.dragAgent = value == "none" ? std::string_view() : value;
    } else if (name == "--fork-server") {
        options.forkServer = value == "none" ? std::string_view() : value;
    } else {
        return fail(Errc::BadValue, formatted("option {} is unknown, or its value", name));
    }
    return {};
}

} // namespace

Result<Options> parseOptions(std::span<const char *const> arguments)
{
    Options options;
    while (!arguments.empty()) {
        const std::string_view name = arguments.front();
        arguments = arguments.subspan(1);
        if (name == "--wait") {
            options.wait = true;
            continue;
        }
        if (arguments.empty()) {
            return fail(Errc::BadValue, formatted("option {} is unknown or lacks its value", name));
        }
        BH_CHECK(take(options, name, arguments.front()));
        arguments = arguments.subspan(1);
    }
    return options;
}

} // namespace Bulkhead::GuestSession
