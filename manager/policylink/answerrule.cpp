// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/answerrule.h"

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString scopeOf(const Question &question)
{
    return u"%1 +%2 %3 %4"_s.arg(question.service, question.argument, question.source, question.ruleTarget);
}

} // namespace

QString allowRule(const Question &question, const QString &target)
{
    if (question.ruleTarget.isEmpty() || target == "dom0"_L1 || !question.targets.contains(target)) {
        return {};
    }
    QString rule = u"%1 allow target=%2"_s.arg(scopeOf(question), target);
    if (!question.ruleOptions.isEmpty()) {
        rule += u' ' + question.ruleOptions;
    }
    return rule;
}

bool isAnswerFileAhead(const Question &question)
{
    // The order of files is that of their bytes. Source: spec policy, 1.1.
    return question.ruleFile.isEmpty() || QString(QString(AnswerFile) + ".policy"_L1) < question.ruleFile;
}

QString denyRule(const Question &question)
{
    return question.ruleTarget.isEmpty() ? QString() : QString(scopeOf(question) + u" deny"_s);
}

} // namespace Bulkhead
