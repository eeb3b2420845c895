// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/runfolder.h"

#include "base/formatted.h"
#include "base/listenbacklog.h"
#include "base/number.h"
#include "base/unixaddress.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <utility>

namespace Bulkhead
{

namespace
{

namespace fs = std::filesystem;

/// Others may pass to what they know by name, and list nothing.
constexpr mode_t FolderMode = 0751;
constexpr mode_t DomainSocketMode = 0666;

Result<void> makeFolder(const std::string &path)
{
    if (::mkdir(path.c_str(), FolderMode) == 0) {
        // mkdir's mode goes through the umask.
        return ::chmod(path.c_str(), FolderMode) == 0 ? Result<void>{} : failErrno(errno, formatted("making {}", path));
    }
    struct stat status{};
    if (errno != EEXIST || ::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return failErrno(errno, formatted("making {}", path));
    }
    return {};
}

/// The number that a folder's name is, spelled as we spell it.
std::optional<DomId> domainOf(const std::string &name)
{
    const auto number = numberWithin<std::uint32_t>(name, 1, MaxDomId);
    return number && std::to_string(*number) == name ? std::optional(DomId(*number)) : std::nullopt;
}

} // namespace

Result<UniqueFd> listenAt(const std::string &path, int type, mode_t mode, std::optional<gid_t> group)
{
    const std::string unfinished = path + "~";
    BH_TRY(const UnixAddress address, UnixAddress::of(unfinished));
    if (::unlink(unfinished.c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("removing {}", unfinished));
    }
    UniqueFd socket(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket || ::bind(socket.get(), address.get(), UnixAddress::Size) != 0
        || ::listen(socket.get(), ListenBacklog) != 0
        || (group && ::chown(unfinished.c_str(), static_cast<uid_t>(-1), *group) != 0)
        || ::chmod(unfinished.c_str(), mode) != 0 || ::rename(unfinished.c_str(), path.c_str()) != 0) {
        return failErrno(errno, formatted("serving {}", path));
    }
    return socket;
}

RunFolder::RunFolder(std::string path)
    : m_path(std::move(path))
{
}

Result<void> RunFolder::prepare() const
{
    return makeFolder(m_path);
}

Result<std::vector<DomId>> RunFolder::domains() const
{
    std::vector<DomId> found;
    std::error_code error;
    for (fs::directory_iterator entry(m_path, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        const auto domain = domainOf(entry->path().filename().string());
        if (domain && entry->symlink_status(ignored).type() == fs::file_type::directory) {
            found.push_back(*domain);
        }
    }
    if (error) {
        return failErrno(error.value(), formatted("reading {}", m_path));
    }
    return found;
}

Result<UniqueFd> RunFolder::listenFor(DomId domain) const
{
    BH_CHECK(makeFolder(folderOf(domain)));
    return listenAt(folderOf(domain) + "/socket", SOCK_SEQPACKET, DomainSocketMode);
}

Result<void> RunFolder::remember(DomId domain, const std::optional<UserRange> &users) const
{
    const std::string path = usersFileOf(domain);
    if (!users) {
        return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Result<void>{} : failErrno(errno, "forgetting users");
    }
    const std::string text = formatted("{} {}\n", users->first, users->count);
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file || std::cmp_not_equal(::write(file.get(), text.data(), text.size()), text.size())) {
        return failErrno(errno, formatted("writing {}", path));
    }
    return {};
}

Result<std::optional<UserRange>> RunFolder::usersOf(DomId domain) const
{
    const std::string path = usersFileOf(domain);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT) {
        return std::nullopt;
    }
    std::array<char, 64> text{};
    const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size < 0) {
        return failErrno(errno, formatted("reading {}", path));
    }
    UserRange users;
    const char *const end = text.data() + size;
    const auto first = std::from_chars(text.data(), end, users.first);
    const auto count = first.ptr != end ? std::from_chars(first.ptr + 1, end, users.count) : first;
    if (first.ec != std::errc{} || count.ec != std::errc{} || count.ptr == first.ptr || *first.ptr != ' ') {
        return fail(Errc::BadValue, formatted("{} names no users", path));
    }
    return users;
}

Result<void> RunFolder::remove(DomId domain) const
{
    BH_CHECK(remember(domain, std::nullopt));
    const std::string socket = folderOf(domain) + "/socket";
    if (::unlink(socket.c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("removing {}", socket));
    }
    if (::rmdir(folderOf(domain).c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("removing {}", folderOf(domain)));
    }
    return {};
}

std::string RunFolder::controlPath() const
{
    return m_path + "/control";
}

std::string RunFolder::usersFileOf(DomId domain) const
{
    return folderOf(domain) + ".users";
}

std::string RunFolder::folderOf(DomId domain) const
{
    return formatted("{}/{}", m_path, domain.value());
}

} // namespace Bulkhead
