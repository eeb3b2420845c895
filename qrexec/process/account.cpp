// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/account.h"

#include "qrexec/process/readfile.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <sstream>

namespace Bulkhead::Qrexec
{

namespace
{

/// Most that one entry of the user data base may take; groups a user may be in.
constexpr std::size_t EntryBuffer = 16384;
constexpr int MaxGroups = 1024;

std::vector<gid_t> groupsOf(const std::string &name, gid_t primary)
{
    std::vector<gid_t> groups(MaxGroups);
    int count = MaxGroups;
    (void)::getgrouplist(name.c_str(), primary, groups.data(), &count); // beyond the limit the first ones count
    groups.resize(static_cast<std::size_t>(std::min(count, MaxGroups)));
    return groups;
}

/// Runs one of the getpw…_r functions and copies what it finds.
template<typename Ask> Result<Account> accountFrom(Ask &&ask)
{
    std::array<char, EntryBuffer> buffer{};
    passwd entry{};
    passwd *found = nullptr;
    const int error = std::invoke(std::forward<Ask>(ask), &entry, buffer.data(), buffer.size(), &found);
    if (error != 0) {
        return failErrno(error, "looking for a user");
    }
    if (found == nullptr) {
        return fail(Errc::NotFound, "there is no such user");
    }
    const std::string shell = entry.pw_shell == nullptr ? "" : entry.pw_shell;
    return Account{
        .name = entry.pw_name,
        .uid = entry.pw_uid,
        .gid = entry.pw_gid,
        .groups = groupsOf(entry.pw_name, entry.pw_gid),
        .home = entry.pw_dir,
        .shell = shell.empty() ? "/bin/sh" : shell,
    };
}

/// Ids in a map of `first outside count` lines.
std::uint64_t idsIn(const std::string &map)
{
    std::istringstream lines(map);
    std::uint64_t total = 0;
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    while (lines >> inside >> outside >> count) {
        total += count;
    }
    return total;
}

} // namespace

Result<Account> findAccount(const std::string &name)
{
    return accountFrom([&name](passwd *entry, char *buffer, std::size_t size, passwd **found) {
        return ::getpwnam_r(name.c_str(), entry, buffer, size, found);
    });
}

Result<Account> findAccount(uid_t uid)
{
    return accountFrom([uid](passwd *entry, char *buffer, std::size_t size, passwd **found) {
        return ::getpwuid_r(uid, entry, buffer, size, found);
    });
}

Result<OwnRights> OwnRights::current()
{
    constexpr std::size_t MapLimit = 65536;
    BH_TRY(const std::string map, readFile("/proc/self/uid_map", MapLimit));
    return OwnRights{.uid = ::geteuid(), .onlyOneId = idsIn(map) == 1};
}

Result<RunAs> decideRunAs(Account wanted, const OwnRights &rights)
{
    if (wanted.uid == rights.uid) {
        return RunAs{std::move(wanted), std::nullopt};
    }
    if (rights.onlyOneId && (wanted.name == "user" || wanted.name == "root")) {
        return RunAs{std::move(wanted), std::nullopt};
    }
    if (rights.uid == 0 && !rights.onlyOneId) {
        auto identity = wanted.identity();
        return RunAs{std::move(wanted), std::move(identity)};
    }
    return fail(Errc::Refused, "only commands of our own user can be run");
}

} // namespace Bulkhead::Qrexec
