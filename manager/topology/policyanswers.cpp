// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/policyanswers.h"

#include "manager/policylink/servicewords.h"
#include "qrexec/policy/explanation.h"

#include <KLazyLocalizedString>
#include <KLocalizedString>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr QLatin1StringView newDisposable("@dispvm");

bool isOffered(const Policy::Explanation &found, const QString &target)
{
    return target == newDisposable ? std::ranges::any_of(found.choices,
                                                         [](const std::string &choice) {
                                                             return choice.starts_with("@dispvm:");
                                                         })
                                   : std::ranges::contains(found.choices, target.toStdString());
}

PolicyAnswer answerOf(const Policy::Explanation &found, const QString &source, const QString &target)
{
    PolicyAnswer answer{.source = source,
                        .target = target,
                        .verdict = found.outcome,
                        .reaches = {},
                        .place = {},
                        .line = {},
                        .reason = {}};
    if (found.line) {
        answer.place = shortPlace(found.line->place);
        answer.line = QString::fromStdString(found.line->text);
    }
    switch (found.outcome) {
    case Policy::Verdict::Allow:
        answer.reaches = QString::fromStdString(found.target);
        break;
    case Policy::Verdict::Ask:
        answer.reaches = target;
        if (!isOffered(found, target)) { // the person is asked, and cannot say this one
            answer.verdict = Policy::Verdict::Deny;
            answer.reaches.clear();
            answer.reason = i18nc("@info %1 a qube's name",
                                  "You are asked, but %1 is not among what you can choose.",
                                  targetWord(target));
        }
        break;
    case Policy::Verdict::Deny:
        if (found.line || found.reason != "no matching rule found") { // else ruleWords() has a sentence
            answer.reason = QString::fromStdString(found.reason);
        }
        break;
    }
    return answer;
}

/// Sentences about one service; %1 the source, %2 the target, and %3 the service where it is none of these.
struct Sentences {
    QLatin1StringView service;
    KLazyLocalizedString allowed;
    KLazyLocalizedString asked;
    KLazyLocalizedString denied;
};

#define BH_ANSWER(text) kli18nc("@info what the policy says; %1 and %2 names of qubes, %3 a service", text)

const std::array sentences{
    Sentences{"qubes.Filecopy"_L1,
              BH_ANSWER("%1 may copy files to %2."),
              BH_ANSWER("%1 may copy files to %2 if you agree."),
              BH_ANSWER("%1 may not copy files to %2.")},
    Sentences{"qubes.ClipboardPaste"_L1,
              BH_ANSWER("Text of %1 may be pasted into %2."),
              BH_ANSWER("Text of %1 may be pasted into %2 if you agree."),
              BH_ANSWER("Text of %1 may not be pasted into %2.")},
    Sentences{"qubes.OpenInVM"_L1,
              BH_ANSWER("%1 may open files in %2."),
              BH_ANSWER("%1 may open files in %2 if you agree."),
              BH_ANSWER("%1 may not open files in %2.")},
};

#undef BH_ANSWER

} // namespace

/// Rules are written in one directory; its name says nothing beside each of them.
QString shortPlace(const std::string &place)
{
    const QString text = QString::fromStdString(place);
    const QString directory = u"/etc/qubes/policy.d/"_s;
    return text.startsWith(directory) ? text.sliced(directory.size()) : text;
}

QList<PolicyAnswer> answersOf(const Policy::Rules &rules, const Policy::SystemInfo &system, const PolicyQuery &query)
{
    QList<PolicyAnswer> answers;
    if (query.service.isEmpty()) {
        return answers;
    }
    const auto ask = [&](const QString &source, const QString &target) {
        Policy::Request request{.source = source.toStdString(), .target = target.toStdString(), .service = {}};
        request.setServiceAndArgument(query.service.toStdString());
        answers << answerOf(Policy::explain(rules, system, request), source, target);
    };
    const QStringList &sources = query.selected.isEmpty() ? query.qubes : query.selected;
    for (const QString &source : sources) {
        for (const QString &target : query.qubes) {
            if (target != source) {
                ask(source, target);
            }
        }
        if (!query.selected.isEmpty()) {
            ask(source, newDisposable);
        }
    }
    if (query.selected.isEmpty()) {
        return answers;
    }
    for (const QString &source : query.qubes) {
        if (!query.selected.contains(source)) {
            for (const QString &target : query.selected) {
                ask(source, target);
            }
        }
    }
    return answers;
}

QString answerWords(const QString &service, const PolicyAnswer &answer)
{
    const QString name = service.section(u'+', 0, 0);
    const QString target = answer.target == newDisposable ? i18nc("@info whom a qube may call", "a new disposable")
                                                          : targetWord(answer.target);
    const auto known = std::ranges::find(sentences, name, &Sentences::service);
    const auto pick = [&answer](const KLazyLocalizedString &allowed,
                                const KLazyLocalizedString &asked,
                                const KLazyLocalizedString &denied) {
        return answer.verdict == Policy::Verdict::Allow ? allowed
            : answer.verdict == Policy::Verdict::Ask    ? asked
                                                        : denied;
    };
    QString words = known != sentences.end()
        ? pick(known->allowed, known->asked, known->denied).subs(answer.source).subs(target).toString()
        : pick(kli18nc("@info %1 and %2 names of qubes, %3 a service", "%1 may call %3 in %2."),
               kli18nc("@info %1 and %2 names of qubes, %3 a service", "%1 may call %3 in %2 if you agree."),
               kli18nc("@info %1 and %2 names of qubes, %3 a service", "%1 may not call %3 in %2."))
              .subs(answer.source)
              .subs(target)
              .subs(service)
              .toString();
    const bool isAnyDisposable = answer.target == newDisposable && answer.reaches.startsWith("@dispvm"_L1);
    if (!answer.reaches.isEmpty() && answer.reaches != answer.target && !isAnyDisposable) {
        words = i18nc("@info %1 a sentence, %2 who is called",
                      "%1 The rule leads the call to %2.",
                      words,
                      targetWord(answer.reaches));
    }
    return words;
}

QString ruleWords(const PolicyAnswer &answer)
{
    if (answer.place.isEmpty()) {
        return answer.reason.isEmpty() ? i18nc("@info", "No rule fits, and what no rule fits is denied.")
                                       : answer.reason;
    }
    return answer.reason.isEmpty() || !answer.line.contains(" ask"_L1)
        ? i18nc("@info %1 a file and a line's number, %2 a line of that file", "%1:  %2", answer.place, answer.line)
        : i18nc("@info %1 a file and a line's number, %2 a line of that file, %3 a sentence",
                "%1:  %2\n%3",
                answer.place,
                answer.line,
                answer.reason);
}

QString fullAnswerWords(const QString &service, const PolicyAnswer &answer)
{
    return answerWords(service, answer) + u'\n' + ruleWords(answer);
}

} // namespace Bulkhead
