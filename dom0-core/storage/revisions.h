// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// One earlier state of a volume, kept beside it as `<volume file>.<number>@<YYYY-MM-DDThh:mm:ss>Z`. The stamp tells
/// when that state was made.
/// @source spec qube-model, 8.5
struct Revision {
    std::uint64_t number = 0;
    std::filesystem::path path;

    /// What the API calls it.
    [[nodiscard]] std::string id() const
    {
        return std::to_string(number);
    }
};

/// Those of a volume's file or directory, by their numbers. What has no such name is passed over.
[[nodiscard]] std::vector<Revision> revisionsOf(const std::filesystem::path &clean);
/// A number and stamp as the end of a name; nothing if it is no such end.
[[nodiscard]] std::optional<std::uint64_t> parseRevisionSuffix(std::string_view suffix);
/// The name of the next one.
[[nodiscard]] std::filesystem::path nextRevision(const std::filesystem::path &clean,
                                                 std::chrono::system_clock::time_point made);

} // namespace Bulkhead
