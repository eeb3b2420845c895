// SPDX-License-Identifier: GPL-2.0-or-later
// What the prompt and the tray read, as policyd really writes it, and what they refuse.
#include "manager/policylink/policymessages.h"
#include "manager/policylink/servicewords.h"
#include "qrexec/policyd/promptmessages.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::string_literals;

namespace
{

const QByteArray Ask = QByteArrayLiteral("policy.Ask dom0 name dom0\0");

QByteArray questionText(const QByteArray &targets = R"(["b", "dom0", "@dispvm:dvm"])",
                        const QByteArray &defaultTarget = R"("b")",
                        const QByteArray &source = R"("a")",
                        const QByteArray &service = R"("qubes.Filecopy")",
                        const QByteArray &argument = R"("+x")")
{
    return Ask + R"({"source": )" + source + R"(, "service": )" + service + R"(, "argument": )" + argument
        + R"(, "targets": )" + targets + R"(, "default_target": )" + defaultTarget + R"(, "icons": {}})";
}

} // namespace

class QuestionMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_076_question_isWhatPolicydWrites();
    void qrexec_076_question_others_data();
    void qrexec_076_question_others();
    void qrexec_076_reply_isWhatPolicydReads();
    void qrexec_077_notice_isWhatPolicydWrites();
    void notice_others();
    void ui_148_eachShippedServiceHasASentence();
    void words_nameCallerAndTarget();
};

void QuestionMessagesTest::qrexec_076_question_isWhatPolicydWrites()
{
    Policy::SystemInfo info;
    info.add({.name = "a", .icon = "appvm-red"});
    info.add({.name = "dvm", .isDisposableTemplate = true, .icon = "appvm-red"});
    const Policy::Request request{.source = "relay", .target = "", .service = "qubes.OpenURL", .argument = "+x-1"};
    const std::string text = Qrexec::buildQuestion(
        request,
        "a",
        {.targets = {"b", "dom0", "@dispvm:dvm"}, .defaultTarget = "@dispvm:dvm", .guiDomain = "dom0"},
        {.target = "@dispvm", .options = "user=me autostart=no", .file = "30-user.policy"},
        info);
    const auto question = parseQuestion(QByteArray::fromStdString(text));
    QVERIFY(question);
    QCOMPARE(*question,
             (Question{.source = u"a"_s,
                       .service = u"qubes.OpenURL"_s,
                       .argument = u"x-1"_s,
                       .targets = {u"b"_s, u"dom0"_s, u"@dispvm:dvm"_s},
                       .defaultTarget = u"@dispvm:dvm"_s,
                       .ruleTarget = u"@dispvm"_s,
                       .ruleOptions = u"user=me autostart=no"_s,
                       .ruleFile = u"30-user.policy"_s}));
    for (std::size_t length = 0; length < text.size(); ++length) {
        QVERIFY(!parseQuestion(QByteArray::fromStdString(text.substr(0, length))));
    }
    QVERIFY(!parseQuestion(QByteArray::fromStdString(text + 'x')));
}

void QuestionMessagesTest::qrexec_076_question_others_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("good") << questionText() << true;
    QTest::newRow("no default") << questionText(R"(["b"])", R"("")") << true;
    QTest::newRow("longest argument") << questionText(
        R"(["b"])", R"("b")", R"("a")", R"("s")", QByteArray("\"+") + QByteArray(64'999, 'x') + '"')
                                      << true;
    QTest::newRow("too long an argument")
        << questionText(R"(["b"])", R"("b")", R"("a")", R"("s")", QByteArray("\"+") + QByteArray(65'000, 'x') + '"')
        << false;
    QTest::newRow("no targets") << questionText("[]", R"("")") << false;
    QTest::newRow("target twice") << questionText(R"(["b", "b"])") << false;
    QTest::newRow("target is the source") << questionText(R"(["a", "b"])") << false;
    QTest::newRow("target is a keyword") << questionText(R"(["b", "@anyvm"])") << false;
    QTest::newRow("target with markup") << questionText(R"(["b", "<b>"])") << false;
    QTest::newRow("target is a number") << questionText(R"(["b", 1])") << false;
    QTest::newRow("targets are a text") << questionText(R"("b")") << false;
    QTest::newRow("default is no target") << questionText(R"(["b"])", R"("c")") << false;
    QTest::newRow("source with a line end") << questionText(R"(["b"])", R"("b")", R"("a\nb")") << false;
    QTest::newRow("source in another script") << questionText(R"(["b"])", R"("b")", "\"w\xd0\xberk\"") << false;
    QTest::newRow("no service") << questionText(R"(["b"])", R"("b")", R"("a")", R"("")") << false;
    QTest::newRow("service with markup") << questionText(R"(["b"])", R"("b")", R"("a")", R"("<img>")") << false;
    QTest::newRow("argument without plus") << questionText(R"(["b"])", R"("b")", R"("a")", R"("s")", R"("x")") << false;
    QTest::newRow("argument with direction marks")
        << questionText(R"(["b"])", R"("b")", R"("a")", R"("s")", R"("+\u202e")") << false;
    QTest::newRow("other descriptor") << questionText().replace("policy.Ask", "policy.Asx") << false;
    QTest::newRow("other caller") << questionText().replace("Ask dom0", "Ask work") << false;
    QTest::newRow("key missing") << questionText().replace(R"(, "icons": {})", "") << false;
    QTest::newRow("key more") << questionText().replace(R"("icons": {})", R"("icons": {}, "x": 1)") << false;
    QTest::newRow("icons are a list") << questionText().replace(R"("icons": {})", R"("icons": [])") << false;
    const auto withRule = [](const QByteArray &parts) {
        const QByteArray more = R"("icons": {}, )" + parts;
        return questionText().replace(R"("icons": {})", more);
    };
    QTest::newRow("with a rule's parts") << withRule(
        R"("rule_target": "@dispvm:dvm", "rule_options": "user=a-b autostart=no")")
                                         << true;
    QTest::newRow("a rule's file") << withRule(
        R"("rule_target": "b", "rule_options": "", "rule_file": "05-a_b.policy")")
                                   << true;
    QTest::newRow("a rule's file with markup")
        << withRule(R"("rule_target": "b", "rule_options": "", "rule_file": "<b>")") << false;
    QTest::newRow("a rule's file that is a number")
        << withRule(R"("rule_target": "b", "rule_options": "", "rule_file": 5)") << false;
    QTest::newRow("half of a rule") << withRule(R"("rule_target": "b")") << false;
    QTest::newRow("a rule's target with a blank")
        << withRule(R"("rule_target": "b allow", "rule_options": "")") << false;
    QTest::newRow("a rule without a target") << withRule(R"("rule_target": "", "rule_options": "")") << false;
    QTest::newRow("a rule's option of ours") << withRule(R"("rule_target": "b", "rule_options": "target=c")") << false;
    QTest::newRow("two lines of options")
        << withRule(R"("rule_target": "b", "rule_options": "user=a\n* * * * allow")") << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("no JSON") << QByteArray(Ask + "hello") << false;
}

void QuestionMessagesTest::qrexec_076_question_others()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isAccepted);
    QCOMPARE(parseQuestion(text).has_value(), isAccepted);
}

void QuestionMessagesTest::qrexec_076_reply_isWhatPolicydReads()
{
    for (const QString &target : {u"b"_s, u"dom0"_s, u"@dispvm:dvm"_s}) {
        const auto chosen = Qrexec::parsePromptReply(allowReply(target).toStdString());
        QVERIFY(chosen);
        QCOMPARE(QString::fromStdString(chosen->value_or("")), target);
    }
    QCOMPARE(Qrexec::parsePromptReply(denyReply().toStdString()).value_or("x"s), std::optional<std::string>());
}

void QuestionMessagesTest::qrexec_077_notice_isWhatPolicydWrites()
{
    const Policy::Request request{.source = "a", .target = "@default", .service = "s", .argument = "+x"};
    const auto denied = parsePolicyNotice(QByteArray::fromStdString(
        Qrexec::buildNotice(request, {.outcome = Policy::Denied{.reason = {}}, .source = "a"})));
    QVERIFY(denied);
    QCOMPARE(*denied,
             (PolicyNotice{.resolution = PolicyNotice::Resolution::Denied,
                           .source = u"a"_s,
                           .service = u"s"_s,
                           .argument = u"x"_s,
                           .target = u"@default"_s}));
    Policy::Allowed outcome;
    outcome.target = "b";
    const auto allowed =
        parsePolicyNotice(QByteArray::fromStdString(Qrexec::buildNotice(request, {.outcome = outcome, .source = "a"})));
    QVERIFY(allowed);
    QCOMPARE(allowed->resolution, PolicyNotice::Resolution::Allowed);
    QCOMPARE(allowed->target, u"b"_s);
}

void QuestionMessagesTest::notice_others()
{
    const QByteArray good = QByteArrayLiteral("policy.Notify dom0 name dom0\0")
        + R"({"resolution": "deny", "service": "s", "argument": "+", "source": "a", "target": ""})";
    QVERIFY(parsePolicyNotice(good));
    QVERIFY(parsePolicyNotice(QByteArray(good).replace("deny", "fail")));
    QVERIFY(!parsePolicyNotice(QByteArray(good).replace("deny", "else")));
    QVERIFY(!parsePolicyNotice(QByteArray(good).replace(R"("a")", R"("a b")")));
    QVERIFY(!parsePolicyNotice(QByteArray(good).replace(R"("target": "")", R"("target": "<b>")")));
    QVERIFY(!parsePolicyNotice(QByteArray(good).replace("Notify", "Ask")));
    QVERIFY(!parsePolicyNotice(questionText()));
}

void QuestionMessagesTest::ui_148_eachShippedServiceHasASentence()
{
    const QDir folder(QStringLiteral(POLICY_DIRECTORY));
    const QRegularExpression rule(u"^(?:!include-service +)?((?:qubes|admin|policy)\\.[A-Za-z.]+)"_s,
                                  QRegularExpression::MultilineOption);
    QSet<QString> services;
    for (const QString &name : folder.entryList(QDir::Files) + QStringList(u"include/admin-global-rwx"_s)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QString text = QString::fromUtf8(file.readAll());
        for (auto match = rule.globalMatch(text); match.hasNext();) {
            services.insert(match.next().captured(1));
        }
    }
    QVERIFY(services.size() > 100);
    QVERIFY(services.contains(u"qubes.Filecopy"_s));
    for (const QString &service : std::as_const(services)) {
        const ServiceWords words = wordsFor(service, u"work"_s, u"vault"_s);
        QVERIFY2(words.isKnown, qPrintable(service));
        QVERIFY2(words.request.contains(u"work"_s), qPrintable(service));
        QVERIFY2(!words.request.contains(service), qPrintable(service));
    }
}

void QuestionMessagesTest::words_nameCallerAndTarget()
{
    const ServiceWords copy = wordsFor(u"qubes.Filecopy"_s, u"work"_s, u"vault"_s);
    QCOMPARE(copy.request, u"work wants to copy files to another qube."_s);
    QCOMPARE(copy.meaning,
             u"work may put files into the folder QubesIncoming/work of vault, this once. It sees nothing of vault."_s);
    QVERIFY(!copy.isStrong);
    QVERIFY(wordsFor(u"qubes.VMShell"_s, u"work"_s, u"vault"_s).isStrong);
    const ServiceWords unknown = wordsFor(u"my.Service"_s, u"work"_s, {});
    QVERIFY(!unknown.isKnown);
    QCOMPARE(unknown.request, u"work wants to use “my.Service” (unknown service)."_s);
    QVERIFY(unknown.meaning.contains(u"the chosen qube"_s));
    QCOMPARE(denialOf(u"qubes.Filecopy"_s, u"work"_s, u"vault"_s), u"work may not copy files to vault."_s);
    QCOMPARE(denialOf(u"my.Service"_s, u"work"_s, u"vault"_s), u"work may not use “my.Service”."_s);
    QCOMPARE(targetWord(u"@dispvm:dvm"_s), u"new disposable (dvm)"_s);
    QCOMPARE(targetWord(u"vault"_s), u"vault"_s);
}

QTEST_GUILESS_MAIN(QuestionMessagesTest)

#include "questionmessagestest.moc"
