// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// What a person named to be sent: a file, a directory or a link, and the directory that it lies in.
struct Source {
    UniqueFd directory;
    std::string name; ///< its last part; how it is called on the other side
};

/// @param path  one slash at its end counts for nothing
/// @errors BadValue (what has no name of its own: empty, `/`, `.`, `..`), Io
[[nodiscard]] Result<Source> openSource(std::string_view path);

/// One thing of a tree, while the walk is there.
struct Item {
    int parent = -1;         ///< the directory that it lies in, borrowed
    std::string name;        ///< there
    std::string path;        ///< from the source's name on
    struct stat facts = {};  ///< of itself, never of what a link leads to
    std::string target = {}; ///< of a link
};

enum class Links : std::uint8_t { Sent, LeftOut };

/// What is done with a tree. An error ends the walk.
class TreeVisitor
{
public:
    TreeVisitor() = default;
    TreeVisitor(const TreeVisitor &) = delete;
    TreeVisitor &operator=(const TreeVisitor &) = delete;
    virtual ~TreeVisitor() = default;

    [[nodiscard]] virtual Result<void> onFile(const Item &item) = 0;
    [[nodiscard]] virtual Result<void> onLink(const Item &item) = 0;
    /// Before what is in it.
    [[nodiscard]] virtual Result<void> onDirectory(const Item &item) = 0;
    /// Behind what is in it, with the same facts.
    [[nodiscard]] virtual Result<void> onDirectoryEnd(const Item &item) = 0;
    /// A fifo, socket or device, or a link where links are left out.
    virtual void onLeftOut(const Item &item) = 0;
};

/// Walks a source, names of a directory in the order of their bytes. Follows no link.
/// @errors Io, with the path; whatever the visitor fails with
[[nodiscard]] Result<void> walkSource(const Source &source, Links links, TreeVisitor &visitor);

/// A path of ours or another qube's on a terminal: printable ASCII, everything else and quotes as `_`.
[[nodiscard]] std::string shownPath(std::string_view path);

} // namespace Bulkhead::FileCopy
