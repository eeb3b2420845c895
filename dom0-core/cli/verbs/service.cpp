// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-service: which services run in a qube.
#include "base/formatted.h"
#include "dom0-core/cli/featurelist.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>
#include <optional>

namespace Bulkhead::Cli
{

namespace
{

/// A service is a feature of that beginning; the qube sees those with a value in its qubesdb.
constexpr std::string_view Prefix = "service.";

constexpr std::array Options{
    Option{.letter = 'e', .names = "enable", .help = "the same as VALUE on"},
    Option{.letter = 'd', .names = "disable", .help = "the same as VALUE off"},
    Option{.letter = 'D', .names = "unset,default,delete", .help = "leave it to the qube whether the service runs"},
    Option{.letter = 'l', .names = "list", .help = ""},
    Option{.names = "json", .help = "for programs: an object by name, or the one value"},
};

void print(Console &console, bool isJson, const std::string &value)
{
    const bool isOn = !value.empty();
    if (isJson) {
        console.print(Json(isOn));
    } else {
        console.print(isOn ? "on" : "off");
    }
}

Result<int> list(Session &session, bool isJson, const std::string &qube)
{
    BH_TRY(const auto features, allFeatures(session.daemon, qube));
    KeyValues rows;
    Json object = Json::object();
    for (const auto &[name, value] : features) {
        if (name.starts_with(Prefix)) {
            rows.emplace_back(name.substr(Prefix.size()), value.empty() ? "off" : "on");
            object.set(name.substr(Prefix.size()), Json(!value.empty()));
        }
    }
    if (isJson) {
        session.console.print(object);
    } else {
        session.console.printLines(pairLines(rows));
    }
    return 0;
}

Result<int> printOne(Session &session, bool isJson, const Request &request)
{
    const auto value = session.daemon.call(request);
    if (!value && value.error().code == Errc::NotFound) {
        return 1; // that is the answer
    }
    if (!value) {
        return std::unexpected(value.error());
    }
    print(session.console, isJson, *value);
    return 0;
}

/// What the service shall be, if the command line says so; the feature's value.
Result<std::optional<std::string>> wantedValue(const Arguments &arguments)
{
    const std::string word = arguments.has("enable") ? "on" : arguments.has("disable") ? "off" : arguments.operand(2);
    if (word.empty()) {
        return std::nullopt;
    }
    constexpr std::array Yes{"on", "1", "True", "true", "yes"};
    constexpr std::array No{"off", "0", "False", "false", "no"};
    if (std::ranges::contains(Yes, word)) {
        return "1";
    }
    if (std::ranges::contains(No, word)) {
        return "";
    }
    return fail(Errc::BadValue, formatted("a service is on or off, not '{}'", word));
}

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string qube, theQube(arguments, 3));
    const bool isJson = arguments.has("json");
    if (arguments.operands().size() == 1) {
        return list(session, isJson, qube);
    }
    Request request{
        .method = "admin.vm.feature.Get", .argument = formatted("{}{}", Prefix, arguments.operand(1)), .qube = qube};
    BH_TRY(const auto value, wantedValue(arguments));
    if (arguments.has("unset")) {
        request.method = "admin.vm.feature.Remove";
    } else if (value) {
        request.method = "admin.vm.feature.Set";
        request.payload = *value;
    } else {
        return printOne(session, isJson, request);
    }
    BH_CHECK(session.daemon.call(request));
    return 0;
}

constexpr std::array Operands{
    QubeOperand,
    Operand{.name = "SERVICE", .completes = Completes::Services},
    Operand{.name = "VALUE", .completes = Completes::Words, .words = "on,off"},
};

} // namespace

constinit const Verb ServiceVerb{
    .name = "service",
    .link = "qvm-service",
    .summary = "show and set which services run in a qube",
    .synopsis = "[OPTIONS...] QUBE\n[OPTIONS...] QUBE SERVICE\n[OPTIONS...] QUBE SERVICE on|off\n--unset QUBE SERVICE",
    .description =
        "With the qube's name alone, lists the services that were switched on or off for it. With a service, "
        "prints on or off; the exit status is 1, and nothing is said, if it was never switched. What is set "
        "here is the feature service.SERVICE and is followed when the qube starts.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
