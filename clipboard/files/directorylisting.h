// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <dirent.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// Reads a directory from its beginning.
class DirectoryListing
{
public:
    /// @param directory  to read from; what it was at is lost. On failure errno tells why next() finds nothing.
    explicit DirectoryListing(UniqueFd directory) noexcept;

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return m_stream != nullptr;
    }

    [[nodiscard]] int descriptor() const noexcept
    {
        return ::dirfd(m_stream.get());
    }

    /// A name that is neither `.` nor `..`; nothing at the end, or if errno is not 0 on failure.
    [[nodiscard]] std::optional<std::string> next();

private:
    struct Close {
        void operator()(DIR *stream) const noexcept
        {
            (void)::closedir(stream);
        }
    };

    std::unique_ptr<DIR, Close> m_stream;
};

/// All names in a directory that stays open, in the order of their bytes.
/// @return nothing on failure, which errno tells
[[nodiscard]] std::optional<std::vector<std::string>> namesIn(int directory);

} // namespace Bulkhead::FileCopy
