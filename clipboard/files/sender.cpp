// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/sender.h"

#include "clipboard/files/beneath.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::uint32_t Permissions = 07777;

/// What lies before 1970 or behind 2106 becomes the nearest that the format has.
Timestamp timestampOf(const timespec &time)
{
    if (time.tv_sec < 0) {
        return {};
    }
    if (time.tv_sec > UINT32_MAX) {
        return {.seconds = UINT32_MAX, .nanoseconds = 0};
    }
    return {.seconds = static_cast<std::uint32_t>(time.tv_sec),
            .nanoseconds = static_cast<std::uint32_t>(time.tv_nsec)};
}

Attributes attributesOf(const struct stat &facts)
{
    return {.permissions = facts.st_mode & Permissions,
            .accessed = timestampOf(facts.st_atim),
            .modified = timestampOf(facts.st_mtim)};
}

/// The receiver judges letters, by what was asked of it.
Result<Path> pathOf(const Item &item)
{
    auto path = Path::parse(item.path, Letters::All);
    if (!path) {
        return fail(Errc::BadValue, shownPath(item.path) + " is too long, or lies too deep, to be sent");
    }
    return *std::move(path);
}

} // namespace

Result<void> Sender::run(const std::vector<Source> &sources, Links links)
{
    BH_CHECK(m_progress.begin());
    for (m_source = 0; m_source < sources.size(); ++m_source) {
        BH_CHECK(walkSource(sources[m_source], links, *this));
    }
    BH_CHECK(m_stream.send(buildEndMarker()));
    BH_CHECK(m_stream.finish());
    return m_progress.end();
}

Result<void> Sender::onFile(const Item &item)
{
    BH_TRY(Path path, pathOf(item));
    // What it was a moment ago it may not be any more: nothing waits, and nothing is followed.
    const UniqueFd file = openBeneath(item.parent, item.name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0) {
        return failErrno(errno, "opening " + shownPath(item.path));
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(Errc::BadValue, shownPath(item.path) + " changed while it was read");
    }
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const FileEntry entry{.path = std::move(path), .size = size, .attributes = attributesOf(facts)};
    BH_CHECK(m_stream.send(build(entry)));
    BH_CHECK(sendContent(file.get(), item, size));
    remember(item, facts);
    return {};
}

/// Exactly so much: the header says it.
Result<void> Sender::sendContent(int file, const Item &item, std::uint64_t size)
{
    for (std::uint64_t left = size; left > 0;) {
        BH_TRY(const std::span<std::byte> room, m_stream.room());
        const ssize_t got = ::read(file, room.data(), std::min<std::uint64_t>(room.size(), left));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return failErrno(errno, "reading " + shownPath(item.path));
        }
        if (got == 0) {
            return fail(Errc::BadValue, shownPath(item.path) + ": unexpected end of data, it became shorter");
        }
        m_stream.sent(static_cast<std::size_t>(got));
        left -= static_cast<std::uint64_t>(got);
        BH_CHECK(m_progress.add(static_cast<std::uint64_t>(got)));
    }
    return {};
}

Result<void> Sender::onLink(const Item &item)
{
    BH_TRY(Path path, pathOf(item));
    BH_CHECK(m_stream.send(
        build(LinkEntry{.path = std::move(path), .target = item.target, .attributes = attributesOf(item.facts)})));
    remember(item, item.facts);
    return {};
}

Result<void> Sender::onDirectory(const Item &item)
{
    BH_TRY(Path path, pathOf(item));
    remember(item, item.facts);
    return m_stream.send(build(DirectoryEntry{.path = std::move(path), .attributes = attributesOf(item.facts)}));
}

Result<void> Sender::onDirectoryEnd(const Item &item)
{
    BH_TRY(Path path, pathOf(item));
    return m_stream.send(build(DirectoryEntry{.path = std::move(path), .attributes = attributesOf(item.facts)}));
}

void Sender::remember(const Item &item, const struct stat &facts)
{
    if (m_moved != nullptr) {
        m_moved->add(m_source, item, facts);
    }
}

void Sender::onLeftOut(const Item & /*item*/)
{
    ++m_leftOut;
}

} // namespace Bulkhead::FileCopy
