// SPDX-License-Identifier: GPL-2.0-or-later
// Against a program that answers calls about policy files as the real one does.
#include "manager/policylink/policyfileclient.h"

#include "manager/policylink/policysocket.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

QByteArray withKind(char kind, const QByteArray &text)
{
    return QByteArray(1, kind) + '\0' + text;
}

/// Keeps one file, and what was asked.
class FakeAdministration
{
public:
    explicit FakeAdministration(const QString &path)
        : m_socket({.own = path, .policyd = path}, MaxText, [this](const std::unique_ptr<PolicyPeer> &peer) {
            peer->answer(answer(peer->text()));
        })
    {
        isListening = m_socket.listen().has_value();
    }

    bool isListening = false;
    std::optional<QByteArray> content;
    QByteArray token = "sha256:aa";
    QByteArray refusal;  ///< of every change
    QByteArray nonsense; ///< in the place of every answer
    QList<QByteArray> heads;

private:
    QByteArray answer(const QByteArray &request)
    {
        const qsizetype end = request.indexOf('\0');
        heads << request.first(end);
        if (!nonsense.isEmpty()) {
            return nonsense;
        }
        const QByteArray payload = request.sliced(end + 1);
        if (heads.last().startsWith("policy.Get")) {
            return content ? withKind('0', token + '\n' + *content)
                           : withKind('1', "PolicyAdminFileNotFoundException there is none");
        }
        if (!refusal.isEmpty()) {
            return withKind('1', refusal);
        }
        const qsizetype line = payload.indexOf('\n');
        if (payload.first(line) != (content ? token : QByteArray("new"))) {
            return withKind('1', "PolicyAdminTokenException it has changed");
        }
        content = payload.sliced(line + 1);
        return withKind('0', {});
    }

    static constexpr qsizetype MaxText = 65536;

    PolicySocket m_socket;
};

} // namespace

class PolicyFileClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ui_144_lineIsAdded();
    void file_isMadeWithItsHead();
    void sameLine_isNotAddedTwice();
    void lastLineWithoutAnEnd_staysALineOfItsOwn();
    void manyAtOnce_areAllThere();
    void refusal_isTold();
    void regress_answerOfNoKindIsNone();
    void nobodyThere_isTold();

private:
    void add(const QString &line);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakeAdministration> m_administration;
    std::unique_ptr<PolicyFileClient> m_client;
    QList<Result<void>> m_results;
};

void PolicyFileClientTest::init()
{
    m_results.clear();
    m_folder = std::make_unique<QTemporaryDir>();
    m_administration = std::make_unique<FakeAdministration>(m_folder->filePath(u"socket"_s));
    QVERIFY(m_administration->isListening);
    m_client = std::make_unique<PolicyFileClient>(m_folder->filePath(u"socket"_s), u"29-answers"_s);
}

void PolicyFileClientTest::cleanup()
{
    m_client.reset();
    m_administration.reset();
}

void PolicyFileClientTest::add(const QString &line)
{
    m_client->addLine(line, u"# head\n"_s, [this](const Result<void> &result) {
        m_results << result;
    });
}

void PolicyFileClientTest::ui_144_lineIsAdded()
{
    m_administration->content = "# mine\na + b c deny\n";
    add(u"d + e f allow"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QVERIFY(m_results.first());
    QCOMPARE(*m_administration->content, "# mine\na + b c deny\nd + e f allow\n");
    QCOMPARE(m_administration->heads,
             (QList<QByteArray>{"policy.Get+29-answers dom0 keyword adminvm",
                                "policy.Replace+29-answers dom0 keyword adminvm"}));
}

void PolicyFileClientTest::file_isMadeWithItsHead()
{
    add(u"d + e f allow"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QVERIFY(m_results.first());
    QCOMPARE(*m_administration->content, "# head\nd + e f allow\n");
}

void PolicyFileClientTest::sameLine_isNotAddedTwice()
{
    m_administration->content = "d + e f allow\n";
    add(u"d + e f allow"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QVERIFY(m_results.first());
    QCOMPARE(*m_administration->content, "d + e f allow\n");
}

void PolicyFileClientTest::lastLineWithoutAnEnd_staysALineOfItsOwn()
{
    m_administration->content = "a + b c deny";
    add(u"d + e f allow"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QCOMPARE(*m_administration->content, "a + b c deny\nd + e f allow\n");
}

void PolicyFileClientTest::manyAtOnce_areAllThere()
{
    for (const char name : {'a', 'b', 'c'}) {
        add(u"%1 + e f allow"_s.arg(QLatin1Char(name)));
    }
    QTRY_COMPARE(m_results.size(), 3);
    QCOMPARE(*m_administration->content, "# head\na + e f allow\nb + e f allow\nc + e f allow\n");
}

void PolicyFileClientTest::refusal_isTold()
{
    m_administration->content = "";
    m_administration->refusal = "PolicyAdminSyntaxException line 1";
    add(u"no rule"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QVERIFY(!m_results.first());
    QCOMPARE(m_results.first().error().code, Errc::Refused);
    QCOMPARE(m_results.first().error().text(), std::string("line 1")); // for a person, without the word for programs
    QCOMPARE(*m_administration->content, "");
}

void PolicyFileClientTest::regress_answerOfNoKindIsNone()
{
    for (const QByteArray &answer : {withKind('7', "done"), QByteArray("0done"), QByteArray("0")}) {
        m_administration->nonsense = answer;
        m_results.clear();
        add(u"d + e f allow"_s);
        QTRY_COMPARE(m_results.size(), 1);
        QVERIFY(!m_results.first());
        QCOMPARE(m_results.first().error().code, Errc::BadField);
    }
}

void PolicyFileClientTest::nobodyThere_isTold()
{
    m_administration.reset();
    add(u"d + e f allow"_s);
    QTRY_COMPARE(m_results.size(), 1);
    QVERIFY(!m_results.first());
    QCOMPARE(m_results.first().error().code, Errc::Io);
}

QTEST_GUILESS_MAIN(PolicyFileClientTest)

#include "policyfileclienttest.moc"
