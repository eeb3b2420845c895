// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/rule.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <string>

namespace Bulkhead
{

/// What the policy says to one call that nobody makes. A value; names are qubes'.
struct PolicyAnswer {
    QString source;
    QString target; ///< whom the source names; for a new disposable `@dispvm`
    Policy::Verdict verdict = Policy::Verdict::Deny;
    /// Who would be called in the end: the target, or another one where the rule says so: a name, `dom0`,
    /// `@dispvm:NAME`. Empty for Deny.
    QString reaches;
    QString place;  ///< the rule that decides, as `FILE:LINE` below the policy's directory; empty: none fits
    QString line;   ///< that rule
    QString reason; ///< Deny without a rule: why

    friend bool operator==(const PolicyAnswer &, const PolicyAnswer &) = default;
};

/// Whose calls are asked for.
struct PolicyQuery {
    QString service;      ///< `NAME` or `NAME+ARGUMENT`
    QStringList selected; ///< each of them with everybody; empty: everybody with everybody
    QStringList qubes;    ///< everybody
};

/// The answer to each call between two of the qubes, and from each selected one to a new disposable. Takes time in
/// proportion to the number of answers. In the order of sources and targets, the selected ones' own first.
[[nodiscard]] QList<PolicyAnswer>
answersOf(const Policy::Rules &rules, const Policy::SystemInfo &system, const PolicyQuery &query);

/// A sentence: "work may copy files to personal if you agree." With the rule: the same, and which line says so.
[[nodiscard]] QString answerWords(const QString &service, const PolicyAnswer &answer);
[[nodiscard]] QString ruleWords(const PolicyAnswer &answer);

/// Where a rule is written, below the policy's directory: `FILE:LINE`.
[[nodiscard]] QString shortPlace(const std::string &place);

/// What one may be called and how it looks, put together for a screen reader and for a tool tip.
[[nodiscard]] QString fullAnswerWords(const QString &service, const PolicyAnswer &answer);

} // namespace Bulkhead
