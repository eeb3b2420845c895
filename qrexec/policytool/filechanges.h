// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Changes of files that can be taken back, all of them, byte for byte. No file is overwritten: where a name for an
/// older state is taken, the suffix is said once more.
class FileChanges
{
public:
    /// Keeps what a file is now, as FILE + suffix, before somebody puts another in its place. A file that is not there
    /// is remembered as that.
    /// @errors Io
    [[nodiscard]] Result<void> keep(const std::filesystem::path &file, std::string_view suffix);

    /// Renames a file to FILE + suffix.
    /// @return its new name
    /// @errors Io
    [[nodiscard]] Result<std::filesystem::path> setAside(const std::filesystem::path &file, std::string_view suffix);

    /// Everything is as it was before the first of the above, the newest first. Also after an error it goes on.
    /// @errors Io; the first, with the names to look at
    [[nodiscard]] Result<void> takeBack();

private:
    struct Step {
        std::filesystem::path file;
        std::filesystem::path kept; ///< what it was; empty: there was none
    };

    [[nodiscard]] static Result<void> takeBack(const Step &step);

    std::vector<Step> m_steps;
};

/// Names that were changed in a directory stay so from now on.
/// @errors Io
[[nodiscard]] Result<void> bringToDisk(const std::filesystem::path &directory);

} // namespace Bulkhead::Qrexec
