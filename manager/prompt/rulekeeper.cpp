// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/rulekeeper.h"

#include "base/printable.h"
#include "manager/policylink/answerrule.h"
#include "manager/prompt/plainwords.h"

#include <KLocalizedString>
#include <QLoggingCategory>
#include <QMessageBox>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(rulesLog, "bulkhead.prompt.rules", QtInfoMsg)

constexpr QLatin1StringView
    Head("# Answers to questions that are remembered for ever, one a line. Take a line out to be "
         "asked again.\n");

/// Letters of a rule that a window is made as large as: the argument in it may have some ten thousand.
constexpr qsizetype ShownOfRule = 280;

} // namespace

RuleKeeper::RuleKeeper(QString socket, QObject *parent)
    : QObject(parent)
    , m_file(std::move(socket), AnswerFile)
{
}

void RuleKeeper::add(const QString &rule)
{
    m_file.addLine(rule, Head, [this, rule](const Result<void> &result) {
        if (result) {
            qCInfo(rulesLog, "a rule was added to %s: %s", AnswerFile.data(), printable(rule.toStdString()).c_str());
            Q_EMIT added(rule);
        } else {
            qCWarning(rulesLog, "no rule was added: %s", result.error().text().c_str());
            tell(rule, result.error());
            Q_EMIT failed(rule);
        }
    });
}

void RuleKeeper::tell(const QString &rule, const Error &error)
{
    auto *box =
        new QMessageBox(QMessageBox::Warning,
                        i18nc("@title:window", "Answer Not Remembered"),
                        i18nc("@info %1 a rule of the policy",
                              "The call was answered, but the answer is not remembered: you will be asked again. "
                              "This rule could not be written:\n\n%1",
                              bothEnds(rule, ShownOfRule)),
                        QMessageBox::Close);
    box->setObjectName(u"prompt.notremembered"_s);
    box->setTextFormat(Qt::PlainText);
    if (rule.size() > ShownOfRule) {
        box->setDetailedText(rule);
    }
    box->setInformativeText(i18nc("@info why something failed", "Why: %1", QString::fromStdString(error.text())));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setAttribute(Qt::WA_ShowWithoutActivating);
    box->setWindowModality(Qt::NonModal);
    box->show();
}

} // namespace Bulkhead
