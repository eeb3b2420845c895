// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/jobtext.h"

#include "base/formatted.h"
#include "dom0-core/adminapi/propertytext.h"
#include "dom0-core/model/text.h"

namespace Bulkhead::AdminApi
{

namespace
{

std::string percentOf(const Job &job)
{
    return job.percent ? std::to_string(*job.percent) : std::string();
}

} // namespace

std::string jobLine(const Job &job)
{
    return formatted("id={} kind={} qube={} state={} percent={} cancel={} reason={}\n",
                     job.id.value(),
                     job.kind,
                     job.qube.text(),
                     nameOf(job.state),
                     percentOf(job),
                     booleanText(job.canBeCancelled),
                     escaped(job.reason));
}

Event jobEvent(const Job &job)
{
    return {.subject = job.qube,
            .name = "bulkhead-job",
            .pairs = {{"id", std::to_string(job.id.value())},
                      {"kind", job.kind},
                      {"state", std::string(nameOf(job.state))},
                      {"percent", percentOf(job)},
                      {"cancel", std::string(booleanText(job.canBeCancelled))},
                      {"reason", job.reason}}};
}

} // namespace Bulkhead::AdminApi
