// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/qrexecservices.h"

#include "dom0-core/process/programrun.h"

#include <format>
#include <utility>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

void QrexecServices::run(const QubeName &qube, std::string_view service, std::chrono::seconds limit, Done done)
{
    const ProgramCall call{.words = {u"qrexec-client"_s,
                                     u"-d"_s,
                                     QString::fromStdString(qube.text()),
                                     QString::fromStdString(std::format("DEFAULT:QUBESRPC {} dom0", service))},
                           .limit = limit};
    runProgram(this, call, std::move(done));
}

} // namespace Bulkhead
