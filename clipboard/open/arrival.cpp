// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/arrival.h"

#include "base/confinement.h"
#include "base/fd.h"
#include "base/log.h"
#include "clipboard/files/beneath.h"
#include "clipboard/files/receiverconfinement.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr LogCategory Log("bulkhead.open");

/// What is left of the free space: a twentieth. Source: spec security, L-17.
constexpr std::uint64_t ReservedPart = 20;
constexpr std::byte ViewMark{'v'};
constexpr std::byte EditMark{'e'};

Result<void> confine(const std::string &directory)
{
    BH_CHECK(giveUpPrivileges());
    std::vector<OpenDirectory> open{
        {.path = directory, .rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG}};
    if (BuildSanitizers == Sanitizers::Present) { // their reports read
        open.push_back({.path = "/", .rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR});
    }
    BH_CHECK(closeFileSystemExcept(open));
    return filterReceiverCalls(BuildSanitizers);
}

std::uint64_t roomIn(int directory)
{
    struct statvfs facts{};
    if (::fstatvfs(directory, &facts) != 0) {
        return 0;
    }
    const std::uint64_t available = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    return available - (available / ReservedPart);
}

Result<void> takeFile(int input, int directory, int report)
{
    std::array<std::byte, OpenNameSize> field{};
    BH_TRY(const std::size_t size, readUpTo(input, field));
    if (size < field.size()) {
        return fail(Errc::ShortMessage, "the stream ended in the name");
    }
    BH_TRY(const OpenRequest request, parseOpenRequest(field));
    const UniqueFd file = openBeneath(directory, request.name, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (!file) {
        return failErrno(errno, "making the file");
    }
    BH_TRY([[maybe_unused]] const auto copied, copyAll(input, file.get(), roomIn(directory)));
    const std::array mark{request.mode == OpenMode::View ? ViewMark : EditMark};
    BH_CHECK(writeAll(report, mark));
    return writeAll(report, std::as_bytes(std::span(request.name)));
}

/// @return the exit status
int runConfined(int input, const std::string &directory, int report)
{
    const UniqueFd place(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto taken = place ? confine(directory) : failErrno(errno, "opening the directory");
    if (taken) {
        taken = takeFile(input, place.get(), report);
    }
    if (!taken) {
        Log.warning("a file did not come: {}", taken.error().text());
    }
    return taken ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// The process that wrote this read another qube's bytes: it is not believed.
Result<OpenRequest> judge(std::span<const std::byte> report)
{
    if (report.empty() || (report.front() != ViewMark && report.front() != EditMark)) {
        return fail(Errc::Refused, "no file came");
    }
    std::string name;
    for (const std::byte byte : report.subspan(1)) {
        name += std::to_integer<char>(byte);
    }
    const OpenRequest request{.name = name, .mode = report.front() == ViewMark ? OpenMode::View : OpenMode::Edit};
    BH_TRY(const OpenRequest judged, parseOpenRequest(buildOpenRequest(name, OpenMode::View)));
    return judged.name == name ? Result<OpenRequest>(request) : fail(Errc::Refused, "the file's name cannot be");
}

} // namespace

Result<OpenRequest> receiveFile(int input, const std::string &directory)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "making a pipe");
    }
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const pid_t process = ::fork();
    if (process < 0) {
        return failErrno(errno, "starting a process");
    }
    if (process == 0) {
        ::_exit(runConfined(input, directory, theirs.get()));
    }
    theirs.reset();
    std::array<std::byte, OpenNameSize + 1> report{};
    BH_TRY(const std::size_t size, readUpTo(ours.get(), report));
    int status = 0;
    if (::waitpid(process, &status, 0) != process || status != 0) {
        return fail(Errc::Refused, "no file came");
    }
    return judge(std::span(report).first(size));
}

} // namespace Bulkhead::FileCopy
