// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/propertytext.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

/// In a list a backslash is doubled and a line feed is `\n`.
std::string unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isEscape = text[i] == '\\' && i + 1 < text.size();
        if (!isEscape) {
            plain += text[i];
            continue;
        }
        ++i;
        plain += text[i] == 'n' ? '\n' : text[i];
    }
    return plain;
}

std::string_view takeWord(std::string_view &text)
{
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

Result<std::vector<Property>> oneByOne(const Daemon &daemon, std::string_view family, const std::string &qube)
{
    BH_TRY(const std::string list, daemon.call({.method = formatted("{}List", family), .qube = qube}));
    const auto names = linesOf(list);
    std::vector<Request> requests;
    for (const std::string &name : names) {
        requests.push_back({.method = formatted("{}Get", family), .argument = name, .qube = qube});
    }
    const auto answers = daemon.callEach(requests);
    std::vector<Property> properties;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (answers[i]) { // what is not allowed is not shown
            BH_TRY(Property property, parseProperty(names[i], *answers[i]));
            properties.push_back(std::move(property));
        }
    }
    return properties;
}

} // namespace

Json Property::json() const
{
    if (isNone() || isUnset()) {
        return Json();
    }
    if (type == "bool") {
        return Json(value == "True");
    }
    if (const auto number = numberIn<std::int64_t>(value); type == "int" && number) {
        return Json(*number);
    }
    return Json(value);
}

Result<Property> parseProperty(std::string_view name, std::string_view answer)
{
    const std::string_view isDefault = takeWord(answer);
    const std::string_view type = takeWord(answer);
    if (!isDefault.starts_with("default=") || !type.starts_with("type=")) {
        return fail(Errc::BadField, formatted("bulkheadd's answer on the property {} cannot be read", name));
    }
    return Property{.name = std::string(name),
                    .type = std::string(type.substr(5)),
                    .value = std::string(answer),
                    .isDefault = isDefault == "default=True"};
}

Result<std::vector<Property>> parseProperties(std::string_view answer)
{
    std::vector<Property> properties;
    for (const std::string &line : linesOf(answer)) {
        std::string_view rest = line;
        const std::string_view name = takeWord(rest);
        BH_TRY(Property property, parseProperty(name, rest));
        property.value = unescaped(property.value);
        properties.push_back(std::move(property));
    }
    return properties;
}

Result<std::vector<Property>> allProperties(const Daemon &daemon, std::string_view family, const std::string &qube)
{
    auto answer = daemon.call({.method = formatted("{}GetAll", family), .qube = qube});
    const bool isRefused = !answer && answer.error().code == Errc::PeerGone;
    if (!answer && !isRefused) {
        return std::unexpected(std::move(answer).error());
    }
    BH_TRY(auto properties, isRefused ? oneByOne(daemon, family, qube) : parseProperties(*answer));
    std::ranges::sort(properties, {}, &Property::name);
    return properties;
}

const Property *findIn(const std::vector<Property> &properties, std::string_view name)
{
    const auto place = std::ranges::find(properties, name, &Property::name);
    return place == properties.end() ? nullptr : &*place;
}

} // namespace Bulkhead::Cli
