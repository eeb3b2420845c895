// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/programs.h"

#include "base/formatted.h"

namespace Bulkhead::Qrexec
{

namespace
{

/// Executes its first argument with the others, after the login files have run. Fixed: nothing is put into it.
constexpr std::string_view ExecuteScript = R"(exec "$0" "$@")";

std::string_view nameOf(std::string_view variable)
{
    return variable.substr(0, variable.find('='));
}

/// Whether a variable of ours may reach a command: what speaks of another call must not, and a login's are set anew.
bool isInherited(std::string_view variable)
{
    const std::string_view name = nameOf(variable);
    if (name.starts_with("QREXEC")) {
        return name == "QREXEC_SERVICE_PATH";
    }
    return name != "HOME" && name != "SHELL" && name != "USER" && name != "LOGNAME";
}

std::vector<std::string> loginEnvironment(const Account &account, std::span<const std::string> inherited)
{
    std::vector<std::string> environment;
    for (const std::string &variable : inherited) {
        if (isInherited(variable)) {
            environment.push_back(variable);
        }
    }
    environment.push_back("HOME=" + account.home);
    environment.push_back("SHELL=" + account.shell);
    environment.push_back("USER=" + account.name);
    environment.push_back("LOGNAME=" + account.name);
    return environment;
}

void appendArgument(std::vector<std::string> &arguments, const ServiceRequest &request)
{
    if (request.argument && !request.argument->empty()) {
        arguments.push_back(*request.argument);
    }
}

void appendCall(std::vector<std::string> &environment, const ServiceRequest &request)
{
    environment.push_back("QREXEC_SERVICE_FULL_NAME=" + request.descriptor());
    if (request.argument) {
        environment.push_back("QREXEC_SERVICE_ARGUMENT=" + *request.argument);
    }
    environment.push_back("QREXEC_REMOTE_DOMAIN=" + request.source.text());
    if (!request.target) {
        environment.emplace_back("QREXEC_REQUESTED_TARGET_TYPE=");
    } else if (request.target->kind == RequestedTarget::Kind::Name) {
        environment.emplace_back("QREXEC_REQUESTED_TARGET_TYPE=name");
        environment.push_back("QREXEC_REQUESTED_TARGET=" + request.target->text);
    } else {
        environment.emplace_back("QREXEC_REQUESTED_TARGET_TYPE=keyword");
        environment.push_back("QREXEC_REQUESTED_TARGET_KEYWORD=" + request.target->text);
    }
}

std::string baseName(const std::string &path)
{
    return path.substr(path.rfind('/') + 1);
}

} // namespace

Program shellProgram(const Account &account, const ShellCommand &command, std::span<const std::string> inherited)
{
    return {
        .path = account.shell,
        .arguments = {"-" + baseName(account.shell), "-lc", command.text},
        .environment = loginEnvironment(account, inherited),
        .directory = account.home,
    };
}

Program serviceProgram(const Account &account,
                       const ServiceRequest &request,
                       const std::string &path,
                       std::span<const std::string> inherited,
                       pid_t dataProcess)
{
    Program program{
        .path = "/bin/sh",
        .arguments = {"-sh", "-lc", std::string(ExecuteScript), path},
        .environment = loginEnvironment(account, inherited),
        .directory = account.home,
    };
    appendArgument(program.arguments, request);
    appendCall(program.environment, request);
    program.environment.push_back(formatted("QREXEC_AGENT_PID={}", dataProcess));
    return program;
}

Program directProgram(const Account &account,
                      const ServiceRequest &request,
                      const std::string &path,
                      std::span<const std::string> inherited)
{
    Program program{
        .path = path,
        .arguments = {path},
        .environment = loginEnvironment(account, inherited),
        .directory = account.home,
    };
    appendArgument(program.arguments, request);
    appendCall(program.environment, request);
    return program;
}

Program waitProgram(const ServiceRequest &request, const std::string &path, std::span<const std::string> inherited)
{
    Program program{.path = path, .arguments = {path}, .environment = {}, .directory = {}};
    for (const std::string &variable : inherited) {
        if (!nameOf(variable).starts_with("QREXEC") || nameOf(variable) == "QREXEC_SERVICE_PATH") {
            program.environment.push_back(variable);
        }
    }
    appendCall(program.environment, request);
    return program;
}

} // namespace Bulkhead::Qrexec
