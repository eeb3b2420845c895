// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/filechanges.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <stdio.h> // NOLINT(modernize-deprecated-headers): renameat2() is Linux's
#include <unistd.h>

#include <cerrno>
#include <ranges>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace fs = std::filesystem;

namespace
{

constexpr int MostOlderStates = 100;

/// Gives a file another name by `change`, which returns 0 or sets errno.
template<typename Change> Result<fs::path> underFreeName(const fs::path &file, std::string_view suffix, Change change)
{
    fs::path name = file;
    for (int i = 0; i < MostOlderStates; ++i) {
        name += suffix;
        if (change(file.c_str(), name.c_str()) == 0) {
            return name;
        }
        if (errno != EEXIST) {
            return failErrno(errno, formatted("keeping {} as {}", file.string(), name.string()));
        }
    }
    return fail(Errc::TooMuch, formatted("there are {} older states of {}", MostOlderStates, file.string()));
}

} // namespace

Result<void> FileChanges::keep(const fs::path &file, std::string_view suffix)
{
    // Another name of the very same file: what comes back later has its owner, mode and time, too.
    auto kept = underFreeName(file, suffix, ::link);
    if (!kept && kept.error().sysErrno != ENOENT) {
        return std::unexpected(std::move(kept).error());
    }
    m_steps.push_back({.file = file, .kept = kept ? *std::move(kept) : fs::path()});
    return {};
}

Result<fs::path> FileChanges::setAside(const fs::path &file, std::string_view suffix)
{
    BH_TRY(fs::path name, underFreeName(file, suffix, [](const char *from, const char *to) {
               return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
           }));
    m_steps.push_back({.file = file, .kept = name});
    return name;
}

Result<void> FileChanges::takeBack(const Step &step)
{
    if (step.kept.empty()) {
        return ::unlink(step.file.c_str()) == 0 || errno == ENOENT
            ? Result<void>()
            : failErrno(errno, formatted("removing {}", step.file.string()));
    }
    if (::rename(step.kept.c_str(), step.file.c_str()) != 0) {
        return failErrno(errno, formatted("renaming {} back to {}", step.kept.string(), step.file.string()));
    }
    // Where nobody has put another file there, both names were of one file, and rename() has left both.
    return ::unlink(step.kept.c_str()) == 0 || errno == ENOENT
        ? Result<void>()
        : failErrno(errno, formatted("removing {}", step.kept.string()));
}

Result<void> FileChanges::takeBack()
{
    Result<void> all;
    for (const Step &step : std::views::reverse(std::exchange(m_steps, {}))) {
        if (auto done = takeBack(step); all) { // the first that failed is told
            all = std::move(done);
        }
    }
    return all;
}

Result<void> bringToDisk(const fs::path &directory)
{
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return failErrno(errno, formatted("bringing {} to the disk", directory.string()));
    }
    return {};
}

} // namespace Bulkhead::Qrexec
