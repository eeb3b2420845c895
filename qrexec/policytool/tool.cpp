// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/tool.h"

#include "base/clock.h"
#include "base/formatted.h"
#include "qrexec/policy/live/directorysource.h"
#include "qrexec/policy/systeminfoparser.h"
#include "qrexec/policyadmin/adminlink.h"
#include "qrexec/policyd/policycall.h"
#include "qrexec/policytool/converting.h"
#include "qrexec/policytool/editing.h"
#include "qrexec/process/readfile.h"
#include "vchan-io/transport/socketexchange.h"
#include "vchan-io/wire/calls/policyrequest.h"

#include <unistd.h>

#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

Result<std::string> textOf(const std::string &file)
{
    auto text = file == "-" ? readAll(STDIN_FILENO, Policy::MaxFileSize) : readFile(file, Policy::MaxFileSize);
    if (!text) {
        return std::unexpected(std::move(text).error().in(file));
    }
    return text;
}

Result<ToolOutcome> checkFiles(const ToolOptions &options)
{
    ToolOutcome outcome;
    for (const std::string &file : options.files) {
        BH_TRY(const std::string text, textOf(file));
        for (const std::string &problem : Policy::checkText(file, text, options.format)) {
            outcome.output += problem + '\n';
            outcome.status = 1;
        }
    }
    return outcome;
}

std::expected<Policy::LoadedPolicy, Policy::LoadError> load(const ToolOptions &options)
{
    DirectorySource source(::geteuid());
    return Policy::loadPolicy(source, options.paths);
}

ToolOutcome checkPolicy(const ToolOptions &options)
{
    const auto loaded = load(options);
    if (!loaded) {
        return {.errors = loaded.error().text + "\nWhile this is so every call is denied.\n", .status = 1};
    }
    ToolOutcome outcome{.output = formatted("{} rules, no error\n", loaded->rules.all().size())};
    for (const std::string &warning : loaded->warnings) {
        outcome.errors += warning + '\n';
    }
    return outcome;
}

Result<std::string> askCore()
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    std::optional<Result<std::string>> received;
    BH_TRY(const auto exchange,
           SocketExchange::start(*loop,
                                 PolicyPeers().core,
                                 std::string(Policy::SystemInfoRequest),
                                 {.answer = Policy::MaxSystemInfo, .deadline = std::chrono::seconds(10)},
                                 [&](Result<std::string> answer) {
                                     received = std::move(answer);
                                     loop->quit();
                                 }));
    (void)loop->run();
    return received.value_or(fail(Errc::PeerGone, "the core gave no answer"));
}

Result<Policy::SystemInfo> systemInfo(const ToolOptions &options)
{
    if (!options.systemInfo.empty()) {
        BH_TRY(const std::string json, readFile(options.systemInfo, Policy::MaxSystemInfo));
        return Policy::parseSystemInfo(json);
    }
    BH_TRY(const std::string answer, askCore());
    return Policy::parseSystemInfoAnswer(answer);
}

Result<ToolOutcome> drawGraph(const ToolOptions &options)
{
    const auto loaded = load(options);
    if (!loaded) {
        return ToolOutcome{.errors = loaded.error().text + '\n', .status = 1};
    }
    BH_TRY(const Policy::SystemInfo info, systemInfo(options));
    return ToolOutcome{.output = Policy::graphOf(loaded->rules, info, options.graph)};
}

Result<PolicyAdmin::Reply>
askPolicyAdmin(const std::string &service, const std::string &argument, std::string_view payload)
{
    const ServiceHead head{.service = service, .argument = argument, .source = "dom0", .target = "dom0"};
    auto reply = callPolicyAdmin(std::string(PolicyAdminSocket), head, payload);
    if (!reply) {
        return std::unexpected(std::move(reply).error().in("asking bulkhead-policy-admin"));
    }
    return reply;
}

Result<ToolOutcome> callAboutFile(const FileCall &call)
{
    std::string payload = call.token;
    if (call.takesContent) {
        BH_TRY(const std::string content, readAll(STDIN_FILENO, PolicyAdmin::MaxContent));
        payload += '\n' + content;
    }
    auto reply = askPolicyAdmin(call.service, call.argument, payload);
    if (!reply) {
        return std::unexpected(std::move(reply).error());
    }
    if (reply->kind == PolicyAdmin::Reply::Kind::Content) {
        const bool dropsToken = call.service.ends_with(".Get") && !call.showsToken;
        return ToolOutcome{.output = dropsToken ? reply->text.substr(reply->text.find('\n') + 1) : reply->text};
    }
    return ToolOutcome{.errors = reply->text + '\n',
                       .status = reply->kind == PolicyAdmin::Reply::Kind::Refused ? 1 : 2};
}

} // namespace

Result<ToolOutcome> runTool(const ToolOptions &options)
{
    switch (options.verb) {
    case ToolVerb::CheckFiles:
        return checkFiles(options);
    case ToolVerb::CheckPolicy:
        return checkPolicy(options);
    case ToolVerb::Graph:
        return drawGraph(options);
    case ToolVerb::FileCall:
        return callAboutFile(options.call);
    case ToolVerb::Edit:
        return editFile(options.call, options.format, askPolicyAdmin);
    case ToolVerb::Convert: {
        BH_TRY(const Policy::SystemInfo info, systemInfo(options));
        return convertOldPolicy(options.paths, info);
    }
    }
    std::unreachable();
}

} // namespace Bulkhead::Qrexec
