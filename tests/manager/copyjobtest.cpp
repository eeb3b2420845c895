// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/copyjob.h"

#include "clipboard/files/copystatus.h"
#include "manager/models/untrustedtext.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/types.h>

#include <csignal>
#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class CopyJobTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void start_handsTheFilesOverAsWords();
    void progress_isOfTheFilesSizes();
    void progress_ofAFolderHasNoTotal();
    void progress_thatIsNoneIsPassedOver();
    void question_mayNameAnotherQube();
    void failure_isSaidInWords_data();
    void failure_isSaidInWords();
    void failure_saysTheLastLineAndNoMore();
    void failure_ofAMissingProgram();
    void cancelled_thereIsNoFailure();
    void kill_endsTheProgram();
    void kill_beforeItBeganRunsNothing();

private:
    [[nodiscard]] QString path(const QString &name) const
    {
        return m_directory->filePath(name);
    }

    [[nodiscard]] QString file(const QString &name, const QByteArray &content, bool isProgram = false) const;
    /// Begins a job whose program does what the script says.
    void begin(const QByteArray &script, const QStringList &paths);
    void run(const QByteArray &script, const QStringList &paths);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<CopyJob> m_job;
    std::unique_ptr<QSignalSpy> m_ended;
};

void CopyJobTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void CopyJobTest::cleanup()
{
    m_ended.reset();
    m_job.reset();
    m_directory.reset();
}

QString CopyJobTest::file(const QString &name, const QByteArray &content, bool isProgram) const
{
    QFile file(path(name));
    if (file.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        file.write(content);
        if (isProgram) {
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
    }
    return file.fileName();
}

void CopyJobTest::begin(const QByteArray &script, const QStringList &paths)
{
    m_job = std::make_unique<CopyJob>(file(u"program"_s, "#!/bin/sh\n" + script, true), u"work"_s, paths);
    m_job->setAutoDelete(false);
    m_ended = std::make_unique<QSignalSpy>(m_job.get(), &KJob::result);
    m_job->start();
}

void CopyJobTest::run(const QByteArray &script, const QStringList &paths)
{
    begin(script, paths);
    QTRY_COMPARE(m_ended->size(), 1);
}

void CopyJobTest::start_handsTheFilesOverAsWords()
{
    const QString odd = file(u"-a $HOME\n\"b\"; touch c"_s, "x");
    const QByteArray seen = path(u"seen"_s).toLocal8Bit();
    run("printf '%s|' \"$@\" > " + seen + "\n", {odd, path(u"b"_s)});
    QCOMPARE(m_job->error(), int{KJob::NoError});
    QFile file(path(u"seen"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(file.readAll()),
             u"--without-progress|--progress-fd=1|--by-policy|work|--|%1|%2|"_s.arg(odd, path(u"b"_s)));
}

void CopyJobTest::progress_isOfTheFilesSizes()
{
    const QStringList files{file(u"a"_s, QByteArray(60, 'a')), file(u"b"_s, QByteArray(40, 'b'))};
    const QByteArray pipe = path(u"go"_s).toLocal8Bit(); // at which the program waits until somebody writes there
    QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
    begin("echo 0; echo 25; read line < " + pipe + "; echo 10; echo 40000\n", files);
    QSignalSpy titles(m_job.get(), &KJob::description);
    QTRY_COMPARE(m_job->percent(), 25UL);
    QCOMPARE(m_job->totalAmount(KJob::Bytes), 100ULL);
    QCOMPARE(titles.size(), 1);
    QFile go(path(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    go.write("\n");
    go.close();
    QTRY_COMPARE(m_ended->size(), 1);
    QCOMPARE(m_job->error(), int{KJob::NoError});
    QCOMPARE(m_job->processedAmount(KJob::Bytes), 100ULL); // neither back nor beyond the end
}

void CopyJobTest::progress_ofAFolderHasNoTotal()
{
    run("echo 15000000\n", {m_directory->path(), file(u"a"_s, "a")});
    QCOMPARE(m_job->totalAmount(KJob::Bytes), 0ULL);
    QCOMPARE(m_job->processedAmount(KJob::Bytes), 15'000'000ULL);
}

void CopyJobTest::progress_thatIsNoneIsPassedOver()
{
    run("echo to; echo 'askings'; echo refuse; echo 7; echo -9; echo 1e9; echo; echo 99999999999999999999; printf "
        "'12\\0003\\n'\n"
        "head -c 3000000 /dev/zero | tr '\\0' 7; echo\n"
        "yes 'sent 9/9 KB' | head -n 300000\n"
        "echo 42; printf 77\n",
        {m_directory->path()});
    QCOMPARE(m_job->error(), int{KJob::NoError});
    QCOMPARE(m_job->processedAmount(KJob::Bytes), 42ULL);
    QCOMPARE(m_job->qube(), u"work"_s);
    QVERIFY(!m_job->isAsking());
}

void CopyJobTest::question_mayNameAnotherQube()
{
    const QByteArray pipe = path(u"go"_s).toLocal8Bit(); // at which the program waits until somebody writes there
    QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
    begin("echo asking; read line < " + pipe + "; echo to personal; echo 3\n", {path(u"a"_s)});
    QTRY_VERIFY(m_job->isAsking());
    QCOMPARE(m_job->qube(), u"work"_s);
    QFile go(path(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    go.write("\n");
    go.close();
    QTRY_COMPARE(m_ended->size(), 1);
    QVERIFY(!m_job->isAsking());
    QCOMPARE(m_job->qube(), u"personal"_s);
}

void CopyJobTest::failure_isSaidInWords_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("words");
    const auto ends = [](int status) {
        return QByteArray("exit " + QByteArray::number(status) + '\n');
    };
    QTest::newRow("refused") << ends(FileCopy::StatusRefused) << u"The policy refused it, or work did."_s;
    QTest::newRow("refused by a rule") << QByteArray("echo 'refused /etc/qubes/policy.d/30-user.policy:7'; "
                                                     + ends(FileCopy::StatusRefused))
                                       << u"dom0 may not send files to work: 30-user.policy, line 7."_s;
    QTest::newRow("refused by the person")
        << QByteArray("echo asking; echo 'refused '; " + ends(FileCopy::StatusRefused))
        << u"The answer to the question was no."_s;
    QTest::newRow("no service") << ends(FileCopy::StatusNoService) << u"work cannot receive files."_s;
    QTest::newRow("exists") << ends(FileCopy::StatusExists)
                            << u"QubesIncoming/dom0 has something of that name already. Rename it there or here."_s;
    QTest::newRow("exists, and which")
        << QByteArray("echo 'a.txt: it is there' >&2; " + ends(FileCopy::StatusExists))
        << u"QubesIncoming/dom0 has something of that name already. Rename it there or here. (a.txt: it is there)"_s;
    QTest::newRow("something else") << QByteArray("printf 'one\\n<b>the \\033disk\\n\\n' >&2; exit 1\n")
                                    << u"<b>the disk"_s;
    QTest::newRow("silent") << ends(3) << u"The call ended with code 3."_s;
    QTest::newRow("killed") << QByteArray("kill -KILL $$\n") << u"The program that copies files ended unexpectedly."_s;
}

void CopyJobTest::failure_isSaidInWords()
{
    QFETCH(const QByteArray, script);
    QFETCH(const QString, words);
    run(script, {path(u"a"_s)});
    QCOMPARE(m_job->error(), int{KJob::UserDefinedError});
    QCOMPARE(m_job->errorText(), words);
}

void CopyJobTest::failure_saysTheLastLineAndNoMore()
{
    run("yes 'it does not work' | head -n 200000 >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1\n",
        {path(u"a"_s)});
    QCOMPARE(m_job->error(), int{KJob::UserDefinedError});
    QCOMPARE(m_job->errorText().size(), MaxShownText);
    QVERIFY(m_job->errorText().startsWith(u"xxx"_s));
}

void CopyJobTest::failure_ofAMissingProgram()
{
    m_job = std::make_unique<CopyJob>(u"/nonexistent/qvm-copy-to-vm"_s, u"work"_s, QStringList{path(u"a"_s)});
    m_job->setAutoDelete(false);
    QSignalSpy ended(m_job.get(), &KJob::result);
    m_job->start();
    QCOMPARE(ended.size(), 0); // whoever starts it may still want to listen
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(m_job->errorText(), u"The program that copies files is not installed."_s);
}

void CopyJobTest::cancelled_thereIsNoFailure()
{
    run("exit " + QByteArray::number(FileCopy::StatusCancelled) + '\n', {path(u"a"_s)});
    QCOMPARE(m_job->error(), int{KJob::KilledJobError});
}

void CopyJobTest::kill_endsTheProgram()
{
    const QByteArray pid = path(u"pid"_s).toLocal8Bit();
    begin("echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; echo 5; exec yes nonsense\n",
          {m_directory->path()});
    QTRY_COMPARE(m_job->processedAmount(KJob::Bytes), 5ULL);
    QFile file(path(u"pid"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto process = static_cast<pid_t>(file.readAll().trimmed().toLong());
    QVERIFY(process > 1);
    QVERIFY(m_job->kill(KJob::EmitResult));
    QCOMPARE(m_ended->size(), 1); // at once
    QCOMPARE(m_job->error(), int{KJob::KilledJobError});
    m_job.reset();
    QTRY_VERIFY(::kill(process, 0) != 0);
}

void CopyJobTest::kill_beforeItBeganRunsNothing()
{
    begin(": > " + path(u"ran"_s).toLocal8Bit() + "\n", {path(u"a"_s)});
    QVERIFY(m_job->kill(KJob::EmitResult));
    QCoreApplication::processEvents();
    QVERIFY(!QFile::exists(path(u"ran"_s)));
    QCOMPARE(m_ended->size(), 1);
}

QTEST_GUILESS_MAIN(CopyJobTest)

#include "copyjobtest.moc"
