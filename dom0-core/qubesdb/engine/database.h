// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/qubesdbmessages.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::QubesDb
{

/// One side's copy of one qube's entries, and who wants to hear of changes. Main thread only; does no I/O.
///
/// A change has three steps, and whoever makes it goes through them in this order: write() or remove(), which also
/// tells the mirror; the answer to who asked; announce().
/// @source spec qubesdb, sections 2.4 and 3.3
class Database
{
public:
    /// Source: spec security, L-20.
    struct Limits {
        std::size_t entries = 4096;
        std::size_t bytes = std::size_t{4} << 20; ///< of paths and values together
        std::size_t watches = 256;
    };

    /// By whom an entry was written: this side, or the other one over the mirror.
    enum class Origin : std::uint8_t { Own, Peer };

    struct Entry {
        Value value;
        Origin origin = Origin::Own;
    };

    /// Hears of changes, whoever made them. Leaves by forget() before it is destroyed.
    class Watcher
    {
    public:
        Watcher() = default;
        Watcher(const Watcher &) = delete;
        Watcher &operator=(const Watcher &) = delete;
        virtual ~Watcher() = default;
        /// @param changed  the path that was written or removed; that of a tree once, with its slash
        virtual void onChanged(const Path &changed) = 0;
    };

    /// Carries this side's own changes to the other side.
    class Mirror
    {
    public:
        Mirror() = default;
        Mirror(const Mirror &) = delete;
        Mirror &operator=(const Mirror &) = delete;
        virtual ~Mirror() = default;
        virtual void forward(const Write &change) = 0;
        virtual void forward(const Remove &change) = 0;
    };

    /// Whether the other side may change or remove what this side wrote under that path.
    using PeerRule = std::function<bool(std::string_view path)>;

    using Entries = std::map<std::string, Entry, std::less<>>;

    explicit Database(Limits limits);

    /// @param mirror  null: none. Outlives the database or is taken away before
    void setMirror(Mirror *mirror) noexcept
    {
        m_mirror = mirror;
    }

    /// Without a rule the other side may change everything.
    void setPeerRule(PeerRule mayChange)
    {
        m_peerMayChange = std::move(mayChange);
    }

    /// Null if there is no such entry.
    [[nodiscard]] const Entry *find(std::string_view path) const;

    /// Sorted by path, in byte order.
    [[nodiscard]] const Entries &entries() const noexcept
    {
        return m_entries;
    }

    /// Those that begin with the text `prefix`, sorted.
    [[nodiscard]] std::vector<Entries::const_iterator> entriesWith(std::string_view prefix) const;

    /// The same as values, for the parsers of what qubes write (vchan-io/wire/qubesdbguestkeys.h).
    [[nodiscard]] std::vector<QubesDb::Entry> copyOf(std::string_view prefix) const;

    /// @errors TooMuch, Refused (by the rule for the other side); nothing was changed
    [[nodiscard]] Result<void> write(const Write &change, Origin origin);
    /// What the rule for the other side protects stays.
    /// @return whether there was anything to remove
    [[nodiscard]] bool remove(const Remove &change, Origin origin);
    /// Tells every watch that is for `changed`; the same watcher once for each of its watches.
    void announce(const Path &changed);

    /// @errors TooMuch
    [[nodiscard]] Result<void> addWatch(Watcher &watcher, const Path &path);
    /// One of the watches on exactly this path. @return whether there was one
    [[nodiscard]] bool removeWatch(const Watcher &watcher, const Path &path);
    void forget(const Watcher &watcher);

    [[nodiscard]] std::size_t watchCount() const noexcept
    {
        return m_watches.size();
    }

private:
    struct Registration {
        std::uint64_t id = 0;
        Watcher *watcher = nullptr;
        Path path;
    };

    [[nodiscard]] bool isProtected(std::string_view path, const Entry &entry, Origin from) const;

    Limits m_limits;
    PeerRule m_peerMayChange = [](std::string_view) {
        return true;
    };
    Entries m_entries;
    std::size_t m_bytes = 0;
    std::vector<Registration> m_watches;
    std::uint64_t m_nextWatch = 1;
    Mirror *m_mirror = nullptr;
};

} // namespace Bulkhead::QubesDb
