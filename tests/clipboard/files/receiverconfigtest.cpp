// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/receiverconfig.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;
using namespace std::chrono_literals;

class ReceiverConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_198_everyKeyHasItsEffectAndTheStrictestCounts();
    void S_198_errorNamesFileLineAndWhatMayStandThere_data();
    void S_198_errorNamesFileLineAndWhatMayStandThere();
    void S_198_wrongLineLeavesEveryValueAsItWas();
    void missingFilesSayNothing();
};

void ReceiverConfigTest::S_198_everyKeyHasItsEffectAndTheStrictestCounts()
{
    ReceiverConfig config;
    const ReceiverConfig usual;
    QVERIFY(applyReceiverConfig(config, "# mine\n\nmax-bytes=0\n"));
    QCOMPARE(config.limits.bytes, std::uint64_t{0});
    QCOMPARE(config.limits.entries, usual.limits.entries);
    QVERIFY(applyReceiverConfig(config, "max-entries=7\nsilence-seconds=86400"));
    QCOMPARE(config.limits.entries, std::uint64_t{7});
    QVERIFY(config.silence == usual.silence); // it was stricter
    QVERIFY(applyReceiverConfig(config, "max-entries=8\nsilence-seconds=1\nmax-bytes=18446744073709551615\n"));
    QCOMPARE(config.limits.entries, std::uint64_t{7});
    QCOMPARE(config.limits.bytes, std::uint64_t{0});
    QVERIFY(config.silence == 1s);
}

void ReceiverConfigTest::S_198_errorNamesFileLineAndWhatMayStandThere_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("said");
    const QByteArray keys = "it begins with none of max-bytes=, max-entries= and silence-seconds=";
    const QByteArray bytes = "max-bytes must be a number within 0..18446744073709551615";
    const QByteArray silence = "silence-seconds must be a number within 1..86400";
    QTest::newRow("unknown key") << QByteArray("max-files=3") << keys;
    QTest::newRow("a blank before it") << QByteArray(" max-bytes=3") << keys;
    QTest::newRow("another case") << QByteArray("Max-Bytes=3") << keys;
    QTest::newRow("wrong word") << QByteArray("max-bytes=many") << bytes;
    QTest::newRow("a sign") << QByteArray("max-bytes=-1") << bytes;
    QTest::newRow("a unit") << QByteArray("max-bytes=1k") << bytes;
    QTest::newRow("more than there is") << QByteArray("max-bytes=18446744073709551616") << bytes;
    QTest::newRow("no value") << QByteArray("max-bytes=") << bytes;
    QTest::newRow("no sign of equality") << QByteArray("max-bytes") << bytes;
    QTest::newRow("below its range") << QByteArray("silence-seconds=0") << silence;
    QTest::newRow("above its range") << QByteArray("silence-seconds=86401") << silence;
}

void ReceiverConfigTest::S_198_errorNamesFileLineAndWhatMayStandThere()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, said);
    const QTemporaryDir directory;
    const QString path = directory.filePath(QStringLiteral("file-receiver.conf"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("# a comment\nmax-entries=1\n" + line + "\n") > 0);
    file.close();
    const auto config = readReceiverConfig(std::array{path.toStdString()});
    QVERIFY(!config);
    QCOMPARE(config.error().code, Errc::BadValue);
    QCOMPARE(config.error().detail, path.toStdString() + ": line 3: " + said.toStdString());
}

void ReceiverConfigTest::S_198_wrongLineLeavesEveryValueAsItWas()
{
    ReceiverConfig config;
    QVERIFY(applyReceiverConfig(config, "max-bytes=10\nmax-entries=10\nsilence-seconds=10\n"));
    QVERIFY(!applyReceiverConfig(config, "max-bytes=1\nmax-entries=1\nsilence-seconds=1\nnonsense\n"));
    QCOMPARE(config.limits.bytes, std::uint64_t{10});
    QCOMPARE(config.limits.entries, std::uint64_t{10});
    QVERIFY(config.silence == 10s);
}

void ReceiverConfigTest::missingFilesSayNothing()
{
    const auto config = readReceiverConfig(std::array<std::string, 1>{"/nonexistent/file-receiver.conf"});
    QVERIFY(config.has_value());
    QCOMPARE(config->limits.entries, ReceiverConfig().limits.entries);
}

QTEST_GUILESS_MAIN(ReceiverConfigTest)
#include "receiverconfigtest.moc"
