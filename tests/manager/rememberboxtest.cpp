// SPDX-License-Identifier: GPL-2.0-or-later
// Remembered answers: the rules that they become, the box that shows these, and the memory of this run.
#include "manager/prompt/rememberbox.h"

#include "manager/policylink/answerrule.h"
#include "manager/prompt/answermemory.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

Question questionOf(const QString &ruleTarget = u"@default"_s, const QString &options = {})
{
    return {.source = u"work"_s,
            .service = u"qubes.Filecopy"_s,
            .argument = {},
            .targets = {u"personal"_s, u"vault"_s, u"dom0"_s, u"@dispvm:web"_s},
            .defaultTarget = {},
            .ruleTarget = ruleTarget,
            .ruleOptions = options};
}

} // namespace

class RememberBoxTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ui_144_rulesSayJustTheQuestion();
    void ui_144_noRuleForWhatCannotBeSaid();
    void ui_144_rulesAreShownFirst();
    void ui_144_alwaysOnlyWhereItHolds_data();
    void ui_144_alwaysOnlyWhereItHolds();
    void box_isOffAtEachQuestion();
    void box_isAwayWithoutARule();
    void memory_answersTheSameCallOnly();
    void memory_answersWhatPolicyOffers();
    void S_134_memoryForgetsQubesThatGo();
};

void RememberBoxTest::ui_144_rulesSayJustTheQuestion()
{
    Question question = questionOf();
    QCOMPARE(allowRule(question, u"personal"_s), u"qubes.Filecopy + work @default allow target=personal"_s);
    QCOMPARE(denyRule(question), u"qubes.Filecopy + work @default deny"_s);
    question.argument = u"a+b"_s;
    question.ruleTarget = u"vault"_s;
    question.ruleOptions = u"user=me autostart=no"_s;
    QCOMPARE(allowRule(question, u"@dispvm:web"_s),
             u"qubes.Filecopy +a+b work vault allow target=@dispvm:web user=me autostart=no"_s);
    QCOMPARE(denyRule(question), u"qubes.Filecopy +a+b work vault deny"_s);
}

void RememberBoxTest::ui_144_noRuleForWhatCannotBeSaid()
{
    QVERIFY2(allowRule(questionOf({}), u"personal"_s).isEmpty(), "it is not told whom the caller named");
    QVERIFY(denyRule(questionOf({})).isEmpty());
    QVERIFY2(allowRule(questionOf(), u"dom0"_s).isEmpty(), "dom0 is not opened in passing");
    QVERIFY2(allowRule(questionOf(), u"untrusted"_s).isEmpty(), "the policy does not offer it");
    QVERIFY(allowRule(questionOf(), {}).isEmpty());
}

void RememberBoxTest::ui_144_rulesAreShownFirst()
{
    RememberBox box(nullptr);
    box.setQuestion(questionOf());
    box.show();
    auto *rules = box.findChild<QPlainTextEdit *>();
    QVERIFY(!rules->isVisible());
    QCOMPARE(box.termOfDeny(), Term::Once);
    QSignalSpy changes(&box, &RememberBox::termChanged);
    QSignalSpy sizes(&box, &RememberBox::resized);
    box.findChild<QCheckBox *>()->setChecked(true);
    QVERIFY(rules->isVisible());
    QCOMPARE(changes.size(), 1);
    QCOMPARE(sizes.size(), 1);
    QVERIFY(rules->toPlainText().contains(denyRule(questionOf())));
    QCOMPARE(box.termOfAllow(), Term::Once); // nothing is chosen that it could allow
    QCOMPARE(box.termOfDeny(), Term::UntilShutdown);
    box.setTarget(u"personal"_s);
    QVERIFY(rules->toPlainText().contains(allowRule(questionOf(), u"personal"_s)));
    box.findChild<QComboBox *>()->setCurrentIndex(1);
    QCOMPARE(changes.size(), 2);
    QCOMPARE(box.termOfAllow(), Term::Always);
    QCOMPARE(box.termOfDeny(), Term::Always);
    box.setTarget(u"dom0"_s);
    QVERIFY(!rules->toPlainText().contains(u" allow"_s));
    QCOMPARE(box.termOfAllow(), Term::Once);
}

void RememberBoxTest::ui_144_alwaysOnlyWhereItHolds_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isOffered");

    QTest::newRow("a file behind the answers") << u"30-user.policy"_s << true;
    QTest::newRow("the next file in the order of bytes") << u"29-answers.policz"_s << true;
    QTest::newRow("the file of answers itself") << u"29-answers.policy"_s << false;
    QTest::newRow("a longer name that is read before") << u"29-answers-.policy"_s << false;
    QTest::newRow("a file before the answers") << u"05-prompt.policy"_s << false;
    QTest::newRow("policyd does not tell") << QString() << true;
}

void RememberBoxTest::ui_144_alwaysOnlyWhereItHolds()
{
    QFETCH(const QString, file);
    QFETCH(const bool, isOffered);
    Question question = questionOf();
    question.ruleFile = file;
    RememberBox box(nullptr);
    box.setQuestion(question);
    box.setTarget(u"personal"_s);
    box.show();
    box.findChild<QCheckBox *>()->setChecked(true);
    auto *term = box.findChild<QComboBox *>();
    QTest::keyClick(term, Qt::Key_Down);
    QCOMPARE(box.termOfAllow(), isOffered ? Term::Always : Term::UntilShutdown);
    QCOMPARE(box.termOfDeny(), isOffered ? Term::Always : Term::UntilShutdown);
    const QString shown = box.findChild<QPlainTextEdit *>()->toPlainText();
    QCOMPARE(!file.isEmpty() && shown.contains(file), !isOffered);
    QCOMPARE(term->toolTip().isEmpty(), isOffered);
    box.setQuestion(questionOf());
    QVERIFY(term->toolTip().isEmpty());
    QVERIFY(term->model()->flags(term->model()->index(1, 0)).testFlag(Qt::ItemIsEnabled));
}

void RememberBoxTest::box_isOffAtEachQuestion()
{
    RememberBox box(nullptr);
    box.setQuestion(questionOf());
    box.setTarget(u"personal"_s);
    box.findChild<QCheckBox *>()->setChecked(true);
    box.findChild<QComboBox *>()->setCurrentIndex(1);
    box.setQuestion(questionOf(u"vault"_s));
    QVERIFY(!box.findChild<QCheckBox *>()->isChecked());
    QCOMPARE(box.findChild<QComboBox *>()->currentIndex(), 0);
    QCOMPARE(box.termOfAllow(), Term::Once);
    QCOMPARE(box.termOfDeny(), Term::Once);
}

void RememberBoxTest::box_isAwayWithoutARule()
{
    RememberBox box(nullptr);
    box.setQuestion(questionOf({}));
    QVERIFY(box.isHidden());
    QCOMPARE(box.termOfDeny(), Term::Once);
    box.setQuestion(questionOf());
    QVERIFY(!box.isHidden());
}

void RememberBoxTest::memory_answersTheSameCallOnly()
{
    AnswerMemory memory;
    const Question asked = questionOf();
    QCOMPARE(memory.answerTo(asked), std::nullopt);
    memory.remember(asked, u"personal"_s);
    QCOMPARE(memory.answerTo(asked), u"personal"_s);
    Question other = asked;
    other.argument = u"x"_s;
    QCOMPARE(memory.answerTo(other), std::nullopt);
    other = asked;
    other.source = u"vault"_s;
    QCOMPARE(memory.answerTo(other), std::nullopt);
    other = asked;
    other.service = u"qubes.OpenInVM"_s;
    QCOMPARE(memory.answerTo(other), std::nullopt);
    QCOMPARE(memory.answerTo(questionOf(u"vault"_s)), std::nullopt);
    memory.remember(asked, {});
    QCOMPARE(memory.answerTo(asked), QString());
    memory.forget();
    QCOMPARE(memory.size(), 0);
    memory.remember(questionOf({}), u"personal"_s);
    memory.remember(asked, u"dom0"_s);
    QCOMPARE(memory.size(), 0);
}

void RememberBoxTest::memory_answersWhatPolicyOffers()
{
    AnswerMemory memory;
    Question question = questionOf();
    memory.remember(question, u"personal"_s);
    question.targets = {u"vault"_s};
    QCOMPARE(memory.answerTo(question), std::nullopt);
}

void RememberBoxTest::S_134_memoryForgetsQubesThatGo()
{
    for (const QString &name : {u"work"_s, u"vault"_s, u"web"_s}) {
        AnswerMemory memory;
        memory.remember(questionOf(u"vault"_s), u"@dispvm:web"_s);
        memory.forgetQube(u"personal"_s);
        QCOMPARE(memory.size(), 1);
        memory.forgetQube(name);
        QCOMPARE(memory.size(), 0);
    }
    AnswerMemory denials;
    denials.remember(questionOf(u"@dispvm:web"_s), {});
    denials.forgetQube(u"web"_s);
    QCOMPARE(denials.size(), 0);
}

QTEST_MAIN(RememberBoxTest)

#include "rememberboxtest.moc"
