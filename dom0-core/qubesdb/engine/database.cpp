// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/engine/database.h"

#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::QubesDb
{

Database::Database(Limits limits)
    : m_limits(limits)
{
}

const Database::Entry *Database::find(std::string_view path) const
{
    const auto place = m_entries.find(path);
    return place == m_entries.end() ? nullptr : &place->second;
}

std::vector<Database::Entries::const_iterator> Database::entriesWith(std::string_view prefix) const
{
    std::vector<Entries::const_iterator> found;
    for (auto place = m_entries.lower_bound(prefix); place != m_entries.end() && place->first.starts_with(prefix);
         ++place) {
        found.push_back(place);
    }
    return found;
}

std::vector<QubesDb::Entry> Database::copyOf(std::string_view prefix) const
{
    std::vector<QubesDb::Entry> copies;
    for (const auto place : entriesWith(prefix)) {
        // An entry's path was a key when it was written.
        copies.push_back({.key = Key::parse(place->first).value(), .value = place->second.value});
    }
    return copies;
}

Result<void> Database::write(const Write &change, Origin origin)
{
    const std::string &path = change.key.text();
    const Entry *const old = find(path);
    if (old != nullptr && isProtected(path, *old, origin)) {
        return fail(Errc::Refused, "the key is the other side's own");
    }
    const std::size_t size = path.size() + change.value.text().size();
    const std::size_t oldSize = old == nullptr ? 0 : path.size() + old->value.text().size();
    if (old == nullptr && m_entries.size() >= m_limits.entries) {
        return fail(Errc::TooMuch, formatted("the database has {} entries already", m_limits.entries));
    }
    if (m_bytes - oldSize + size > m_limits.bytes) {
        return fail(Errc::TooMuch, formatted("the database would hold more than {} bytes", m_limits.bytes));
    }
    m_bytes += size - oldSize;
    m_entries.insert_or_assign(path, Entry{.value = change.value, .origin = origin});
    if (m_mirror != nullptr && origin == Origin::Own) {
        m_mirror->forward(change);
    }
    return {};
}

bool Database::isProtected(std::string_view path, const Entry &entry, Origin from) const
{
    return from == Origin::Peer && entry.origin == Origin::Own && !m_peerMayChange(path);
}

bool Database::remove(const Remove &change, Origin origin)
{
    const std::string &path = change.path.text();
    std::vector<Entries::const_iterator> going;
    if (change.path.isTree()) {
        going = entriesWith(path);
    } else if (const auto place = m_entries.find(path); place != m_entries.end()) {
        going.push_back(place);
    }
    std::erase_if(going, [&](const auto place) {
        return isProtected(place->first, place->second, origin);
    });
    for (const auto place : going) {
        m_bytes -= place->first.size() + place->second.value.text().size();
        m_entries.erase(place);
    }
    // What is not there may have been removed by the other side already, and it must not be told to do so again.
    if (!going.empty() && m_mirror != nullptr && origin == Origin::Own) {
        m_mirror->forward(change);
    }
    return !going.empty();
}

void Database::announce(const Path &changed)
{
    std::vector<std::uint64_t> meant;
    for (const Registration &watch : m_watches) {
        if (watch.path.isFor(changed)) {
            meant.push_back(watch.id);
        }
    }
    for (const std::uint64_t id : meant) {
        // Whoever was told before may have taken it away.
        const auto watch = std::ranges::find(m_watches, id, &Registration::id);
        if (watch != m_watches.end()) {
            watch->watcher->onChanged(changed);
        }
    }
}

Result<void> Database::addWatch(Watcher &watcher, const Path &path)
{
    if (m_watches.size() >= m_limits.watches) {
        return fail(Errc::TooMuch, formatted("the database has {} watches already", m_limits.watches));
    }
    m_watches.push_back({.id = m_nextWatch++, .watcher = &watcher, .path = path});
    return {};
}

bool Database::removeWatch(const Watcher &watcher, const Path &path)
{
    const auto place = std::ranges::find_if(m_watches, [&](const Registration &watch) {
        return watch.watcher == &watcher && watch.path == path;
    });
    if (place == m_watches.end()) {
        return false;
    }
    m_watches.erase(place);
    return true;
}

void Database::forget(const Watcher &watcher)
{
    std::erase_if(m_watches, [&watcher](const Registration &watch) {
        return watch.watcher == &watcher;
    });
}

} // namespace Bulkhead::QubesDb
