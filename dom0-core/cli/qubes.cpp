// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/qubes.h"

#include "base/formatted.h"
#include "dom0-core/cli/help.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

std::unexpected<Error> noSuchQube(std::string_view name)
{
    return fail(Errc::BadValue, formatted("no such qube: '{}'", name));
}

QubeLine parseLine(std::string_view line)
{
    QubeLine qube;
    const auto parts = partsOf(line, " ");
    qube.name = parts.front();
    for (const std::string_view part : parts) {
        const auto value = part.substr(std::min(part.find('=') + 1, part.size()));
        if (part.starts_with("class=")) {
            qube.klass = value;
        } else if (part.starts_with("state=")) {
            qube.state = value;
        } else if (part.starts_with("uuid=")) {
            qube.uuid = value;
        }
    }
    return qube;
}

} // namespace

Result<std::vector<QubeLine>> listQubes(const Daemon &daemon)
{
    BH_TRY(const std::string answer, daemon.call({.method = "admin.vm.List"}));
    std::vector<QubeLine> qubes;
    for (const std::string &line : linesOf(answer)) {
        qubes.push_back(parseLine(line));
    }
    return qubes;
}

const QubeLine *findIn(const std::vector<QubeLine> &qubes, std::string_view name)
{
    const auto place = std::ranges::find(qubes, name, &QubeLine::name);
    return place == qubes.end() ? nullptr : &*place;
}

Result<QubeLine> findQube(const Daemon &daemon, const std::string &name)
{
    BH_TRY(const auto qubes, listQubes(daemon));
    const QubeLine *const qube = findIn(qubes, name);
    if (qube == nullptr) {
        return noSuchQube(name);
    }
    return *qube;
}

Result<std::vector<QubeLine>> chosenQubes(const Daemon &daemon, const Arguments &arguments)
{
    const bool all = arguments.has("all");
    const auto excluded = arguments.values("exclude");
    if (all != arguments.operands().empty()) {
        return fail(Errc::BadValue, all ? "name qubes or give --all, not both" : "name a qube, or give --all");
    }
    if (!all && !excluded.empty()) {
        return fail(Errc::BadValue, "--exclude needs --all");
    }
    BH_TRY(auto qubes, listQubes(daemon));
    for (const std::string &name : all ? excluded : arguments.operands()) {
        if (findIn(qubes, name) == nullptr) {
            return noSuchQube(name);
        }
    }
    if (all) {
        std::erase_if(qubes, [&excluded](const QubeLine &qube) {
            return qube.klass == "AdminVM" || std::ranges::contains(excluded, qube.name);
        });
        return qubes;
    }
    std::vector<QubeLine> chosen;
    for (const std::string &name : arguments.operands()) {
        if (findIn(chosen, name) == nullptr) {
            chosen.push_back(*findIn(qubes, name));
        }
    }
    return chosen;
}

int forEachQube(Session &session,
                const std::vector<QubeLine> &qubes,
                const std::function<Result<void>(const QubeLine &)> &deed)
{
    int status = 0;
    for (const QubeLine &qube : qubes) {
        if (const auto done = deed(qube); !done) {
            session.console.complain(formatted("{}: {}", qube.name, done.error().text()));
            status = 1;
        }
    }
    return status;
}

Result<std::string> theQube(const Arguments &arguments, std::size_t most)
{
    const auto &operands = arguments.operands();
    if (operands.empty()) {
        return fail(Errc::BadValue, "name a qube");
    }
    if (operands.size() > most) {
        return fail(Errc::BadValue, formatted("'{}' is one word too many", operands[most]));
    }
    return operands.front();
}

} // namespace Bulkhead::Cli
