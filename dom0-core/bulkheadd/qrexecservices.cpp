// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/qrexecservices.h"

#include "base/formatted.h"
#include "dom0-core/process/programrun.h"

#include <utility>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

ProgramCall callOf(const QubeName &qube, std::string_view user, std::string_view service, std::chrono::seconds limit)
{
    return {.words = {u"qrexec-client"_s,
                      u"-d"_s,
                      QString::fromStdString(qube.text()),
                      QString::fromStdString(formatted("{}:QUBESRPC {} dom0", user, service))},
            .limit = limit};
}

} // namespace

void QrexecServices::run(const QubeName &qube, std::string_view service, std::chrono::seconds limit, Done done)
{
    runProgram(this, callOf(qube, "DEFAULT", service, limit), std::move(done));
}

void QrexecServices::runAsRoot(
    const QubeName &qube, std::string_view service, std::string_view input, std::chrono::seconds limit, Done done)
{
    ProgramCall call = callOf(qube, "root", service, limit);
    call.input = QByteArray(input.data(), static_cast<qsizetype>(input.size()));
    runProgram(this, call, std::move(done));
}

} // namespace Bulkhead
