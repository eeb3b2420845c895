// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/sources.h"

#include "base/ascii.h"
#include "clipboard/files/beneath.h"
#include "clipboard/files/directorylisting.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// A directory that the walk is in.
struct Level {
    Item item;
    UniqueFd directory;
    std::vector<std::string> names; ///< that are still to come, the last one first
};

Result<std::string> readTarget(const Item &item)
{
    // One more than it should have, to see that it did not grow.
    std::string target(static_cast<std::size_t>(item.facts.st_size) + 1, '\0');
    const ssize_t size = ::readlinkat(item.parent, item.name.c_str(), target.data(), target.size());
    if (size < 0) {
        return failErrno(errno, "reading the link " + shownPath(item.path));
    }
    if (size != item.facts.st_size) {
        return fail(Errc::BadValue, "the link " + shownPath(item.path) + " changed while it was read");
    }
    target.pop_back();
    return target;
}

Result<Level> openLevel(Item item)
{
    UniqueFd directory = openBeneath(item.parent, item.name, O_RDONLY | O_DIRECTORY);
    auto names = directory ? namesIn(directory.get()) : std::nullopt;
    if (!names) {
        return failErrno(errno, "reading the directory " + shownPath(item.path));
    }
    std::ranges::reverse(*names);
    return Level{.item = std::move(item), .directory = std::move(directory), .names = *std::move(names)};
}

class Walk
{
public:
    Walk(Links links, TreeVisitor &visitor)
        : m_links(links)
        , m_visitor(visitor)
    {
    }

    Result<void> run(int parent, const std::string &name)
    {
        BH_CHECK(meet(parent, name, name));
        while (!m_levels.empty()) {
            Level &level = m_levels.back();
            if (level.names.empty()) {
                const Level done = std::move(level);
                m_levels.pop_back();
                BH_CHECK(m_visitor.onDirectoryEnd(done.item));
                continue;
            }
            const std::string next = std::move(level.names.back());
            level.names.pop_back();
            BH_CHECK(meet(level.directory.get(), next, level.item.path + '/' + next));
        }
        return {};
    }

private:
    Result<void> meet(int parent, const std::string &name, std::string path)
    {
        Item item{.parent = parent, .name = name, .path = std::move(path)};
        if (::fstatat(parent, name.c_str(), &item.facts, AT_SYMLINK_NOFOLLOW) != 0) {
            return failErrno(errno, "looking at " + shownPath(item.path));
        }
        if (S_ISREG(item.facts.st_mode)) {
            return m_visitor.onFile(item);
        }
        if (S_ISDIR(item.facts.st_mode)) {
            BH_CHECK(m_visitor.onDirectory(item));
            BH_TRY(Level level, openLevel(std::move(item)));
            m_levels.push_back(std::move(level));
            return {};
        }
        if (S_ISLNK(item.facts.st_mode) && m_links == Links::Sent) {
            BH_TRY(item.target, readTarget(item));
            return m_visitor.onLink(item);
        }
        m_visitor.onLeftOut(item);
        return {};
    }

    Links m_links;
    TreeVisitor &m_visitor;
    std::vector<Level> m_levels;
};

} // namespace

Result<Source> openSource(std::string_view path)
{
    const std::string_view whole = path;
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const std::size_t slash = path.rfind('/');
    const bool isHere = slash == std::string_view::npos;
    const std::string name(isHere ? path : path.substr(slash + 1));
    if (name.empty() || name == "." || name == "..") {
        return fail(Errc::BadValue, "\"" + shownPath(whole) + "\" has no name by which it could be sent");
    }
    const std::string above = isHere ? "." : (slash == 0 ? "/" : std::string(path.substr(0, slash)));
    UniqueFd directory(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) { // a directory that lets nobody list it still lets names be looked up
        directory.reset(::open(above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    if (!directory) {
        return failErrno(errno, "opening the directory of " + shownPath(whole));
    }
    return Source{.directory = std::move(directory), .name = name};
}

Result<void> walkSource(const Source &source, Links links, TreeVisitor &visitor)
{
    return Walk(links, visitor).run(source.directory.get(), source.name);
}

std::string shownPath(std::string_view path)
{
    std::string shown(path);
    std::ranges::replace_if(
        shown,
        [](char c) {
            return !Ascii::isPrintable(c) || c == '"';
        },
        '_');
    return shown;
}

} // namespace Bulkhead::FileCopy
