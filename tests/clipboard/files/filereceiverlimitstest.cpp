// SPDX-License-Identifier: GPL-2.0-or-later
// The receiver, confined as it is shipped, against streams that break off, that are too much, and against its own end.
#include "tests/clipboard/files/receiverwords.h"

#include <QTest>

using namespace Bulkhead::Test;

class FileReceiverLimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_014_S_114_streamsThatEnd_data();
    void filecopy_014_S_114_streamsThatEnd();
    void filecopy_015_S_114_sizesThatCannotBe();
    void filecopy_016_limitOfBytes();
    void filecopy_016_limitOfEntries();
    void filecopy_017_S_118_nanoseconds();
    void filecopy_018_S_115_fullDisk();
    void filecopy_020_nothingAfterAnError();
    void filecopy_021_S_111_aFailedTransferLeavesNothing();
    void filecopy_022_earlierTransfersStay();
    void S_111_silence();
    void S_112_killedAtAnyByte();
    void filecopy_037_otherArguments();
    void brokenConfiguration_refusesEverything();

private:
    std::unique_ptr<FileRig> m_rig;
};

void FileReceiverLimitsTest::init()
{
    ::umask(022);
    m_rig = std::make_unique<FileRig>();
}

void FileReceiverLimitsTest::filecopy_014_S_114_streamsThatEnd_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("answer");
    const QByteArray whole = file("abc", "content").bytes();
    QTest::newRow("nothing at all") << QByteArray() << refusal(121, "");
    QTest::newRow("in the first header") << whole.left(31) << refusal(121, "");
    QTest::newRow("in the name") << whole.left(34) << refusal(CutShort, "(no name)");
    QTest::newRow("in the content") << allButTheLast(whole) << refusal(CutShort, "abc");
    QTest::newRow("before the end marker") << whole << refusal(121, "abc");
    QTest::newRow("in the end marker") << allButTheLast(whole + endMarker()) << refusal(121, "abc");
    QTest::newRow("in a target") << QByteArray(directory("d").bytes() + allButTheLast(linkTo("d/l", "target").bytes()))
                                 << refusal(CutShort, "d/l");
}

void FileReceiverLimitsTest::filecopy_014_S_114_streamsThatEnd()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArray, answer);
    QCOMPARE(told(m_rig->receive(stream)), answer);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileReceiverLimitsTest::filecopy_015_S_114_sizesThatCannotBe()
{
    QCOMPARE(told(m_rig->receive(RawEntry{.name = "a", .size = std::uint64_t{1} << 63}.bytes())), refusal(122, "a"));
    // More than any disk has is refused before a byte of it came.
    const auto receiver = m_rig->startReceiver();
    receiver->write(RawEntry{.name = "a", .size = std::uint64_t{1} << 60}.bytes());
    QCOMPARE(told(FileRig::answerOf(*receiver)), refusal(28, "a"));
}

void FileReceiverLimitsTest::filecopy_016_limitOfBytes()
{
    m_rig->configure("# a comment\nmax-bytes=10\n");
    QCOMPARE(
        told(m_rig->receive(streamOf({directory("d"), file("d/a", "12345"), linkTo("d/l", "a"), file("d/b", "1234")}))),
        QByteArray("0 d/b 0"));
    QCOMPARE(told(m_rig->receive(streamOf({file("x", "12345678901")}))), refusal(122, "x"));
    QCOMPARE(told(m_rig->receive(streamOf({file("x", "1234567890"), file("y", "1")}))), refusal(122, "y"));
}

void FileReceiverLimitsTest::filecopy_016_limitOfEntries()
{
    m_rig->configure("max-entries=3\n");
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/a"), directory("d")}))), QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("e"), file("e/a"), file("e/b"), directory("e")}))),
             refusal(122, "e/b"));
    m_rig->configure("max-entries=0\n");
    QCOMPARE(told(m_rig->receive(streamOf({file("a")}))), refusal(122, ""));
}

void FileReceiverLimitsTest::filecopy_017_S_118_nanoseconds()
{
    const Times bad{1, 1000000000, 3, 4};
    const Times worse{1, 2, 3, 0xFFFFFFFF};
    QCOMPARE(told(m_rig->receive(streamOf({{.name = "a", .times = bad}}))), refusal(22, "a"));
    QCOMPARE(told(m_rig->receive(streamOf({{.mode = Directory, .name = "d", .times = worse}}))), refusal(22, "d"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    const Times last{0xFFFFFFFF, 999999999, 0xFFFFFFFF, 999999999};
    QCOMPARE(told(m_rig->receive(streamOf({{.name = "a", .times = last}}))), QByteArray("0 a 0"));
    QCOMPARE(factsOf(m_rig->received("a")).st_mtim.tv_sec, 0xFFFFFFFF);
}

void FileReceiverLimitsTest::filecopy_018_S_115_fullDisk()
{
    // A file system of one MiB, for the receiver alone.
    QProcess receiver;
    m_rig->start(receiver,
                 "unshare",
                 {"--mount",
                  "sh",
                  "-c",
                  "mount -t tmpfs -o size=1m none \"$HOME\" && exec " BULKHEAD_FILE_RECEIVER " || exit 99"});
    receiver.write(file("small", QByteArray(1000, 'x')).bytes());
    receiver.write(RawEntry{.name = "large", .size = 1 << 20}.bytes()); // and no byte of it
    const Answer answer = FileRig::answerOf(receiver);
    if (answer.status == 1 || answer.status == 99) {
        QSKIP("no file system can be mounted here");
    }
    QCOMPARE(told(answer), refusal(28, "large"));
}

void FileReceiverLimitsTest::filecopy_020_nothingAfterAnError()
{
    QCOMPARE(told(m_rig->receive(file("a").bytes() + file("../b").bytes() + file("c").bytes() + endMarker())),
             refusal(84, "../b"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverLimitsTest::filecopy_021_S_111_aFailedTransferLeavesNothing()
{
    const QByteArray stream = directory("d").bytes() + directory("d/e", 0040000).bytes()
        + directory("d/e", 0040000).bytes() + file("d/f", "abc", 0100000).bytes() + linkTo("d/l", "f").bytes()
        + directory("d", 0040555).bytes() + RawEntry{.name = "big", .content = "begun", .size = 100000}.bytes();
    QCOMPARE(told(m_rig->receive(stream)), refusal(CutShort, "big"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
    // So it can simply be tried again, and doubles nothing.
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/f"), directory("d")}))), QByteArray("0 d 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f"}));
}

void FileReceiverLimitsTest::filecopy_022_earlierTransfersStay()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/f"), directory("d")}))), QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(directory("d").bytes() + file("d/g").bytes())), refusal(121, "d/g"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f"}));
}

void FileReceiverLimitsTest::S_111_silence()
{
    m_rig->configure("silence-seconds=1\n");
    const QByteArray whole = file("a", "content").bytes();
    for (const qsizetype said : {qsizetype{0}, qsizetype{10}, qsizetype{33}, whole.size() - 1}) {
        const auto receiver = m_rig->startReceiver();
        receiver->write(whole.left(said));
        QCOMPARE(FileRig::answerOf(*receiver).code, 110U); // its input is still open
        QCOMPARE(m_rig->receivedNames(), QByteArrayList());
        QCOMPARE(m_rig->stagingNames(), QByteArrayList());
    }
}

void FileReceiverLimitsTest::S_112_killedAtAnyByte()
{
    const QByteArray stream = streamOf({directory("d"), file("d/f"), directory("d")});
    for (qsizetype said = 0; said < stream.size(); said += 23) {
        const auto receiver = m_rig->startReceiver();
        receiver->write(stream.left(said));
        QVERIFY(said == 0 || receiver->waitForBytesWritten(LongestMs));
        receiver->kill();
        QVERIFY(receiver->waitForFinished(LongestMs));
        QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    }
    // The next one clears what they left, and does its own work.
    QCOMPARE(told(m_rig->receive(stream)), QByteArray("0 d 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f"}));
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileReceiverLimitsTest::filecopy_037_otherArguments()
{
    for (const QByteArrayList &arguments :
         {QByteArrayList{"other"}, QByteArrayList{"--allow-all-names"}, QByteArrayList{"", ""}}) {
        const Answer answer = m_rig->receive(streamOf({file("a")}), arguments);
        QCOMPARE(answer.status, 1);
        QCOMPARE(answer.code, 0xFFFFU); // nothing was said
    }
    QVERIFY(!QFile::exists(m_rig->path("home/QubesIncoming")));
    QCOMPARE(told(m_rig->receive(streamOf({file("a")}), {""})), QByteArray("0 a 0"));
}

void FileReceiverLimitsTest::brokenConfiguration_refusesEverything()
{
    for (const char *bad :
         {"max-bytes=-1\n", "max-bytes\n", "max-files=3\n", "max-entries=1k\n", "silence-seconds=0\n"}) {
        m_rig->configure(bad);
        QCOMPARE(m_rig->receive(streamOf({file("a")})).code, 1U);
        QVERIFY(!QFile::exists(m_rig->received("a")));
    }
}

QTEST_GUILESS_MAIN(FileReceiverLimitsTest)
#include "filereceiverlimitstest.moc"
