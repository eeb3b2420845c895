// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyadmin/policyfolder.h"

#include "base/formatted.h"
#include "qrexec/policy/loader.h"
#include "qrexec/process/readfile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

using PolicyAdmin::Folder;
using PolicyAdmin::PolicyFile;

constexpr const char *IncludeFolder = "include";
/// Never a candidate of a policy, whoever looks at this moment: hidden, and without the suffix.
constexpr const char *UnfinishedFile = ".policy-admin.unfinished";
constexpr mode_t FileMode = 0664; ///< spec policy, section 13
constexpr mode_t FolderMode = 0775;

Result<void> writeAll(int fd, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failErrno(errno, "writing a policy file");
        }
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

/// Whole and on the disk, under a name that nobody reads.
Result<void> writeUnfinished(int directory, std::string_view content)
{
    (void)::unlinkat(directory, UnfinishedFile, 0); // what a call left that was killed
    const UniqueFd file(
        ::openat(directory, UnfinishedFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) {
        return failErrno(errno, "making a policy file");
    }
    BH_CHECK(writeAll(file.get(), content));
    if (::fchmod(file.get(), FileMode) != 0 || ::fsync(file.get()) != 0) {
        return failErrno(errno, "bringing a policy file to the disk");
    }
    return {};
}

/// Nothing: not one of this folder.
std::optional<std::string> shownName(Folder folder, const std::string &fileName)
{
    if (folder == Folder::Include) {
        return fileName;
    }
    if (!fileName.ends_with(PolicyAdmin::PolicySuffix) || fileName == PolicyAdmin::PolicySuffix) {
        return std::nullopt;
    }
    return fileName.substr(0, fileName.size() - PolicyAdmin::PolicySuffix.size());
}

} // namespace

PolicyFolder::PolicyFolder(UniqueFd directory, std::string path) noexcept
    : m_directory(std::move(directory))
    , m_path(std::move(path))
{
}

Result<PolicyFolder> PolicyFolder::open(const std::string &path)
{
    std::error_code error;
    const std::string trueName = std::filesystem::canonical(path, error).string();
    UniqueFd directory(error ? -1 : ::open(trueName.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return failErrno(error ? error.value() : errno, formatted("opening {}", path));
    }
    while (::flock(directory.get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
            return failErrno(errno, formatted("locking {}", path));
        }
    }
    return PolicyFolder(std::move(directory), trueName);
}

Result<UniqueFd> PolicyFolder::openFolder(Folder folder) const
{
    const char *const name = folder == Folder::Policy ? "." : IncludeFolder;
    UniqueFd fd(::openat(m_directory.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno != ENOENT) {
        return failErrno(errno, formatted("opening {}/{}", m_path, name));
    }
    return fd;
}

Result<std::vector<std::string>> PolicyFolder::list(Folder folder) const
{
    std::vector<std::string> names;
    std::error_code error;
    const std::string path = folder == Folder::Policy ? m_path : m_path + '/' + IncludeFolder;
    std::filesystem::directory_iterator each(path, error);
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
        auto name = shownName(folder, each->path().filename().string());
        std::error_code unseen; // a link to nothing is no file
        if (name && each->is_regular_file(unseen)) {
            names.push_back(*std::move(name));
        }
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        return failErrno(error.value(), formatted("listing {}", path));
    }
    std::ranges::sort(names);
    return names;
}

Result<std::optional<std::string>> PolicyFolder::read(const PolicyFile &file) const
{
    const std::string path = file.path();
    const UniqueFd fd(
        ::openat(m_directory.get(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
        return std::nullopt;
    }
    struct stat facts{};
    if ((!fd && errno == ELOOP) || (fd && ::fstat(fd.get(), &facts) == 0 && !S_ISREG(facts.st_mode))) {
        return fail(Errc::Refused, formatted("{}/{} is no file of the policy's own", m_path, path));
    }
    if (!fd) {
        return failErrno(errno, formatted("opening {}/{}", m_path, path));
    }
    BH_TRY(auto text, readAll(fd.get(), Policy::MaxFileSize));
    return text;
}

Result<void> PolicyFolder::ensureIncludeFolder() const
{
    if (::mkdirat(m_directory.get(), IncludeFolder, FolderMode) == 0) {
        // The policy's daemon, which is another user, looks into it whatever the mask here is.
        return ::fchmodat(m_directory.get(), IncludeFolder, FolderMode, 0) == 0
            ? Result<void>()
            : failErrno(errno, formatted("opening {}/{} for others", m_path, IncludeFolder));
    }
    return errno == EEXIST ? Result<void>() : failErrno(errno, formatted("making {}/{}", m_path, IncludeFolder));
}

Result<void> PolicyFolder::write(const PolicyFile &file, std::string_view content) const
{
    if (file.folder() == Folder::Include) {
        BH_CHECK(ensureIncludeFolder());
    }
    const std::string path = file.path();
    auto written = writeUnfinished(m_directory.get(), content);
    if (written && ::renameat(m_directory.get(), UnfinishedFile, m_directory.get(), path.c_str()) != 0) {
        written = failErrno(errno, "renaming a policy file");
    }
    if (!written) {
        (void)::unlinkat(m_directory.get(), UnfinishedFile, 0);
        return std::unexpected(std::move(written).error().in(m_path + '/' + path));
    }
    return bringToDisk(file.folder());
}

Result<void> PolicyFolder::remove(const PolicyFile &file) const
{
    const std::string path = file.path();
    if (::unlinkat(m_directory.get(), path.c_str(), 0) != 0) {
        return failErrno(errno, formatted("removing {}/{}", m_path, path));
    }
    return bringToDisk(file.folder());
}

Result<void> PolicyFolder::bringToDisk(Folder folder) const
{
    BH_TRY(const UniqueFd fd, openFolder(folder));
    if (!fd || ::fsync(fd.get()) != 0 || ::fsync(m_directory.get()) != 0) {
        return failErrno(errno, formatted("bringing {} to the disk", m_path));
    }
    return {};
}

} // namespace Bulkhead::Qrexec
