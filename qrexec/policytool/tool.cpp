// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/tool.h"

#include "base/clock.h"
#include "qrexec/policy/live/directorysource.h"
#include "qrexec/policyd/policycall.h"
#include "qrexec/policyd/systeminfoparser.h"
#include "qrexec/process/readfile.h"
#include "vchan-io/transport/socketexchange.h"

#include <unistd.h>

#include <format>
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
    ToolOutcome outcome{.output = std::format("{} rules, no error\n", loaded->rules.all().size())};
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
                                 std::string(SystemInfoRequest),
                                 {.answer = MaxSystemInfo, .deadline = std::chrono::seconds(10)},
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
        BH_TRY(const std::string json, readFile(options.systemInfo, MaxSystemInfo));
        return parseSystemInfo(json);
    }
    BH_TRY(const std::string answer, askCore());
    return parseSystemInfoAnswer(answer);
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
    }
    std::unreachable();
}

} // namespace Bulkhead::Qrexec
