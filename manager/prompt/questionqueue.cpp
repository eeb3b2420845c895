// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/questionqueue.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Callers that are remembered; there are no more qubes that run.
constexpr qsizetype MaxCallers = 1024;

} // namespace

bool QuestionQueue::isBlocked(const QString &source, TimePoint now) const
{
    const auto block = m_blocks.constFind(source);
    return block != m_blocks.cend() && *block > now;
}

std::deque<TimePoint> &QuestionQueue::askedBy(const QString &source, TimePoint now)
{
    if (!m_asked.contains(source) && m_asked.size() >= MaxCallers) {
        m_asked.removeIf([now](const auto &entry) {
            return entry->empty() || entry->back() <= now - Window;
        });
    }
    std::deque<TimePoint> &times = m_asked[source];
    while (!times.empty() && times.front() <= now - Window) {
        times.pop_front();
    }
    return times;
}

QuestionQueue::Taken QuestionQueue::add(Call call, const Question &question, TimePoint now)
{
    if (isBlocked(question.source, now)) {
        return Taken::Blocked;
    }
    const auto same = std::ranges::find(m_waiting, question, &Waiting::question);
    if (same != m_waiting.end()) {
        same->calls.emplace_back(call, now);
        return Taken::Waits;
    }
    std::deque<TimePoint> &times = askedBy(question.source, now);
    const auto waiting = std::ranges::count_if(m_waiting, [&](const Waiting &one) {
        return one.question.source == question.source && one.number != m_front;
    });
    if (waiting >= MaxWaiting || times.size() >= MaxEach) {
        return Taken::TooMany;
    }
    times.push_back(now);
    m_waiting.push_back({.number = m_next++, .question = question, .calls = {{call, now}}});
    settle(now);
    return Taken::Waits;
}

void QuestionQueue::settle(TimePoint now)
{
    std::erase_if(m_waiting, [](const Waiting &one) {
        return one.calls.empty();
    });
    if (std::ranges::contains(m_waiting, m_front, [](const Waiting &one) {
            return std::optional(one.number);
        })) {
        return;
    }
    auto next = std::ranges::find_if(m_waiting, [this](const Waiting &one) {
        return one.question.source != m_lastCaller;
    });
    if (next == m_waiting.end()) {
        next = m_waiting.begin();
    }
    if (next == m_waiting.end()) {
        m_front.reset();
        return;
    }
    m_front = next->number;
    m_frontSince = now;
    m_lastCaller = next->question.source;
}

void QuestionQueue::remove(Call call, TimePoint now)
{
    for (Waiting &one : m_waiting) {
        std::erase_if(one.calls, [call](const auto &entry) {
            return entry.first == call;
        });
    }
    settle(now);
}

std::optional<QuestionQueue::Front> QuestionQueue::front() const
{
    const auto place = std::ranges::find_if(m_waiting, [this](const Waiting &one) {
        return one.number == m_front;
    });
    if (place == m_waiting.end()) {
        return std::nullopt;
    }
    const QString &caller = place->question.source;
    const auto ofCaller = std::ranges::count_if(m_waiting, [&caller](const Waiting &one) {
        return one.question.source == caller;
    });
    const auto asked = m_asked.constFind(caller);
    return Front{.question = place->question,
                 .calls = static_cast<qsizetype>(place->calls.size()),
                 .moreOfCaller = ofCaller - 1,
                 .moreOfOthers = static_cast<qsizetype>(m_waiting.size()) - ofCaller,
                 .asksOften = asked != m_asked.cend() && asked->size() > Often,
                 .number = place->number};
}

QList<QuestionQueue::Call> QuestionQueue::takeAllowed(TimePoint before, TimePoint now)
{
    QList<Call> taken;
    for (Waiting &one : m_waiting) {
        if (one.number == m_front) {
            std::erase_if(one.calls, [&](const auto &entry) {
                const bool isSeen = entry.second <= before;
                if (isSeen) {
                    taken << entry.first;
                }
                return isSeen;
            });
        }
    }
    if (!taken.isEmpty()) {
        // What came too late to be meant is a question of its own.
        for (Waiting &one : m_waiting) {
            if (one.number == m_front) {
                one.number = m_next++;
            }
        }
    }
    settle(now);
    return taken;
}

QList<QuestionQueue::Call> QuestionQueue::takeIf(const std::function<bool(const Waiting &)> &isTaken, TimePoint now)
{
    QList<Call> taken;
    std::erase_if(m_waiting, [&](const Waiting &one) {
        if (!isTaken(one)) {
            return false;
        }
        for (const auto &[call, since] : one.calls) {
            taken << call;
        }
        return true;
    });
    settle(now);
    return taken;
}

QList<QuestionQueue::Call> QuestionQueue::takeDenied(TimePoint now)
{
    return takeIf(
        [this](const Waiting &one) {
            return one.number == m_front;
        },
        now);
}

QList<QuestionQueue::Call> QuestionQueue::block(TimePoint now)
{
    const auto shown = front();
    if (!shown) {
        return {};
    }
    m_blocks.insert(shown->question.source, now + BlockTime);
    return takeOf(shown->question.source, now);
}

QList<QuestionQueue::Call> QuestionQueue::takeOf(const QString &source, TimePoint now)
{
    return takeIf(
        [&source](const Waiting &one) {
            return one.question.source == source;
        },
        now);
}

std::optional<TimePoint> QuestionQueue::expiry() const
{
    return m_front ? std::optional(m_frontSince + Patience) : std::nullopt;
}

QList<QuestionQueue::Call> QuestionQueue::takeExpired(TimePoint now)
{
    const auto end = expiry();
    return end && now >= *end ? takeDenied(now) : QList<Call>();
}

void QuestionQueue::renewPatience(TimePoint now)
{
    m_frontSince = now;
}

QHash<QString, TimePoint> QuestionQueue::blocked(TimePoint now)
{
    m_blocks.removeIf([now](const auto &entry) {
        return *entry <= now;
    });
    return m_blocks;
}

void QuestionQueue::unblock(const QString &source)
{
    m_blocks.remove(source);
}

} // namespace Bulkhead
