// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/devicelist.h"

#include "base/formatted.h"
#include "dom0-core/cli/qubes.h"

#include <algorithm>
#include <map>

namespace Bulkhead::Cli
{

namespace
{

using Lines = std::vector<DeviceLine>;
/// Who uses what is at a port, by `backend:port`.
using Users = std::map<std::string, std::vector<std::string>>;

Result<Lines> parseLines(const std::string &answer)
{
    Lines lines;
    for (const std::string &line : linesOf(answer)) {
        BH_TRY(DeviceLine device, parseDeviceLine(line));
        lines.push_back(std::move(device));
    }
    return lines;
}

/// What each qube answers to the same call.
Result<std::vector<Lines>>
askEach(const Daemon &daemon, const std::string &deviceClass, std::string_view call, const std::vector<QubeLine> &qubes)
{
    std::vector<Request> requests;
    for (const QubeLine &qube : qubes) {
        requests.push_back({.method = formatted("admin.vm.device.{}.{}", deviceClass, call), .qube = qube.name});
    }
    std::vector<Lines> all;
    for (const auto &answer : daemon.callEach(requests)) {
        if (!answer) {
            return std::unexpected(answer.error());
        }
        BH_TRY(Lines lines, parseLines(*answer));
        all.push_back(std::move(lines));
    }
    return all;
}

std::string portOf(const DeviceLine &line)
{
    return formatted("{}:{}", valueOf(line.values, "backend_domain"), valueOf(line.values, "port_id"));
}

/// `name (option=value, …)`
std::string userText(const std::string &qube, const DeviceLine &line)
{
    std::string options;
    for (const auto &[key, value] : line.values) {
        if (key.starts_with('_')) {
            options += formatted("{}{}={}", options.empty() ? "" : ", ", key.substr(1), value);
        }
    }
    return options.empty() ? qube : formatted("{} ({})", qube, options);
}

Result<Users> users(Session &session, const std::string &deviceClass, bool withAssignments)
{
    BH_TRY(const auto qubes, listQubes(session.daemon));
    Users users;
    BH_TRY(const auto attached, askEach(session.daemon, deviceClass, "Attached", qubes));
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        for (const DeviceLine &line : attached[i]) {
            users[portOf(line)].push_back(userText(qubes[i].name, line));
        }
    }
    if (!withAssignments) {
        return users;
    }
    BH_TRY(const auto assigned, askEach(session.daemon, deviceClass, "Assigned", qubes));
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        for (const DeviceLine &line : assigned[i]) {
            users[portOf(line)].push_back('*' + userText(qubes[i].name, line));
        }
    }
    return users;
}

/// "vendor product (name)", as far as it is told.
std::string description(const DeviceLine &line)
{
    std::string text;
    for (const char *key : {"vendor", "product", "serial"}) {
        const std::string value = valueOf(line.values, key);
        text += value.empty() ? "" : (text.empty() ? "" : " ") + value;
    }
    const std::string name = valueOf(line.values, "name");
    if (!name.empty()) {
        text += text.empty() ? name : formatted(" ({})", name);
    }
    return text.empty() ? valueOf(line.values, "device_id") : text;
}

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words) {
        text += formatted("{}{}", text.empty() ? "" : ", ", word);
    }
    return text;
}

void printJson(Console &console, const Lines &lines, const Users &users)
{
    Json array = Json::array();
    for (const DeviceLine &line : lines) {
        Json object = Json::object();
        object.set("device", Json(portOf(line)));
        object.set("description", Json(description(line)));
        Json used = Json::array();
        if (const auto place = users.find(portOf(line)); place != users.end()) {
            for (const std::string &user : place->second) {
                used.append(Json(user));
            }
        }
        object.set("used_by", std::move(used));
        object.set("info", jsonOf(line.values));
        array.append(std::move(object));
    }
    console.print(array);
}

void print(Console &console, const Lines &lines, const Users &users)
{
    std::vector<Row> rows;
    for (const DeviceLine &line : lines) {
        const auto place = users.find(portOf(line));
        rows.push_back({portOf(line), description(line), place == users.end() ? std::string() : joined(place->second)});
    }
    console.printTable({"BACKEND:DEVID", "DESCRIPTION", "USED BY"}, std::move(rows));
}

} // namespace

Result<Lines> deviceLines(const Daemon &daemon,
                          const std::string &deviceClass,
                          const std::string &call,
                          const std::string &qube,
                          const std::string &argument)
{
    BH_TRY(const std::string answer,
           daemon.call(
               {.method = formatted("admin.vm.device.{}.{}", deviceClass, call), .argument = argument, .qube = qube}));
    return parseLines(answer);
}

Result<int> listDevices(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    const bool isPlain = arguments.operands().empty() && !arguments.has("all");
    BH_TRY(const auto backends, isPlain ? listQubes(session.daemon) : chosenQubes(session.daemon, arguments));
    BH_TRY(const auto available, askEach(session.daemon, deviceClass, "Available", backends));
    BH_TRY(const Users usersOfPorts, users(session, deviceClass, arguments.has("assignments")));
    Lines lines;
    for (const Lines &ofQube : available) {
        lines.insert(lines.end(), ofQube.begin(), ofQube.end());
    }
    std::ranges::sort(lines, {}, portOf);
    if (arguments.has("json")) {
        printJson(session.console, lines, usersOfPorts);
    } else {
        print(session.console, lines, usersOfPorts);
    }
    return 0;
}

} // namespace Bulkhead::Cli
