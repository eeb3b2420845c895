// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/client/dom0service.h"

#include "base/log.h"
#include "qrexec/process/child.h"
#include "qrexec/service/preparation.h"

#include <unistd.h>

#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.client");

Result<PreparedProgram> findProgram(const std::string &line)
{
    BH_TRY(const Command command, parseCommand(line));
    if (command.user != "DEFAULT" || command.service() == nullptr) {
        return fail(Errc::BadValue, "in dom0 only services are called: DEFAULT:QUBESRPC SERVICE dom0");
    }
    BH_TRY(const Surroundings here, Surroundings::current(Place::Dom0));
    BH_TRY(Prepared prepared, prepare(command, here, ::getpid()));
    if (!std::holds_alternative<PreparedProgram>(prepared)) {
        return fail(Errc::Unsupported, "the service is a socket; those are called by qubes only");
    }
    return std::get<PreparedProgram>(std::move(prepared));
}

} // namespace

int becomeDom0Service(const std::string &command)
{
    const auto service = findProgram(command);
    if (!service) {
        Log.critical("{}", service.error().text());
        return statusFor(service.error());
    }
    const Error error = becomeProgram(service->program, service->identity);
    Log.critical("{}", error.text());
    return statusFor(error);
}

} // namespace Bulkhead::Qrexec
