// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/candidates.h"

#include "base/formatted.h"
#include "dom0-core/cli/columns.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/qubes.h"

namespace Bulkhead::Cli
{

namespace
{

using Names = std::vector<std::string>;

/// The first word of each line of an answer.
Names namesFrom(const Daemon &daemon, const Request &request)
{
    Names names;
    const auto answer = daemon.call(request);
    for (const std::string &line : linesOf(answer.value_or(std::string()))) {
        names.push_back(line.substr(0, line.find(' ')));
    }
    return names;
}

Names qubeNames(const Daemon &daemon, std::string_view onlyClass)
{
    Names names;
    for (const QubeLine &qube : listQubes(daemon).value_or(std::vector<QubeLine>())) {
        if (onlyClass.empty() || qube.klass == onlyClass) {
            names.push_back(qube.name);
        }
    }
    return names;
}

Names services(const Daemon &daemon, const std::string &qube)
{
    constexpr std::string_view Prefix = "service.";
    Names names;
    for (const std::string &feature : namesFrom(daemon, {.method = "admin.vm.feature.List", .qube = qube})) {
        if (feature.starts_with(Prefix)) {
            names.push_back(feature.substr(Prefix.size()));
        }
    }
    return names;
}

/// `qube:THING` for the first word, up to its colon, of each line that `method` answers for each qube.
Names perQube(const Daemon &daemon, const std::string &method)
{
    const Names qubes = qubeNames(daemon, {});
    std::vector<Request> requests;
    for (const std::string &qube : qubes) {
        requests.push_back({.method = method, .qube = qube});
    }
    const auto answers = daemon.callEach(requests);
    Names names;
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        for (const std::string &line : linesOf(answers[i].value_or(std::string()))) {
            names.push_back(formatted("{}:{}", qubes[i], line.substr(0, line.find_first_of(" :"))));
        }
    }
    return names;
}

Names words(std::string_view list)
{
    Names names;
    for (const std::string_view word : partsOf(list, ",")) {
        names.emplace_back(word);
    }
    return names;
}

} // namespace

Names candidatesFor(const Operand &place, std::span<const std::string> operands, const Daemon &daemon)
{
    const std::string qube = operands.empty() ? "dom0" : operands.front();
    switch (place.completes) {
    case Completes::Qubes:
        return qubeNames(daemon, {});
    case Completes::Templates:
        return qubeNames(daemon, "TemplateVM");
    case Completes::Properties:
        return namesFrom(daemon, {.method = "admin.vm.property.List", .qube = qube});
    case Completes::Globals:
        return namesFrom(daemon, {.method = "admin.property.List"});
    case Completes::Labels:
        return namesFrom(daemon, {.method = "admin.label.List"});
    case Completes::Classes:
        return namesFrom(daemon, {.method = "admin.vmclass.List"});
    case Completes::Features:
        return namesFrom(daemon, {.method = "admin.vm.feature.List", .qube = qube});
    case Completes::Services:
        return services(daemon, qube);
    case Completes::Tags:
        return namesFrom(daemon, {.method = "admin.vm.tag.List", .qube = qube});
    case Completes::Pools:
        return namesFrom(daemon, {.method = "admin.pool.List"});
    case Completes::PoolDrivers:
        return namesFrom(daemon, {.method = "admin.pool.ListDrivers"});
    case Completes::Volumes:
        return perQube(daemon, "admin.vm.volume.List");
    case Completes::DeviceClasses:
        return namesFrom(daemon, {.method = "admin.deviceclass.List"});
    case Completes::Devices:
        // `CLASS ACTION QUBE`, or `ACTION QUBE` where the command's name says which class.
        return perQube(daemon, formatted("admin.vm.device.{}.Available", operands.size() > 2 ? operands[0] : "block"));
    case Completes::Columns:
        return columnNames();
    case Completes::Formats:
        return formatNames();
    case Completes::Words:
        return words(place.words);
    case Completes::Files:
    case Completes::Nothing:
        break;
    }
    return {};
}

} // namespace Bulkhead::Cli
