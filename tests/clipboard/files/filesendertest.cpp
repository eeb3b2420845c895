// SPDX-License-Identifier: GPL-2.0-or-later
// The sender under all its names, against calls that the test plays: receivers that lie, refuse, or fall silent.
#include "tests/clipboard/files/filerig.h"

#include <QDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

using namespace Bulkhead::Test;

namespace
{

/// A call that takes everything and then answers what stands in the file `answer`.
constexpr const char *TakesAll = "cat >\"$RIG/stream\"; cat \"$RIG/answer\"\n";
/// One that answers at once, and reads nothing.
constexpr const char *AnswersAtOnce = "cat \"$RIG/answer\"\n";

void setTimes(const QString &path, std::uint32_t seconds, long nanoseconds)
{
    const std::array<timespec, 2> times{timespec{seconds, nanoseconds}, timespec{seconds, nanoseconds}};
    QCOMPARE(::utimensat(AT_FDCWD, path.toLocal8Bit().constData(), times.data(), AT_SYMLINK_NOFOLLOW), 0);
}

void setMode(const QString &path, mode_t mode)
{
    QCOMPARE(::chmod(path.toLocal8Bit().constData(), mode), 0);
}

/// A name that Qt would not write.
void writeRaw(const QByteArray &path, const QByteArray &content)
{
    const int fd = ::open(path.constData(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    QVERIFY(fd >= 0 && ::write(fd, content.constData(), static_cast<std::size_t>(content.size())) == content.size());
    ::close(fd);
}

} // namespace

class FileSenderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_001_filecopy_002_treeToTheByte();
    void filecopy_007_S_117_answersOfEveryLength();
    void filecopy_019_codesOfBadNames();
    void filecopy_038_S_117_answerInTheMiddle();
    void doneInTheMiddle_isNotBelieved();
    void filecopy_039_S_116_S_119_wrongChecksumAndHostileNames();
    void filecopy_040_fileThatShrinks();
    void filecopy_040_fileThatGrows();
    void filecopy_041_linksLeftOut();
    void filecopy_041_namesThatBeginWithADash();
    void filecopy_042_progressOnATerminal();
    void filecopy_042_progressOfAJob();
    void filecopy_042_progressOfALocalProgram();
    void filecopy_043_argumentOfTheCall();
    void filecopy_043_whatCannotBeSent_data();
    void filecopy_043_whatCannotBeSent();
    void filecopy_044_S_116_moveDeletesNothingAfterAFailure_data();
    void filecopy_044_S_116_moveDeletesNothingAfterAFailure();
    void filecopy_045_moveDeletesWhatWasSent();
    void filecopy_045_moveLeavesWhatChanged();
    void filecopy_047_oddSources_data();
    void filecopy_047_oddSources();
    void filecopy_047_twoOfOneName();
    void refusedCall_isSaidInWords();
    void wrongUse_isSaidInWords();
    void S_118_timesOutOfRange();

private:
    std::unique_ptr<FileRig> m_rig;
    QByteArray m_said; ///< by the sender
};

void FileSenderTest::init()
{
    ::umask(022);
    m_rig = std::make_unique<FileRig>();
}

void FileSenderTest::filecopy_001_filecopy_002_treeToTheByte()
{
    m_rig->makeDirectory("sources/d");
    FileRig::write(m_rig->source("d/f"), "abc");
    FileRig::makeLink("f", m_rig->source("d/l"));
    FileRig::write(m_rig->source("e"), "");
    setMode(m_rig->source("d/f"), 0640);
    setMode(m_rig->source("e"), 0644);
    setTimes(m_rig->source("d/f"), 1577934245, 678901234);
    setTimes(m_rig->source("d/l"), 1577934245, 678901234);
    setTimes(m_rig->source("d"), 1609459200, 0);
    setTimes(m_rig->source("e"), 1609459200, 0);

    const Times tree{1609459200, 0, 1609459200, 0};
    const Times inner{1577934245, 678901234, 1577934245, 678901234};
    const QByteArray stream = streamOf({{.mode = Directory, .name = "d", .times = tree},
                                        {.mode = 0100640, .name = "d/f", .content = "abc", .times = inner},
                                        {.mode = Link, .name = "d/l", .content = "f", .times = inner},
                                        {.mode = Directory, .name = "d", .times = tree},
                                        {.mode = PlainFile, .name = "e", .times = tree}});
    QCOMPARE(checksumOf(stream), 0x05bb006eU);
    // Without a look beforehand, which would be an access of the link.
    const auto sender = m_rig->startSender("qfile-agent", {"d", "e"});
    QVERIFY(eventually([&] {
        return sender->bytesAvailable() == stream.size();
    }));
    QCOMPARE(sender->readAllStandardOutput().toHex(' '), stream.toHex(' '));
    sender->write(rawAnswer(0, checksumOf(stream), "e"));
    sender->closeWriteChannel();
    QVERIFY(sender->waitForFinished(LongestMs));
    QCOMPARE(sender->exitCode(), 0);
}

void FileSenderTest::filecopy_007_S_117_answersOfEveryLength()
{
    FileRig::write(m_rig->source("f"), "");
    setTimes(m_rig->source("f"), 5, 0);
    setMode(m_rig->source("f"), 0644);
    const QByteArray stream = streamOf({{.name = "f", .times = {5, 0, 5, 0}}});
    const std::uint32_t sum = checksumOf(stream);
    m_rig->setCall(TakesAll);

    FileRig::write(m_rig->path("answer"), rawAnswer(0, sum, "f").left(16));
    QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
    FileRig::write(m_rig->path("answer"), rawAnswer(0, sum, QByteArray(16384, 'n')));
    QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
    // Longer than any name, and four GiB: what is there of it is read up to the limit.
    FileRig::write(m_rig->path("answer"), rawAnswer(0, sum, QByteArray(100000, 'n')));
    QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
    QByteArray endless = rawAnswer(17, 0, QByteArray(20000, 'n'));
    endless.replace(16, 4, "\xFF\xFF\xFF\xFF");
    FileRig::write(m_rig->path("answer"), endless);
    QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 17);
    QVERIFY(m_said.contains("there already") && m_said.size() < 1000);
    // And what is none.
    for (const qsizetype size : {0, 1, 15, 17, 19, 20}) {
        FileRig::write(m_rig->path("answer"), rawAnswer(0, sum, "name").left(size));
        QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 1);
        QVERIFY2(m_said.contains("without a word"), m_said.constData());
    }
}

void FileSenderTest::filecopy_019_codesOfBadNames()
{
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall(TakesAll);
    for (const std::uint32_t code : {84U, 0xFFFFFFACU}) {
        FileRig::write(m_rig->path("answer"), rawAnswer(code, 0, "f"));
        QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 1);
        QVERIFY2(m_said.contains("\"f\": the other qube does not take names with such letters"), m_said.constData());
    }
}

void FileSenderTest::filecopy_038_S_117_answerInTheMiddle()
{
    FileRig::write(m_rig->source("large"), QByteArray(40'000'000, 'x'));
    FileRig::write(m_rig->path("answer"), rawAnswer(28, 0, "large"));
    m_rig->setCall(AnswersAtOnce);
    QCOMPARE(m_rig->send("qvm-copy", {"large"}, &m_said), 1);
    QCOMPARE(m_said, QByteArray("\"large\": there is not enough space in the other qube\n"));
    // One that goes on reading, and one that neither reads nor ends, are left as soon.
    m_rig->setCall("cat \"$RIG/answer\"; cat >\"$RIG/stream\"\n");
    QCOMPARE(m_rig->send("qvm-copy", {"large"}, &m_said), 1);
    QVERIFY(QFileInfo(m_rig->path("stream")).size() < 15'000'000);
    m_rig->setCall("cat \"$RIG/answer\"; exec sleep 1000\n");
    QCOMPARE(m_rig->send("qvm-copy", {"large"}, &m_said), 1);
    QCOMPARE(m_said, QByteArray("\"large\": there is not enough space in the other qube\n"));
}

void FileSenderTest::doneInTheMiddle_isNotBelieved()
{
    FileRig::write(m_rig->source("large"), QByteArray(4'000'000, 'x'));
    FileRig::write(m_rig->path("answer"), rawAnswer(0, 0, "large"));
    m_rig->setCall(AnswersAtOnce);
    QCOMPARE(m_rig->send("qvm-move", {"large"}, &m_said), 1);
    QVERIFY(QFile::exists(m_rig->source("large")));
}

void FileSenderTest::filecopy_039_S_116_S_119_wrongChecksumAndHostileNames()
{
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall(TakesAll);
    FileRig::write(m_rig->path("answer"), rawAnswer(0, 0x12345678, "f"));
    QCOMPARE(m_rig->send("qvm-move", {"f"}, &m_said), 1);
    QVERIFY(m_said.contains("checksum mismatch"));
    QVERIFY(QFile::exists(m_rig->source("f")));

    FileRig::write(m_rig->path("answer"), rawAnswer(17, 0, "a\"\x1B]0;owned\x07\n\xC3\xA9<b>"));
    QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 17);
    QVERIFY2(m_said.startsWith("\"a__]0;owned____<b>\": "), m_said.constData());
    QCOMPARE(m_said.count('\n'), 1);
}

void FileSenderTest::filecopy_040_fileThatShrinks()
{
    FileRig::write(m_rig->source("f"), QByteArray(8'000'000, 'x'));
    m_rig->setCall(
        "head -c 1000 >/dev/null; : >\"$RIG/begun\"; until [ -e \"$RIG/go\" ]; do sleep 0.01; done; cat >/dev/null\n");
    const auto sender = m_rig->startSender("qvm-move", {"f"});
    QVERIFY(eventually([&] {
        return QFile::exists(m_rig->path("begun"));
    }));
    QVERIFY(QFile::resize(m_rig->source("f"), 5'000'000));
    FileRig::write(m_rig->path("go"), "");
    QVERIFY(sender->waitForFinished(LongestMs));
    QCOMPARE(sender->exitCode(), 1);
    QVERIFY(sender->readAllStandardError().contains("unexpected end of data"));
    QVERIFY(QFile::exists(m_rig->source("f")));
}

void FileSenderTest::filecopy_040_fileThatGrows()
{
    FileRig::write(m_rig->source("f"), QByteArray(8'000'000, 'x'));
    m_rig->setCall("head -c 1 >\"$RIG/stream\"; : >\"$RIG/begun\"; until [ -e \"$RIG/go\" ]; do sleep 0.01; done; cat "
                   ">>\"$RIG/stream\"\n");
    const auto sender = m_rig->startSender("qvm-move", {"f"});
    QVERIFY(eventually([&] {
        return QFile::exists(m_rig->path("begun"));
    }));
    QVERIFY(QFile::resize(m_rig->source("f"), 9'000'000));
    FileRig::write(m_rig->path("go"), "");
    QVERIFY(sender->waitForFinished(LongestMs));
    QCOMPARE(QFileInfo(m_rig->path("stream")).size(), 32 + 2 + 8'000'000 + 32);
}

void FileSenderTest::filecopy_041_linksLeftOut()
{
    m_rig->makeDirectory("sources/d");
    FileRig::makeLink("/etc", m_rig->source("d/l"));
    FileRig::makeLink("f", m_rig->source("top"));
    FileRig::write(m_rig->source("d/f"), "abc");
    QCOMPARE(m_rig->send("qvm-copy", {"--ignore-symlinks", "d", "top"}, &m_said), 0);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f"}));
    QVERIFY2(m_said.contains("not sent, because of their kind (links, sockets, devices and the like): 2"),
             m_said.constData());
    // The later word counts.
    QCOMPARE(m_rig->send("qvm-copy", {"--ignore-symlinks", "--no-ignore-symlinks", "d"}, &m_said), 1);
}

void FileSenderTest::filecopy_041_namesThatBeginWithADash()
{
    FileRig::write(m_rig->source("-f"), "abc");
    FileRig::write(m_rig->source("--help"), "abc");
    QCOMPARE(m_rig->send("qvm-copy", {"--", "-f", "--help"}), 0);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"--help", "-f"}));
    QCOMPARE(m_rig->send("qvm-copy", {"-f"}, &m_said), 1);
    QVERIFY(m_said.startsWith("unknown option -f\nusage: qvm-copy "));
}

void FileSenderTest::filecopy_042_progressOnATerminal()
{
    FileRig::write(m_rig->source("f"), QByteArray(31'000'000, 'x'));
    QCOMPARE(m_rig->send("qvm-copy", {"--with-progress", "f"}, &m_said), 0);
    const QByteArray total = "/30274 KB\r";
    QVERIFY2(m_said.startsWith(QByteArray("sent 0" + total)), m_said.constData());
    QVERIFY2(m_said.endsWith(QByteArray("sent 30274" + total + '\n')), m_said.constData());
    QCOMPARE(m_said.count('\r'), 4);
    QVERIFY(QFile::remove(m_rig->received("f")));
    QCOMPARE(m_rig->send("qvm-copy", {"--with-progress", "--without-progress", "f"}, &m_said), 0);
    QCOMPARE(m_said, QByteArray(""));
}

void FileSenderTest::filecopy_042_progressOfAJob()
{
    FileRig::write(m_rig->source("f"), QByteArray(31'000'000, 'x'));
    QCOMPARE(m_rig->send("qvm-copy", {"--progress-fd=2", "f"}, &m_said), 0);
    const auto lines = m_said.split('\n');
    QCOMPARE(lines.first(), QByteArray("0"));
    QCOMPARE(lines.size(), 5);
    QCOMPARE(lines[3], QByteArray("31000000"));
    // Whoever reads them goes: that cancels, and leaves nothing there.
    FileRig::write(m_rig->source("g"), QByteArray(60'000'000, 'x'));
    m_rig->addProgram("job",
                      "#!/bin/bash\n{ qvm-copy --progress-fd=3 g; echo $? >\"$RIG/status\"; } 3>&1 | head -n 1\n");
    QCOMPARE(m_rig->send("job", {}), 0);
    QCOMPARE(FileRig::read(m_rig->path("status")), QByteArray("32\n"));
    QVERIFY(!QFile::exists(m_rig->received("g")));
}

void FileSenderTest::filecopy_042_progressOfALocalProgram()
{
    FileRig::write(m_rig->source("f"), "abc");
    const auto sender = m_rig->startSender("qfile-agent", {"f"}, {"PROGRESS_TYPE=console", "FILECOPY_TOTAL_BYTES=3"});
    QVERIFY(sender->waitForReadyRead(LongestMs));
    QVERIFY(eventually([&] {
        return sender->bytesAvailable() == 32 + 2 + 3 + 32;
    }));
    const QByteArray stream = sender->readAllStandardOutput();
    sender->write(rawAnswer(0, checksumOf(stream), "f"));
    sender->closeWriteChannel();
    QVERIFY(sender->waitForFinished(LongestMs));
    QCOMPARE(sender->readAllStandardError(), QByteArray("sent 0/1 KB\rsent 1/1 KB\r\n"));
    QCOMPARE(sender->exitCode(), 0);
}

void FileSenderTest::filecopy_043_argumentOfTheCall()
{
    FileRig::write(m_rig->source("f"), "abc");
    QCOMPARE(m_rig->send("qvm-copy", {"f"}), 0);
    QCOMPARE(m_rig->callArguments(), QByteArray("--buffer-size=262144\n-T\n--\n@default\nqubes.Filecopy\n"));
    const QByteArray odd = "new\nline \xFF\x1B";
    m_rig->makeDirectory("sources/d");
    writeRaw(m_rig->source("d/").toLocal8Bit() + odd, "abc");
    QCOMPARE(m_rig->send("qvm-copy", {"d"}), 0);
    QCOMPARE(m_rig->callArguments(),
             QByteArray("--buffer-size=262144\n-T\n--\n@default\nqubes.Filecopy+allow-all-names\n"));
    QCOMPARE(::access(QByteArray(m_rig->received("d/").toLocal8Bit() + odd).constData(), F_OK), 0);
}

void FileSenderTest::filecopy_043_whatCannotBeSent_data()
{
    QTest::addColumn<QByteArray>("shell");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("link at the top") << QByteArray("ln -s f x") << QByteArray("the link x might lead out");
    QTest::newRow("link out") << QByteArray("mkdir x; ln -s ../f x/l") << QByteArray("the link x/l might lead out");
    QTest::newRow("absolute link") << QByteArray("mkdir x; ln -s /etc x/l") << QByteArray("it leads to /etc");
    QTest::newRow("too deep") << QByteArray("mkdir -p x$(printf '/x%.0s' $(seq 64))") << QByteArray("64 parts");
    QTest::newRow("missing") << QByteArray("true") << QByteArray("looking at x: No such file");
}

void FileSenderTest::filecopy_043_whatCannotBeSent()
{
    QFETCH(QByteArray, shell);
    QFETCH(QByteArray, words);
    QCOMPARE(m_rig->shell(shell), QByteArray(""));
    QCOMPARE(m_rig->send("qvm-copy", {"x"}, &m_said), 1);
    QVERIFY2(m_said.contains(words), m_said.constData());
    QVERIFY(!QFile::exists(m_rig->path("arguments"))); // nobody was called
}

void FileSenderTest::filecopy_044_S_116_moveDeletesNothingAfterAFailure_data()
{
    QTest::addColumn<QByteArray>("call");
    QTest::addColumn<int>("status");
    QTest::newRow("refused") << QByteArray("exit 126\n") << 126;
    QTest::newRow("no such service") << QByteArray("exit 127\n") << 127;
    QTest::newRow("error") << QByteArray(TakesAll) << 17;
    QTest::newRow("killed") << QByteArray("head -c 40 >/dev/null; kill -9 $$\n") << 137;
    QTest::newRow("no answer") << QByteArray("cat >/dev/null\n") << 1;
    QTest::newRow("answered well, ended badly") << QByteArray("cat >/dev/null; cat \"$RIG/good\"; exit 3\n") << 3;
}

void FileSenderTest::filecopy_044_S_116_moveDeletesNothingAfterAFailure()
{
    QFETCH(QByteArray, call);
    QFETCH(int, status);
    m_rig->makeDirectory("sources/d");
    FileRig::write(m_rig->source("d/f"), "abc");
    FileRig::write(m_rig->source("e"), "");
    setMode(m_rig->source("e"), 0644);
    setTimes(m_rig->source("e"), 7, 0);
    FileRig::write(m_rig->path("answer"), rawAnswer(17, 0, "d"));
    FileRig::write(m_rig->path("good"),
                   rawAnswer(0, checksumOf(streamOf({{.name = "e", .times = {7, 0, 7, 0}}})), "e"));
    m_rig->setCall(call);
    QCOMPARE(m_rig->send("qvm-move", {"e"}, &m_said), status);
    QVERIFY(QFile::exists(m_rig->source("e")));
    QVERIFY(!m_said.isEmpty());
    QVERIFY(m_rig->send("qvm-move-to-vm", {"personal", "d"}, &m_said) != 0);
    QVERIFY(QFile::exists(m_rig->source("d/f")));
}

void FileSenderTest::filecopy_045_moveDeletesWhatWasSent()
{
    m_rig->makeDirectory("sources/d/e/g");
    FileRig::write(m_rig->source("d/e/f"), "abc");
    FileRig::makeLink("e", m_rig->source("d/l"));
    FileRig::write(m_rig->source("top"), "abc");
    QCOMPARE(m_rig->send("qvm-move", {"d/", "top"}, &m_said), 0);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/e/", "d/e/f", "d/e/g/", "d/l", "top"}));
    QVERIFY(QDir(m_rig->path("sources")).isEmpty());

    // What was not sent stays, and so do the directories that it is in.
    m_rig->makeDirectory("sources/k/m");
    FileRig::write(m_rig->source("k/m/f"), "abc");
    FileRig::write(m_rig->source("k/f"), "abc");
    QCOMPARE(::mkfifo(m_rig->source("k/m/fifo").toLocal8Bit().constData(), 0600), 0);
    FileRig::makeLink("f", m_rig->source("k/l"));
    QCOMPARE(m_rig->send("qvm-move", {"--ignore-symlinks", "k"}, &m_said), 1);
    QCOMPARE(m_rig->receivedNames(),
             QByteArrayList({"d/", "d/e/", "d/e/f", "d/e/g/", "d/l", "k/", "k/f", "k/m/", "k/m/f", "top"}));
    QVERIFY(!QFile::exists(m_rig->source("k/f")) && !QFile::exists(m_rig->source("k/m/f")));
    QVERIFY(QFile::exists(m_rig->source("k/m/fifo")));
    QVERIFY(QFileInfo(m_rig->source("k/l")).isSymLink());
    QVERIFY2(m_said.contains("k/m stays: "), m_said.constData());
}

void FileSenderTest::filecopy_045_moveLeavesWhatChanged()
{
    m_rig->makeDirectory("sources/d");
    FileRig::write(m_rig->source("d/changed"), "abc");
    FileRig::write(m_rig->source("d/replaced"), "abc");
    FileRig::write(m_rig->source("d/same"), "abc");
    // Between the receiver's answer and the end of the call.
    m_rig->setCall(
        "exec 3<&0; (receive <&3)\n"
        "cd \"$RIG/sources/d\" && echo more >>changed && rm replaced && echo abc >replaced && echo x >new\n");
    QCOMPARE(m_rig->send("qvm-move", {"d"}, &m_said), 1);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/changed", "d/replaced", "d/same"}));
    QCOMPARE(FileRig::read(m_rig->source("d/changed")), QByteArray("abcmore\n"));
    QVERIFY(QFile::exists(m_rig->source("d/replaced")) && QFile::exists(m_rig->source("d/new")));
    QVERIFY(!QFile::exists(m_rig->source("d/same")));
    QVERIFY2(m_said.contains("d/changed stays: it changed after it was sent"), m_said.constData());
}

void FileSenderTest::filecopy_047_oddSources_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<bool>("isSent");
    QTest::newRow("trailing slash") << QByteArray("d/") << true;
    QTest::newRow("path") << QByteArray("../sources/d") << true;
    QTest::newRow("here") << QByteArray(".") << false;
    QTest::newRow("above") << QByteArray("..") << false;
    QTest::newRow("here in d") << QByteArray("d/.") << false;
    QTest::newRow("root") << QByteArray("/") << false;
    QTest::newRow("nothing") << QByteArray("") << false;
    QTest::newRow("two slashes") << QByteArray("d//") << false;
}

void FileSenderTest::filecopy_047_oddSources()
{
    QFETCH(QByteArray, source);
    QFETCH(bool, isSent);
    m_rig->makeDirectory("sources/d");
    QCOMPARE(m_rig->send("qvm-copy", {source}, &m_said), isSent ? 0 : 1);
    if (!isSent) {
        QVERIFY2(m_said.contains("has no name by which it could be sent"), m_said.constData());
    } else {
        QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/"}));
    }
}

void FileSenderTest::filecopy_047_twoOfOneName()
{
    m_rig->makeDirectory("sources/d");
    FileRig::write(m_rig->source("f"), "one");
    FileRig::write(m_rig->source("d/f"), "two");
    QCOMPARE(m_rig->send("qvm-move", {"f", "d/f"}, &m_said), 17);
    QVERIFY2(m_said.contains("\"f\": a file of that name is there already"), m_said.constData());
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QVERIFY(QFile::exists(m_rig->source("f")) && QFile::exists(m_rig->source("d/f")));
}

void FileSenderTest::refusedCall_isSaidInWords()
{
    FileRig::write(m_rig->source("f"), "abc");
    m_rig->setCall("exit 126\n");
    QCOMPARE(m_rig->send("qvm-copy", {"f"}, &m_said), 126);
    QCOMPARE(m_said, QByteArray("the call was refused: by the policy, or by who was asked\n"));
}

void FileSenderTest::wrongUse_isSaidInWords()
{
    QCOMPARE(m_rig->send("qvm-copy", {}, &m_said), 1);
    QVERIFY(m_said.startsWith("a file is needed\nusage: qvm-copy [OPTIONS] FILE"));
    QCOMPARE(m_rig->send("qvm-move-to-vm", {"personal"}, &m_said), 1);
    QVERIFY(m_said.contains("usage: qvm-move-to-vm [OPTIONS] QUBE FILE"));
    QCOMPARE(m_rig->send("qvm-copy", {"--help"}), 0);
    QCOMPARE(m_rig->send("qvm-copy", {"--progress-fd=x", "f"}), 1);
}

void FileSenderTest::S_118_timesOutOfRange()
{
    FileRig::write(m_rig->source("early"), "");
    FileRig::write(m_rig->source("late"), "");
    const auto set = [this](const char *name, std::int64_t seconds) {
        const std::array<timespec, 2> times{timespec{seconds, 5}, timespec{seconds, 5}};
        QCOMPARE(::utimensat(AT_FDCWD, m_rig->source(name).toLocal8Bit().constData(), times.data(), 0), 0);
    };
    set("early", -5);
    set("late", std::int64_t{1} << 33);
    QCOMPARE(m_rig->send("qvm-copy", {"early", "late"}), 0);
    struct stat facts{};
    QCOMPARE(::stat(m_rig->received("early").toLocal8Bit().constData(), &facts), 0);
    QCOMPARE(facts.st_mtim.tv_sec, 0);
    QCOMPARE(::stat(m_rig->received("late").toLocal8Bit().constData(), &facts), 0);
    QVERIFY(facts.st_mtim.tv_sec > 0x7FFFFFFF);
}

QTEST_GUILESS_MAIN(FileSenderTest)
#include "filesendertest.moc"
