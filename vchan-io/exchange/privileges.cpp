// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/privileges.h"

#include "base/formatted.h"
#include "vchan-io/exchange/runfolder.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

namespace Bulkhead
{

namespace
{

struct User {
    uid_t id;
    gid_t group;
};

/// The user to become; none: stay who we are.
Result<std::optional<User>> userToBecome(const ExchangeOptions &options)
{
    if (options.user.empty() || ::geteuid() != 0) {
        return std::nullopt;
    }
    std::array<char, 4096> text;
    passwd entry{};
    passwd *found = nullptr;
    if (const int error = ::getpwnam_r(options.user.c_str(), &entry, text.data(), text.size(), &found); error != 0) {
        return failErrno(error, formatted("looking for user {}", options.user));
    }
    if (found == nullptr) {
        return fail(Errc::NotFound, formatted("there is no user {}", options.user));
    }
    return User{.id = found->pw_uid, .group = found->pw_gid};
}

} // namespace

Result<void> prepareFolders(const ExchangeOptions &options)
{
    BH_TRY(const auto user, userToBecome(options));
    for (const std::string &path : {options.directory, options.dom0Directory}) {
        BH_CHECK(RunFolder(path).prepare());
        if (user && ::chown(path.c_str(), user->id, user->group) != 0) {
            return failErrno(errno, formatted("giving {} away", path));
        }
    }
    return {};
}

Result<void> becomeUser(const ExchangeOptions &options)
{
    BH_TRY(const auto user, userToBecome(options));
    if (!user) {
        return {};
    }
    const auto shared = groupNamed(options.group);
    const std::vector<gid_t> groups = shared ? std::vector{*shared} : std::vector<gid_t>{};
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setresgid(user->group, user->group, user->group) != 0
        || ::setresuid(user->id, user->id, user->id) != 0) {
        return failErrno(errno, formatted("becoming user {}", options.user));
    }
    return {};
}

std::optional<gid_t> groupNamed(const std::string &name)
{
    std::array<char, 4096> text;
    group entry{};
    group *found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return found->gr_gid;
}

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)::setrlimit(RLIMIT_NOFILE, &limit); // it works with fewer as well
    }
}

} // namespace Bulkhead
