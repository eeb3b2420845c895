// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-pool: where volumes lie.
#include "base/formatted.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/keyvalues.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'o',
           .names = "option",
           .help = "add, set: an option of the pool; may be given again, or several by "
                   "commas",
           .value = "NAME=VALUE"},
    Option{.names = "json", .help = "list, info, drivers: for programs"},
    // How it was said before there were actions.
    Option{.letter = 'l', .names = "list", .help = ""},
    Option{.letter = 'i', .names = "info", .help = ""},
    Option{.letter = 'a', .names = "add", .help = ""},
    Option{.letter = 'r', .names = "remove", .help = ""},
    Option{.letter = 's', .names = "set", .help = ""},
    Option{.names = "help-drivers,drivers", .help = ""},
};

std::vector<std::string> optionWords(const Arguments &arguments)
{
    std::vector<std::string> words;
    for (const std::string &value : arguments.values("option")) {
        for (const std::string_view word : partsOf(value, ",")) {
            words.emplace_back(word);
        }
    }
    return words;
}

Result<int> list(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string answer, session.daemon.call({.method = "admin.pool.List"}));
    const auto names = linesOf(answer);
    std::vector<Request> requests;
    for (const std::string &name : names) {
        requests.push_back({.method = "admin.pool.Info", .argument = name});
    }
    std::vector<Row> rows;
    Json array = Json::array();
    const auto answers = session.daemon.callEach(requests);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!answers[i]) {
            return std::unexpected(answers[i].error());
        }
        const KeyValues values = parseKeyValues(*answers[i]);
        rows.push_back({names[i], valueOf(values, "driver")});
        array.append(jsonOf(values));
    }
    if (arguments.has("json")) {
        session.console.print(array);
    } else {
        session.console.printTable({"NAME", "DRIVER"}, std::move(rows));
    }
    return 0;
}

Result<int> drivers(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string answer, session.daemon.call({.method = "admin.pool.ListDrivers"}));
    std::vector<Row> rows;
    Json object = Json::object();
    for (const std::string &line : linesOf(answer)) {
        auto words = partsOf(line, " ");
        const std::string driver(words.front());
        std::string parameters;
        Json names = Json::array();
        for (const std::string_view word : std::span(words).subspan(1)) {
            if (!word.empty()) {
                parameters += formatted("{}{}", parameters.empty() ? "" : ", ", word);
                names.append(Json(word));
            }
        }
        rows.push_back({driver, parameters});
        object.set(driver, std::move(names));
    }
    if (arguments.has("json")) {
        session.console.print(object);
    } else {
        session.console.printTable({"DRIVER", "OPTIONS"}, std::move(rows));
    }
    return 0;
}

Result<int> info(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string answer,
           session.daemon.call({.method = "admin.pool.Info", .argument = arguments.operand(0)}));
    const KeyValues values = parseKeyValues(answer);
    if (arguments.has("json")) {
        session.console.print(jsonOf(values));
    } else {
        session.console.printLines(pairLines(values));
    }
    return 0;
}

Result<int> add(Session &session, const Arguments &arguments)
{
    auto words = optionWords(arguments);
    words.insert(words.begin(), formatted("name={}", arguments.operand(0)));
    BH_TRY(std::string payload, payloadOf(words));
    BH_CHECK(session.daemon.call(
        {.method = "admin.pool.Add", .argument = arguments.operand(1), .payload = std::move(payload)}));
    return 0;
}

Result<int> remove(Session &session, const Arguments &arguments)
{
    for (const std::string &name : arguments.operands()) {
        BH_CHECK(session.daemon.call({.method = "admin.pool.Remove", .argument = name}));
    }
    return 0;
}

Result<int> set(Session &session, const Arguments &arguments)
{
    const auto words = optionWords(arguments);
    if (words.empty()) {
        return fail(Errc::BadValue, "set needs -o NAME=VALUE");
    }
    for (const std::string &word : words) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        if (equals == std::string::npos || (name != "revisions_to_keep" && name != "ephemeral_volatile")) {
            return fail(Errc::BadValue,
                        formatted("'{}': only revisions_to_keep=NUMBER and ephemeral_volatile=True can be set", word));
        }
        BH_CHECK(session.daemon.call({.method = formatted("admin.pool.Set.{}", name),
                                      .argument = arguments.operand(0),
                                      .payload = word.substr(equals + 1)}));
    }
    return 0;
}

struct Action {
    std::string_view names; ///< the first one is shown, and an option of old
    std::size_t least;      ///< words after it
    std::size_t most;
    Result<int> (*run)(Session &session, const Arguments &arguments);
};

constexpr std::array Actions{
    Action{.names = "list,ls,l", .least = 0, .most = 0, .run = list},
    Action{.names = "help-drivers,drivers,d", .least = 0, .most = 0, .run = drivers},
    Action{.names = "info,i", .least = 1, .most = 1, .run = info},
    Action{.names = "add,a", .least = 2, .most = 2, .run = add},
    Action{.names = "remove,rm,r", .least = 1, .most = SIZE_MAX, .run = remove},
    Action{.names = "set,s", .least = 1, .most = 1, .run = set},
};

Result<int> run(Session &session, const Arguments &arguments)
{
    const auto isOld = [&arguments](const Action &action) {
        return arguments.has(partsOf(action.names, ",").front());
    };
    const auto *action = std::ranges::find_if(Actions, isOld);
    Arguments rest = arguments;
    if (action == Actions.end()) {
        const std::string wanted = arguments.operands().empty() ? "list" : arguments.operand(0);
        action = std::ranges::find_if(Actions, [&wanted](const Action &known) {
            return std::ranges::contains(partsOf(known.names, ","), wanted);
        });
        if (action == Actions.end()) {
            return fail(Errc::BadValue, formatted("'{}' is none of list, info, add, remove, set and drivers", wanted));
        }
        rest = arguments.withoutFirstOperand();
    }
    if (rest.operands().size() < action->least || rest.operands().size() > action->most) {
        return fail(Errc::BadValue, "these are too few words, or too many; see --help");
    }
    return action->run(session, rest);
}

constexpr std::array Operands{
    Operand{.name = "ACTION", .completes = Completes::Words, .words = "list,info,add,remove,set,drivers"},
    Operand{.name = "POOL", .completes = Completes::Pools},
    Operand{.name = "DRIVER", .completes = Completes::PoolDrivers},
};

} // namespace

constinit const Verb PoolVerb{
    .name = "pool",
    .link = "qvm-pool",
    .summary = "list and change the places where volumes lie",
    .synopsis = "list\ninfo POOL\nadd POOL DRIVER [-o NAME=VALUE]...\nremove POOL...\nset POOL -o NAME=VALUE\ndrivers",
    .description =
        "list (ls, l) shows the pools and their drivers, info (i) what is known of one. add (a) makes one, drivers (d) "
        "tells which options each kind takes. remove (rm, r) forgets a pool in which no qube has a volume; what is "
        "in its place stays there. set (s) changes revisions_to_keep or ephemeral_volatile.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
