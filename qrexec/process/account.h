// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/process/child.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// A user as the system's data base knows it.
struct Account {
    std::string name;
    uid_t uid;
    gid_t gid;
    std::vector<gid_t> groups;
    std::string home;
    std::string shell; ///< never empty

    [[nodiscard]] Identity identity() const
    {
        return {uid, gid, groups};
    }
};

/// @errors NotFound, Io
[[nodiscard]] Result<Account> findAccount(const std::string &name);
/// @errors NotFound, Io
[[nodiscard]] Result<Account> findAccount(uid_t uid);

/// What this process is and can become.
struct OwnRights {
    uid_t uid;
    bool onlyOneId; ///< a user namespace with a single id: all users fall together

    /// Of the calling process, from /proc/self/uid_map.
    /// @errors Io
    [[nodiscard]] static Result<OwnRights> current();
};

/// How a command of a user is run: with that user's home and shell, and with that user's ids where we can change them.
struct RunAs {
    Account account;
    std::optional<Identity> identity; ///< nothing: stay as we are
};

/// Root runs commands of everyone, anybody else only their own. Where there is only one id, `user` and `root` are that
/// one too.
/// @errors Refused
/// @source spec qrexec, section 13
[[nodiscard]] Result<RunAs> decideRunAs(Account wanted, const OwnRights &rights);

} // namespace Bulkhead::Qrexec
