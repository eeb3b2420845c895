// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/filesource.h"

#include <sys/types.h>

#include <set>
#include <string>

namespace Bulkhead::Qrexec
{

/// Policy files as they lie on disk. A file must belong to root, or to the user of this process where that is who owns
/// the policy, and must not be writable by all: whoever may write rules may allow himself anything (spec security,
/// S-136). A file that changes while it is read is an error, not a mixture; one that is replaced by another is read as
/// it was before or after.
class DirectorySource final : public Policy::FileSource
{
public:
    /// @param owner  whose files count beside root's
    explicit DirectorySource(uid_t owner)
        : m_owner(owner)
    {
    }

    [[nodiscard]] Result<std::vector<Policy::Entry>> list(const std::string &directory) override;
    [[nodiscard]] Result<Policy::File> read(const std::string &path) override;

    /// Every directory that was listed or had a file of it read, and that files would be in if they were there. Whoever
    /// wants to hear of changes watches these.
    [[nodiscard]] const std::set<std::string> &directories() const noexcept
    {
        return m_directories;
    }

    /// Before a new load.
    void forget()
    {
        m_directories.clear();
    }

private:
    /// One reading of a file.
    struct Seen {
        Policy::File file;
        bool isWhole;     ///< it was the same before and after
        bool wasReplaced; ///< it has no name any more
    };

    [[nodiscard]] Result<Seen> readOnce(const std::string &path);
    void note(const std::string &path);

    uid_t m_owner;
    std::set<std::string> m_directories;
};

} // namespace Bulkhead::Qrexec
