// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-run: runs a command in a qube.
#include "base/formatted.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/remotecommand.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::string_view Red = "31";

constexpr std::array Options{
    Option{.letter = 'p', .names = "pass-io", .help = "the command's input, output and errors are these of here"},
    Option{.letter = 'u', .names = "user", .help = "as which user of the qube", .value = "USER"},
    Option{.letter = 'a', .names = "autostart,auto", .help = "start the qube if it is halted; that is so anyway"},
    Option{.letter = 'n', .names = "no-autostart,no-auto", .help = "fail if the qube does not run"},
    Option{.names = "localcmd",
           .help = "the command's input and output are those of this command here",
           .value = "COMMAND"},
    Option{.names = "service", .help = "COMMAND is a service, its argument after a +"},
    Option{.names = "gui", .help = "the command may open windows; that is so anyway"},
    Option{.names = "no-gui,nogui", .help = "the command opens no windows"},
    Option{.names = "dispvm",
           .help = "in a new disposable, of this template or the default one, that ends with the command",
           .value = "TEMPLATE",
           .takes = Takes::Maybe,
           .completes = Completes::Qubes},
    Option{.names = "all", .help = "in every qube that runs, but not in dom0"},
    ExcludedQubes,
    Option{.names = "colour-output,color-output",
           .help = "colour of the output, as a number of ANSI's; 31, red, on a "
                   "terminal",
           .value = "COLOUR"},
    Option{.names = "colour-stderr,color-stderr", .help = "the same for errors", .value = "COLOUR"},
    Option{.names = "no-colour-output,no-color-output", .help = "no colour for the output"},
    Option{.names = "no-colour-stderr,no-color-stderr", .help = "no colour for errors"},
    Option{.names = "filter-escape-chars", .help = "replace what could steer a terminal; so anyway where one reads"},
    Option{.names = "no-filter-escape-chars", .help = "leave it; on a terminal the qube can then do as it likes there"},
};

constexpr std::array<std::string_view, 3> InPlaceOfQube{"dispvm", "all", "exclude"};

struct Task {
    RemoteCommand command;
    std::vector<std::string> qubes;
    bool mayStart = true;
};

/// The words after the qube's name, or all where options tell the qube.
Result<std::vector<std::string>> commandWords(const Arguments &arguments)
{
    std::vector<std::string> words = arguments.operands();
    const bool isElsewhere = arguments.has("dispvm") || arguments.has("all");
    if (!isElsewhere && !words.empty()) {
        words.erase(words.begin());
    }
    if (words.empty()) { // `--dispvm COMMAND`: the word was taken for the template
        words = arguments.values("dispvm");
    }
    if (words.empty()) {
        return fail(Errc::BadValue, "name a qube and a command");
    }
    return words;
}

Result<RemoteCommand> understand(const Arguments &arguments)
{
    RemoteCommand command;
    BH_TRY(command.words, commandWords(arguments));
    command.user = arguments.value("user").value_or(command.user);
    command.isService = arguments.has("service");
    command.withGui = !arguments.has("no-gui");
    command.localProgram = arguments.value("localcmd");
    command.passesStreams = arguments.has("pass-io") || command.localProgram.has_value();
    if (arguments.has("filter-escape-chars")) {
        command.filter = RemoteCommand::Filter::Always;
    } else if (arguments.has("no-filter-escape-chars")) {
        command.filter = RemoteCommand::Filter::Never;
    }
    return command;
}

/// Paused ones go on, halted ones are started.
Result<void> makeReady(Session &session, const QubeLine &qube, bool mayStart)
{
    if (qube.name == "dom0") {
        return fail(Errc::BadValue, "commands of dom0 are simply typed");
    }
    if (qube.isRunning()) {
        return {};
    }
    if (!mayStart) {
        return fail(Errc::WrongState, formatted("{} does not run", qube.name));
    }
    const bool isPaused = qube.state == "Paused";
    session.console.detail(formatted("{} {}", isPaused ? "Unpausing" : "Starting", qube.name));
    BH_CHECK(session.daemon.call({.method = isPaused ? "admin.vm.Unpause" : "admin.vm.Start", .qube = qube.name}));
    return {};
}

/// A program with windows needs the session that shows them; one whose streams are ours may need no windows.
Result<void> waitForSession(Session &session, const std::string &qube, const RemoteCommand &command)
{
    if (!command.withGui || command.passesStreams || command.isService) {
        return {};
    }
    const auto gui =
        session.daemon.call({.method = "admin.vm.feature.CheckWithTemplate", .argument = "gui", .qube = qube});
    if (gui.value_or(std::string()).empty()) {
        return {};
    }
    RemoteCommand wait;
    wait.words = {"qubes.WaitForSession"};
    wait.isService = true;
    BH_TRY(const ChildProgram program, clientCall(session.qrexecClient.string(), qube, wait));
    BH_TRY(const pid_t child, startChild(program));
    BH_TRY(const int status, waitForChild(child));
    if (status != 0) {
        session.console.detail(formatted("{} did not tell that its session is up", qube));
    }
    return {};
}

/// Between the two the terminal shows in a colour what a qube wrote.
class Colours
{
public:
    Colours(Console &console, const Arguments &arguments, bool passesStreams)
        : m_console(console)
        , m_output(wanted(arguments, "output", console.outputIsTerminal(), passesStreams))
        , m_error(wanted(arguments, "stderr", console.errorIsTerminal(), passesStreams))
    {
    }

    Result<void> begin()
    {
        BH_CHECK(m_output.empty() ? Result<void>() : m_console.setColour(Console::Stream::Output, m_output));
        return m_error.empty() ? Result<void>() : m_console.setColour(Console::Stream::Error, m_error);
    }

    Result<void> end()
    {
        BH_CHECK(m_output.empty() ? Result<void>() : m_console.setColour(Console::Stream::Output, "0"));
        return m_error.empty() ? Result<void>() : m_console.setColour(Console::Stream::Error, "0");
    }

private:
    static std::string wanted(const Arguments &arguments, std::string_view stream, bool isTerminal, bool passesStreams)
    {
        const bool isOff = arguments.has(formatted("no-colour-{}", stream));
        const auto colour = arguments.value(formatted("colour-{}", stream));
        if (!passesStreams || isOff) {
            return {};
        }
        return colour.value_or(isTerminal ? std::string(Red) : std::string());
    }

    Console &m_console;
    std::string m_output;
    std::string m_error;
};

/// In all qubes at once; the worst status is the answer.
Result<int> runIn(Session &session, const Arguments &arguments, const Task &task)
{
    Colours colours(session.console, arguments, task.command.passesStreams);
    BH_CHECK(colours.begin());
    std::vector<pid_t> children;
    int worst = 0;
    for (const std::string &qube : task.qubes) {
        if (!task.command.passesStreams) {
            session.console.tell(formatted("Running '{}' on {}", task.command.words.front(), qube));
        }
        auto child = clientCall(session.qrexecClient.string(), qube, task.command).and_then(startChild);
        if (!child) {
            session.console.complain(formatted("{}: {}", qube, child.error().text()));
            worst = 1;
            continue;
        }
        children.push_back(*child);
    }
    for (const pid_t child : children) {
        BH_TRY(const int status, waitForChild(child));
        worst = std::max(worst, status);
    }
    BH_CHECK(colours.end());
    return worst;
}

Result<int> runInDisposable(Session &session, const Arguments &arguments, RemoteCommand command)
{
    const auto base = arguments.operands().empty() ? std::nullopt : arguments.value("dispvm");
    auto made = session.daemon.call({.method = "admin.vm.CreateDisposable", .qube = base.value_or("dom0")});
    if (!made) {
        return std::unexpected(std::move(made).error().in("making a disposable"));
    }
    const Task task{.command = std::move(command), .qubes = {*made}, .mayStart = true};
    auto ended = session.daemon.call({.method = "admin.vm.Start", .qube = *made})
                     .and_then([&](const std::string & /*content*/) {
                         return waitForSession(session, *made, task.command);
                     })
                     .and_then([&] {
                         return runIn(session, arguments, task);
                     });
    // It ends with its command, and takes itself away.
    const auto killed = session.daemon.call({.method = "admin.vm.Kill", .qube = *made});
    if (!killed && killed.error().code != Errc::WrongState && killed.error().code != Errc::BadValue) {
        session.console.complain(formatted("{}: {}", *made, killed.error().text()));
    }
    return ended;
}

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(RemoteCommand command, understand(arguments));
    BH_CHECK(
        clientCall(session.qrexecClient.string(), "dom0", command)); // what is wrong with it is wrong in every qube
    if (arguments.has("dispvm")) {
        return runInDisposable(session, arguments, std::move(command));
    }
    Task task{.command = std::move(command), .qubes = {}, .mayStart = !arguments.has("no-autostart")};
    BH_TRY(const auto qubes, listQubes(session.daemon));
    const auto excluded = arguments.values("exclude");
    if (!arguments.has("all")) {
        const QubeLine *const qube = findIn(qubes, arguments.operand(0));
        if (qube == nullptr) {
            return fail(Errc::BadValue, formatted("no such qube: '{}'", arguments.operand(0)));
        }
        BH_CHECK(makeReady(session, *qube, task.mayStart));
        task.qubes = {qube->name};
    }
    for (const QubeLine &qube : qubes) {
        const bool isMeant = arguments.has("all") && qube.isRunning() && qube.klass != "AdminVM";
        if (isMeant && !std::ranges::contains(excluded, qube.name)) {
            task.qubes.push_back(qube.name);
        }
    }
    for (const std::string &qube : task.qubes) {
        BH_CHECK(waitForSession(session, qube, task.command));
    }
    return runIn(session, arguments, task);
}

constexpr std::array Operands{QubeOperand, Operand{.name = "COMMAND"}};

} // namespace

constinit const Verb RunVerb{
    .name = "run",
    .link = "qvm-run",
    .summary = "run a command in a qube",
    .synopsis = "[OPTIONS...] QUBE COMMAND [ARGUMENT...]\n[OPTIONS...] --all [--exclude QUBE]... COMMAND\n"
                "[OPTIONS...] --dispvm[=TEMPLATE] COMMAND",
    .description =
        "Runs a command in a qube, waits for its end, and ends with its exit status. One word is a line for the "
        "qube's shell; several are a program and its arguments, as they are.\n\n"
        "Without --pass-io what the command writes is dropped, and it is started when the qube's session can show "
        "windows. Where a terminal reads, every byte of the qube that could steer it is replaced, and what the qube "
        "writes is in red.",
    .options = Options,
    .operands = Operands,
    .run = run,
    .operandsEndOptions = 2,
    .inPlaceOfOperand = InPlaceOfQube,
};

} // namespace Bulkhead::Cli
