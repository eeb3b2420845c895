// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/qubefilter.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <functional>

namespace Bulkhead::Cli
{

namespace
{

using Test = std::function<bool(const QubeFacts &)>;

void keep(std::vector<QubeFacts> &qubes, const Test &test)
{
    std::erase_if(qubes, [&test](const QubeFacts &qube) {
        return !test(qube);
    });
}

/// One of the values of an option that may be given several times or with several.
void keepColumn(std::vector<QubeFacts> &qubes,
                const Arguments &arguments,
                std::string_view option,
                std::string_view column)
{
    if (const auto wanted = arguments.values(option); !wanted.empty()) {
        keep(qubes, [&wanted, column](const QubeFacts &qube) {
            return std::ranges::contains(wanted, cellOf(qube, column));
        });
    }
}

void keepStates(std::vector<QubeFacts> &qubes, const Arguments &arguments)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> States{{
        {"running", "Running"},
        {"paused", "Paused"},
        {"halted", "Halted"},
    }};
    std::vector<std::string_view> wanted;
    for (const auto &[option, state] : States) {
        if (arguments.has(option)) {
            wanted.push_back(state);
        }
    }
    if (!wanted.empty()) {
        keep(qubes, [&wanted](const QubeFacts &qube) {
            return std::ranges::contains(wanted, qube.line.state);
        });
    }
}

/// Answers that may be a "there is none".
Result<std::vector<std::optional<std::string>>>
askEach(const Daemon &daemon, const std::vector<QubeFacts> &qubes, const std::string &method, const std::string &name)
{
    std::vector<Request> requests;
    for (const QubeFacts &qube : qubes) {
        requests.push_back({.method = method, .argument = name, .qube = qube.line.name});
    }
    std::vector<std::optional<std::string>> values;
    for (auto &answer : daemon.callEach(requests)) {
        if (answer) {
            values.emplace_back(*std::move(answer));
        } else if (answer.error().code == Errc::NotFound) {
            values.emplace_back(std::nullopt);
        } else {
            return std::unexpected(std::move(answer).error());
        }
    }
    return values;
}

Result<void>
keepTags(std::vector<QubeFacts> &qubes, const std::vector<std::string> &tags, bool wanted, const Daemon &daemon)
{
    if (tags.empty()) {
        return {};
    }
    std::vector<bool> found(qubes.size());
    for (const std::string &tag : tags) {
        BH_TRY(const auto answers, askEach(daemon, qubes, "admin.vm.tag.Get", tag));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            found[i] = found[i] || answers[i] == "1";
        }
    }
    std::size_t place = 0;
    keep(qubes, [&found, &place, wanted](const QubeFacts & /*qube*/) {
        return found[place++] == wanted;
    });
    return {};
}

/// Whether a value is what `NAME=VALUE` asks for: `NAME=` for none, `NAME=''` for an empty one.
bool fits(const std::optional<std::string> &value, std::string_view wanted)
{
    if (wanted.empty()) {
        return !value;
    }
    return value && *value == (wanted == "''" || wanted == "\"\"" ? std::string_view() : wanted);
}

Result<void> keepFeature(std::vector<QubeFacts> &qubes,
                         const std::string &name,
                         const std::function<bool(const std::optional<std::string> &)> &isWanted,
                         const Daemon &daemon)
{
    BH_TRY(const auto values, askEach(daemon, qubes, "admin.vm.feature.Get", name));
    std::size_t place = 0;
    keep(qubes, [&](const QubeFacts & /*qube*/) {
        return isWanted(values[place++]);
    });
    return {};
}

Result<std::pair<std::string, std::string>> splitPair(const std::string &word)
{
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
        return fail(Errc::BadValue, formatted("'{}' is not of the form NAME=VALUE", word));
    }
    return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

Result<void>
keepFlag(std::vector<QubeFacts> &qubes, const Arguments &arguments, const std::string &feature, const Daemon &daemon)
{
    const auto wanted = arguments.value(feature);
    if (!wanted) {
        return {};
    }
    if (*wanted != "y" && *wanted != "n") {
        return fail(Errc::BadValue, formatted("--{} takes y or n", feature));
    }
    return keepFeature(
        qubes,
        feature,
        [&wanted](const std::optional<std::string> &value) {
            return (value && !value->empty()) == (*wanted == "y");
        },
        daemon);
}

Result<void> keepPairs(std::vector<QubeFacts> &qubes, const Arguments &arguments, const Daemon &daemon)
{
    for (const std::string &word : arguments.values("features")) {
        BH_TRY(const auto pair, splitPair(word));
        BH_CHECK(keepFeature(
            qubes,
            pair.first,
            [&pair](const std::optional<std::string> &value) {
                return fits(value, pair.second);
            },
            daemon));
    }
    for (const std::string &word : arguments.values("prefs")) {
        BH_TRY(const auto pair, splitPair(word));
        keep(qubes, [&pair](const QubeFacts &qube) {
            const Property *const property = findIn(qube.properties, pair.first);
            const bool hasValue = property != nullptr && !property->isNone() && !property->isUnset();
            return fits(hasValue ? std::optional(property->value) : std::nullopt, pair.second);
        });
    }
    return {};
}

} // namespace

constinit const std::array<Option, 14> FilterOptions{
    Option{.names = "running", .help = "only running qubes; with --paused and --halted, those as well"},
    Option{.names = "paused", .help = "only paused qubes"},
    Option{.names = "halted", .help = "only halted qubes"},
    Option{.names = "class",
           .help = "only qubes of these classes",
           .value = "CLASS",
           .takes = Takes::Many,
           .completes = Completes::Classes},
    Option{.names = "label",
           .help = "only qubes with one of these labels",
           .value = "LABEL",
           .takes = Takes::Many,
           .completes = Completes::Labels},
    Option{.names = "tags", .help = "only qubes with one of these tags", .value = "TAG", .takes = Takes::Many},
    Option{.names = "exclude-tags", .help = "no qubes with one of these tags", .value = "TAG", .takes = Takes::Many},
    Option{.names = "template-source",
           .help = "only qubes made of one of these templates",
           .value = "TEMPLATE",
           .takes = Takes::Many,
           .completes = Completes::Qubes},
    Option{.names = "netvm-is",
           .help = "only qubes whose network comes from one of these",
           .value = "QUBE",
           .takes = Takes::Many,
           .completes = Completes::Qubes},
    Option{.names = "internal", .help = "only qubes that are internal, or only those that are not", .value = "y|n"},
    Option{.names = "servicevm", .help = "only qubes that serve others, or only those that do not", .value = "y|n"},
    Option{.names = "pending-update", .help = "only qubes for which updates wait"},
    Option{.names = "features",
           .help = "only qubes whose features are so; an empty value: not set; '': set to nothing",
           .value = "NAME=VALUE",
           .takes = Takes::Many},
    Option{.names = "prefs",
           .help = "only qubes whose properties are so; values as for --features",
           .value = "NAME=VALUE",
           .takes = Takes::Many},
};

bool filtersNeedProperties(const Arguments &arguments)
{
    return std::ranges::any_of(std::array{"label", "template-source", "netvm-is", "prefs"}, [&](const char *option) {
        return arguments.has(option);
    });
}

Result<void> filter(std::vector<QubeFacts> &qubes, const Arguments &arguments, const Daemon &daemon)
{
    keepStates(qubes, arguments);
    keepColumn(qubes, arguments, "class", "class");
    keepColumn(qubes, arguments, "label", "label");
    keepColumn(qubes, arguments, "template-source", "template");
    keepColumn(qubes, arguments, "netvm-is", "netvm");
    BH_CHECK(keepTags(qubes, arguments.values("tags"), true, daemon));
    BH_CHECK(keepTags(qubes, arguments.values("exclude-tags"), false, daemon));
    BH_CHECK(keepFlag(qubes, arguments, "internal", daemon));
    BH_CHECK(keepFlag(qubes, arguments, "servicevm", daemon));
    if (arguments.has("pending-update")) {
        BH_CHECK(keepFeature(
            qubes,
            "updates-available",
            [](const std::optional<std::string> &value) {
                return value && !value->empty();
            },
            daemon));
    }
    return keepPairs(qubes, arguments, daemon);
}

} // namespace Bulkhead::Cli
