// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/memoryreport.h"

#include <QTest>

using namespace Bulkhead;

class MemoryReportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_007_onlyDigitsAreANumber_data();
    void S_007_onlyDigitsAreANumber();
    void whatIsWrittenIsRead();
};

void MemoryReportTest::S_007_onlyDigitsAreANumber_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("bytes"); // -1: refused
    QTest::newRow("digits") << QByteArray("400000") << qint64{409'600'000};
    QTest::newRow("nothing used") << QByteArray("0") << qint64{0};
    QTest::newRow("most digits") << QByteArray("9999999999") << qint64{10'239'999'998'976};
    QTest::newRow("empty, as dom0 made it") << QByteArray() << qint64{-1};
    QTest::newRow("too many digits") << QByteArray("10000000000") << qint64{-1};
    QTest::newRow("negative") << QByteArray("-1") << qint64{-1};
    QTest::newRow("a sign") << QByteArray("+1") << qint64{-1};
    QTest::newRow("a unit") << QByteArray("1 kB") << qint64{-1};
    QTest::newRow("a line end") << QByteArray("1\n") << qint64{-1};
    QTest::newRow("hexadecimal") << QByteArray("0x10") << qint64{-1};
    QTest::newRow("a NUL") << QByteArray("1\0", 2) << qint64{-1};
}

void MemoryReportTest::S_007_onlyDigitsAreANumber()
{
    QFETCH(const QByteArray, value);
    QFETCH(const qint64, bytes);
    const auto parsed = parseMemoryReport(value.toStdString());
    QCOMPARE(parsed ? static_cast<qint64>(*parsed) : qint64{-1}, bytes);
}

void MemoryReportTest::whatIsWrittenIsRead()
{
    QCOMPARE(parseMemoryReport(memoryReport(123'456)), std::uint64_t{123'456} * 1024);
}

QTEST_GUILESS_MAIN(MemoryReportTest)
#include "memoryreporttest.moc"
