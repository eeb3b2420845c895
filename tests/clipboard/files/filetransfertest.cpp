// SPDX-License-Identifier: GPL-2.0-or-later
// Sender and receiver, both as they are shipped, connected as a call would.
#include "tests/clipboard/files/filerig.h"
#include "tests/clipboard/files/playedpolicy.h"

#include <QDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>

using namespace Bulkhead::Test;

namespace
{

struct stat factsOf(const QString &path)
{
    struct stat facts{};
    (void)::lstat(path.toLocal8Bit().constData(), &facts);
    return facts;
}

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, '\0');
    quint32 state = 1;
    for (char &byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

void makeSparse(const QString &path, off_t size)
{
    const int fd = ::open(path.toLocal8Bit().constData(), O_WRONLY | O_CREAT, 0644);
    QVERIFY(fd >= 0 && ::ftruncate(fd, size) == 0);
    QCOMPARE(::pwrite(fd, "begin", 5, 0), 5);
    QCOMPARE(::pwrite(fd, "middle", 6, size / 2), 6);
    ::close(fd);
}

} // namespace

class FileTransferTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_005_sizes_data();
    void filecopy_005_sizes();
    void filecopy_005_fiveGibibytes();
    void filecopy_006_aThousandEntries();
    void zerosBecomeHoles();
    void filecopy_035_everyNameThatAFileSystemHas();
    void filecopy_044_S_113_killOfTheReceiver();
    void filecopy_044_S_113_endOfTheSender_data();
    void filecopy_044_S_113_endOfTheSender();
    void filecopy_046_fromDom0();
    void filecopy_046_dom0DoesNotAsk();
    void fromDom0_startsTheTarget();
    void fromDom0_targetThatDoesNotStartGetsNothing();
    void fromDom0_byPolicy_data();
    void fromDom0_byPolicy();
    void fromDom0_withoutAnybodyToAskNothingGoes();
    void retried_doublesNothing();

private:
    std::unique_ptr<FileRig> m_rig;
    QByteArray m_said;
};

void FileTransferTest::init()
{
    ::umask(022);
    m_rig = std::make_unique<FileRig>();
}

void FileTransferTest::filecopy_005_sizes_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 4095, 4096, 4097, 262143, 262144, 262145, 1048576, 3000000}) {
        QTest::addRow("%d bytes", size) << size;
    }
}

void FileTransferTest::filecopy_005_sizes()
{
    QFETCH(int, size);
    FileRig::write(m_rig->source("f"), noise(size));
    QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
    QVERIFY(FileRig::read(m_rig->received("f")) == noise(size));
}

void FileTransferTest::filecopy_005_fiveGibibytes()
{
    constexpr off_t Size = off_t{5} << 30;
    makeSparse(m_rig->source("f"), Size);
    const auto sender = m_rig->startSender("qvm-copy", {"f"});
    QVERIFY(sender->waitForFinished(240000));
    QCOMPARE(sender->readAllStandardError(), QByteArray(""));
    const struct stat facts = factsOf(m_rig->received("f"));
    QCOMPARE(facts.st_size, Size);
    QVERIFY(facts.st_blocks < 1000); // the holes are holes again
    QFile arrived(m_rig->received("f"));
    QVERIFY(arrived.open(QIODevice::ReadOnly) && arrived.read(5) == "begin");
    QVERIFY(arrived.seek(Size / 2) && arrived.read(6) == "middle");
}

void FileTransferTest::filecopy_006_aThousandEntries()
{
    QCOMPARE(
        m_rig->shell("for d in $(seq 20); do mkdir -p t/$d/inner; for f in $(seq 45); do echo $d $f >t/$d/f$f; done;"
                     " ln -s f1 t/$d/link; chmod 750 t/$d/f1; touch -d @1500000$((100 + d)).123456789 t/$d/f2; done;"
                     " touch -d @1400000000.5 t/3; chmod 555 t/4"),
        QByteArray(""));
    QCOMPARE(m_rig->send("qvm-copy", {"t"}), 0);
    QCOMPARE(m_rig->shell("cd ..; diff -r --no-dereference sources/t home/QubesIncoming/work/t &&"
                          " cmp <(cd sources && find t ! -type l -printf '%P %m %T@\\n' | sort)"
                          " <(cd home/QubesIncoming/work && find t ! -type l -printf '%P %m %T@\\n' | sort)"),
             QByteArray(""));
}

void FileTransferTest::zerosBecomeHoles()
{
    // Zeros at the beginning, in the middle, at the end, and borders that are none of a block.
    QByteArray content(4 << 20, '\0');
    content.replace((1 << 20) + 100, 5000, noise(5000));
    content[2 << 20] = 'x';
    for (const qsizetype size : {content.size(), content.size() - 1, qsizetype{(2 << 20) + 1}}) {
        FileRig::write(m_rig->source("f"), content.left(size));
        QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
        QVERIFY(FileRig::read(m_rig->received("f")) == content.left(size));
        QVERIFY(factsOf(m_rig->received("f")).st_blocks < 200);
        QVERIFY(QFile::remove(m_rig->received("f")));
    }
}

void FileTransferTest::filecopy_035_everyNameThatAFileSystemHas()
{
    m_rig->makeDirectory("sources/d");
    const QByteArray folder = m_rig->source("d/").toLocal8Bit();
    const QByteArrayList names{
        "new\nline", "\x01\x1B[2J\x7F", "\xFF\xFE\x80", QByteArray(255, 'n'), " ", "-rf", "a\\b\"'$`"};
    for (const QByteArray &name : names) {
        const int fd = ::open(QByteArray(folder + name).constData(), O_WRONLY | O_CREAT | O_EXCL, 0600);
        QVERIFY(fd >= 0);
        ::close(fd);
    }
    QCOMPARE(m_rig->send("qvm-move", {"d"}, &m_said), 0);
    for (const QByteArray &name : names) {
        QCOMPARE(::access(QByteArray(m_rig->received("d/").toLocal8Bit() + name).constData(), F_OK), 0);
    }
    QVERIFY(QDir(m_rig->path("sources")).isEmpty());
}

void FileTransferTest::filecopy_044_S_113_killOfTheReceiver()
{
    FileRig::write(m_rig->source("f"), noise(3000000));
    for (const char *bytes : {"1", "20", "100", "2000000", "3000040"}) {
        m_rig->setCall(
            QByteArray("mkfifo \"$RIG/pipe\"; (receive <\"$RIG/pipe\") & exec 4>\"$RIG/pipe\"; rm \"$RIG/pipe\"\n"
                       "head -c ")
            + bytes + " >&4; kill -9 $!; exit 137\n");
        QVERIFY(m_rig->send("qvm-move", {"f"}, &m_said) != 0);
        QVERIFY(FileRig::read(m_rig->source("f")) == noise(3000000));
        QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    }
    m_rig->setCall("receive\n");
    QCOMPARE(m_rig->send("qvm-move", {"f"}), 0);
    QVERIFY(FileRig::read(m_rig->received("f")) == noise(3000000));
    QVERIFY(!QFile::exists(m_rig->source("f")));
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileTransferTest::filecopy_044_S_113_endOfTheSender_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("Ctrl+C") << SIGINT;
    QTest::newRow("asked to end") << SIGTERM;
    QTest::newRow("killed") << SIGKILL;
}

void FileTransferTest::filecopy_044_S_113_endOfTheSender()
{
    QFETCH(int, signal);
    FileRig::write(m_rig->source("f"), noise(8000000));
    m_rig->setCall("trap '' INT\n"
                   "{ head -c 1000000; : >\"$RIG/begun\"; until [ -e \"$RIG/go\" ]; do sleep 0.01; done; cat; } |"
                   " { (receive); echo $? >\"$RIG/ended\"; }\n");
    const auto sender = m_rig->startSender("qvm-move", {"f"});
    QVERIFY(eventually([&] {
        return QFile::exists(m_rig->path("begun"));
    }));
    QCOMPARE(::kill(static_cast<pid_t>(sender->processId()), signal), 0);
    QVERIFY(sender->waitForFinished(LongestMs));
    FileRig::write(m_rig->path("go"), "");
    QVERIFY(eventually([&] {
        return FileRig::read(m_rig->path("ended")) == QByteArray("118\n");
    }));
    QVERIFY(FileRig::read(m_rig->source("f")) == noise(8000000));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileTransferTest::filecopy_046_fromDom0()
{
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall("service=qubes.Filecopy; receive\n");
    QCOMPARE(m_rig->send("qvm-move-to-vm", {"work", "f"}, &m_said), 0);
    QCOMPARE(m_rig->callArguments(), QByteArray("-T\n-d\nwork\nDEFAULT:QUBESRPC qubes.Filecopy dom0\n"));
    QCOMPARE(FileRig::read(m_rig->received("f")), QByteArray("abc"));
    QVERIFY(!QFile::exists(m_rig->source("f")));
}

void FileTransferTest::filecopy_046_dom0DoesNotAsk()
{
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    FileRig::write(m_rig->source("f"), "abc");
    QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 1);
    QVERIFY(m_said.contains("use qvm-copy-to-vm"));
}

void FileTransferTest::fromDom0_startsTheTarget()
{
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    m_rig->addProgram("qvm-start", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RIG/started\"\n");
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall("service=qubes.Filecopy; receive\n");
    QCOMPARE(m_rig->send("qvm-copy-to-vm", {"work", "f"}, &m_said), 0);
    QCOMPARE(FileRig::read(m_rig->path("started")), QByteArray("--skip-if-running\n--\nwork\n"));
    QCOMPARE(FileRig::read(m_rig->received("f")), QByteArray("abc"));
    QVERIFY(QFile::remove(m_rig->path("started")));
    QCOMPARE(m_rig->send("qvm-copy-to-vm", {"work", "missing"}, &m_said), 1);
    QVERIFY(!QFile::exists(m_rig->path("started"))); // there is nothing to copy
}

void FileTransferTest::fromDom0_targetThatDoesNotStartGetsNothing()
{
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    m_rig->addProgram("qvm-start", "#!/bin/sh\necho 'there is not enough memory' >&2\nexit 1\n");
    FileRig::write(m_rig->source("f"), "abc");
    QCOMPARE(m_rig->send("qvm-move-to-vm", {"work", "f"}, &m_said), 1);
    QCOMPARE(m_said, QByteArray("there is not enough memory\n")); // the last line is what a desktop shows
    QVERIFY(!QFile::exists(m_rig->path("arguments")));            // nobody was called
    QVERIFY(QFile::exists(m_rig->source("f")));
}

void FileTransferTest::fromDom0_byPolicy_data()
{
    QTest::addColumn<QByteArrayList>("answers");
    QTest::addColumn<QByteArray>("told");
    QTest::addColumn<QByteArray>("started");
    QTest::addColumn<QByteArray>("called");
    QTest::addColumn<int>("status");
    const QByteArray mayGo = "result=allow\noutcome=allow\nrule=90-default.policy:20";
    const QByteArray willAsk = "result=deny\noutcome=ask\nrule=30-user.policy:7\nrule_text=a";
    const auto allowed = [](const QByteArray &target, const QByteArray &starts = "True") {
        return "user=DEFAULT\nresult=allow\ntarget=" + target + "\nautostart=" + starts + "\nrequested_target=work";
    };
    const QByteArray calls = "-T\n-d\nwork\nDEFAULT:QUBESRPC qubes.Filecopy dom0\n";
    const QByteArray starts = "--skip-if-running\n--\nwork\n";
    QTest::newRow("allowed") << QByteArrayList{mayGo, allowed("work")} << QByteArray("to work\n") << starts << calls
                             << 0;
    QTest::newRow("the person agrees") << QByteArrayList{willAsk, allowed("work")} << QByteArray("asking\nto work\n")
                                       << starts << calls << 0;
    QTest::newRow("the person chooses another")
        << QByteArrayList{willAsk, allowed("personal")} << QByteArray("asking\nto personal\n")
        << QByteArray(starts).replace("work", "personal") << QByteArray(calls).replace("work", "personal") << 0;
    QTest::newRow("as another user, and not started")
        << QByteArrayList{mayGo, "user=root\nresult=allow\ntarget=work\nautostart=False\nrequested_target=work"}
        << QByteArray("to work\n") << QByteArray("cannot be read") << QByteArray(calls).replace("DEFAULT", "root") << 0;
    const QByteArray nobody("cannot be read");
    QTest::newRow("the person refuses") << QByteArrayList{willAsk, "result=deny"} << QByteArray("asking\nrefused \n")
                                        << nobody << nobody << 126;
    QTest::newRow("denied") << QByteArrayList{"result=deny\noutcome=deny\nrule=30-user.policy:7\nrule_text=a"}
                            << QByteArray("refused 30-user.policy:7\n") << nobody << nobody << 126;
    QTest::newRow("denied by no rule") << QByteArrayList{"result=deny\noutcome=deny"} << QByteArray("refused \n")
                                       << nobody << nobody << 126;
    QTest::newRow("a disposable that nobody makes")
        << QByteArrayList{mayGo, allowed("@dispvm:dvm")} << QByteArray() << nobody << nobody << 1;
    QTest::newRow("no answer") << QByteArrayList{QByteArray()} << QByteArray() << nobody << nobody << 1;
    QTest::newRow("nonsense") << QByteArrayList{"result=allow\nresult=allow"} << QByteArray() << nobody << nobody << 1;
}

/// What decides is the policy, after it the person where a rule asks; the question has the target chosen.
void FileTransferTest::fromDom0_byPolicy()
{
    QFETCH(const QByteArrayList, answers);
    QFETCH(const QByteArray, told);
    QFETCH(const QByteArray, started);
    QFETCH(const QByteArray, called);
    QFETCH(const int, status);
    PlayedPolicy policy(answers);
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    m_rig->addProgram("qvm-start", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RIG/started\"\n");
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall("service=qubes.Filecopy; receive\n");
    const auto sender =
        m_rig->startSender("qvm-copy-to-vm", {"--by-policy=" + policy.path(), "--progress-fd=1", "work", "f"});
    QVERIFY(eventually([&] {
        policy.turn();
        return sender->state() == QProcess::NotRunning;
    }));
    QCOMPARE(sender->exitCode(), status);
    QCOMPARE(sender->readAllStandardOutput(), status == 0 ? told + "0\n3\n" : told);
    QCOMPARE(FileRig::read(m_rig->path("started")), started);
    QCOMPARE(m_rig->callArguments(), called);
    const QByteArray query = "source=dom0\nintended_target=work\nservice_and_arg=qubes.Filecopy\n";
    QCOMPARE(policy.queries.first(), query + "just_evaluate=yes\nexplain=yes\nchosen=yes\n\n");
    QCOMPARE(policy.queries.size(), answers.size());
    QVERIFY(policy.queries.size() == 1 || policy.queries.last() == query + "\n");
    QCOMPARE(sender->readAllStandardError().isEmpty(), status == 0);
}

void FileTransferTest::fromDom0_withoutAnybodyToAskNothingGoes()
{
    QVERIFY(QFile::rename(m_rig->path("bin/qrexec-client-vm"), m_rig->path("bin/qrexec-client")));
    FileRig::write(m_rig->source("f"), "abc");
    const QByteArray nowhere = "--by-policy=" + m_rig->path("nowhere").toLocal8Bit();
    QCOMPARE(m_rig->send("qvm-copy-to-vm", {nowhere, "work", "f"}, &m_said), 1);
    QVERIFY2(m_said.startsWith("asking the policy: "), m_said.constData());
    QCOMPARE(m_rig->callArguments(), QByteArray("cannot be read"));
}

void FileTransferTest::retried_doublesNothing()
{
    m_rig->makeDirectory("sources/d");
    for (int i = 0; i < 20; ++i) {
        FileRig::write(m_rig->source("d/" + QByteArray::number(i)), noise(i * 1000));
    }
    m_rig->configure("max-entries=10\n");
    QCOMPARE(m_rig->send("qvm-copy", {"d"}, &m_said), 1);
    QVERIFY2(m_said.contains("more than the other qube takes"), m_said.constData());
    m_rig->configure("");
    QCOMPARE(m_rig->send("qvm-copy", {"d"}, &m_said), 0);
    QCOMPARE(m_rig->receivedNames().size(), 21);
    QCOMPARE(m_rig->send("qvm-copy", {"d"}, &m_said), 17); // as the receiver's code
    QVERIFY2(m_said.contains("\"d/0\": a file of that name is there already"), m_said.constData());
    QCOMPARE(m_rig->receivedNames().size(), 21);
}

QTEST_GUILESS_MAIN(FileTransferTest)
#include "filetransfertest.moc"
