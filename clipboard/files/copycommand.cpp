// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/copycommand.h"

#include "base/formatted.h"
#include "base/number.h"
#include "clipboard/files/admission.h"
#include "clipboard/files/callprogram.h"
#include "clipboard/files/copystatus.h"
#include "clipboard/files/desktopjob.h"
#include "clipboard/files/preflight.h"
#include "clipboard/files/sender.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// The receiver waits for a disk, which may be slow.
constexpr std::chrono::minutes LongestSilence{30};
/// After its answer a receiver has nothing left to do.
constexpr std::chrono::seconds LongestEnd{30};
constexpr std::chrono::minutes LongestStart{10}; ///< of the target, which may start its net qubes first

constexpr const char *GuestClient = "qrexec-client-vm";
constexpr const char *Dom0Client = "qrexec-client";
constexpr const char *Dom0Starter = "qvm-start";
/// Four times what a call has otherwise: a stream of files fills that faster than the two ends are woken in turns.
constexpr std::string_view RingSize = "--buffer-size=262144";

void say(std::string_view text)
{
    (void)std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

std::string_view variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string_view() : value;
}

Result<std::vector<Source>> openSources(const std::vector<std::string> &paths)
{
    std::vector<Source> sources;
    for (const std::string &path : paths) {
        BH_TRY(Source source, openSource(path));
        sources.push_back(std::move(source));
    }
    return sources;
}

/// For who shows a job: what happens beside the bytes that go.
void tell(const CopyOptions &options, const std::string &line)
{
    if (options.numbersFd) {
        const std::string text = line + '\n';
        (void)::write(*options.numbersFd, text.data(), text.size()); // who has gone is noticed with the first number
    }
}

std::vector<std::string> wordsFromQube(const CopyOptions &options, const std::string &service)
{
    return {GuestClient, std::string(RingSize), "-T", "--", options.target.value_or("@default"), service};
}

/// To whom dom0 copies. Its command line is asked about by nobody.
Result<Ruling> rulingFor(const CopyOptions &options, const std::string &service)
{
    if (!options.target) {
        return fail(Errc::Unsupported, "in dom0 nobody asks where to: use qvm-copy-to-vm or qvm-move-to-vm");
    }
    if (!options.policySocket) {
        return Admission{.target = *options.target};
    }
    BH_TRY(const QubeName target, QubeName::parse(*options.target));
    auto ruling = askPolicy(*options.policySocket, target, service, [&options] {
        tell(options, "asking");
    });
    return ruling ? std::move(ruling) : std::unexpected(std::move(ruling).error().in("asking the policy"));
}

int sayRefused(const CopyOptions &options, const Refusal &refusal)
{
    tell(options, "refused " + refusal.rule);
    say(refusal.rule.empty() ? std::string("it was refused: by the person who was asked, or because no rule allows it")
                             : formatted("the policy does not allow it: {}", refusal.rule));
    return StatusRefused;
}

/// dom0's client only connects to a qube that runs; in a qube the policy says whether a target is started.
/// @return false: it could not be started, and it was said why
Result<bool> startTarget(const Admission &admission)
{
    if (!admission.mayStart || !isInPath(Dom0Starter)) {
        return true;
    }
    BH_TRY(CallProgram starter, CallProgram::start({Dom0Starter, "--skip-if-running", "--", admission.target}));
    BH_TRY(const int status, starter.wait(LongestStart));
    return status == 0;
}

Progress progressFor(const CopyOptions &options, std::uint64_t total)
{
    if (options.numbersFd) {
        return {Progress::Kind::Numbers, *options.numbersFd, total};
    }
    const bool isShown = options.showsProgress.value_or(::isatty(STDERR_FILENO) == 1);
    return {isShown ? Progress::Kind::Terminal : Progress::Kind::None, STDERR_FILENO, total};
}

int statusFor(const Error &error)
{
    if (error.code == Errc::Exists) {
        return StatusExists;
    }
    return error.code == Errc::PeerGone && error.detail == "cancelled" ? StatusCancelled : StatusFailed;
}

std::string reasonOf(int status)
{
    switch (status) {
    case StatusRefused:
        return "the call was refused: by the policy, or by who was asked";
    case StatusNoService:
        return "the other qube cannot receive files";
    default:
        return formatted("the call ended with status {}", status);
    }
}

/// What became of a call.
struct Ending {
    int status = EXIT_SUCCESS;
    std::string words = {}; ///< why it failed
};

/// What a transfer that failed is to be called: where the call itself failed, its reason is the better one.
Ending failureOf(const Error &error, CallProgram &call)
{
    const int status = statusFor(error);
    if (error.code == Errc::PeerGone && status == StatusFailed) {
        if (const auto ended = call.wait(LongestEnd); ended && *ended != 0) {
            return {.status = *ended, .words = reasonOf(*ended)};
        }
    }
    return {.status = status, .words = error.text()};
}

void sayLeftOut(std::uint64_t count)
{
    if (count > 0) {
        say(formatted("not sent, because of their kind (links, sockets, devices and the like): {}", count));
    }
}

int deleteMoved(const Moved &moved, const std::vector<Source> &sources)
{
    const auto left = moved.remove(sources);
    for (const std::string &words : left) {
        say(words);
    }
    return left.empty() ? EXIT_SUCCESS : StatusFailed;
}

/// @param job  null: none
Result<Ending> transfer(const CopyOptions &options,
                        const std::vector<Source> &sources,
                        std::uint64_t bytes,
                        const std::vector<std::string> &words,
                        DesktopJob *job)
{
    BH_TRY(CallProgram call, CallProgram::start(words));
    Progress progress = progressFor(options, bytes);
    Moved moved;
    BH_TRY(PeerStream stream, PeerStream::create(std::move(call.input), std::move(call.output), LongestSilence));
    if (job != nullptr) {
        progress.alsoTell(*job);
        stream.heed(*job);
    }
    Sender sender(stream, progress, options.verb == Verb::Move ? &moved : nullptr);
    const auto sent = sender.run(sources, options.links);
    stream.close();
    if (!sent) {
        return failureOf(sent.error(), call);
    }
    BH_TRY(const int status, call.wait(LongestEnd));
    if (status != 0) {
        return Ending{.status = status, .words = reasonOf(status)};
    }
    sayLeftOut(sender.leftOut());
    return Ending{.status = options.verb == Verb::Move ? deleteMoved(moved, sources) : EXIT_SUCCESS};
}

/// In a qube whoever asked for the copy sees it in the desktop, too; who shows it there himself does not want that.
std::optional<DesktopJob> jobFor(const CopyOptions &options, std::size_t files, std::uint64_t bytes)
{
    return options.numbersFd || !isInPath(GuestClient) ? std::nullopt : DesktopJob::start(files, options.target, bytes);
}

Result<int> sendByCall(const CopyOptions &options,
                       const std::vector<Source> &sources,
                       std::uint64_t bytes,
                       const std::vector<std::string> &words)
{
    auto job = jobFor(options, sources.size(), bytes);
    const auto ended = transfer(options, sources, bytes, words, job ? &*job : nullptr);
    if (job) {
        job->end(ended ? ended->words : ended.error().text());
    }
    if (ended && !ended->words.empty()) {
        say(ended->words);
    }
    return ended.transform([](const Ending &ending) {
        return ending.status;
    });
}

/// As the local program of a call, which gets from whoever called how progress is told.
Progress inheritedProgress()
{
    if (variable("PROGRESS_TYPE") == "gui") {
        return {Progress::Kind::Numbers, numberIn<int>(variable("SAVED_FD_1")).value_or(-1), 0};
    }
    const auto total = numberIn<std::uint64_t>(variable("FILECOPY_TOTAL_BYTES"));
    const bool isShown = variable("PROGRESS_TYPE") == "console" && total;
    return {isShown ? Progress::Kind::Terminal : Progress::Kind::None, STDERR_FILENO, total.value_or(0)};
}

Result<int> sendOnStandardStreams(const CopyOptions &options, const std::vector<Source> &sources)
{
    BH_TRY(PeerStream stream, PeerStream::create(UniqueFd(STDOUT_FILENO), UniqueFd(STDIN_FILENO), LongestSilence));
    Progress progress = inheritedProgress();
    Sender sender(stream, progress, nullptr);
    if (const auto sent = sender.run(sources, options.links); !sent) {
        say(sent.error().text());
        return statusFor(sent.error());
    }
    return EXIT_SUCCESS;
}

Result<int> sendFromDom0(const CopyOptions &options,
                         const std::vector<Source> &sources,
                         std::uint64_t bytes,
                         const std::string &service)
{
    BH_TRY(const Ruling ruling, rulingFor(options, service));
    if (const auto *const refusal = std::get_if<Refusal>(&ruling)) {
        return sayRefused(options, *refusal);
    }
    const auto &admission = std::get<Admission>(ruling);
    if (options.policySocket) {
        tell(options, "to " + admission.target);
    }
    BH_TRY(const bool isRunning, startTarget(admission));
    if (!isRunning) {
        return StatusFailed;
    }
    return sendByCall(
        options,
        sources,
        bytes,
        {Dom0Client, "-T", "-d", admission.target, formatted("{}:QUBESRPC {} dom0", admission.user, service)});
}

Result<int> run(const CopyOptions &options)
{
    BH_TRY(const auto sources, openSources(options.paths));
    if (options.verb == Verb::SendOnly) {
        return sendOnStandardStreams(options, sources);
    }
    BH_TRY(const Preflight found, lookThrough(sources, options.links));
    const std::string service = found.letters == Letters::All ? "qubes.Filecopy+allow-all-names" : "qubes.Filecopy";
    return isInPath(GuestClient) ? sendByCall(options, sources, found.bytes, wordsFromQube(options, service))
                                 : sendFromDom0(options, sources, found.bytes, service);
}

} // namespace

int runCopy(const CopyOptions &options)
{
    const auto status = run(options);
    if (!status) {
        say(status.error().text());
        return StatusFailed;
    }
    return *status;
}

} // namespace Bulkhead::FileCopy
