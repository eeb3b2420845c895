// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"

#include <QObject>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::AdminApi
{

/// What a client that was away for a moment may ask for again. Beyond either it takes a new snapshot, which at a
/// thousand qubes is about as long.
inline constexpr std::size_t MaxLoggedEvents = 4096;
inline constexpr std::size_t MaxLoggedBytes = std::size_t{4} * 1024 * 1024;

/// The latest events with their numbers. A state of the system is named by its generation: the number of the last event
/// before it, and the life of the daemon that counted. A client that knows the state of one generation and hears every
/// event after it knows every later state.
/// Beside what every subscriber hears it holds what is told on the socket of our own alone (docs/protocol/core.md).
class EventLog : public QObject
{
    Q_OBJECT

public:
    struct Entry {
        std::uint64_t number = 0;
        Event event; ///< with the pair `generation`
    };

    /// @param registry  outlives this
    /// @param life  differs between two lives of the daemon
    EventLog(Registry &registry, std::uint64_t life, QObject *parent = nullptr);

    /// Of the state as it is now: `<life>-<number>`.
    [[nodiscard]] std::string generation() const;

    /// The events after that state, oldest first.
    /// @return nothing if it is not of this life, has not been yet, or is too long ago: there would be a gap
    [[nodiscard]] std::optional<std::vector<Entry>> after(std::string_view generation) const;

    /// Adds what only this log's readers are told.
    void add(Event event);

Q_SIGNALS:
    void added(const Bulkhead::AdminApi::EventLog::Entry &entry);

private:
    void onRunChanged(Qid id);
    [[nodiscard]] std::string textOf(std::uint64_t number) const;

    Registry &m_registry;
    std::uint64_t m_life;
    std::uint64_t m_last = 0;
    std::deque<Entry> m_entries;
    std::size_t m_bytes = 0;
};

} // namespace Bulkhead::AdminApi
