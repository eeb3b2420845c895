// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/placing.h"

#include "clipboard/files/beneath.h"
#include "clipboard/files/directorylisting.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// A pair of directories that are merged, and what is left to do in them.
struct Level {
    UniqueFd from;
    UniqueFd to;
    std::vector<std::string> names; ///< in `from`, the last one first
    std::string path;               ///< from the top, with a slash behind it unless empty
};

using Outcome = std::expected<void, Taken>;
/// What is done with a name that `to` does not have.
using Act = int (*)(const Level &level, const std::string &name, const struct stat &facts);

int leave(const Level & /*level*/, const std::string & /*name*/, const struct stat & /*facts*/)
{
    return 0;
}

int rename(const Level &level, const std::string &name)
{
    return ::renameat2(level.from.get(), name.c_str(), level.to.get(), name.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
}

/// A directory that may not be written by its owner does not let itself be moved, as it knows what it lies in.
int renameUnwritable(const Level &level, const std::string &name, const struct stat &facts)
{
    if (::fchmodat(level.from.get(), name.c_str(), facts.st_mode | S_IWUSR, 0) != 0) {
        return errno;
    }
    if (const int number = rename(level, name); number != 0) {
        return number;
    }
    const std::array times{facts.st_atim, facts.st_mtim};
    (void)::utimensat(level.to.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
    return ::fchmodat(level.to.get(), name.c_str(), facts.st_mode & ALLPERMS, 0) == 0 ? 0 : errno;
}

int move(const Level &level, const std::string &name, const struct stat &facts)
{
    const bool isUnwritable = S_ISDIR(facts.st_mode) && (facts.st_mode & S_IWUSR) == 0;
    return isUnwritable ? renameUnwritable(level, name, facts) : rename(level, name);
}

std::unexpected<Taken> taken(int number, std::string path)
{
    return std::unexpected(Taken{.number = number, .path = std::move(path)});
}

std::expected<Level, Taken> openLevel(UniqueFd from, UniqueFd to, std::string path)
{
    if (!from || !to) {
        return taken(errno, std::move(path));
    }
    auto names = namesIn(from.get());
    if (!names) {
        return taken(errno, std::move(path));
    }
    return Level{.from = std::move(from), .to = std::move(to), .names = {names->rbegin(), names->rend()}, .path = path};
}

/// @return a level to go down to, or nothing
std::expected<std::vector<Level>, Taken> handle(const Level &level, const std::string &name, Act act)
{
    struct stat ours{};
    struct stat theirs{};
    if (::fstatat(level.from.get(), name.c_str(), &ours, AT_SYMLINK_NOFOLLOW) != 0) {
        return taken(errno, level.path + name);
    }
    if (::fstatat(level.to.get(), name.c_str(), &theirs, AT_SYMLINK_NOFOLLOW) != 0) {
        if (const int number = act(level, name, ours); number != 0) {
            return taken(number, level.path + name);
        }
        return {};
    }
    if (!S_ISDIR(ours.st_mode) || !S_ISDIR(theirs.st_mode)) {
        return taken(EEXIST, level.path + name);
    }
    if ((ours.st_mode & S_IRWXU) != S_IRWXU) {
        (void)::fchmodat(level.from.get(), name.c_str(), S_IRWXU, 0); // the one in `to` keeps its own
    }
    auto below = openLevel(openBeneath(level.from.get(), name, O_RDONLY | O_DIRECTORY),
                           openBeneath(level.to.get(), name, O_RDONLY | O_DIRECTORY),
                           level.path + name + '/');
    if (!below) {
        return std::unexpected(std::move(below).error());
    }
    std::vector<Level> one;
    one.push_back(*std::move(below));
    return one;
}

/// Walks both trees as far as both have them.
Outcome walk(int from, int to, Act act)
{
    auto top =
        openLevel(openBeneath(from, ".", O_RDONLY | O_DIRECTORY), openBeneath(to, ".", O_RDONLY | O_DIRECTORY), {});
    if (!top) {
        return std::unexpected(std::move(top).error());
    }
    std::vector<Level> levels;
    levels.push_back(*std::move(top));
    while (!levels.empty()) {
        if (levels.back().names.empty()) {
            levels.pop_back();
            continue;
        }
        const std::string name = std::move(levels.back().names.back());
        levels.back().names.pop_back();
        auto below = handle(levels.back(), name, act);
        if (!below) {
            return std::unexpected(std::move(below).error());
        }
        for (Level &level : *below) {
            levels.push_back(std::move(level));
        }
    }
    return {};
}

} // namespace

std::expected<void, Taken> placeTree(int from, int to)
{
    if (auto isFree = walk(from, to, leave); !isFree) {
        return isFree;
    }
    return walk(from, to, move);
}

} // namespace Bulkhead::FileCopy
