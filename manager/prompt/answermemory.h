// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/policylink/policymessages.h"

#include <QHash>
#include <QString>

#include <optional>

namespace Bulkhead
{

/// What the person said that questions are to be answered with as long as this program runs. It answers the same call
/// only: the same caller, service, argument, and whom the caller named. Pure.
class AnswerMemory
{
public:
    /// A call's answers that are remembered; more of them are not.
    static constexpr qsizetype MaxAnswers = 1000;

    /// @param target  one of the question's; empty: no
    void remember(const Question &question, const QString &target);
    /// The target that was allowed, or empty for a no; nothing where nothing is remembered, or where the policy does
    /// not let this target be chosen any more.
    [[nodiscard]] std::optional<QString> answerTo(const Question &question) const;

    /// How many answers are remembered.
    [[nodiscard]] qsizetype size() const noexcept
    {
        return m_answers.size();
    }

    void forget();
    /// A qube of this name is gone: another one may come by it.
    void forgetQube(const QString &name);

private:
    struct Answer {
        Question question;
        QString target; ///< empty: no
    };

    QHash<QString, Answer> m_answers; ///< by the rule that denies the call, which names all of it
};

} // namespace Bulkhead
