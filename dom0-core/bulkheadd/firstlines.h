// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace Bulkhead
{

/// First lines of small files that are asked for again and again and hardly ever change: one is read when it is asked
/// for the first time, and again when the file is another one. Not for several threads.
class FirstLines
{
public:
    /// Nothing if there is no such file, or it cannot be read, or is empty.
    [[nodiscard]] const std::optional<std::string> &of(const std::filesystem::path &path);

private:
    struct Known {
        struct ::stat facts = {};
        std::optional<std::string> line;
    };

    std::map<std::filesystem::path, Known> m_known;
};

} // namespace Bulkhead
