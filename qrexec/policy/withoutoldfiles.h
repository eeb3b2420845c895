// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/filesource.h"

#include <string>

namespace Bulkhead::Policy
{

/// Policy files as if the directory of the older format were empty.
class WithoutOldFiles final : public FileSource
{
public:
    /// @param files  as they are; outlive this
    WithoutOldFiles(FileSource &files, std::string oldDirectory);

    [[nodiscard]] Result<std::vector<Entry>> list(const std::string &directory) override;
    [[nodiscard]] Result<File> read(const std::string &path) override;

    /// Whether somebody looked into that directory: a policy that never does is not made of its files.
    [[nodiscard]] bool wasAsked() const noexcept
    {
        return m_wasAsked;
    }

private:
    FileSource &m_files;
    std::string m_oldDirectory;
    bool m_wasAsked = false;
};

} // namespace Bulkhead::Policy
