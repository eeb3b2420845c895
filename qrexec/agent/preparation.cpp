// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/preparation.h"

#include "base/log.h"
#include "qrexec/agent/programs.h"
#include "qrexec/agent/serviceconfig.h"
#include "qrexec/agent/servicelookup.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

Result<RunAs> runAsUser(const std::string &name, const OwnRights &rights)
{
    auto account = findAccount(name);
    if (!account && account.error().code == Errc::NotFound) {
        // To the caller a user who is missing is a problem, not a service that is.
        return fail(Errc::Refused, "there is no such user");
    }
    BH_TRY(Account found, std::move(account));
    return decideRunAs(std::move(found), rights);
}

PreparedSocket prepareSocket(const ServiceRequest &request, const ServiceConfig &config, const std::string &path)
{
    return {
        .path = path,
        .firstBytes = config.skipServiceDescriptor ? std::string() : request.line + '\0',
        .rules = {.serviceEofEnds = config.exitOnServiceEof, .callerEofEnds = config.exitOnClientEof},
    };
}

Result<Prepared>
prepareService(const Command &command, const ServiceRequest &request, const Surroundings &here, pid_t dataProcess)
{
    BH_TRY(const ServiceConfig config, loadServiceConfig(here.configuration, request));
    BH_TRY(const FoundService found, findService(here.services, request));
    if (found.kind == FoundService::Kind::Tcp) {
        return fail(Errc::Unsupported, "services that are TCP addresses are not offered");
    }
    if (found.kind == FoundService::Kind::Socket) {
        return prepareSocket(request, config, found.path);
    }
    if (config.hasSocketOptions()) {
        Log.warning("{}: options of socket services mean nothing to a program", request.name);
    }
    BH_TRY(const RunAs runAs, runAsUser(config.forceUser.value_or(command.user), here.rights));
    return PreparedProgram{
        .program = serviceProgram(runAs.account, request, found.path, here.environment, dataProcess),
        .identity = runAs.identity,
    };
}

} // namespace

Result<Surroundings> Surroundings::current()
{
    BH_TRY(const OwnRights rights, OwnRights::current());
    return Surroundings{
        .services = servicePathFromEnvironment(),
        .configuration = configPathFromEnvironment(),
        .rights = rights,
        .environment = currentEnvironment(),
    };
}

Result<Prepared> prepare(const Command &command, const Surroundings &here, pid_t dataProcess)
{
    if (const ServiceRequest *const request = command.service()) {
        return prepareService(command, *request, here, dataProcess);
    }
    BH_TRY(const RunAs runAs, runAsUser(command.user, here.rights));
    return PreparedProgram{
        .program = shellProgram(runAs.account, std::get<ShellCommand>(command.what), here.environment),
        .identity = runAs.identity,
    };
}

int statusFor(const Error &error) noexcept
{
    return error.code == Errc::NotFound ? StatusNotFound : StatusProblem;
}

} // namespace Bulkhead::Qrexec
