// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/preparation.h"

#include "base/log.h"
#include "qrexec/process/environment.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/service/programs.h"
#include "qrexec/service/serviceconfig.h"
#include "qrexec/service/servicelookup.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

/// What the policy's answer calls the user where its rule names none. In a qube the daemon has put a name there.
constexpr std::string_view DefaultUser = "DEFAULT";

Result<RunAs> runAsUser(const std::string &name, const Surroundings &here)
{
    const bool isOurs = here.place == Place::Dom0 && name == DefaultUser;
    auto account = isOurs ? findAccount(here.rights.uid) : findAccount(name);
    if (!account && account.error().code == Errc::NotFound) {
        // To the caller a user who is missing is a problem, not a service that is.
        return fail(Errc::Refused, "there is no such user");
    }
    BH_TRY(Account found, std::move(account));
    return decideRunAs(std::move(found), here.rights);
}

std::string firstBytes(const ServiceRequest &request, const ServiceConfig &config)
{
    return config.skipServiceDescriptor ? std::string() : request.line + '\0';
}

EndRules endRules(const ServiceConfig &config)
{
    return {.serviceEofEnds = config.exitOnServiceEof, .callerEofEnds = config.exitOnClientEof};
}

/// @errors BadValue, Unsupported
Result<Prepared>
prepareSocket(const ServiceRequest &request, const ServiceConfig &config, const FoundService &found, Place place)
{
    if (found.kind == FoundService::Kind::Socket) {
        return PreparedSocket{.path = found.path, .firstBytes = firstBytes(request, config), .rules = endRules(config)};
    }
    if (place == Place::Dom0) {
        return fail(Errc::Unsupported, "dom0 has no network, and so no services that are TCP addresses");
    }
    BH_TRY(TcpAddress address, tcpAddress(found.path, request.argument));
    return PreparedTcp{
        .address = std::move(address), .firstBytes = firstBytes(request, config), .rules = endRules(config)};
}

Result<Prepared>
prepareService(const Command &command, const ServiceRequest &request, const Surroundings &here, pid_t dataProcess)
{
    BH_TRY(const ServiceConfig config, loadServiceConfig(here.configuration, request));
    BH_TRY(const FoundService found, findService(here.services, request));
    if (found.kind != FoundService::Kind::Executable) {
        return prepareSocket(request, config, found, here.place);
    }
    if (config.hasSocketOptions()) {
        Log.warning("{}: options of socket services mean nothing to a program", request.name);
    }
    if (here.place == Place::Session) {
        return PreparedProgram{
            .program = sessionProgram(request, found.path, here.environment, dataProcess),
            .identity = std::nullopt,
        };
    }
    BH_TRY(const RunAs runAs, runAsUser(config.forceUser.value_or(command.user), here));
    if (here.place == Place::Dom0) {
        return PreparedProgram{
            .program = directProgram(runAs.account, request, found.path, here.environment),
            .identity = runAs.identity,
        };
    }
    return PreparedProgram{
        .program = serviceProgram(runAs.account, request, found.path, here.environment, dataProcess),
        .identity = runAs.identity,
    };
}

} // namespace

Result<Surroundings> Surroundings::current(Place place)
{
    BH_TRY(const OwnRights rights, OwnRights::current());
    return Surroundings{
        .place = place,
        .services = servicePathFromEnvironment(),
        .configuration = place == Place::Session ? SearchPath() : configPathFromEnvironment(),
        .rights = rights,
        .environment = currentEnvironment(),
    };
}

Result<Prepared> prepare(const Command &command, const Surroundings &here, pid_t dataProcess)
{
    if (const ServiceRequest *const request = command.service()) {
        return prepareService(command, *request, here, dataProcess);
    }
    if (here.place == Place::Dom0) {
        return fail(Errc::Refused, "only services may be called in dom0");
    }
    const auto &line = std::get<ShellCommand>(command.what);
    if (here.place == Place::Session) {
        return PreparedProgram{.program = sessionShellProgram(line, here.environment), .identity = std::nullopt};
    }
    BH_TRY(const RunAs runAs, runAsUser(command.user, here));
    return PreparedProgram{
        .program = shellProgram(runAs.account, line, here.environment),
        .identity = runAs.identity,
    };
}

int statusFor(const Error &error) noexcept
{
    return error.code == Errc::NotFound ? StatusNotFound : StatusProblem;
}

} // namespace Bulkhead::Qrexec
