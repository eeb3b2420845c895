// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/policylink/policymessages.h"

#include <QHash>
#include <QList>

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace Bulkhead
{

/// The questions that wait for the person, one of them in front. Pure: it is told what happens, and when.
///
/// Calls that ask the same are one question. Of each caller a few may wait; a caller that asks more is denied without
/// the person, and never keeps another caller's question from its turn.
class QuestionQueue
{
public:
    /// A call; the owner's number for it.
    using Call = quint64;

    /// Source: spec security, L-15.
    static constexpr int MaxWaiting = 8;       ///< questions of one caller behind the one in front
    static constexpr std::size_t MaxEach = 20; ///< questions of one caller in each Window
    static constexpr Duration Window = std::chrono::minutes(1);
    /// From here on a caller is said to ask very often. Source: spec ui 11.
    static constexpr std::size_t Often = 5;
    /// An answer that nobody gave. Source: spec ui 11.
    static constexpr Duration Patience = std::chrono::minutes(5);
    static constexpr Duration BlockTime = std::chrono::minutes(10);

    enum class Taken : std::uint8_t { Waits, Blocked, TooMany };

    /// What is to be on screen.
    struct Front {
        Question question;
        qsizetype calls = 1;        ///< that ask this
        qsizetype moreOfCaller = 0; ///< other questions of the same qube
        qsizetype moreOfOthers = 0; ///< questions of other qubes
        bool asksOften = false;
        quint64 number = 0; ///< another question has another one
    };

    [[nodiscard]] Taken add(Call call, const Question &question, TimePoint now);
    /// Its caller went.
    void remove(Call call, TimePoint now);

    [[nodiscard]] std::optional<Front> front() const;

    /// Takes out the calls of the question in front that were there `before`; later ones ask on.
    [[nodiscard]] QList<Call> takeAllowed(TimePoint before, TimePoint now);
    /// Takes out all calls of the question in front.
    [[nodiscard]] QList<Call> takeDenied(TimePoint now);
    /// Takes out every question of the caller in front and denies it what comes for a while.
    [[nodiscard]] QList<Call> block(TimePoint now);
    /// Takes out the calls whose question has been in front too long.
    [[nodiscard]] QList<Call> takeExpired(TimePoint now);
    /// Takes out the questions of a qube that is no more.
    [[nodiscard]] QList<Call> takeOf(const QString &source, TimePoint now);
    /// When the question in front expires.
    [[nodiscard]] std::optional<TimePoint> expiry() const;

    /// Begins the time anew that the question in front may be there.
    void renewPatience(TimePoint now);

    /// Callers that are denied for now, and until when.
    [[nodiscard]] QHash<QString, TimePoint> blocked(TimePoint now);
    void unblock(const QString &source);

private:
    struct Waiting {
        quint64 number;
        Question question;
        std::vector<std::pair<Call, TimePoint>> calls;
    };

    [[nodiscard]] bool isBlocked(const QString &source, TimePoint now) const;
    [[nodiscard]] std::deque<TimePoint> &askedBy(const QString &source, TimePoint now);
    /// After a change: the one in front stays if it can; else the next one comes, of another caller if there is one.
    void settle(TimePoint now);
    [[nodiscard]] QList<Call> takeIf(const std::function<bool(const Waiting &)> &isTaken, TimePoint now);

    std::vector<Waiting> m_waiting; ///< by arrival
    std::optional<quint64> m_front; ///< its number
    TimePoint m_frontSince;
    QString m_lastCaller;
    QHash<QString, std::deque<TimePoint>> m_asked; ///< when new questions came, within Window
    QHash<QString, TimePoint> m_blocks;
    quint64 m_next = 1;
};

} // namespace Bulkhead
