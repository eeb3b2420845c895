// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/wire/calls/policyfile.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// The directory of policy files, held by this one for as long as it exists: whoever changes files there waits for the
/// others. A change is seen whole or not at all, and is on the disk when the call returns.
class PolicyFolder
{
public:
    /// Waits until nobody else has it.
    /// @param path  absolute
    /// @errors Io
    [[nodiscard]] static Result<PolicyFolder> open(const std::string &path);

    /// The names in a folder, sorted: of policy files without their suffix. Empty where there is no such folder.
    /// @errors Io
    [[nodiscard]] Result<std::vector<std::string>> list(PolicyAdmin::Folder folder) const;

    /// A file's content; nothing where there is no such file.
    /// @errors Refused (it is a link, a directory or the like), TooMuch, Io
    [[nodiscard]] Result<std::optional<std::string>> read(const PolicyAdmin::PolicyFile &file) const;

    /// @errors Io; the file is as it was then
    [[nodiscard]] Result<void> write(const PolicyAdmin::PolicyFile &file, std::string_view content) const;

    /// @errors Io; the file is as it was then
    [[nodiscard]] Result<void> remove(const PolicyAdmin::PolicyFile &file) const;

    /// The directory's one true name.
    [[nodiscard]] const std::string &path() const noexcept
    {
        return m_path;
    }

private:
    PolicyFolder(UniqueFd directory, std::string path) noexcept;

    [[nodiscard]] Result<UniqueFd> openFolder(PolicyAdmin::Folder folder) const;
    [[nodiscard]] Result<void> ensureIncludeFolder() const;
    [[nodiscard]] Result<void> bringToDisk(PolicyAdmin::Folder folder) const;

    UniqueFd m_directory; ///< with the lock
    std::string m_path;
};

} // namespace Bulkhead::Qrexec
