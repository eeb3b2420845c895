// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminclient.h"

#include "manager/client/eventstream.h"
#include "tests/manager/scriptedcore.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace std::chrono_literals;

/// Runs against a real socket: what the client sends, and what it makes of each way an answer can end.
class AdminClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void call_sendsOneRequestAndReadsItsAnswer();
    void call_endsItsRequest();
    void call_readsALongAnswerWhole();
    void call_tellsWhatTheCoreRefused();
    void call_tellsAnEmptyAnswerFromNobodyThere();
    void call_opensAFewConnectionsAtOnce();
    void call_forgetsACallerThatIsGone();
    void stream_connectsAgainAfterTheCoreDied();
    void stream_triesAtOnceWhenAsked();

private:
    AdminResult ask(const AdminCall &call);

    std::unique_ptr<Test::ScriptedCore> m_core;
    std::unique_ptr<AdminClient> m_client;
};

void AdminClientTest::init()
{
    m_core = std::make_unique<Test::ScriptedCore>();
    m_core->listen();
    m_client = std::make_unique<AdminClient>(m_core->path());
}

void AdminClientTest::cleanup()
{
    m_client.reset();
    m_core.reset();
}

AdminResult AdminClientTest::ask(const AdminCall &call)
{
    std::optional<AdminResult> answer;
    m_client->call(call, this, [&answer](AdminResult result) {
        answer = std::move(result);
    });
    const bool isAnswered = QTest::qWaitFor([&answer] {
        return answer.has_value();
    });
    return isAnswered ? *answer : std::unexpected(AdminError{});
}

void AdminClientTest::call_sendsOneRequestAndReadsItsAnswer()
{
    m_core->answer("admin.vm.property.Set+label>work green", Test::success());
    const AdminResult result =
        ask({.method = "admin.vm.property.Set", .destination = "work", .argument = "label", .payload = "green"});
    QVERIFY(result);
    QVERIFY(result->isEmpty());
    QCOMPARE(m_core->requests, QList<QByteArray>{"admin.vm.property.Set+label>work green"});
}

void AdminClientTest::call_endsItsRequest()
{
    // The scripted core acts at the end of a request only, so any answer at all shows that the end was sent.
    m_core->answer("admin.vm.List>dom0", Test::success("x"));
    QCOMPARE(ask(systemCall("admin.vm.List")).value_or("none"), QByteArray("x"));
}

void AdminClientTest::call_readsALongAnswerWhole()
{
    const QByteArray lines(3'000'000, 'q');
    m_core->answer("admin.vm.List>dom0", Test::success(lines));
    QCOMPARE(ask(systemCall("admin.vm.List")).value_or("none").size(), lines.size());
}

void AdminClientTest::call_tellsWhatTheCoreRefused()
{
    m_core->answer("admin.vm.Start>work", Test::exceptionFrame("QubesMemoryError", "Not enough memory to start work."));
    const AdminResult result = ask(qubeCall("admin.vm.Start", QStringLiteral("work")));
    QVERIFY(!result);
    QCOMPARE(result.error().kind, AdminError::Kind::Exception);
    QCOMPARE(result.error().type, QStringLiteral("QubesMemoryError"));
    QCOMPARE(result.error().words, QStringLiteral("Not enough memory to start work."));
}

void AdminClientTest::call_tellsAnEmptyAnswerFromNobodyThere()
{
    QCOMPARE(ask(systemCall("admin.vm.Unknown")).error().kind, AdminError::Kind::NoAnswer);
    m_core->die();
    QCOMPARE(ask(systemCall("admin.vm.List")).error().kind, AdminError::Kind::NotConnected);
}

void AdminClientTest::call_opensAFewConnectionsAtOnce()
{
    constexpr int calls = 100;
    m_core->answer("admin.vm.List>dom0", Test::success());
    int answers = 0;
    for (int i = 0; i < calls; ++i) {
        m_client->call(systemCall("admin.vm.List"), this, [&answers](const AdminResult &result) {
            answers += result ? 1 : 0;
        });
    }
    QTRY_COMPARE(answers, calls);
    QVERIFY2(m_core->mostOpen <= AdminClient::MaxConnections, qPrintable(QString::number(m_core->mostOpen)));
}

void AdminClientTest::call_forgetsACallerThatIsGone()
{
    m_core->answer("admin.vm.List>dom0", Test::success());
    auto caller = std::make_unique<QObject>();
    bool isTold = false;
    m_client->call(systemCall("admin.vm.List"), caller.get(), [&isTold](const AdminResult &) {
        isTold = true;
    });
    caller.reset();
    QVERIFY(ask(systemCall("admin.vm.List"))); // answered after the first one
    QVERIFY(!isTold);
}

void AdminClientTest::stream_connectsAgainAfterTheCoreDied()
{
    EventStream stream(m_core->path());
    stream.setDelays({1ms});
    QSignalSpy established(&stream, &EventStream::established);
    QSignalSpy events(&stream, &EventStream::received);
    QSignalSpy lost(&stream, &EventStream::lost);
    stream.start();
    QTRY_COMPARE(established.size(), 1);
    m_core->sendEvent(Test::eventFrame("work", "domain-start"));
    QTRY_COMPARE(events.size(), 1);
    QCOMPARE(events.first().first().value<AdminEvent>().name, QStringLiteral("domain-start"));

    m_core->die();
    QTRY_VERIFY(lost.size() >= 2); // the end, and at least one attempt in vain
    m_core->listen();
    QTRY_COMPARE(established.size(), 2);
}

void AdminClientTest::stream_triesAtOnceWhenAsked()
{
    m_core->die();
    EventStream stream(m_core->path());
    stream.setDelays({1h});
    QSignalSpy established(&stream, &EventStream::established);
    QSignalSpy lost(&stream, &EventStream::lost);
    stream.start();
    QTRY_COMPARE(lost.size(), 1);
    m_core->listen();
    stream.retryNow();
    QTRY_COMPARE(established.size(), 1);
}

QTEST_GUILESS_MAIN(AdminClientTest)

#include "adminclienttest.moc"
