// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/noticeboard.h"

#include "manager/models/untrustedtext.h"
#include "manager/policylink/servicewords.h"

#include <KLocalizedString>
#include <QLocale>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Most characters of a service's name in a message. Source: spec security, L-24.
constexpr qsizetype MaxShownService = 120;
/// Callers that a summary names.
constexpr qsizetype MaxNamed = 3;

/// How a target is called that a caller spelled itself; empty: none in particular.
QString wordOf(const QString &target)
{
    if (target == "@adminvm"_L1) {
        return u"dom0"_s;
    }
    if (target == "@dispvm"_L1) {
        return i18nc("@info in place of a qube's name in a sentence", "a new disposable");
    }
    return target == "@default"_L1 ? QString() : targetWord(target);
}

} // namespace

NoticeText textOf(const PolicyNotice &notice)
{
    const QString target = wordOf(notice.target);
    const QString service = shownText(notice.service, MaxShownService);
    if (notice.resolution == PolicyNotice::Resolution::Allowed) {
        return {.title = i18nc("@title of a message %1 a qube's name", "%1 was allowed a call", notice.source),
                .text = i18nc("@info %1 a sentence",
                              "%1 A rule of the policy allows it and wants it told.",
                              allowanceOf(service, notice.source, target))};
    }
    return {.title = i18nc("@title of a message %1 a qube's name", "%1 was refused a call", notice.source),
            .text = i18nc("@info %1 a sentence that says what was refused, %2 technical name of a service",
                          "%1 The policy says no to this, or has no rule that allows it. Service: %2",
                          denialOf(service, notice.source, target),
                          service)};
}

void NoticeBoard::forgetOld(Times &times, TimePoint now)
{
    while (!times.empty() && times.front() <= now - Window) {
        times.pop_front();
    }
}

void NoticeBoard::forgetOld(TimePoint now)
{
    forgetOld(m_all, now);
    for (auto *const all : {&m_ofCaller, &m_ofKind}) {
        all->removeIf([now](auto entry) {
            forgetOld(*entry, now);
            return entry->empty();
        });
    }
}

std::optional<NoticeText> NoticeBoard::add(const PolicyNotice &notice, TimePoint now)
{
    forgetOld(now);
    const QString kind = notice.source + u' ' + notice.service;
    if (m_all.size() >= MaxOfAll || m_ofCaller.value(notice.source).size() >= MaxOfCaller
        || m_ofKind.value(kind).size() >= MaxOfKind) {
        ++m_leftOut[notice.source];
        m_due = m_due.value_or(now + Window);
        return std::nullopt;
    }
    m_all.push_back(now);
    m_ofCaller[notice.source].push_back(now);
    m_ofKind[kind].push_back(now);
    return textOf(notice);
}

std::optional<NoticeText> NoticeBoard::takeSummary(TimePoint now)
{
    if (!m_due || now < *m_due) {
        return std::nullopt;
    }
    QStringList callers = m_leftOut.keys();
    const QList<qsizetype> counts = m_leftOut.values();
    const qsizetype count = std::accumulate(counts.begin(), counts.end(), qsizetype{0});
    m_leftOut.clear();
    m_due.reset();
    callers.sort();
    QString names = QLocale().createSeparatedList(callers.first(std::min(callers.size(), MaxNamed)));
    if (callers.size() > MaxNamed) {
        names = i18nc("@info %1 a list of qubes", "%1 and other qubes", names);
    }
    return NoticeText{.title = i18ncp("@title of a message", "%1 more call", "%1 more calls", count),
                      .text = i18ncp("@info %2 a list of qubes",
                                     "One more call of %2 was decided by the policy.",
                                     "%1 more calls of %2 were decided by the policy.",
                                     count,
                                     names)};
}

} // namespace Bulkhead
