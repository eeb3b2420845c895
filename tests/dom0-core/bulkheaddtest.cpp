// SPDX-License-Identifier: GPL-2.0-or-later
// The real programs: what is answered is on the disk, and what cannot start says why.
#include "base/fd.h"
#include "dom0-core/cli/adminclient.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>

using namespace Bulkhead;

class BulkheaddTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_049_S_151_answeredChangesSurviveAKill();
    void S_156_secondDaemonOnTheStoreRefuses();
    void S_155_damagedStoreIsExplainedAndKept();
    void sigterm_endsInOrderAndRemovesItsSockets();
    void xenDriver_withoutXenSaysWhatIsMissing();
    void template_isMadeByTheCommand();
    void template_thatCannotBeMadeLeavesNothing();

private:
    void start();
    void killHard();
    [[nodiscard]] QStringList arguments(const QString &run) const;
    [[nodiscard]] std::string
    call(const std::string &service, const std::string &qube, const std::string &payload = {});
    [[nodiscard]] int runTemplate(const QStringList &arguments);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QProcess> m_daemon;
    QByteArray m_said; ///< by bulkhead-template on standard error
};

void BulkheaddTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    for (const char *name : {"run", "run2", "pool"}) {
        QVERIFY(QDir(m_directory->path()).mkdir(QString::fromLatin1(name)));
    }
}

void BulkheaddTest::cleanup()
{
    if (m_daemon) {
        killHard();
    }
    m_directory.reset();
}

QStringList BulkheaddTest::arguments(const QString &run) const
{
    const QString base = m_directory->path() + u'/';
    return {QStringLiteral("--driver"),
            QStringLiteral("fake"),
            QStringLiteral("--run-directory"),
            base + run,
            QStringLiteral("--state-directory"),
            base + QStringLiteral("state"),
            QStringLiteral("--pool-directory"),
            base + QStringLiteral("pool"),
            QStringLiteral("--ready-fd"),
            QStringLiteral("3")};
}

/// Starts the daemon and waits until it says on descriptor 3 that it is ready.
void BulkheaddTest::start()
{
    std::array<int, 2> ready{};
    QCOMPARE(::pipe(ready.data()), 0);
    const UniqueFd readEnd(ready[0]);
    UniqueFd writeEnd(ready[1]);
    m_daemon = std::make_unique<QProcess>();
    m_daemon->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_daemon->setChildProcessModifier([fd = writeEnd.get()] {
        if (::dup2(fd, 3) < 0) {
            ::_exit(127);
        }
    });
    m_daemon->start(QStringLiteral(BULKHEADD_PROGRAM), arguments(QStringLiteral("run")));
    QVERIFY(m_daemon->waitForStarted());
    writeEnd.reset();
    char byte = 0;
    QCOMPARE(::read(readEnd.get(), &byte, 1), 1);
    QCOMPARE(byte, '\n');
}

void BulkheaddTest::killHard()
{
    m_daemon->kill();
    QVERIFY(m_daemon->waitForFinished());
    m_daemon.reset();
}

std::string BulkheaddTest::call(const std::string &service, const std::string &qube, const std::string &payload)
{
    const auto answer = Cli::call(m_directory->path().toStdString() + "/run/qubesd.sock", service, qube, payload);
    return answer ? "0 " + *answer : std::string(nameOf(answer.error().code)) + " " + answer.error().detail;
}

int BulkheaddTest::runTemplate(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(TEMPLATE_PROGRAM),
                  arguments
                      + QStringList{QStringLiteral("--run-directory"), m_directory->path() + QStringLiteral("/run")});
    if (!process.waitForFinished()) {
        return -1;
    }
    m_said = process.readAllStandardError();
    return process.exitCode();
}

void BulkheaddTest::adminapi_049_S_151_answeredChangesSurviveAKill()
{
    start();
    QCOMPARE(call("admin.vm.Create.TemplateVM", "dom0", "name=base label=black"), std::string("0 "));
    killHard();
    start();
    QCOMPARE(call("admin.vm.Create.AppVM+base", "dom0", "name=work label=red"), std::string("0 "));
    QCOMPARE(call("admin.vm.property.Set+memory", "work", "512"), std::string("0 "));
    killHard();
    start();
    QCOMPARE(call("admin.vm.property.Get+memory", "work"), std::string("0 default=False type=int 512"));
    QCOMPARE(call("admin.vm.property.Set+label", "work", "blue"), std::string("0 "));
    killHard();
    start();
    QCOMPARE(call("admin.vm.property.Get+label", "work"), std::string("0 default=False type=label blue"));
    QCOMPARE(call("admin.vm.Remove", "work"), std::string("0 "));
    killHard();
    start();
    QVERIFY(call("admin.vm.List", "work").starts_with("Refused There is no qube work"));
    QVERIFY(call("admin.vm.List", "base").starts_with("0 base class=TemplateVM state=Halted uuid="));
}

void BulkheaddTest::S_156_secondDaemonOnTheStoreRefuses()
{
    start();
    for (const char *run : {"run", "run2"}) {
        QProcess second;
        QStringList options = arguments(QString::fromLatin1(run));
        options.resize(options.size() - 2); // nobody waits for this one
        second.start(QStringLiteral(BULKHEADD_PROGRAM), options);
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), EXIT_FAILURE);
        QVERIFY(second.readAllStandardError().contains("another bulkheadd"));
    }
    QVERIFY(call("admin.vm.List", "dom0").starts_with("0 dom0 "));
}

void BulkheaddTest::S_155_damagedStoreIsExplainedAndKept()
{
    start();
    killHard();
    QFile store(m_directory->path() + QStringLiteral("/state/store.sqlite"));
    QVERIFY(store.resize(10));
    QProcess daemon;
    daemon.start(QStringLiteral(BULKHEADD_PROGRAM), arguments(QStringLiteral("run")).first(8));
    QVERIFY(daemon.waitForFinished());
    QCOMPARE(daemon.exitCode(), EXIT_FAILURE);
    const QByteArray said = daemon.readAllStandardError();
    QVERIFY2(said.contains("is damaged") && said.contains("last-good"), said.constData());
    QCOMPARE(store.size(), 10);
}

void BulkheaddTest::sigterm_endsInOrderAndRemovesItsSockets()
{
    start();
    QVERIFY(QFile::exists(m_directory->path() + QStringLiteral("/run/qubesd.sock")));
    m_daemon->terminate();
    QVERIFY(m_daemon->waitForFinished());
    QCOMPARE(m_daemon->exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_daemon->exitCode(), EXIT_SUCCESS);
    m_daemon.reset();
    for (const char *name : {"qubesd.sock", "qubesd.internal.sock", "qubesd.misc.sock", "bulkhead/core.sock"}) {
        QVERIFY(!QFile::exists(m_directory->path() + QStringLiteral("/run/") + QString::fromLatin1(name)));
    }
}

void BulkheaddTest::xenDriver_withoutXenSaysWhatIsMissing()
{
    if (QFile::exists(QStringLiteral("/dev/xen/privcmd"))) {
        QSKIP("this machine runs Xen");
    }
    QStringList words = arguments(QStringLiteral("run"));
    words[1] = QStringLiteral("xen");
    QProcess daemon;
    daemon.start(QStringLiteral(BULKHEADD_PROGRAM), words);
    QVERIFY(daemon.waitForFinished());
    QCOMPARE(daemon.exitCode(), EXIT_FAILURE);
    const QByteArray said = daemon.readAllStandardError();
    QVERIFY2(said.contains("not started: ") && said.contains("Xen"), said.constData());
    QVERIFY(!QFile::exists(m_directory->path() + QStringLiteral("/run/qubesd.sock")));
}

void BulkheaddTest::template_isMadeByTheCommand()
{
    start();
    const QString root = m_directory->path() + QStringLiteral("/pool");
    QCOMPARE(runTemplate({QStringLiteral("add"), QStringLiteral("base"), root, QStringLiteral("--in-place")}), 0);
    QVERIFY(call("admin.vm.List", "base").starts_with("0 base class=TemplateVM"));
    QCOMPARE(call("admin.vm.feature.Get+qrexec", "base"), std::string("0 1"));
    QCOMPARE(call("admin.vm.feature.Get+gui", "base"), std::string("0 1"));
    QCOMPARE(runTemplate({QStringLiteral("add"), QStringLiteral("copied"), root}), 0);
    QVERIFY(call("admin.vm.List", "copied").starts_with("0 copied class=TemplateVM"));
}

void BulkheaddTest::template_thatCannotBeMadeLeavesNothing()
{
    start();
    const QString root = m_directory->path() + QStringLiteral("/pool");
    QCOMPARE(runTemplate({QStringLiteral("add"), QStringLiteral("base"), QStringLiteral("/no/such/place")}), 1);
    QVERIFY(m_said.contains("is neither a directory nor an image"));
    QCOMPARE(runTemplate({QStringLiteral("add"), QStringLiteral("9a"), root}), 1);
    QVERIFY2(m_said.contains("begins with a letter"), m_said.constData());
    QCOMPARE(runTemplate({QStringLiteral("explode"), QStringLiteral("base")}), 2);
    QCOMPARE(call("admin.vm.List", "dom0"),
             std::string("0 dom0 class=AdminVM state=Running uuid=00000000-0000-0000-0000-000000000000\n"));
}

QTEST_GUILESS_MAIN(BulkheaddTest)
#include "bulkheaddtest.moc"
