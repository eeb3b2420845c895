// SPDX-License-Identifier: GPL-2.0-or-later
// The receiver, confined as it is shipped: what arrives, how, and where it is until then.
#include "tests/clipboard/files/receiverwords.h"
#include "tests/support/confinedchild.h"

#include <QTest>

#include <sched.h>

using namespace Bulkhead::Test;

namespace
{

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

} // namespace

class FileReceiverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_001_foreignStreamToTheByte();
    void filecopy_006_aThousandEntries();
    void filecopy_008_whatFollowsTheEndIsIgnored();
    void filecopy_023_noPartUnderItsName();
    void filecopy_024_S_109_modes_data();
    void filecopy_024_S_109_modes();
    void filecopy_025_readOnlyDirectory();
    void filecopy_026_mergingReplacesNothing();
    void filecopy_026_goesOnInADirectoryThatIsThere();
    void filecopy_027_inPlaceWhenTheAnswerComes();
    void filecopy_028_twoAtOnce();
    void filecopy_029_directoriesAreMade();
    void S_110_whatComesIsDead();

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

QTEST_GUILESS_MAIN(FileReceiverTest)
#include "filereceivertest.moc"
