// SPDX-License-Identifier: GPL-2.0-or-later
// What there is and what it does now. Spec admin-api, 8.1 and 8.2.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/properties.h"

#include <algorithm>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

std::string lineOf(const Qube &qube)
{
    return formatted("{} class={} state={} uuid={}\n",
                     qube.name.text(),
                     nameOf(qube.klass),
                     nameOf(qube.run.power),
                     qube.uuid.text());
}

/// Whether the caller may know of a qube: as if it had asked for this one alone.
bool mayList(const Call &call, const Qube &qube)
{
    return call.services.permissions
        .check({.source = call.source, .method = call.method, .destination = qube.name, .argument = {}})
        .has_value();
}

/// What a running guest may grow to, in KiB.
std::int64_t staticMaxKiB(const Model &model, const Qube &qube)
{
    constexpr std::int64_t KiBPerMiB = 1024;
    return std::max(readInteger(model, qube, "maxmem"), readInteger(model, qube, "memory")) * KiBPerMiB;
}

} // namespace

Checked<std::string> listClasses(const Call &call)
{
    BH_CHECK(call.permit());
    return "AdminVM\nAppVM\nDispVM\nRemoteVM\nStandaloneVM\nTemplateVM\n";
}

Checked<std::string> listQubes(const Call &call)
{
    BH_CHECK(call.permit());
    if (call.destination != Dom0Qid) {
        return lineOf(call.qube());
    }
    std::string lines;
    for (const Qube *const qube : call.model().sortedQubes()) {
        if (mayList(call, *qube)) {
            lines += lineOf(*qube);
        }
    }
    return lines;
}

Checked<std::string> currentState(const Call &call)
{
    BH_CHECK(call.permit());
    const Qube &qube = call.qube();
    std::uint64_t memory = 0;
    std::int64_t most = 0;
    std::int64_t processorTime = 0;
    if (qube.run.domain) {
        const Driver &driver = call.services.driver;
        memory = driver.memoryUsedKiB(*qube.run.domain).value_or(0);
        processorTime = driver.cpuTime(*qube.run.domain).value_or(std::chrono::nanoseconds(0)).count();
        most = staticMaxKiB(call.model(), qube);
    }
    return formatted(
        "mem={} mem_static_max={} cputime={} power_state={}", memory, most, processorTime, nameOf(qube.run.power));
}

} // namespace Bulkhead::AdminApi::Calls
