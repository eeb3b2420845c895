// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// A new file beside another one, that goes away with this unless it is kept.
class TemporaryFile
{
public:
    /// Makes `PATH.XXXXXX`, mode 0600.
    /// @errors Io
    [[nodiscard]] static Result<TemporaryFile> beside(const std::string &path);

    TemporaryFile(TemporaryFile &&other) noexcept;
    TemporaryFile &operator=(TemporaryFile &&) = delete;
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;
    ~TemporaryFile();

    [[nodiscard]] int descriptor() const noexcept
    {
        return m_file.get();
    }

    [[nodiscard]] const std::string &path() const noexcept
    {
        return m_path;
    }

    /// It is somebody's now.
    void keep() noexcept
    {
        m_path.clear();
    }

private:
    TemporaryFile(std::string path, UniqueFd file) noexcept;

    std::string m_path; ///< empty: nothing to remove
    UniqueFd m_file;
};

} // namespace Bulkhead::FileCopy
