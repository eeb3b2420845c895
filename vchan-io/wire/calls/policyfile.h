// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead::PolicyAdmin
{

enum class Folder : std::uint8_t {
    Policy,  ///< the policy's own files, `NAME.policy`
    Include, ///< `include/NAME`, which these bring in
};

/// What a policy's own file adds to its name.
inline constexpr std::string_view PolicySuffix = ".policy";
/// Longest name, in bytes: with the suffix it is a file's.
inline constexpr std::size_t MaxFileName = 255 - PolicySuffix.size();

/// A file of the policy's directory: letters of [A-Za-z0-9_-], at least one, at most MaxFileName. So it is never a
/// path, hidden, or outside of its folder.
class PolicyFile
{
public:
    /// @errors BadField (in words for a person)
    /// @source spec policy, section 13
    [[nodiscard]] static Result<PolicyFile> parse(Folder folder, std::string_view name);

    [[nodiscard]] Folder folder() const noexcept
    {
        return m_folder;
    }

    [[nodiscard]] const std::string &name() const noexcept
    {
        return m_name;
    }

    /// From the policy's directory on.
    [[nodiscard]] std::string path() const;

    /// Whether a policy with such a file in it can be read at all: capitals in the name of a policy's own file would
    /// make every call be denied. Source: spec policy, 1.1.
    [[nodiscard]] bool mayBeWritten() const noexcept;

    friend bool operator==(const PolicyFile &, const PolicyFile &) = default;

private:
    PolicyFile(Folder folder, std::string name) noexcept;

    Folder m_folder;
    std::string m_name;
};

} // namespace Bulkhead::PolicyAdmin
