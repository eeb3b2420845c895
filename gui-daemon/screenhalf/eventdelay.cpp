// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/eventdelay.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace Bulkhead::Screen
{
namespace
{

using namespace Gui::FromDaemon;

template<typename T>
constexpr bool isAct = std::is_same_v<T, Key> || std::is_same_v<T, Button> || std::is_same_v<T, Motion>
    || std::is_same_v<T, Crossing> || std::is_same_v<T, Focus> || std::is_same_v<T, Keymap> || std::is_same_v<T, Close>
    || std::is_same_v<T, ChangeState>;

} // namespace

EventDelay::EventDelay(std::chrono::milliseconds most, Draw draw)
    : m_most(most)
    , m_draw(std::move(draw))
{
    BH_ASSERT(most >= most.zero() && most <= Longest);
}

bool EventDelay::holds(const Event &event) const
{
    return m_most > Duration::zero()
        && std::visit(
               []<typename T>(const T &) {
                   return isAct<T>;
               },
               event);
}

void EventDelay::add(const Event &event, TimePoint now)
{
    const auto range = static_cast<std::uint64_t>(m_most.count()) + 1;
    const TimePoint drawn = now + Duration(static_cast<Duration::rep>(m_draw() % range));
    m_lastDue = std::max(m_lastDue, drawn);
    m_waiting.push_back({.event = event, .due = m_lastDue});
}

void EventDelay::forget(WindowId window)
{
    std::erase_if(m_waiting, [window](const Waiting &waiting) {
        return windowOf(waiting.event) == window;
    });
}

std::optional<TimePoint> EventDelay::nextDue() const
{
    return m_waiting.empty() ? std::nullopt : std::optional(m_waiting.front().due);
}

std::optional<Event> EventDelay::take(TimePoint now)
{
    if (m_waiting.empty() || m_waiting.front().due > now) {
        return std::nullopt;
    }
    const std::optional event(m_waiting.front().event);
    m_waiting.pop_front();
    return event;
}

} // namespace Bulkhead::Screen
