// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Users whose processes may speak for a domain, as the exchange sees them.
struct UserRange {
    uid_t first = 0;
    uid_t count = 0;

    [[nodiscard]] constexpr bool holds(uid_t user) const noexcept
    {
        return user >= first && user - first < count;
    }

    friend constexpr bool operator==(const UserRange &, const UserRange &) noexcept = default;
};

/// Makes a listening SOCK_SEQPACKET or SOCK_STREAM socket appear at `path` at once with that mode, in place of
/// whatever lay there: nobody can find it before it is served.
/// @errors BadValue (path too long), Io
[[nodiscard]] Result<UniqueFd>
listenAt(const std::string &path, int type, mode_t mode, std::optional<gid_t> group = std::nullopt);

/// The folder with the exchange's sockets: `control`, and one folder a domain with `socket` in it, which the domain's
/// sandbox shows to it.
class RunFolder
{
public:
    explicit RunFolder(std::string path);

    /// Makes it if it is not there.
    /// @errors Io
    [[nodiscard]] Result<void> prepare() const;

    /// Domains that have a folder.
    /// @errors Io
    [[nodiscard]] Result<std::vector<DomId>> domains() const;

    /// @errors BadValue, Io
    [[nodiscard]] Result<UniqueFd> listenFor(DomId domain) const;

    /// Keeps a domain's users beside its folder, out of its reach, for an exchange that comes after this one.
    /// @errors Io
    [[nodiscard]] Result<void> remember(DomId domain, const std::optional<UserRange> &users) const;
    /// @errors Io, BadValue (the file is not one of ours)
    [[nodiscard]] Result<std::optional<UserRange>> usersOf(DomId domain) const;

    /// A folder that is not there is none to remove.
    /// @errors Io
    [[nodiscard]] Result<void> remove(DomId domain) const;

    [[nodiscard]] std::string controlPath() const;

private:
    [[nodiscard]] std::string folderOf(DomId domain) const;
    [[nodiscard]] std::string usersFileOf(DomId domain) const;

    std::string m_path;
};

} // namespace Bulkhead
