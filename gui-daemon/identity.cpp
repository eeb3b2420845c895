// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/identity.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

namespace Bulkhead
{
namespace
{

constexpr std::array<std::string_view, 10> ValuedOptions{"--name",
                                                         "--domid",
                                                         "--label-index",
                                                         "--label-color",
                                                         "--transport",
                                                         "--strip-fd",
                                                         "--secure-copy-sequence",
                                                         "--secure-paste-sequence",
                                                         "--max-clipboard-size",
                                                         "--events-max-delay"};

using Values = std::map<std::string_view, std::string_view>;

Result<std::uint32_t> number(const Values &values, std::string_view option, std::uint32_t least, std::uint32_t most)
{
    const auto found = values.find(option);
    if (found == values.end()) {
        return fail(Errc::BadValue, formatted("{} is missing", option));
    }
    const auto value = numberWithin<std::uint32_t>(found->second, least, most);
    if (!value) {
        return fail(Errc::BadValue, formatted("{} must be a number within {}..{}", option, least, most));
    }
    return *value;
}

Result<std::string_view> word(const Values &values, std::string_view option)
{
    const auto found = values.find(option);
    return found == values.end() ? fail(Errc::BadValue, formatted("{} is missing", option))
                                 : Result<std::string_view>(found->second);
}

Result<void> readClipboardOptions(const Values &values, Options &options)
{
    if (const auto copy = values.find("--secure-copy-sequence"); copy != values.end()) {
        options.copySequence = copy->second;
    }
    if (const auto paste = values.find("--secure-paste-sequence"); paste != values.end()) {
        options.pasteSequence = paste->second;
    }
    if (values.contains("--max-clipboard-size")) {
        BH_TRY(options.maxClipboardSize,
               number(values, "--max-clipboard-size", Clipboard::LeastSizeLimit, Clipboard::MostSizeLimit));
    }
    return {};
}

struct Split {
    Values values;
    bool demo = false;
};

Result<Split> split(std::span<const char *const> arguments)
{
    Split found;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view option = arguments[i];
        if (option == "--demo") {
            found.demo = true;
            continue;
        }
        const auto *const known = std::ranges::find(ValuedOptions, option);
        if (known == ValuedOptions.end()) {
            return fail(Errc::BadValue, formatted("unknown argument {}", option));
        }
        if (i + 1 == arguments.size()) {
            return fail(Errc::BadValue, formatted("{} needs a value", option));
        }
        if (!found.values.emplace(*known, arguments[++i]).second) {
            return fail(Errc::BadValue, formatted("{} is given twice", option));
        }
    }
    return found;
}

} // namespace

Result<Options> parseOptions(std::span<const char *const> arguments)
{
    BH_TRY(const Split given, split(arguments));
    const Values &values = given.values;

    BH_TRY(const auto nameText, word(values, "--name"));
    BH_TRY(auto name, QubeName::parse(nameText));
    BH_TRY(const auto domain, number(values, "--domid", 1, MaxDomId));
    BH_TRY(const auto labelIndex, number(values, "--label-index", MinLabelIndex, MaxLabelIndex));
    BH_TRY(const auto colorText, word(values, "--label-color"));
    BH_TRY(const auto labelColor, LabelColor::parse(colorText));

    Options options{.identity = {.name = std::move(name),
                                 .domain = DomId{domain},
                                 .labelIndex = labelIndex,
                                 .labelColor = labelColor,
                                 .demo = given.demo}};
    if (const auto transport = values.find("--transport"); transport != values.end()) {
        options.transport = transport->second;
    }
    if (values.contains("--strip-fd")) {
        constexpr std::uint32_t maxDescriptor = 1024;
        BH_TRY(const auto descriptor, number(values, "--strip-fd", 3, maxDescriptor));
        options.stripDescriptor = static_cast<int>(descriptor);
    }
    BH_CHECK(readClipboardOptions(values, options));
    if (values.contains("--events-max-delay")) {
        constexpr std::uint32_t longestMs = 5000; // spec gui-protocol 6
        BH_TRY(const auto delay, number(values, "--events-max-delay", 0, longestMs));
        options.eventsMaxDelay = std::chrono::milliseconds(delay);
    }
    return options;
}

} // namespace Bulkhead
