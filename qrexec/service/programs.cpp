// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/programs.h"

#include "base/formatted.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace Bulkhead::Qrexec
{

namespace
{

/// Executes its first argument with the others, after the login files have run. Fixed: nothing is put into it.
constexpr std::string_view ExecuteScript = R"(exec "$0" "$@")";

constexpr std::string_view ShellVariable = "SHELL=";

std::string_view nameOf(std::string_view variable)
{
    return variable.substr(0, variable.find('='));
}

/// Whether a variable of ours speaks of another call: no command may see it.
bool isOfAnotherCall(std::string_view variable)
{
    const std::string_view name = nameOf(variable);
    return name.starts_with("QREXEC") && name != "QREXEC_SERVICE_PATH";
}

/// Whether a variable is one that a login sets anew.
bool isOfALogin(std::string_view variable)
{
    const std::string_view name = nameOf(variable);
    return name == "HOME" || name == "SHELL" || name == "USER" || name == "LOGNAME";
}

std::vector<std::string> ownEnvironment(std::span<const std::string> inherited)
{
    std::vector<std::string> environment;
    std::ranges::remove_copy_if(inherited, std::back_inserter(environment), isOfAnotherCall);
    return environment;
}

std::vector<std::string> loginEnvironment(const Account &account, std::span<const std::string> inherited)
{
    std::vector<std::string> environment = ownEnvironment(inherited);
    std::erase_if(environment, isOfALogin);
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

void appendDataProcess(std::vector<std::string> &environment, pid_t dataProcess)
{
    environment.push_back(formatted("QREXEC_AGENT_PID={}", dataProcess));
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
    appendDataProcess(program.environment, dataProcess);
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

Program sessionProgram(const ServiceRequest &request,
                       const std::string &path,
                       std::span<const std::string> inherited,
                       pid_t dataProcess)
{
    Program program{.path = path, .arguments = {path}, .environment = ownEnvironment(inherited), .directory = {}};
    appendArgument(program.arguments, request);
    appendCall(program.environment, request);
    appendDataProcess(program.environment, dataProcess);
    return program;
}

Program sessionShellProgram(const ShellCommand &command, std::span<const std::string> inherited)
{
    const auto named = std::ranges::find_if(inherited, [](std::string_view variable) {
        return variable.starts_with(ShellVariable) && variable.size() > ShellVariable.size();
    });
    const std::string shell = named == inherited.end() ? "/bin/sh" : named->substr(ShellVariable.size());
    return {
        .path = shell,
        .arguments = {baseName(shell), "-c", command.text},
        .environment = ownEnvironment(inherited),
        .directory = {},
    };
}

Program waitProgram(const ServiceRequest &request, const std::string &path, std::span<const std::string> inherited)
{
    Program program{.path = path, .arguments = {path}, .environment = ownEnvironment(inherited), .directory = {}};
    appendCall(program.environment, request);
    return program;
}

} // namespace Bulkhead::Qrexec
