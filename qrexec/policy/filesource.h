// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Bulkhead::Policy
{

enum class EntryKind : std::uint8_t {
    File,    ///< a regular file, or a link to one
    Missing, ///< a link to nothing
    Other,
};

struct Entry {
    std::string name;
    EntryKind kind = EntryKind::File;
};

struct File {
    std::string path; ///< the file's one true name: absolute, without `..`, links followed
    std::string text;
};

/// Where policy files come from: a directory tree in the programs, a table in tests. A path is absolute, may hold `..`
/// and links, and is never a qube's word.
class FileSource
{
public:
    FileSource() = default;
    FileSource(const FileSource &) = delete;
    FileSource &operator=(const FileSource &) = delete;
    virtual ~FileSource() = default;

    /// What a directory holds, in any order.
    /// @errors NotFound (nothing there, or no directory), Io
    [[nodiscard]] virtual Result<std::vector<Entry>> list(const std::string &directory) = 0;

    /// All of a file, as it was at one moment.
    /// @errors NotFound (nothing there, or no file), TooMuch, Refused (whose the file is), Io
    [[nodiscard]] virtual Result<File> read(const std::string &path) = 0;
};

} // namespace Bulkhead::Policy
