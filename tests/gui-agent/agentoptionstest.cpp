// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/options.h"

#include <QTest>

#include <vector>

using namespace Bulkhead;
using GuiAgent::parseOptions;

class AgentOptionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothing_meansDom0();
    void everything_isTaken();
    void mistakes_areRefused_data();
    void mistakes_areRefused();
};

void AgentOptionsTest::nothing_meansDom0()
{
    const auto options = parseOptions({});
    QVERIFY(options);
    QCOMPARE(options->daemon, Dom0);
    QCOMPARE(options->transport, std::string("auto"));
    QVERIFY(!options->readyFd);
}

void AgentOptionsTest::everything_isTaken()
{
    const std::vector<const char *> arguments{"--daemon-domid", "12", "--transport", "socket", "--ready-fd", "3"};
    const auto options = parseOptions(arguments);
    QVERIFY(options);
    QCOMPARE(options->daemon, DomId{12});
    QCOMPARE(options->transport, std::string("socket"));
    QCOMPARE(options->readyFd, std::optional(3));
}

void AgentOptionsTest::mistakes_areRefused_data()
{
    QTest::addColumn<QList<QByteArray>>("arguments");
    QTest::newRow("unknown") << QList<QByteArray>{"--colour", "red"};
    QTest::newRow("no value") << QList<QByteArray>{"--daemon-domid"};
    QTest::newRow("no number") << QList<QByteArray>{"--daemon-domid", "1x"};
    QTest::newRow("no domain") << QList<QByteArray>{"--daemon-domid", "32752"};
    QTest::newRow("standard output") << QList<QByteArray>{"--ready-fd", "1"};
}

void AgentOptionsTest::mistakes_areRefused()
{
    QFETCH(QList<QByteArray>, arguments);
    std::vector<const char *> raw;
    for (const QByteArray &argument : arguments) {
        raw.push_back(argument.constData());
    }
    const auto options = parseOptions(raw);
    QVERIFY(!options);
    QCOMPARE(options.error().code, Errc::BadValue);
}

QTEST_GUILESS_MAIN(AgentOptionsTest)
#include "agentoptionstest.moc"
