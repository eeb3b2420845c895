// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/number.h"

#include <QTest>

#include <cstdint>
#include <optional>
#include <string>

using namespace Bulkhead;

namespace
{

using Signed = std::optional<std::int32_t>;
using Unsigned = std::optional<std::uint32_t>;
using Byte = std::optional<std::uint8_t>;

} // namespace

class NumberTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numberIn_takesAWholeText_data();
    void numberIn_takesAWholeText();
    void numberIn_takesWhatFits_data();
    void numberIn_takesWhatFits();
    void numberIn_readsOtherBases_data();
    void numberIn_readsOtherBases();
    void numberWithin_includesItsBounds_data();
    void numberWithin_includesItsBounds();
    void numberWithin_takesBoundsBelowZero_data();
    void numberWithin_takesBoundsBelowZero();
};

void NumberTest::numberIn_takesAWholeText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Signed>("asSigned");
    QTest::addColumn<Unsigned>("asUnsigned");

    QTest::newRow("one digit") << QByteArray("7") << Signed(7) << Unsigned(7);
    QTest::newRow("zero") << QByteArray("0") << Signed(0) << Unsigned(0);
    QTest::newRow("many digits") << QByteArray("1234567890") << Signed(1234567890) << Unsigned(1234567890);
    QTest::newRow("zeros in front") << QByteArray("0007") << Signed(7) << Unsigned(7);
    QTest::newRow("more zeros than digits fit") << QByteArray(40, '0').append('7') << Signed(7) << Unsigned(7);
    QTest::newRow("minus") << QByteArray("-7") << Signed(-7) << Unsigned();
    QTest::newRow("minus zero") << QByteArray("-0") << Signed(0) << Unsigned();
    QTest::newRow("minus alone") << QByteArray("-") << Signed() << Unsigned();
    QTest::newRow("two minuses") << QByteArray("--7") << Signed() << Unsigned();
    QTest::newRow("minus and a blank") << QByteArray("- 7") << Signed() << Unsigned();
    QTest::newRow("plus") << QByteArray("+7") << Signed() << Unsigned();
    QTest::newRow("empty") << QByteArray("") << Signed() << Unsigned();
    QTest::newRow("null") << QByteArray() << Signed() << Unsigned();
    QTest::newRow("blank") << QByteArray(" ") << Signed() << Unsigned();
    QTest::newRow("blank in front") << QByteArray(" 7") << Signed() << Unsigned();
    QTest::newRow("blank behind") << QByteArray("7 ") << Signed() << Unsigned();
    QTest::newRow("blank inside") << QByteArray("7 7") << Signed() << Unsigned();
    QTest::newRow("newline behind") << QByteArray("7\n") << Signed() << Unsigned();
    QTest::newRow("NUL behind") << QByteArray("7\0", 2) << Signed() << Unsigned();
    QTest::newRow("letter behind") << QByteArray("7k") << Signed() << Unsigned();
    QTest::newRow("letters") << QByteArray("seven") << Signed() << Unsigned();
    QTest::newRow("hexadecimal digit") << QByteArray("f") << Signed() << Unsigned();
    QTest::newRow("fraction") << QByteArray("7.0") << Signed() << Unsigned();
    QTest::newRow("exponent") << QByteArray("7e1") << Signed() << Unsigned();
    QTest::newRow("other digits") << QByteArray("\xd9\xa7") << Signed() << Unsigned();
}

void NumberTest::numberIn_takesAWholeText()
{
    QFETCH(QByteArray, text);
    QFETCH(Signed, asSigned);
    QFETCH(Unsigned, asUnsigned);

    QVERIFY(numberIn<std::int32_t>(text.toStdString()) == asSigned);
    QVERIFY(numberIn<std::uint32_t>(text.toStdString()) == asUnsigned);
}

void NumberTest::numberIn_takesWhatFits_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Signed>("asSigned");
    QTest::addColumn<Unsigned>("asUnsigned");
    QTest::addColumn<Byte>("asByte");

    QTest::newRow("most of a byte") << QByteArray("255") << Signed(255) << Unsigned(255) << Byte(255);
    QTest::newRow("over a byte") << QByteArray("256") << Signed(256) << Unsigned(256) << Byte();
    QTest::newRow("most with a sign") << QByteArray("2147483647") << Signed(INT32_MAX) << Unsigned(INT32_MAX) << Byte();
    QTest::newRow("over it") << QByteArray("2147483648") << Signed() << Unsigned(2147483648U) << Byte();
    QTest::newRow("least with a sign") << QByteArray("-2147483648") << Signed(INT32_MIN) << Unsigned() << Byte();
    QTest::newRow("below it") << QByteArray("-2147483649") << Signed() << Unsigned() << Byte();
    QTest::newRow("most without a sign") << QByteArray("4294967295") << Signed() << Unsigned(UINT32_MAX) << Byte();
    QTest::newRow("over that") << QByteArray("4294967296") << Signed() << Unsigned() << Byte();
    QTest::newRow("far over all") << QByteArray(100, '9') << Signed() << Unsigned() << Byte();
}

void NumberTest::numberIn_takesWhatFits()
{
    QFETCH(QByteArray, text);
    QFETCH(Signed, asSigned);
    QFETCH(Unsigned, asUnsigned);
    QFETCH(Byte, asByte);

    QVERIFY(numberIn<std::int32_t>(text.toStdString()) == asSigned);
    QVERIFY(numberIn<std::uint32_t>(text.toStdString()) == asUnsigned);
    QVERIFY(numberIn<std::uint8_t>(text.toStdString()) == asByte);
}

void NumberTest::numberIn_readsOtherBases_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("base");
    QTest::addColumn<Unsigned>("number");

    QTest::newRow("small letters") << QByteArray("ff") << 16 << Unsigned(255);
    QTest::newRow("capital letters") << QByteArray("FF") << 16 << Unsigned(255);
    QTest::newRow("digits alone") << QByteArray("10") << 16 << Unsigned(16);
    QTest::newRow("zeros in front") << QByteArray("000a") << 16 << Unsigned(10);
    QTest::newRow("most") << QByteArray("ffffffff") << 16 << Unsigned(UINT32_MAX);
    QTest::newRow("over it") << QByteArray("100000000") << 16 << Unsigned();
    QTest::newRow("prefix") << QByteArray("0xff") << 16 << Unsigned();
    QTest::newRow("no digit of it") << QByteArray("fg") << 16 << Unsigned();
    QTest::newRow("empty") << QByteArray() << 16 << Unsigned();
    QTest::newRow("octal") << QByteArray("0755") << 8 << Unsigned(493);
    QTest::newRow("no octal digit") << QByteArray("8") << 8 << Unsigned();
}

void NumberTest::numberIn_readsOtherBases()
{
    QFETCH(QByteArray, text);
    QFETCH(int, base);
    QFETCH(Unsigned, number);

    QVERIFY(numberIn<std::uint32_t>(text.toStdString(), base) == number);
}

void NumberTest::numberWithin_includesItsBounds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Unsigned>("number");

    QTest::newRow("below") << QByteArray("2") << Unsigned();
    QTest::newRow("least") << QByteArray("3") << Unsigned(3);
    QTest::newRow("between") << QByteArray("500") << Unsigned(500);
    QTest::newRow("most") << QByteArray("1023") << Unsigned(1023);
    QTest::newRow("above") << QByteArray("1024") << Unsigned();
    QTest::newRow("more than fits") << QByteArray("4294967299") << Unsigned();
    QTest::newRow("zeros in front") << QByteArray("0003") << Unsigned(3);
    QTest::newRow("empty") << QByteArray() << Unsigned();
    QTest::newRow("letter behind") << QByteArray("500x") << Unsigned();
    QTest::newRow("minus") << QByteArray("-500") << Unsigned();
}

void NumberTest::numberWithin_includesItsBounds()
{
    QFETCH(QByteArray, text);
    QFETCH(Unsigned, number);

    QVERIFY(numberWithin<std::uint32_t>(text.toStdString(), 3, 1023) == number);
}

void NumberTest::numberWithin_takesBoundsBelowZero_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Signed>("number");

    QTest::newRow("below") << QByteArray("-6") << Signed();
    QTest::newRow("least") << QByteArray("-5") << Signed(-5);
    QTest::newRow("zero") << QByteArray("0") << Signed(0);
    QTest::newRow("most") << QByteArray("5") << Signed(5);
    QTest::newRow("above") << QByteArray("6") << Signed();
}

void NumberTest::numberWithin_takesBoundsBelowZero()
{
    QFETCH(QByteArray, text);
    QFETCH(Signed, number);

    QVERIFY(numberWithin<std::int32_t>(text.toStdString(), -5, 5) == number);
}

QTEST_GUILESS_MAIN(NumberTest)
#include "numbertest.moc"
