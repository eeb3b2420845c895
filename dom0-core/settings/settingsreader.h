// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Settings of a small text of ours, taken out one by one, so that what is left at the end was not asked for. A line a
/// setting, `<key> <value>`; the value may hold spaces. Everything that is not as it should be is refused.
class SettingsReader
{
public:
    /// @param firstLine  what the text must begin with; the rest of its first line is the caller's business
    /// @param limit  most bytes of the text
    /// @errors BadValue
    [[nodiscard]] static Result<SettingsReader>
    read(std::string_view text, std::string_view firstLine, std::size_t limit);

    /// The first of several with this key, in the order of the text.
    [[nodiscard]] std::optional<std::string> take(std::string_view key);
    /// @errors BadValue (missing), here and below naming the setting
    [[nodiscard]] Result<std::string> need(std::string_view key);
    [[nodiscard]] Result<std::uint32_t> number(std::string_view key);
    [[nodiscard]] Result<bool> truth(std::string_view key);
    [[nodiscard]] Result<std::filesystem::path> path(std::string_view key);
    [[nodiscard]] Result<std::optional<std::filesystem::path>> optionalPath(std::string_view key);
    /// Lower-case, 8-4-4-4-12.
    [[nodiscard]] Result<std::string> uuid(std::string_view key);

    /// Nothing is left.
    /// @errors BadValue
    [[nodiscard]] Result<void> finish() const;

private:
    std::multimap<std::string, std::string, std::less<>> m_settings;
};

/// An absolute path, or BadValue that names the setting.
[[nodiscard]] Result<std::filesystem::path> absolutePath(std::string_view key, std::string text);

/// `yes` or `no`, as SettingsReader::truth() reads it.
[[nodiscard]] std::string truthWord(bool value);

} // namespace Bulkhead
