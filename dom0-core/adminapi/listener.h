// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstdint>
#include <filesystem>

namespace Bulkhead::AdminApi
{

/// Who may connect.
enum class Access : std::uint8_t {
    Group, ///< owner and the group `qubes`, mode 0660; where there is no such group, the owner
    Owner, ///< owner only, mode 0600
};

/// A listening unix socket with a path. The path goes with the object, unless somebody else has taken it over.
class Listener
{
public:
    /// A dead socket at the path is replaced; anything else that is there is not touched.
    /// @errors InUse (another daemon answers there), Refused (the path or its directory cannot be trusted), BadValue
    /// (path too long), Io
    /// @source spec admin-api, 1.1
    [[nodiscard]] static Result<Listener> open(std::filesystem::path path, Access access);

    Listener(Listener &&) noexcept = default;
    Listener &operator=(Listener &&) = delete;
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;
    ~Listener();

    [[nodiscard]] int fd() const noexcept
    {
        return m_fd.get();
    }

private:
    Listener(UniqueFd fd, std::filesystem::path path, std::uint64_t inode);

    UniqueFd m_fd;
    std::filesystem::path m_path;
    std::uint64_t m_inode; ///< of the path, to know it again
};

} // namespace Bulkhead::AdminApi
