// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/eventlog.h"

#include "base/formatted.h"
#include "dom0-core/model/text.h"

namespace Bulkhead::AdminApi
{

namespace
{

std::size_t sizeOf(const Event &event)
{
    std::size_t size = sizeof(EventLog::Entry) + event.name.size();
    for (const auto &[key, value] : event.pairs) {
        size += sizeof(event.pairs.front()) + key.size() + value.size();
    }
    return size;
}

} // namespace

EventLog::EventLog(Registry &registry, std::uint64_t life, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_life(life)
{
    connect(&registry, &Registry::announced, this, &EventLog::add);
    connect(&registry, &Registry::runChanged, this, &EventLog::onRunChanged);
}

std::string EventLog::textOf(std::uint64_t number) const
{
    return formatted("{:016x}-{}", m_life, number);
}

std::string EventLog::generation() const
{
    return textOf(m_last);
}

std::optional<std::vector<EventLog::Entry>> EventLog::after(std::string_view generation) const
{
    const auto dash = generation.rfind('-');
    if (dash == std::string_view::npos || generation.substr(0, dash) != formatted("{:016x}", m_life)) {
        return std::nullopt;
    }
    const auto number = parseNumber(generation.substr(dash + 1));
    const std::uint64_t oldestState = m_entries.empty() ? m_last : m_entries.front().number - 1;
    if (!number || *number > m_last || *number < oldestState) {
        return std::nullopt;
    }
    return std::vector<Entry>(m_entries.end() - static_cast<std::ptrdiff_t>(m_last - *number), m_entries.end());
}

void EventLog::add(Event event)
{
    ++m_last;
    event.pairs.emplace_back("generation", textOf(m_last));
    m_bytes += sizeOf(event);
    m_entries.push_back({.number = m_last, .event = std::move(event)});
    while (m_entries.size() > MaxLoggedEvents || (m_bytes > MaxLoggedBytes && m_entries.size() > 1)) {
        m_bytes -= sizeOf(m_entries.front().event);
        m_entries.pop_front();
    }
    const Entry entry = m_entries.back(); // a listener's own doing may add the next one
    Q_EMIT added(entry);
}

void EventLog::onRunChanged(Qid id)
{
    const Qube *const qube = m_registry.model().find(id);
    BH_ASSERT(qube != nullptr); // its state just changed
    const auto domain = qube->run.domain;
    add({.subject = qube->name,
         .name = "bulkhead-power-state",
         .pairs = {{"state", std::string(nameOf(qube->run.power))},
                   {"domain", domain ? std::to_string(domain->value()) : "None"}}});
}

} // namespace Bulkhead::AdminApi
