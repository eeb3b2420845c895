// SPDX-License-Identifier: GPL-2.0-or-later
// The receiver, confined as it is shipped, against senders that the test plays: foreign ones and hostile ones.
#include "tests/clipboard/files/filerig.h"
#include "tests/support/confinedchild.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <sched.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>

using namespace Bulkhead::Test;

namespace
{

constexpr std::uint32_t CutShort = 31415926;

struct stat factsOf(const QString &path)
{
    struct stat facts{};
    (void)::lstat(path.toLocal8Bit().constData(), &facts);
    return facts;
}

mode_t modeOf(const QString &path)
{
    return factsOf(path).st_mode & 07777U;
}

QByteArray linkTarget(const QString &path)
{
    QByteArray target(1000, '\0');
    const ssize_t size = ::readlink(path.toLocal8Bit().constData(), target.data(), 1000);
    return target.left(std::max<qsizetype>(size, 0));
}

RawEntry file(const QByteArray &name, const QByteArray &content = "abc", std::uint32_t mode = PlainFile)
{
    return {.mode = mode, .name = name, .content = content};
}

RawEntry directory(const QByteArray &name, std::uint32_t mode = Directory)
{
    return {.mode = mode, .name = name};
}

RawEntry linkTo(const QByteArray &name, const QByteArray &target)
{
    return {.mode = Link, .name = name, .content = target};
}

/// Shows in a failed comparison what was answered.
QByteArray told(const Answer &answer)
{
    return QByteArray::number(answer.code) + ' ' + (answer.name ? *answer.name : QByteArray("(no name)")) + ' '
        + QByteArray::number(answer.status);
}

QByteArray done(const QByteArray &name)
{
    return "0 " + name + " 0";
}

QByteArray refusal(std::uint32_t code, const QByteArray &name)
{
    return QByteArray::number(code) + ' ' + name + ' ' + QByteArray::number(code & 0xFFU);
}

/// Whether a process of ours may have mounts of its own.
bool canMakeNamespaces()
{
    return fateOf([] {
               return ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? Allowed : Failed;
           })
        == Allowed;
}

/// How the process has what is mounted there; nothing where there is no mount.
QByteArrayList mountOptionsOf(qint64 process, const QByteArray &place)
{
    for (const QByteArray &line : FileRig::read(QStringLiteral("/proc/%1/mountinfo").arg(process)).split('\n')) {
        const QByteArrayList fields = line.split(' ');
        if (fields.value(4) == place) {
            return fields.value(5).split(',');
        }
    }
    return {};
}

/// A whole stream whose last byte is not there yet: everything but the end is with the receiver.
QByteArray allButTheLast(const QByteArray &stream)
{
    return stream.left(stream.size() - 1);
}

} // namespace

class FileReceiverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_001_foreignStreamToTheByte();
    void filecopy_006_aThousandEntries();
    void filecopy_008_whatFollowsTheEndIsIgnored();
    void filecopy_009_takenNames();
    void filecopy_009_saidBeforeTheContentCame();
    void filecopy_010_whatLiesAbove();
    void filecopy_011_kindsThatAreNotSent();
    void filecopy_012_longNames();
    void filecopy_013_longTargets();
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
    void filecopy_023_noPartUnderItsName();
    void filecopy_024_S_109_modes_data();
    void filecopy_024_S_109_modes();
    void filecopy_025_readOnlyDirectory();
    void filecopy_026_mergingReplacesNothing();
    void filecopy_026_goesOnInADirectoryThatIsThere();
    void filecopy_027_inPlaceWhenTheAnswerComes();
    void filecopy_028_twoAtOnce();
    void filecopy_029_directoriesAreMade();
    void filecopy_030_S_106_directoryMovedAway();
    void filecopy_032_shapesOfNames_data();
    void filecopy_032_shapesOfNames();
    void filecopy_035_allNames();
    void filecopy_036_S_107_links_data();
    void filecopy_036_S_107_links();
    void S_107_nothingGoesThroughALink();
    void S_108_theSameNameTwice();
    void S_110_whatComesIsDead();
    void S_111_silence();
    void S_112_killedAtAnyByte();
    void filecopy_037_otherArguments();
    void brokenConfiguration_refusesEverything();
    void aDirectoryThatIsALink_isNotEntered();

private:
    std::unique_ptr<FileRig> m_rig;
};

void FileReceiverTest::init()
{
    ::umask(022);
    m_rig = std::make_unique<FileRig>();
}

void FileReceiverTest::filecopy_001_foreignStreamToTheByte()
{
    const Times tree{1609459200, 0, 1609459200, 0};
    const Times inner{1577934245, 678901234, 1577934245, 678901234};
    const QByteArray stream = streamOf({{.mode = Directory, .name = "d", .times = tree},
                                        {.mode = 0100640, .name = "d/f", .content = "abc", .times = inner},
                                        {.mode = Link, .name = "d/l", .content = "f", .times = inner},
                                        {.mode = Directory, .name = "d", .times = tree},
                                        {.mode = PlainFile, .name = "e", .times = tree}});
    QCOMPARE(stream.size(), 210);
    const Answer answer = m_rig->receive(stream);
    QCOMPARE(told(answer), QByteArray("0 e 0"));
    QCOMPARE(answer.checksum, 0x05bb006eU);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f", "d/l", "e"}));
    QCOMPARE(FileRig::read(m_rig->received("d/f")), QByteArray("abc"));
    QCOMPARE(linkTarget(m_rig->received("d/l")), QByteArray("f"));
    QCOMPARE(modeOf(m_rig->received("d/f")), 0640U);
    QCOMPARE(modeOf(m_rig->received("d")), 0755U);
    QCOMPARE(factsOf(m_rig->received("d/f")).st_mtim.tv_nsec, 678901234);
    QCOMPARE(factsOf(m_rig->received("d")).st_mtim.tv_sec, 1609459200);
    QCOMPARE(factsOf(m_rig->received("e")).st_size, 0);
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileReceiverTest::filecopy_006_aThousandEntries()
{
    QByteArray stream = directory("t").bytes();
    for (std::uint32_t i = 0; i < 999; ++i) {
        RawEntry entry =
            file("t/" + QByteArray::number(i), QByteArray(static_cast<qsizetype>(i), 'x'), 0100600 | (i & 077U));
        entry.times = {i, i, 1000000000 + i, 999999999 - i};
        stream += entry.bytes();
    }
    stream += directory("t").bytes() + endMarker();
    ::umask(0);
    const Answer answer = m_rig->receive(stream);
    QCOMPARE(told(answer), QByteArray("0 t 0"));
    QCOMPARE(answer.checksum, checksumOf(stream));
    for (std::uint32_t i = 0; i < 999; ++i) {
        const QString path = m_rig->received("t/" + QByteArray::number(i));
        const struct stat facts = factsOf(path);
        QCOMPARE(facts.st_size, i);
        QCOMPARE(facts.st_mode & 07777U, 0600U | (i & 077U));
        QCOMPARE(facts.st_atim.tv_sec, i);
        QCOMPARE(facts.st_atim.tv_nsec, i);
        QCOMPARE(facts.st_mtim.tv_sec, 1000000000 + i);
        QCOMPARE(facts.st_mtim.tv_nsec, 999999999 - i);
        QCOMPARE(FileRig::read(path), QByteArray(static_cast<qsizetype>(i), 'x'));
    }
}

void FileReceiverTest::filecopy_008_whatFollowsTheEndIsIgnored()
{
    const QByteArray stream = streamOf({file("a")});
    const Answer answer = m_rig->receive(stream + streamOf({file("b")}));
    QCOMPARE(told(answer), QByteArray("0 a 0"));
    QCOMPARE(answer.checksum, checksumOf(stream));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"a"}));
}

void FileReceiverTest::filecopy_009_takenNames()
{
    QCOMPARE(
        told(m_rig->receive(streamOf({directory("d"), file("d/f"), linkTo("d/l", "f"), directory("d"), file("a")}))),
        QByteArray("0 a 0"));
    QCOMPARE(told(m_rig->receive(streamOf({file("a", "other")}))), refusal(17, "a"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/f", "other")}))), refusal(17, "d/f"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/l", "other")}))), refusal(17, "d/l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), linkTo("d/l", "x")}))), refusal(17, "d/l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a")}))), refusal(20, "a"));
    QCOMPARE(FileRig::read(m_rig->received("a")), QByteArray("abc"));
    QCOMPARE(linkTarget(m_rig->received("d/l")), QByteArray("f"));
}

void FileReceiverTest::filecopy_009_saidBeforeTheContentCame()
{
    QCOMPARE(told(m_rig->receive(streamOf({file("a")}))), QByteArray("0 a 0"));
    const auto receiver = m_rig->startReceiver();
    receiver->write(RawEntry{.name = "a", .size = 1000}.bytes());
    QCOMPARE(told(FileRig::answerOf(*receiver)), refusal(17, "a")); // its input is still open
}

void FileReceiverTest::filecopy_010_whatLiesAbove()
{
    QCOMPARE(told(m_rig->receive(streamOf({file("a"), directory("d")}))), QByteArray("0 d 0"));
    m_rig->makeDirectory("home/elsewhere");
    FileRig::makeLink("../../elsewhere", m_rig->received("out"));
    QCOMPARE(told(m_rig->receive(streamOf({file("missing/f")}))), refusal(2, "missing"));
    QCOMPARE(told(m_rig->receive(streamOf({file("d/missing/f")}))), refusal(2, "missing"));
    QCOMPARE(told(m_rig->receive(streamOf({file("a/f")}))), refusal(20, "a"));
    QCOMPARE(told(m_rig->receive(streamOf({file("out/f")}))), refusal(20, "out"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("out"), file("out/f")}))), refusal(20, "out"));
    QVERIFY(QDir(m_rig->path("home/elsewhere")).isEmpty());
}

void FileReceiverTest::filecopy_011_kindsThatAreNotSent()
{
    for (const std::uint32_t mode : {0010644U, 0140644U, 0020644U, 0060644U, 0644U}) {
        QCOMPARE(told(m_rig->receive(streamOf({file("a", "", mode)}))), refusal(22, "a"));
    }
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverTest::filecopy_012_longNames()
{
    const Answer tooLong = m_rig->receive(streamOf({file(QByteArray(16383, 'a'))}));
    QCOMPARE(told(tooLong), refusal(36, "(no name)"));
    const QByteArray longest(16382, 'a');
    QCOMPARE(told(m_rig->receive(streamOf({file(longest)}))), refusal(36, longest));
    const QByteArray fits(255, 'a');
    QCOMPARE(told(m_rig->receive(streamOf({file(fits)}))), done(fits));
}

void FileReceiverTest::filecopy_013_longTargets()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), linkTo("d/l", QByteArray(16384, 'a'))}))),
             refusal(36, "d/l"));
}

void FileReceiverTest::filecopy_014_S_114_streamsThatEnd_data()
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

void FileReceiverTest::filecopy_014_S_114_streamsThatEnd()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArray, answer);
    QCOMPARE(told(m_rig->receive(stream)), answer);
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QCOMPARE(m_rig->stagingNames(), QByteArrayList());
}

void FileReceiverTest::filecopy_015_S_114_sizesThatCannotBe()
{
    QCOMPARE(told(m_rig->receive(RawEntry{.name = "a", .size = std::uint64_t{1} << 63}.bytes())), refusal(122, "a"));
    // More than any disk has is refused before a byte of it came.
    const auto receiver = m_rig->startReceiver();
    receiver->write(RawEntry{.name = "a", .size = std::uint64_t{1} << 60}.bytes());
    QCOMPARE(told(FileRig::answerOf(*receiver)), refusal(28, "a"));
}

void FileReceiverTest::filecopy_016_limitOfBytes()
{
    m_rig->configure("# a comment\nmax-bytes=10\n");
    QCOMPARE(
        told(m_rig->receive(streamOf({directory("d"), file("d/a", "12345"), linkTo("d/l", "a"), file("d/b", "1234")}))),
        QByteArray("0 d/b 0"));
    QCOMPARE(told(m_rig->receive(streamOf({file("x", "12345678901")}))), refusal(122, "x"));
    QCOMPARE(told(m_rig->receive(streamOf({file("x", "1234567890"), file("y", "1")}))), refusal(122, "y"));
}

void FileReceiverTest::filecopy_016_limitOfEntries()
{
    m_rig->configure("max-entries=3\n");
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/a"), directory("d")}))), QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("e"), file("e/a"), file("e/b"), directory("e")}))),
             refusal(122, "e/b"));
    m_rig->configure("max-entries=0\n");
    QCOMPARE(told(m_rig->receive(streamOf({file("a")}))), refusal(122, ""));
}

void FileReceiverTest::filecopy_017_S_118_nanoseconds()
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

void FileReceiverTest::filecopy_018_S_115_fullDisk()
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

void FileReceiverTest::filecopy_020_nothingAfterAnError()
{
    QCOMPARE(told(m_rig->receive(file("a").bytes() + file("../b").bytes() + file("c").bytes() + endMarker())),
             refusal(84, "../b"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverTest::filecopy_021_S_111_aFailedTransferLeavesNothing()
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

void FileReceiverTest::filecopy_022_earlierTransfersStay()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), file("d/f"), directory("d")}))), QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(directory("d").bytes() + file("d/g").bytes())), refusal(121, "d/g"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/f"}));
}

/// Read from what the kernel says of the process, while it takes files.
void FileReceiverTest::S_110_whatComesIsDead()
{
    if (!canMakeNamespaces()) {
        QSKIP("nobody may make namespaces here");
    }
    const auto receiver = m_rig->startReceiver();
    const QByteArray stream = streamOf({directory("d"), file("d/first"), file("second"), directory("d")});
    receiver->write(allButTheLast(stream));
    QVERIFY(receiver->waitForBytesWritten(LongestMs));
    QVERIFY(eventually([&] {
        return m_rig->isStaged("second");
    }));
    const QByteArray place = m_rig->path("home/QubesIncoming").toLocal8Bit();
    const QByteArrayList options = mountOptionsOf(receiver->processId(), place);
    for (const char *const option : {"nosuid", "nodev", "noexec"}) {
        QVERIFY2(options.contains(option), options.join(',').constData());
    }
    QCOMPARE(mountOptionsOf(receiver->processId(), place + "/.staging"), QByteArrayList()); // the same mount
    QCOMPARE(mountOptionsOf(::getpid(), place), QByteArrayList());                          // which is its own
    // What made the mount is not kept.
    const QByteArray status = FileRig::read(QStringLiteral("/proc/%1/status").arg(receiver->processId()));
    QVERIFY(status.contains("CapEff:\t0000000000000000\n") && status.contains("CapPrm:\t0000000000000000\n"));
    // It still moves all to its place, and it is the person's as before.
    receiver->write(stream.right(1));
    receiver->closeWriteChannel();
    QCOMPARE(told(FileRig::answerOf(*receiver)), done("d"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/first", "second"}));
    QCOMPARE(factsOf(m_rig->received("second")).st_uid, ::geteuid());
    QCOMPARE(factsOf(m_rig->received("second")).st_gid, ::getegid());
}

void FileReceiverTest::filecopy_023_noPartUnderItsName()
{
    const auto receiver = m_rig->startReceiver();
    const QByteArray stream = streamOf({file("first"), file("second", QByteArray(300000, 'x'))});
    receiver->write(stream.left(stream.size() - 100000));
    QVERIFY(receiver->waitForBytesWritten(LongestMs));
    QVERIFY(eventually([&] {
        return m_rig->isStaged("second");
    }));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    QCOMPARE(modeOf(m_rig->path("home/QubesIncoming/.staging")), 0700U);
    receiver->write(stream.right(100000));
    receiver->closeWriteChannel();
    QCOMPARE(told(FileRig::answerOf(*receiver)), QByteArray("0 second 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"first", "second"}));
}

void FileReceiverTest::filecopy_024_S_109_modes_data()
{
    QTest::addColumn<quint32>("sent");
    QTest::addColumn<quint32>("arrives");
    QTest::newRow("0000") << 0U << 0U;
    QTest::newRow("0400") << 0400U << 0400U;
    QTest::newRow("0755") << 0755U << 0755U;
    QTest::newRow("04755") << 04755U << 0755U;
    QTest::newRow("02755") << 02755U << 0755U;
    QTest::newRow("01777") << 01777U << 0755U;
    QTest::newRow("07777") << 07777U << 0755U;
    QTest::newRow("0666, less what the umask takes") << 0666U << 0644U;
}

void FileReceiverTest::filecopy_024_S_109_modes()
{
    QFETCH(quint32, sent);
    QFETCH(quint32, arrives);
    QCOMPARE(told(m_rig->receive(streamOf(
                 {file("f", "x", 0100000 | sent), directory("d", 0040000 | sent), directory("d", 0040000 | sent)}))),
             QByteArray("0 d 0"));
    QCOMPARE(modeOf(m_rig->received("f")), arrives);
    QCOMPARE(modeOf(m_rig->received("d")), arrives);
}

void FileReceiverTest::filecopy_025_readOnlyDirectory()
{
    const std::uint32_t readOnly = 0040555;
    QCOMPARE(told(m_rig->receive(streamOf({directory("d", readOnly),
                                           directory("d/e", readOnly),
                                           file("d/e/f"),
                                           directory("d/e", readOnly),
                                           directory("d", readOnly)}))),
             QByteArray("0 d 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/e/", "d/e/f"}));
    QCOMPARE(modeOf(m_rig->received("d")), 0555U);
    QCOMPARE(modeOf(m_rig->received("d/e")), 0555U);
    QCOMPARE(factsOf(m_rig->received("d")).st_mtim.tv_sec, 3);
    QCOMPARE(factsOf(m_rig->received("d")).st_mtim.tv_nsec, 4);
}

void FileReceiverTest::filecopy_026_mergingReplacesNothing()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d", 0040700), file("d/f", "old"), directory("d", 0040700)}))),
             QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"),
                                           directory("d/e", 0040555),
                                           file("d/e/g", "new"),
                                           directory("d/e", 0040555),
                                           directory("d"),
                                           file("top")}))),
             QByteArray("0 top 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/e/", "d/e/g", "d/f", "top"}));
    QCOMPARE(FileRig::read(m_rig->received("d/f")), QByteArray("old"));
    QCOMPARE(modeOf(m_rig->received("d")), 0700U);
    QCOMPARE(modeOf(m_rig->received("d/e")), 0555U);

    // A name that is taken while the transfer runs spoils all of it.
    const auto receiver = m_rig->startReceiver();
    const QByteArray stream = streamOf({file("another"), directory("d"), file("d/late"), directory("d")});
    receiver->write(allButTheLast(stream));
    QVERIFY(eventually([&] {
        return m_rig->isStaged("late");
    }));
    FileRig::write(m_rig->received("d/late"), "mine");
    receiver->write(stream.right(1));
    receiver->closeWriteChannel();
    QCOMPARE(told(FileRig::answerOf(*receiver)), refusal(17, "d/late"));
    QCOMPARE(FileRig::read(m_rig->received("d/late")), QByteArray("mine"));
    QVERIFY(!QFile::exists(m_rig->received("another")));
}

void FileReceiverTest::filecopy_026_goesOnInADirectoryThatIsThere()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), directory("d/e"), directory("d/e"), directory("d")}))),
             QByteArray("0 d 0"));
    QCOMPARE(told(m_rig->receive(streamOf({file("d/e/f")}))), QByteArray("0 d/e/f 0"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList({"d/", "d/e/", "d/e/f"}));
}

void FileReceiverTest::filecopy_027_inPlaceWhenTheAnswerComes()
{
    const auto receiver = m_rig->startReceiver();
    receiver->write(streamOf({file("a", QByteArray(1 << 20, 'y'))}));
    QVERIFY(receiver->waitForReadyRead(LongestMs)); // the first byte of it
    QCOMPARE(FileRig::read(m_rig->received("a")), QByteArray(1 << 20, 'y'));
    QCOMPARE(told(FileRig::answerOf(*receiver)), QByteArray("0 a 0"));
}

void FileReceiverTest::filecopy_028_twoAtOnce()
{
    const QByteArray one = streamOf({directory("d"), file("d/one", QByteArray(200000, '1')), directory("d")});
    const QByteArray two = streamOf({directory("d"), file("d/two", QByteArray(200000, '2')), directory("d")});
    const auto first = m_rig->startReceiver();
    const auto second = m_rig->startReceiver();
    for (const qsizetype half : {qsizetype{0}, one.size() / 2}) {
        first->write(one.mid(half, half == 0 ? one.size() / 2 : -1));
        second->write(two.mid(half, half == 0 ? two.size() / 2 : -1));
    }
    first->closeWriteChannel();
    second->closeWriteChannel();
    QCOMPARE(told(FileRig::answerOf(*second)), QByteArray("0 d 0"));
    QCOMPARE(told(FileRig::answerOf(*first)), QByteArray("0 d 0"));
    QCOMPARE(FileRig::read(m_rig->received("d/one")), QByteArray(200000, '1'));
    QCOMPARE(FileRig::read(m_rig->received("d/two")), QByteArray(200000, '2'));
}

void FileReceiverTest::filecopy_029_directoriesAreMade()
{
    ::umask(0);
    QCOMPARE(told(m_rig->receive(endMarker())), QByteArray("0  0"));
    for (const char *made : {"home/QubesIncoming", "home/QubesIncoming/work", "home/QubesIncoming/.staging"}) {
        QCOMPARE(modeOf(m_rig->path(made)), 0700U);
    }
}

void FileReceiverTest::filecopy_030_S_106_directoryMovedAway()
{
    const auto receiver = m_rig->startReceiver();
    receiver->write(directory("d").bytes() + file("d/a").bytes());
    QVERIFY(eventually([&] {
        return m_rig->isStaged("d/a");
    }));
    // The person moves it, and a hostile program of theirs puts a link in its place.
    QVERIFY(QDir().rename(m_rig->path("home/QubesIncoming/work"), m_rig->path("home/moved")));
    m_rig->makeDirectory("home/elsewhere");
    FileRig::makeLink("../elsewhere", m_rig->path("home/QubesIncoming/work"));
    const QByteArray name = m_rig->stagingNames().first().split('/').first();
    const QString staging = m_rig->path("home/QubesIncoming/.staging/" + name);
    QVERIFY(QDir().rename(staging, m_rig->path("home/staged")));
    FileRig::makeLink("../../elsewhere", staging);
    receiver->write(file("d/b").bytes() + directory("d").bytes() + endMarker());
    receiver->closeWriteChannel();
    (void)FileRig::answerOf(*receiver); // whether it takes part in the game or gives up
    QVERIFY(QDir(m_rig->path("home/elsewhere")).isEmpty());
}

void FileReceiverTest::filecopy_032_shapesOfNames_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char *name : {"", "/a", "a//b", "./a", "a/./b", "a/..", "../a", "a/", ".", ".."}) {
        QTest::addRow("'%s'", name) << QByteArray(name);
    }
}

void FileReceiverTest::filecopy_032_shapesOfNames()
{
    QFETCH(QByteArray, name);
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), file(name)}))), refusal(84, name));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), directory(name)}))), refusal(84, name));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), linkTo(name, "target")}))), refusal(84, "target"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), file(name)}), {"allow-all-names"})), refusal(84, name));
}

void FileReceiverTest::filecopy_035_allNames()
{
    const QByteArray odd = "a\nb\x1B[2J\xFF\xC0";
    QCOMPARE(told(m_rig->receive(streamOf({file(odd)}))), refusal(84, odd));
    QCOMPARE(told(m_rig->receive(streamOf({file(odd)}), {"allow-all-names"})), done(odd));
    QCOMPARE(::access(QByteArray(m_rig->received("").toLocal8Bit() + odd).constData(), F_OK), 0);
}

void FileReceiverTest::filecopy_036_S_107_links_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<quint32>("code");
    QTest::newRow("at the top") << QByteArray("l") << QByteArray("f") << 67U;
    QTest::newRow("beside it") << QByteArray("d/l") << QByteArray("f") << 0U;
    QTest::newRow("out") << QByteArray("d/l") << QByteArray("../x") << 67U;
    QTest::newRow("up") << QByteArray("d/e/l") << QByteArray("../x") << 0U;
    QTest::newRow("up and out") << QByteArray("d/e/l") << QByteArray("../../x") << 67U;
    QTest::newRow("absolute") << QByteArray("d/l") << QByteArray("/etc") << 67U;
    QTest::newRow("descriptors") << QByteArray("d/l") << QByteArray("/proc/self/fd/0") << 67U;
    QTest::newRow("back") << QByteArray("d/l") << QByteArray("x/..") << 67U;
    QTest::newRow("dots and slashes") << QByteArray("d/l") << QByteArray("./x//y") << 0U;
    QTest::newRow("slash") << QByteArray("d/l") << QByteArray("x/") << 0U;
    QTest::newRow("odd") << QByteArray("d/l") << QByteArray("x\ny") << 84U;
    QTest::newRow("nothing") << QByteArray("d/l") << QByteArray("") << 2U;
}

void FileReceiverTest::filecopy_036_S_107_links()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, target);
    QFETCH(quint32, code);
    const Answer answer = m_rig->receive(streamOf({directory("d"), directory("d/e"), linkTo(name, target)}));
    QCOMPARE(told(answer), code == 0 ? done(name) : refusal(code, target));
    if (code == 0) {
        QCOMPARE(linkTarget(m_rig->received(name)), target);
    } else {
        QCOMPARE(m_rig->receivedNames(), QByteArrayList());
    }
}

void FileReceiverTest::S_107_nothingGoesThroughALink()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), directory("d/e"), linkTo("d/l", "e"), file("d/l/x")}))),
             refusal(20, "l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), directory("d/e"), linkTo("d/l", "e"), directory("d/l")}))),
             refusal(20, "d/l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), linkTo("d/k", "f"), linkTo("d/l", "k"), file("d/l")}))),
             refusal(17, "d/l"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverTest::S_108_theSameNameTwice()
{
    const auto answerTo = [this](const RawEntry &first, const RawEntry &second) {
        return told(m_rig->receive(streamOf({directory("d"), first, second})));
    };
    const RawEntry f = file("d/x");
    const RawEntry d = directory("d/x");
    const RawEntry l = linkTo("d/x", "y");
    QCOMPARE(answerTo(f, f), refusal(17, "d/x"));
    QCOMPARE(answerTo(f, d), refusal(20, "d/x"));
    QCOMPARE(answerTo(f, l), refusal(17, "d/x"));
    QCOMPARE(answerTo(d, f), refusal(17, "d/x"));
    QCOMPARE(answerTo(d, l), refusal(17, "d/x"));
    QCOMPARE(answerTo(l, f), refusal(17, "d/x"));
    QCOMPARE(answerTo(l, d), refusal(20, "d/x"));
    QCOMPARE(answerTo(l, l), refusal(17, "d/x"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverTest::S_111_silence()
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

void FileReceiverTest::S_112_killedAtAnyByte()
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

void FileReceiverTest::filecopy_037_otherArguments()
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

void FileReceiverTest::brokenConfiguration_refusesEverything()
{
    for (const char *bad :
         {"max-bytes=-1\n", "max-bytes\n", "max-files=3\n", "max-entries=1k\n", "silence-seconds=0\n"}) {
        m_rig->configure(bad);
        QCOMPARE(m_rig->receive(streamOf({file("a")})).code, 1U);
        QVERIFY(!QFile::exists(m_rig->received("a")));
    }
}

void FileReceiverTest::aDirectoryThatIsALink_isNotEntered()
{
    m_rig->makeDirectory("home/QubesIncoming");
    m_rig->makeDirectory("home/elsewhere");
    FileRig::makeLink("../elsewhere", m_rig->path("home/QubesIncoming/work"));
    QCOMPARE(m_rig->receive(streamOf({file("a")})).code, 20U);
    QVERIFY(QDir(m_rig->path("home/elsewhere")).isEmpty());
}

QTEST_GUILESS_MAIN(FileReceiverTest)
#include "filereceivertest.moc"
