// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/live/directorysource.h"

#include "base/fd.h"
#include "qrexec/policy/loader.h"
#include "qrexec/process/readfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

namespace Bulkhead::Qrexec
{

namespace
{

using Policy::Entry;
using Policy::EntryKind;

std::unexpected<Error> failedAs(int number, const std::string &what)
{
    if (number == ENOENT || number == ENOTDIR || number == ELOOP) {
        return fail(Errc::NotFound, "there is no " + what);
    }
    return failErrno(number, "looking for a " + what);
}

EntryKind kindOf(const std::filesystem::directory_entry &entry)
{
    std::error_code error;
    switch (entry.status(error).type()) {
    case std::filesystem::file_type::regular:
        return EntryKind::File;
    case std::filesystem::file_type::not_found:
        return EntryKind::Missing;
    default: // also what cannot be looked at: if it is called as a policy, reading it will say why
        return error ? EntryKind::File : EntryKind::Other;
    }
}

bool isSame(const struct stat &before, const struct stat &after)
{
    return before.st_size == after.st_size && before.st_mtim.tv_sec == after.st_mtim.tv_sec
        && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && before.st_ctim.tv_sec == after.st_ctim.tv_sec
        && before.st_ctim.tv_nsec == after.st_ctim.tv_nsec;
}

/// How often a file is begun anew because another came in its place.
constexpr int MaxAttempts = 16;

/// The one true name of what is open.
Result<std::string> nameOf(int fd)
{
    std::array<char, PATH_MAX> name{};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = ::readlink(link.c_str(), name.data(), name.size());
    if (length <= 0 || static_cast<std::size_t>(length) >= name.size()) {
        return failErrno(errno, "finding a file's name");
    }
    return std::string(name.data(), static_cast<std::size_t>(length));
}

} // namespace

Result<std::vector<Entry>> DirectorySource::list(const std::string &directory)
{
    m_directories.insert(directory);
    std::error_code error;
    std::vector<Entry> entries;
    std::filesystem::directory_iterator each(directory, error);
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
        entries.push_back({.name = each->path().filename().string(), .kind = kindOf(*each)});
    }
    if (error) {
        return failedAs(error.value(), "directory");
    }
    return entries;
}

Result<Policy::File> DirectorySource::read(const std::string &path)
{
    if (path.contains('\0')) {
        return fail(Errc::NotFound, "there is no file");
    }
    note(path);
    // A file in whose place another comes while it is read is read anew: who replaces one properly must not make this
    // very moment's load fail.
    for (int attempt = 1;; ++attempt) {
        BH_TRY(auto seen, readOnce(path));
        if (seen.isWhole) {
            return std::move(seen.file);
        }
        if (!seen.wasReplaced || attempt == MaxAttempts) {
            return fail(Errc::InUse, "it is just being written");
        }
    }
}

Result<DirectorySource::Seen> DirectorySource::readOnce(const std::string &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat before{};
    if (!file || ::fstat(file.get(), &before) != 0) {
        return failedAs(errno, "file");
    }
    if (!S_ISREG(before.st_mode)) {
        return fail(Errc::NotFound, "it is no file");
    }
    if ((before.st_uid != 0 && before.st_uid != m_owner) || (before.st_mode & S_IWOTH) != 0) {
        return fail(Errc::Refused, "others than root may have written it");
    }
    BH_TRY(std::string name, nameOf(file.get()));
    BH_TRY(std::string text, readAll(file.get(), Policy::MaxFileSize));
    struct stat after{};
    const bool isKnown = ::fstat(file.get(), &after) == 0;
    if (isKnown && after.st_nlink == 0) {
        return Seen{.file = {}, .isWhole = false, .wasReplaced = true};
    }
    note(name); // where a link leads is watched, too
    const bool isWhole = isKnown && isSame(before, after) && static_cast<std::size_t>(after.st_size) == text.size();
    return Seen{.file = {.path = std::move(name), .text = std::move(text)}, .isWhole = isWhole, .wasReplaced = false};
}

void DirectorySource::note(const std::string &path)
{
    m_directories.insert(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
}

} // namespace Bulkhead::Qrexec
