// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/policylink/policymessages.h"

#include <QHash>
#include <QString>

#include <deque>
#include <optional>

namespace Bulkhead
{

/// One message to the person: what happened, why, what it was.
struct NoticeText {
    QString title;
    QString text;

    friend bool operator==(const NoticeText &, const NoticeText &) = default;
};

/// The words of one notice.
[[nodiscard]] NoticeText textOf(const PolicyNotice &notice);

/// Which notices a person gets to see: a few, and of the others how many there were. Pure: it is told what happens, and
/// when.
class NoticeBoard
{
public:
    static constexpr Duration Window = std::chrono::minutes(1);
    /// Of one caller and service in each Window. Source: spec ui 19.
    static constexpr std::size_t MaxOfKind = 1;
    /// Of one caller in each Window, and one that counts the others. Source: spec user-wishes 8, security L-24.
    static constexpr std::size_t MaxOfCaller = 3;
    /// Of all callers.
    static constexpr std::size_t MaxOfAll = 6;

    /// What to show of it at once; nothing: it is counted.
    [[nodiscard]] std::optional<NoticeText> add(const PolicyNotice &notice, TimePoint now);
    /// One message about all that were counted, when its time has come.
    [[nodiscard]] std::optional<NoticeText> takeSummary(TimePoint now);

    /// When to ask for it.
    [[nodiscard]] std::optional<TimePoint> summaryDue() const
    {
        return m_due;
    }

private:
    using Times = std::deque<TimePoint>;

    static void forgetOld(Times &times, TimePoint now);
    void forgetOld(TimePoint now);

    Times m_all;
    QHash<QString, Times> m_ofCaller;
    QHash<QString, Times> m_ofKind; ///< by caller and service
    QHash<QString, qsizetype> m_leftOut;
    std::optional<TimePoint> m_due;
};

} // namespace Bulkhead
