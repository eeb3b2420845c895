// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/answermemory.h"

#include "manager/policylink/answerrule.h"

namespace Bulkhead
{

void AnswerMemory::remember(const Question &question, const QString &target)
{
    const QString call = denyRule(question); // which names the call whole, and empty where it cannot be remembered
    if (!call.isEmpty() && (target.isEmpty() || !allowRule(question, target).isEmpty())
        && (m_answers.contains(call) || m_answers.size() < MaxAnswers)) {
        m_answers.insert(call, {.question = question, .target = target});
    }
}

std::optional<QString> AnswerMemory::answerTo(const Question &question) const
{
    const auto place = m_answers.constFind(denyRule(question));
    if (place == m_answers.constEnd() || (!place->target.isEmpty() && !question.targets.contains(place->target))) {
        return std::nullopt;
    }
    return place->target;
}

void AnswerMemory::forget()
{
    m_answers.clear();
}

void AnswerMemory::forgetQube(const QString &name)
{
    const auto names = [&name](const QString &target) {
        return target == name || disposableTemplateOf(target) == name;
    };
    m_answers.removeIf([&name, &names](const QHash<QString, Answer>::iterator &at) {
        return at->question.source == name || names(at->question.ruleTarget) || names(at->target);
    });
}

} // namespace Bulkhead
