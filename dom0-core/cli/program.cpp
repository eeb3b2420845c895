// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/program.h"

#include "base/formatted.h"
#include "dom0-core/cli/completion.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/manual.h"
#include "dom0-core/cli/verbs.h"

#include <utility>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::string_view ProgramName = "bulkhead";

/// The command that a command line names, and the words for it.
struct Invocation {
    const Verb *verb = nullptr; ///< none: `bulkhead` itself
    std::string called;         ///< as it shall name itself
    std::vector<std::string> words;
};

Invocation understand(std::span<const std::string> words)
{
    const std::string name = words.empty() ? std::string() : std::filesystem::path(words[0]).filename().string();
    std::vector<std::string> rest(words.empty() ? words.begin() : words.begin() + 1, words.end());
    if (const Verb *const verb = findVerb(name); verb != nullptr && name != verb->name) {
        return {.verb = verb, .called = name, .words = std::move(rest)};
    }
    const bool isHelp = rest.size() > 1 && rest[0] == "help";
    if (isHelp) {
        rest = {rest[1], "--help"};
    }
    if (const Verb *const verb = rest.empty() ? nullptr : findVerb(rest[0])) {
        rest.erase(rest.begin());
        return {.verb = verb, .called = formatted("{} {}", ProgramName, verb->name), .words = std::move(rest)};
    }
    return {.verb = nullptr, .called = std::string(ProgramName), .words = std::move(rest)};
}

int statusFor(const Error &error)
{
    return error.code == Errc::BadValue ? StatusWrongUse : StatusFailed;
}

/// What was printed is written whatever became of the command; that it could not be is a failure of its own.
int finish(Console &console, const Result<int> &ended)
{
    if (auto flushed = console.flush(); !flushed) {
        console.complain(flushed.error().text());
        return StatusFailed;
    }
    if (!ended) {
        console.complain(ended.error().text());
        return statusFor(ended.error());
    }
    return *ended;
}

Result<int> runVerb(const Invocation &invocation, Console &console, Outside &outside)
{
    const Verb &verb = *invocation.verb;
    auto arguments = parseArguments(invocation.words, grammarOf(verb));
    if (!arguments) {
        return fail(Errc::BadValue, formatted("{}\n{}", arguments.error().text(), usageOf(verb, invocation.called)));
    }
    console.setVerbosity(1 + static_cast<int>(arguments->count("verbose"))
                         - static_cast<int>(arguments->count("quiet")));
    if (arguments->has("help")) {
        console.printExact(helpOf(verb, invocation.called));
        return StatusOk;
    }
    if (arguments->has("version")) {
        console.print(formatted("{} ({})", invocation.called, versionText()));
        return StatusOk;
    }
    if (const auto run = arguments->value("run-directory")) {
        outside.run = *run;
    }
    if (const auto client = arguments->value("qrexec-client")) {
        outside.qrexecClient = *client;
    }
    const Daemon daemon(outside.run);
    Session session{.console = console, .daemon = daemon, .qrexecClient = outside.qrexecClient};
    return verb.run(session, *arguments);
}

/// `bulkhead` with none of its commands.
Result<int> runItself(const std::vector<std::string> &words, Console &console, const Outside &outside)
{
    const std::string first = words.empty() ? std::string() : words[0];
    if (first == "help" || first == "--help" || first == "-h") {
        console.printExact(helpOfAll());
        return StatusOk;
    }
    if (first == "--version") {
        console.print(versionText());
        return StatusOk;
    }
    if (first == "completion" && words.size() == 2) {
        BH_TRY(const std::string script, completionScript(words[1]));
        console.printExact(script);
        return StatusOk;
    }
    if (first == "complete" && words.size() >= 2) {
        console.printLines(completions(std::span(words).subspan(1), Daemon(outside.run)));
        return StatusOk;
    }
    if (first == "manual" && words.size() == 2) {
        BH_TRY(const std::string page, manualPage(words[1]));
        console.printExact(page);
        return StatusOk;
    }
    return fail(Errc::BadValue,
                first.empty() ? "name a command; 'bulkhead help' lists them"
                              : formatted("there is no command '{}'; 'bulkhead help' lists them", first));
}

} // namespace

int runProgram(std::span<const std::string> words, Outside outside)
{
    const Invocation invocation = understand(words);
    Console console(std::move(outside.console), invocation.called);
    if (invocation.verb == nullptr) {
        return finish(console, runItself(invocation.words, console, outside));
    }
    return finish(console, runVerb(invocation, console, outside));
}

} // namespace Bulkhead::Cli
