// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/templates.h"

#include "base/formatted.h"

#include <algorithm>
#include <ranges>

namespace Bulkhead::Cli
{

namespace
{

struct ListedQube {
    std::string name;
    std::string klass;
    std::string state;
};

/// The value of `key=…` in a line of words.
std::string valueOf(std::string_view line, std::string_view key)
{
    const auto place = line.find(formatted(" {}=", key));
    if (place == std::string_view::npos) {
        return {};
    }
    const auto begin = place + key.size() + 2;
    return std::string(line.substr(begin, line.find(' ', begin) - begin));
}

/// Lines `name class=… state=…`. Source: spec admin-api, 8.
Result<std::vector<ListedQube>> listQubes(const AdminCall &admin)
{
    BH_TRY(const auto answer, admin("admin.vm.List", "dom0"));
    std::vector<ListedQube> qubes;
    for (const auto part : std::views::split(answer, '\n')) {
        const std::string_view line(part.begin(), part.end());
        if (!line.empty()) {
            qubes.push_back({.name = std::string(line.substr(0, line.find(' '))),
                             .klass = valueOf(line, "class"),
                             .state = valueOf(line, "state")});
        }
    }
    return qubes;
}

} // namespace

Result<std::vector<std::string>> qubeNames(const AdminCall &admin)
{
    BH_TRY(const auto qubes, listQubes(admin));
    std::vector<std::string> names;
    for (const auto &qube : qubes) {
        names.push_back(qube.name);
    }
    return names;
}

Result<std::vector<TemplateUse>> listTemplates(const AdminCall &admin)
{
    BH_TRY(const auto qubes, listQubes(admin));
    std::vector<TemplateUse> templates;
    for (const auto &qube : qubes) {
        if (qube.klass == "TemplateVM") {
            templates.push_back({.name = qube.name, .state = qube.state, .users = {}});
        }
    }
    for (const auto &qube : qubes) {
        if (qube.klass != "AppVM" && qube.klass != "DispVM") {
            continue;
        }
        // `default=… type=vm NAME`
        BH_TRY(const auto answer, admin("admin.vm.property.Get+template", qube.name));
        const auto base = answer.substr(answer.rfind(' ') + 1);
        const auto place = std::ranges::find(templates, base, &TemplateUse::name);
        if (place != templates.end()) {
            place->users.push_back(qube.name);
        }
    }
    return templates;
}

Result<void> removeTemplate(const QubeName &name, const AdminCall &admin, const std::function<bool()> &isMeant)
{
    BH_TRY(const auto templates, listTemplates(admin));
    const auto place = std::ranges::find(templates, name.text(), &TemplateUse::name);
    if (place == templates.end()) {
        return fail(Errc::NotFound, formatted("there is no template {}", name.text()));
    }
    if (!place->users.empty()) {
        std::string users;
        for (const auto &user : place->users) {
            users += users.empty() ? user : ", " + user;
        }
        return fail(
            Errc::InUse,
            formatted("{} are made from {}; give them another template or remove them first", users, name.text()));
    }
    if (!isMeant()) {
        return fail(Errc::Refused, formatted("{} stays", name.text()));
    }
    return admin("admin.vm.Remove", name.text()).transform([](const std::string &) { });
}

} // namespace Bulkhead::Cli
