// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/filesource.h"

#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// Policy files as they would be after one change.
class ChangedSource final : public Policy::FileSource
{
public:
    /// @param files  as they are; outlive this
    /// @param path  the file's one true name, without links or `..`
    /// @param content  what it would hold; nothing: it would be gone
    ChangedSource(Policy::FileSource &files, std::string path, std::optional<std::string> content);

    [[nodiscard]] Result<std::vector<Policy::Entry>> list(const std::string &directory) override;
    [[nodiscard]] Result<Policy::File> read(const std::string &path) override;

    /// Whether somebody asked for the changed file: a policy that never does says nothing about it.
    [[nodiscard]] bool wasRead() const noexcept
    {
        return m_wasRead;
    }

private:
    Policy::FileSource &m_files;
    std::string m_path;
    std::optional<std::string> m_content;
    bool m_wasRead = false;
};

} // namespace Bulkhead::Qrexec
