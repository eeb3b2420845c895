// SPDX-License-Identifier: GPL-2.0-or-later
// The receiver, confined as it is shipped, against names, links and kinds of entries that senders may think of.
#include "tests/clipboard/files/receiverwords.h"

#include <QDir>
#include <QTest>

using namespace Bulkhead::Test;

class FileReceiverNamesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_009_takenNames();
    void filecopy_009_saidBeforeTheContentCame();
    void filecopy_010_whatLiesAbove();
    void filecopy_011_kindsThatAreNotSent();
    void filecopy_012_longNames();
    void filecopy_013_longTargets();
    void filecopy_030_S_106_directoryMovedAway();
    void filecopy_032_shapesOfNames_data();
    void filecopy_032_shapesOfNames();
    void filecopy_035_allNames();
    void filecopy_036_S_107_links_data();
    void filecopy_036_S_107_links();
    void S_107_nothingGoesThroughALink();
    void S_108_theSameNameTwice();
    void aDirectoryThatIsALink_isNotEntered();

private:
    std::unique_ptr<FileRig> m_rig;
};

void FileReceiverNamesTest::init()
{
    ::umask(022);
    m_rig = std::make_unique<FileRig>();
}

void FileReceiverNamesTest::filecopy_009_takenNames()
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

void FileReceiverNamesTest::filecopy_009_saidBeforeTheContentCame()
{
    QCOMPARE(told(m_rig->receive(streamOf({file("a")}))), QByteArray("0 a 0"));
    const auto receiver = m_rig->startReceiver();
    receiver->write(RawEntry{.name = "a", .size = 1000}.bytes());
    QCOMPARE(told(FileRig::answerOf(*receiver)), refusal(17, "a")); // its input is still open
}

void FileReceiverNamesTest::filecopy_010_whatLiesAbove()
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

void FileReceiverNamesTest::filecopy_011_kindsThatAreNotSent()
{
    for (const std::uint32_t mode : {0010644U, 0140644U, 0020644U, 0060644U, 0644U}) {
        QCOMPARE(told(m_rig->receive(streamOf({file("a", "", mode)}))), refusal(22, "a"));
    }
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverNamesTest::filecopy_012_longNames()
{
    const Answer tooLong = m_rig->receive(streamOf({file(QByteArray(16383, 'a'))}));
    QCOMPARE(told(tooLong), refusal(36, "(no name)"));
    const QByteArray longest(16382, 'a');
    QCOMPARE(told(m_rig->receive(streamOf({file(longest)}))), refusal(36, longest));
    const QByteArray fits(255, 'a');
    QCOMPARE(told(m_rig->receive(streamOf({file(fits)}))), done(fits));
}

void FileReceiverNamesTest::filecopy_013_longTargets()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), linkTo("d/l", QByteArray(16384, 'a'))}))),
             refusal(36, "d/l"));
}

void FileReceiverNamesTest::filecopy_030_S_106_directoryMovedAway()
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

void FileReceiverNamesTest::filecopy_032_shapesOfNames_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char *name : {"", "/a", "a//b", "./a", "a/./b", "a/..", "../a", "a/", ".", ".."}) {
        QTest::addRow("'%s'", name) << QByteArray(name);
    }
}

void FileReceiverNamesTest::filecopy_032_shapesOfNames()
{
    QFETCH(QByteArray, name);
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), file(name)}))), refusal(84, name));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), directory(name)}))), refusal(84, name));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), linkTo(name, "target")}))), refusal(84, "target"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("a"), file(name)}), {"allow-all-names"})), refusal(84, name));
}

void FileReceiverNamesTest::filecopy_035_allNames()
{
    const QByteArray odd = "a\nb\x1B[2J\xFF\xC0";
    QCOMPARE(told(m_rig->receive(streamOf({file(odd)}))), refusal(84, odd));
    QCOMPARE(told(m_rig->receive(streamOf({file(odd)}), {"allow-all-names"})), done(odd));
    QCOMPARE(::access(QByteArray(m_rig->received("").toLocal8Bit() + odd).constData(), F_OK), 0);
}

void FileReceiverNamesTest::filecopy_036_S_107_links_data()
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

void FileReceiverNamesTest::filecopy_036_S_107_links()
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

void FileReceiverNamesTest::S_107_nothingGoesThroughALink()
{
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), directory("d/e"), linkTo("d/l", "e"), file("d/l/x")}))),
             refusal(20, "l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), directory("d/e"), linkTo("d/l", "e"), directory("d/l")}))),
             refusal(20, "d/l"));
    QCOMPARE(told(m_rig->receive(streamOf({directory("d"), linkTo("d/k", "f"), linkTo("d/l", "k"), file("d/l")}))),
             refusal(17, "d/l"));
    QCOMPARE(m_rig->receivedNames(), QByteArrayList());
}

void FileReceiverNamesTest::S_108_theSameNameTwice()
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

void FileReceiverNamesTest::aDirectoryThatIsALink_isNotEntered()
{
    m_rig->makeDirectory("home/QubesIncoming");
    m_rig->makeDirectory("home/elsewhere");
    FileRig::makeLink("../elsewhere", m_rig->path("home/QubesIncoming/work"));
    QCOMPARE(m_rig->receive(streamOf({file("a")})).code, 20U);
    QVERIFY(QDir(m_rig->path("home/elsewhere")).isEmpty());
}

QTEST_GUILESS_MAIN(FileReceiverNamesTest)
#include "filereceivernamestest.moc"
