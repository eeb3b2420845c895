// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/volumelist.h"

#include "base/formatted.h"
#include "dom0-core/cli/keyvalues.h"
#include "dom0-core/cli/qubes.h"

namespace Bulkhead::Cli
{

namespace
{

struct Volume {
    std::string qube;
    std::string name;
    KeyValues values;
    bool canRevert = false;
};

Result<std::vector<Volume>> volumesOf(const Daemon &daemon, const std::vector<QubeLine> &qubes)
{
    std::vector<Request> lists;
    for (const QubeLine &qube : qubes) {
        lists.push_back({.method = "admin.vm.volume.List", .qube = qube.name});
    }
    std::vector<Volume> volumes;
    const auto names = daemon.callEach(lists);
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        if (!names[i]) {
            return std::unexpected(names[i].error());
        }
        for (const std::string &name : linesOf(*names[i])) {
            volumes.push_back({.qube = qubes[i].name, .name = name, .values = {}});
        }
    }
    return volumes;
}

Result<void> fill(const Daemon &daemon, std::vector<Volume> &volumes)
{
    std::vector<Request> requests;
    for (const Volume &volume : volumes) {
        requests.push_back({.method = "admin.vm.volume.Info", .argument = volume.name, .qube = volume.qube});
        requests.push_back({.method = "admin.vm.volume.ListSnapshots", .argument = volume.name, .qube = volume.qube});
    }
    const auto answers = daemon.callEach(requests);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) {
            return std::unexpected(answers[i].error());
        }
        Volume &volume = volumes[i / 2];
        if (i % 2 == 0) {
            volume.values = parseKeyValues(*answers[i]);
        } else {
            volume.canRevert = !answers[i]->empty();
        }
    }
    return {};
}

void print(Console &console, const std::vector<Volume> &volumes)
{
    std::vector<Row> rows;
    for (const Volume &volume : volumes) {
        rows.push_back({formatted("{}:{}", valueOf(volume.values, "pool"), valueOf(volume.values, "vid")),
                        volume.qube,
                        volume.name,
                        volume.canRevert ? "Yes" : "No"});
    }
    console.printTable({"POOL:VOLUME", "VMNAME", "VOLUME_NAME", "REVERT_POSSIBLE"}, std::move(rows));
}

void printJson(Console &console, const std::vector<Volume> &volumes)
{
    Json list = Json::array();
    for (const Volume &volume : volumes) {
        Json object = Json::object();
        object.set("qube", Json(volume.qube));
        object.set("volume", Json(volume.name));
        object.set("revert_possible", Json(volume.canRevert));
        object.set("info", jsonOf(volume.values));
        list.append(std::move(object));
    }
    console.print(list);
}

} // namespace

Result<int> listVolumes(Session &session, const Arguments &arguments)
{
    const bool isPlain = arguments.operands().empty() && !arguments.has("all");
    BH_TRY(const auto qubes, isPlain ? listQubes(session.daemon) : chosenQubes(session.daemon, arguments));
    BH_TRY(auto volumes, volumesOf(session.daemon, qubes));
    BH_CHECK(fill(session.daemon, volumes));
    if (const auto pool = arguments.value("pool")) {
        std::erase_if(volumes, [&pool](const Volume &volume) {
            return valueOf(volume.values, "pool") != *pool;
        });
    }
    if (arguments.has("json")) {
        printJson(session.console, volumes);
    } else {
        print(session.console, volumes);
    }
    return 0;
}

} // namespace Bulkhead::Cli
