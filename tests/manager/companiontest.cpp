// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/companion.h"

#include <QFileInfo>
#include <QTest>

#include <csignal>
#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class CompanionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void program_isStartedAgain();
    void program_endsWithTheSession();
    void program_thatIsMissingIsNotTriedAgain();
};

void CompanionTest::program_isStartedAgain()
{
    Companion companion(u"sleep"_s, {u"1000"_s});
    companion.setPauses({.first = 1ms, .longest = 1ms});
    companion.start();
    QTRY_VERIFY(companion.processId() != 0);
    for (int times = 0; times < 3; ++times) {
        const qint64 before = companion.processId();
        QCOMPARE(::kill(static_cast<pid_t>(before), SIGKILL), 0);
        QTRY_VERIFY(companion.processId() != 0 && companion.processId() != before);
    }
}

void CompanionTest::program_endsWithTheSession()
{
    auto companion = std::make_unique<Companion>(u"sleep"_s, QStringList{u"1000"_s});
    companion->start();
    QTRY_VERIFY(companion->processId() != 0);
    const auto process = static_cast<pid_t>(companion->processId());
    companion.reset();
    QVERIFY(::kill(process, 0) != 0);
}

void CompanionTest::program_thatIsMissingIsNotTriedAgain()
{
    QTest::ignoreMessage(QtWarningMsg, "/nowhere/bulkhead-prompt cannot be started; this desktop does without");
    Companion companion(u"/nowhere/bulkhead-prompt"_s);
    companion.setPauses({.first = 0ms, .longest = 0ms});
    companion.start();
    QTRY_COMPARE(companion.processId(), 0);
}

QTEST_GUILESS_MAIN(CompanionTest)

#include "companiontest.moc"
