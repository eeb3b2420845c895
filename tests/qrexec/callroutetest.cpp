// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/callroute.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead::Qrexec;

class CallRouteTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_054_sessionRunsOnlyWhatIsAllowed_data()
    {
        QTest::addColumn<QByteArray>("configuration");
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("user"); // whose session may run it; empty: none
        QTest::addColumn<bool>("waits");
        const QByteArray none;
        const QByteArray call("work:QUBESRPC test.Service+a dom0");
        QTest::newRow("a service") << none << call << QByteArray("work") << false;
        QTest::newRow("a shell's line") << none << QByteArray("work:ls -l") << QByteArray("work") << false;
        QTest::newRow("an empty line") << none << QByteArray("work:") << QByteArray("work") << false;
        QTest::newRow("not in the session")
            << none << QByteArray("work:nogui:QUBESRPC test.Service dom0") << none << false;
        QTest::newRow("a line not in the session") << none << QByteArray("work:nogui:ls") << none << false;
        QTest::newRow("no descriptor") << QByteArray("skip-service-descriptor = true\n") << call << none << false;
        QTest::newRow("ends with the caller") << QByteArray("exit-on-client-eof = true\n") << call << none << false;
        QTest::newRow("ends with the service") << QByteArray("exit-on-service-eof = true\n") << call << none << false;
        QTest::newRow("none of these") << QByteArray("exit-on-service-eof = false\n") << call << QByteArray("work")
                                       << false;
        QTest::newRow("another user") << QByteArray("force-user = 'root'\n") << call << QByteArray("root") << false;
        QTest::newRow("waits") << QByteArray("wait-for-session = true\n") << call << QByteArray("work") << true;
        QTest::newRow("waits, ends with the caller")
            << QByteArray("wait-for-session = true\nexit-on-client-eof = true\n") << call << none << true;
        QTest::newRow("malformed configuration") << QByteArray("force-user = root\n") << call << none << false;
        QTest::newRow("malformed command") << none << QByteArray("work:QUBESRPC test.Service") << none << false;
        QTest::newRow("no user") << none << QByteArray("ls") << none << false;
    }

    void qrexec_054_sessionRunsOnlyWhatIsAllowed()
    {
        QFETCH(QByteArray, configuration);
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, user);
        QFETCH(bool, waits);
        const QTemporaryDir directory;
        if (!configuration.isEmpty()) {
            QFile file(directory.filePath(QStringLiteral("test.Service")));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(configuration) == configuration.size());
        }
        const CallRoute route = routeOf(command.toStdString(), {directory.path().toStdString()});
        QCOMPARE(QByteArray::fromStdString(route.sessionUser.value_or("")), user);
        QCOMPARE(route.waitsForSession, waits);
    }
};

QTEST_GUILESS_MAIN(CallRouteTest)
#include "callroutetest.moc"
