// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/opencall.h"

#include "base/formatted.h"
#include "clipboard/files/callprogram.h"
#include "clipboard/files/sources.h"
#include "clipboard/open/callend.h"
#include "clipboard/open/desktopdialog.h"
#include "clipboard/open/temporaryfile.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr int StatusFailed = 1;
constexpr std::chrono::seconds LongestEnd{30};
/// An address may stay open as long as the person likes.
constexpr std::chrono::hours LongestShown{24};

/// What is taken back leaves a twentieth of the free space. Source: spec security, L-17.
constexpr std::uint64_t ReservedPart = 20;

std::string_view variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string_view() : value;
}

/// Whatever was opened here by another qube must not be able to open disposables for ever, nor to be handed on in a
/// circle.
bool isOpenedByAnother()
{
    const std::string_view service = variable("QREXEC_SERVICE_FULL_NAME");
    return service.starts_with("qubes.OpenInVM") || service.starts_with("qubes.OpenURL");
}

struct Original {
    std::string path; ///< without links
    UniqueFd file;
    struct stat facts{};
};

Result<Original> openOriginal(const std::string &path)
{
    const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
    if (!real) {
        return failErrno(errno, "opening " + shownPath(path));
    }
    Original original{.path = real.get(), .file = UniqueFd(::open(real.get(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
    if (!original.file || ::fstat(original.file.get(), &original.facts) != 0) {
        return failErrno(errno, "opening " + shownPath(path));
    }
    if (!S_ISREG(original.facts.st_mode)) {
        return fail(Errc::BadValue, shownPath(path) + " is no file: only files can be opened elsewhere");
    }
    return original;
}

bool isUnchanged(const Original &original)
{
    struct stat now{};
    return ::stat(original.path.c_str(), &now) == 0 && now.st_dev == original.facts.st_dev
        && now.st_ino == original.facts.st_ino && now.st_size == original.facts.st_size
        && now.st_mtim.tv_sec == original.facts.st_mtim.tv_sec && now.st_mtim.tv_nsec == original.facts.st_mtim.tv_nsec;
}

std::uint64_t roomFor(int file)
{
    struct statvfs facts{};
    if (::fstatvfs(file, &facts) != 0) {
        return 0;
    }
    const std::uint64_t available = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    return available - (available / ReservedPart);
}

Result<CallProgram> startCall(const OpenOptions &options, const std::string &service)
{
    return CallProgram::start({"qrexec-client-vm", "-T", "--", options.target, service});
}

Result<void> sendOriginal(const Original &original, CallProgram &call, OpenMode mode)
{
    const std::string name = original.path.substr(original.path.rfind('/') + 1);
    BH_CHECK(writeAll(call.input.get(), buildOpenRequest(name, mode)));
    BH_TRY([[maybe_unused]] const auto size, copyAll(original.file.get(), call.input.get(), UINT64_MAX));
    call.input.reset();
    return {};
}

/// Beside the original, so that it can take its place; if nothing can be made there, among the temporary files.
Result<TemporaryFile> makeReply(const Original &original)
{
    auto beside = TemporaryFile::beside(original.path);
    if (beside) {
        return beside;
    }
    return TemporaryFile::beside("/tmp/" + original.path.substr(original.path.rfind('/') + 1));
}

Result<void> putInPlace(TemporaryFile reply, const Original &original)
{
    const bool isBeside = reply.path().starts_with(original.path + '.');
    if (!isBeside || !isUnchanged(original)) {
        tellPerson(shownPath(original.path) + (isBeside ? " changed here, too" : " cannot be replaced")
                   + ": what came back is in " + shownPath(reply.path()));
        reply.keep();
        return {};
    }
    if (::fchmod(reply.descriptor(), original.facts.st_mode & ALLPERMS) != 0 || ::fsync(reply.descriptor()) != 0
        || ::rename(reply.path().c_str(), original.path.c_str()) != 0) {
        return failErrno(errno, "replacing " + shownPath(original.path));
    }
    reply.keep();
    return {};
}

Result<int> endOf(CallProgram &call, const OpenOptions &options, std::chrono::milliseconds longest)
{
    BH_TRY(const int status, call.wait(longest));
    if (status != 0) {
        tellPerson(callEndInWords(status, options));
    }
    return status;
}

Result<int> openFile(const OpenOptions &options)
{
    BH_TRY(const Original original, openOriginal(options.what));
    BH_TRY(CallProgram call, startCall(options, "qubes.OpenInVM"));
    if (const auto sent = sendOriginal(original, call, options.mode); !sent) {
        call.input.reset();
        BH_TRY(const int status, endOf(call, options, LongestEnd));
        return status != 0 ? status : StatusFailed;
    }
    BH_TRY(TemporaryFile reply, makeReply(original));
    const auto size = copyAll(call.output.get(), reply.descriptor(), roomFor(reply.descriptor()));
    call.output.reset();
    if (!size) {
        return std::unexpected(size.error());
    }
    BH_TRY(const int status, endOf(call, options, LongestEnd)); // only now it is known that the reply is whole
    if (status == 0 && *size > 0 && options.mode == OpenMode::Edit) {
        BH_CHECK(putInPlace(std::move(reply), original));
    }
    return status;
}

Result<int> openAddress(const OpenOptions &options)
{
    BH_TRY(const std::string address, parseAddress(options.what));
    BH_TRY(CallProgram call, startCall(options, "qubes.OpenURL"));
    const std::string line = address + '\n';
    (void)writeAll(call.input.get(), std::as_bytes(std::span(line))); // the call's end says whether it got it
    call.input.reset();
    call.output.reset();
    return endOf(call, options, LongestShown);
}

} // namespace

Result<int> openElsewhere(const OpenOptions &options)
{
    const bool mayGoInCircles = options.isDisposable() || options.isByChoice;
    if (mayGoInCircles && isOpenedByAnother()
        && !personAgrees(formatted("Another qube had something opened here. Open {} in yet another one?",
                                   shownPath(options.what)))) {
        return fail(
            Errc::Refused,
            "this was opened by another qube, and opens no disposable and no third qube without being asked to");
    }
    const bool isFile = ::access(options.what.c_str(), F_OK) == 0;
    return !isFile && looksLikeAddress(options.what) ? openAddress(options) : openFile(options);
}

} // namespace Bulkhead::FileCopy
