// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/preferences.h"

#include "base/formatted.h"
#include "dom0-core/cli/propertytext.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

std::string withUnderscores(std::string name)
{
    std::ranges::replace(name, '-', '_');
    return name;
}

Request requestFor(const PropertyOwner &owner, std::string_view verb, std::string name = {}, std::string payload = {})
{
    return {.method = formatted("{}{}", owner.family, verb),
            .argument = std::move(name),
            .qube = owner.qube,
            .payload = std::move(payload)};
}

std::string valueText(const Property &property)
{
    return property.isNone() ? "None" : property.value;
}

void printList(Console &console, const std::vector<Property> &properties, bool hideDefaults)
{
    std::size_t width = 0;
    for (const Property &property : properties) {
        width = std::max(width, property.name.size());
    }
    for (const Property &property : properties) {
        if (property.isDefault && hideDefaults) {
            continue;
        }
        const char *const origin = property.isUnset() ? "U" : property.isDefault ? "D" : "-";
        std::string line = formatted("{:<{}}  {}  {}", property.name, width, origin, valueText(property));
        line.erase(line.find_last_not_of(' ') + 1);
        console.print(line);
    }
}

void printJson(Console &console, const std::vector<Property> &properties, bool hideDefaults)
{
    Json list = Json::object();
    for (const Property &property : properties) {
        if (property.isDefault && hideDefaults) {
            continue;
        }
        Json object = Json::object();
        object.set("value", property.json());
        object.set("is_default", Json(property.isDefault));
        object.set("type", Json(property.type));
        list.set(property.name, std::move(object));
    }
    console.print(list);
}

Result<int> list(Session &session, const Arguments &arguments, const PropertyOwner &owner)
{
    BH_TRY(const auto properties, allProperties(session.daemon, owner.family, owner.qube));
    const bool hideDefaults = arguments.has("hide-default");
    if (arguments.has("json")) {
        printJson(session.console, properties, hideDefaults);
    } else {
        printList(session.console, properties, hideDefaults);
    }
    return 0;
}

Result<int> printOne(Session &session, const Arguments &arguments, const PropertyOwner &owner, const std::string &name)
{
    BH_TRY(const std::string answer, session.daemon.call(requestFor(owner, "Get", name)));
    BH_TRY(const Property property, parseProperty(name, answer));
    if (arguments.has("json")) {
        session.console.print(property.json());
    } else if (!property.isUnset()) {
        session.console.print(valueText(property));
    }
    return 0;
}

/// What each property is for, as the daemon explains it.
Result<int> explain(Session &session, const PropertyOwner &owner)
{
    BH_TRY(const std::string list, session.daemon.call(requestFor(owner, "List")));
    auto names = linesOf(list);
    std::ranges::sort(names);
    std::vector<Request> requests;
    for (const std::string &name : names) {
        requests.push_back(requestFor(owner, "Help", name));
    }
    const auto answers = session.daemon.callEach(requests);
    for (std::size_t i = 0; i < names.size(); ++i) {
        session.console.print(names[i]);
        for (const std::string &line : linesOf(answers[i].value_or(std::string()))) {
            session.console.print("    " + line);
        }
    }
    return 0;
}

bool meansNone(std::string_view value)
{
    return value == "none" || value == "None" || value == "NONE";
}

} // namespace

constinit const std::array<Option, 6> PreferenceOptions{
    Option{.letter = 'D', .names = "default,unset,delete", .help = "set the property back to its default"},
    Option{.names = "hide-default", .help = "list only what was set"},
    Option{.names = "help-properties", .help = "list the properties and what they are for, and end"},
    Option{.names = "json", .help = "for programs: an object by name, or the one value"},
    Option{.letter = 'g', .names = "get", .help = ""},
    Option{.letter = 's', .names = "set", .help = ""},
};

Result<void> setProperty(const Daemon &daemon, const PropertyOwner &owner, std::string name, const std::string &value)
{
    name = withUnderscores(std::move(name));
    std::string payload = value;
    if (meansNone(value)) { // only a qube can be none; any other property takes the word
        BH_TRY(const std::string answer, daemon.call(requestFor(owner, "Get", name)));
        BH_TRY(const Property property, parseProperty(name, answer));
        if (property.type == "vm") {
            payload.clear();
        }
    }
    BH_CHECK(daemon.call(requestFor(owner, "Set", name, std::move(payload))));
    return {};
}

Result<int> runPreferences(Session &session,
                           const Arguments &arguments,
                           const PropertyOwner &owner,
                           const std::vector<std::string> &words)
{
    if (arguments.has("help-properties")) {
        return explain(session, owner);
    }
    if (words.size() > 2) {
        return fail(Errc::BadValue, formatted("'{}' is one word too many", words[2]));
    }
    if (arguments.has("default")) {
        if (words.size() != 1) {
            return fail(Errc::BadValue, "--default takes one property and no value");
        }
        BH_CHECK(session.daemon.call(requestFor(owner, "Reset", withUnderscores(words[0]))));
        return 0;
    }
    if (words.empty()) {
        return list(session, arguments, owner);
    }
    if (words.size() == 1) {
        return printOne(session, arguments, owner, withUnderscores(words[0]));
    }
    BH_CHECK(setProperty(session.daemon, owner, words[0], words[1]));
    return 0;
}

} // namespace Bulkhead::Cli
