// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/servicelookup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::string_view TcpPrefix = "/dev/tcp";

/// The text of a link to a TCP address; nothing for any other entry.
Result<std::optional<std::string>> tcpLinkAt(const std::string &path)
{
    std::array<char, PathLimit> buffer{};
    const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
    if (length < 0) {
        return failErrno(errno, "reading a service's link");
    }
    const std::string_view text(buffer.data(), static_cast<std::size_t>(length));
    if (text != TcpPrefix && !text.starts_with("/dev/tcp/")) {
        return std::nullopt;
    }
    if (text == "/dev/tcp/") {
        return fail(Errc::BadValue, "a service's link names an empty TCP address");
    }
    return std::string(text);
}

/// Whether there is something at `path`, links followed unless they are TCP addresses.
Result<bool> existsAt(const std::string &path, TcpLinks tcpLinks)
{
    struct stat entry{};

    if (::lstat(path.c_str(), &entry) != 0) {
        if (errno == ENOENT) {
            return false;
        }
        return failErrno(errno, "looking for a service");
    }
    if (!S_ISLNK(entry.st_mode)) {
        return true;
    }
    if (tcpLinks == TcpLinks::AreEntries) {
        BH_TRY(const auto tcp, tcpLinkAt(path));
        if (tcp) {
            return true;
        }
    }
    if (::stat(path.c_str(), &entry) != 0) {
        if (errno == ENOENT) {
            return false;
        }
        return failErrno(errno, "following a service's link");
    }
    return true;
}

Result<FoundService> judgeFile(const std::string &path, const struct stat &file)
{
    if (!S_ISREG(file.st_mode)) {
        return fail(Errc::Refused, "the service is neither a file nor a socket");
    }
    if ((file.st_mode & S_IWOTH) != 0) {
        return fail(Errc::Refused, "everyone may write to the service's file");
    }
    if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) {
        return failErrno(errno, "the service cannot be executed");
    }
    return FoundService{FoundService::Kind::Executable, path};
}

Result<FoundService> classify(const std::string &path)
{
    struct stat entry{};

    if (::lstat(path.c_str(), &entry) == 0 && S_ISLNK(entry.st_mode)) {
        BH_TRY(auto tcp, tcpLinkAt(path));
        if (tcp) {
            return FoundService{FoundService::Kind::Tcp, *std::move(tcp)};
        }
    }
    if (::stat(path.c_str(), &entry) != 0) {
        return failErrno(errno, "looking at the service");
    }
    if (S_ISSOCK(entry.st_mode)) {
        return FoundService{FoundService::Kind::Socket, path};
    }
    return judgeFile(path, entry);
}

} // namespace

std::string specificFileName(const ServiceRequest &request)
{
    return request.name + '+' + request.argument.value_or(std::string());
}

Result<std::optional<std::string>> findFile(const SearchPath &path, std::string_view fileName, TcpLinks tcpLinks)
{
    if (fileName.size() > MaxFileName) {
        return std::nullopt;
    }
    for (const std::string &directory : path) {
        std::string candidate = directory + '/' + std::string(fileName);
        if (candidate.size() >= PathLimit) {
            return fail(Errc::BadValue, "the path of a service is too long");
        }
        BH_TRY(const bool exists, existsAt(candidate, tcpLinks));
        if (exists) {
            return candidate;
        }
    }
    return std::nullopt;
}

Result<FoundService> findService(const SearchPath &path, const ServiceRequest &request)
{
    BH_TRY(auto found, findFile(path, specificFileName(request), TcpLinks::AreEntries));
    if (!found) {
        BH_TRY(found, findFile(path, request.name, TcpLinks::AreEntries));
    }
    if (!found) {
        return fail(Errc::NotFound, "there is no such service");
    }
    return classify(*found);
}

} // namespace Bulkhead::Qrexec
