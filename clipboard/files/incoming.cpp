// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/incoming.h"

#include "base/formatted.h"
#include "clipboard/files/directorylisting.h"
#include "clipboard/files/placing.h"
#include "clipboard/files/treeremoval.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// No qube's name begins with a dot.
constexpr const char *StagingsName = ".staging";
constexpr mode_t OwnerOnly = S_IRWXU;
constexpr mode_t MostPermissions = S_IRWXU | S_IRWXG | S_IRWXO;

Result<UniqueFd> ensureDirectory(int parent, const std::string &name)
{
    if (::mkdirat(parent, name.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making the directory " + name);
    }
    UniqueFd directory = openBeneath(parent, name, O_RDONLY | O_DIRECTORY);
    return directory ? Result<UniqueFd>(std::move(directory)) : failErrno(errno, "opening the directory " + name);
}

/// The person may have put it elsewhere, by a link.
Result<UniqueFd> ensureIncoming(const std::string &path)
{
    if (::mkdir(path.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making the directory for incoming files");
    }
    UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory ? Result<UniqueFd>(std::move(directory))
                     : failErrno(errno, "opening the directory for incoming files");
}

Result<std::string> uniqueName(const QubeName &source)
{
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number) {
        return failErrno(errno, "choosing a name");
    }
    return formatted("{}-{:016x}", source.text(), number);
}

Refusal refusal(Code code, std::string_view name)
{
    return {.code = code, .name = std::string(name)};
}

std::unexpected<Refusal> refuse(int number, std::string_view name)
{
    return std::unexpected(refusal(codeOfErrno(number), name));
}

timespec timespecOf(const Timestamp &time)
{
    return {.tv_sec = time.seconds, .tv_nsec = time.nanoseconds};
}

Step<> setAttributes(int fd, const Path &path, const Attributes &attributes, mode_t mask)
{
    const std::array times{timespecOf(attributes.accessed), timespecOf(attributes.modified)};
    const mode_t mode = attributes.permissions & MostPermissions & ~mask;
    if (::futimens(fd, times.data()) != 0 || ::fchmod(fd, mode) != 0) {
        return refuse(errno, path.text());
    }
    return {};
}

} // namespace

Incoming::Incoming(UniqueFd stagings, UniqueFd place, UniqueFd staging, std::string name)
    : m_stagings(std::move(stagings))
    , m_place(std::move(place))
    , m_staging(std::move(staging))
    , m_name(std::move(name))
    , m_stagingChain(m_staging.get())
    , m_placeChain(m_place.get())
{
}

Result<Incoming> Incoming::create(const std::string &incoming, const QubeName &source)
{
    BH_TRY(const UniqueFd all, ensureIncoming(incoming));
    BH_TRY(UniqueFd place, ensureDirectory(all.get(), source.text()));
    BH_TRY(UniqueFd stagings, ensureDirectory(all.get(), StagingsName));
    BH_TRY(std::string name, uniqueName(source));
    // Held until ours is made and locked: nobody takes it for abandoned in between.
    if (::flock(stagings.get(), LOCK_EX) != 0) {
        return failErrno(errno, "locking the directory of transfers");
    }
    auto staging = ensureDirectory(stagings.get(), name);
    if (staging && ::flock(staging->get(), LOCK_EX | LOCK_NB) != 0) {
        staging = failErrno(errno, "locking the directory of this transfer");
    }
    (void)::flock(stagings.get(), LOCK_UN);
    BH_CHECK(staging.transform([](const UniqueFd &) { }));
    return Incoming(std::move(stagings), std::move(place), *std::move(staging), std::move(name));
}

Incoming::~Incoming()
{
    if (m_staging) {
        m_stagingChain.clear();
        removeTree(m_stagings.get(), m_name);
    }
}

void Incoming::removeAbandoned() const
{
    struct Abandoned {
        std::string name;
        UniqueFd lock;
    };

    std::vector<Abandoned> abandoned;
    (void)::flock(m_stagings.get(), LOCK_EX);
    for (std::string &name : namesIn(m_stagings.get()).value_or(std::vector<std::string>())) {
        UniqueFd directory = openBeneath(m_stagings.get(), name, O_RDONLY | O_DIRECTORY);
        if (directory && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0) {
            abandoned.push_back({.name = std::move(name), .lock = std::move(directory)});
        }
    }
    (void)::flock(m_stagings.get(), LOCK_UN);
    for (const Abandoned &one : abandoned) {
        removeTree(m_stagings.get(), one.name);
    }
}

Step<UniqueFd> Incoming::makeFile(const Path &path)
{
    const auto parent = parentOf(path);
    if (!parent) {
        return std::unexpected(parent.error());
    }
    if (const auto isFree = checkFree(path, false); !isFree) {
        return std::unexpected(isFree.error());
    }
    UniqueFd file = openBeneath(*parent, std::string(path.last()), O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (!file) {
        return refuse(errno, path.text());
    }
    return file;
}

Step<> Incoming::finishFile(const UniqueFd &file, const FileEntry &entry, mode_t mask)
{
    return setAttributes(file.get(), entry.path, entry.attributes, mask);
}

Step<> Incoming::takeDirectory(const DirectoryEntry &entry, mode_t mask)
{
    const auto parent = parentOf(entry.path);
    if (!parent) {
        return std::unexpected(parent.error());
    }
    if (::mkdirat(*parent, std::string(entry.path.last()).c_str(), OwnerOnly) == 0) {
        return checkFree(entry.path, true);
    }
    if (errno != EEXIST) {
        return refuse(errno, entry.path.text());
    }
    const auto directory = m_stagingChain.open(entry.path.text());
    if (!directory) {
        return refuse(directory.error().number, entry.path.text());
    }
    return setAttributes(*directory, entry.path, entry.attributes, mask);
}

Step<> Incoming::makeLink(const LinkEntry &entry)
{
    const auto parent = parentOf(entry.path);
    if (!parent) {
        return std::unexpected(parent.error());
    }
    if (const auto isFree = checkFree(entry.path, false); !isFree) {
        return isFree;
    }
    if (::symlinkat(entry.target.c_str(), *parent, std::string(entry.path.last()).c_str()) != 0) {
        return refuse(errno, entry.path.text());
    }
    return {};
}

Step<int> Incoming::parentOf(const Path &path)
{
    auto parent = m_stagingChain.open(path.parent());
    if (!parent && parent.error().number == ENOENT) {
        if (const auto mirrored = mirrorDirectories(path.parent()); !mirrored) {
            return std::unexpected(mirrored.error());
        }
        parent = m_stagingChain.open(path.parent());
    }
    if (!parent) {
        return refuse(parent.error().number, parent.error().part);
    }
    return *parent;
}

/// A sender may go on in a directory that an earlier transfer brought: what is there is made here, too, to be merged.
Step<> Incoming::mirrorDirectories(std::string_view path)
{
    for (std::size_t end = 0; end != path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        const std::string_view upTo = path.substr(0, end);
        if (m_stagingChain.open(upTo)) {
            continue;
        }
        if (const auto there = m_placeChain.open(upTo); !there) {
            return refuse(there.error().number, there.error().part);
        }
        const std::size_t slash = upTo.rfind('/');
        const bool isTop = slash == std::string_view::npos;
        const auto parent = m_stagingChain.open(upTo.substr(0, isTop ? 0 : slash));
        const std::string last(upTo.substr(isTop ? 0 : slash + 1));
        if (!parent || ::mkdirat(*parent, last.c_str(), OwnerOnly) != 0) {
            return refuse(errno, last);
        }
    }
    return {};
}

/// What is taken already is said at once, not after all has come. commit() looks again.
Step<> Incoming::checkFree(const Path &path, bool isDirectory)
{
    struct stat facts{};
    if (m_top != path.top()) {
        m_top = path.top();
        m_isTopTaken = ::fstatat(m_place.get(), m_top.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
    }
    if (!m_isTopTaken) {
        return {};
    }
    const auto parent = m_placeChain.open(path.parent());
    if (!parent) {
        return parent.error().number == ENOENT ? Step<>() : refuse(parent.error().number, parent.error().part);
    }
    if (::fstatat(*parent, std::string(path.last()).c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        return {};
    }
    if (!isDirectory) {
        return refuse(EEXIST, path.text());
    }
    return S_ISDIR(facts.st_mode) ? Step<>() : refuse(ENOTDIR, path.text());
}

Step<> Incoming::commit()
{
    m_stagingChain.clear();
    m_placeChain.clear();
    if (::syncfs(m_staging.get()) != 0) {
        return refuse(errno, {});
    }
    // One after the other, so that the look before the move holds among receivers.
    if (::flock(m_place.get(), LOCK_EX) != 0) {
        return refuse(errno, {});
    }
    auto placed = placeTree(m_staging.get(), m_place.get());
    (void)::flock(m_place.get(), LOCK_UN);
    if (placed && ::syncfs(m_place.get()) != 0) {
        return refuse(errno, {});
    }
    return placed.transform_error([](const Taken &taken) {
        return refusal(codeOfErrno(taken.number), taken.path);
    });
}

} // namespace Bulkhead::FileCopy
