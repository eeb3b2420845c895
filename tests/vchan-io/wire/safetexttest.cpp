// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/safetext.h"

#include "tests/support/wirebody.h"

#include <QTest>

using namespace Bulkhead;
using namespace std::string_literals;

class SafeTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gui_050_S_062_utf8_data();
    void gui_050_S_062_utf8();
    void gui_049_ascii_replacesEachByte();
    void gui_051_ellipsisBecomesDots_data();
    void gui_051_ellipsisBecomesDots();
    void S_062_marksDoNotPileUp();
    void cleaning_changesNothingTwice();
    void cut_endsBetweenCharacters();
    void S_025_field_endsAtItsFirstNul();
};

void SafeTextTest::gui_050_S_062_utf8_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("clean");

    QTest::newRow("empty") << ""s << ""s;
    QTest::newRow("ASCII's edges") << " ~"s << " ~"s;
    QTest::newRow("control characters") << "a\x01\x1B[0m\x7F\nb"s << "a__[0m__b"s;
    QTest::newRow("two bytes") << "caf\xC3\xA9"s << "caf\xC3\xA9"s;
    QTest::newRow("first of three bytes") << "\xE0\xA0\x80"s << "\xE0\xA0\x80"s;
    QTest::newRow("first of four bytes") << "\xF0\x90\x80\x80"s << "\xF0\x90\x80\x80"s;
    QTest::newRow("U+10FFFF") << "\xF4\x8F\xBF\xBF"s << "\xF4\x8F\xBF\xBF"s;
    QTest::newRow("above U+10FFFF") << "\xF4\x90\x80\x80"s << "____"s;
    QTest::newRow("lead byte F5") << "\xF5\x80\x80\x80"s << "____"s;
    QTest::newRow("overlong, two bytes") << "\xC0\xAF\xC1\xBF"s << "____"s;
    QTest::newRow("overlong, three bytes") << "\xE0\x9F\xBF"s << "___"s;
    QTest::newRow("overlong, four bytes") << "\xF0\x8F\xBF\xBF"s << "____"s;
    QTest::newRow("surrogate") << "\xED\xA0\x80"s << "___"s;
    QTest::newRow("before the surrogates") << "\xED\x9F\xBF"s << "\xED\x9F\xBF"s;
    QTest::newRow("cut at the end") << "a\xE2\x80"s << "a__"s;
    QTest::newRow("cut by a letter") << "\xE2\x80z"s << "__z"s;
    QTest::newRow("continuation alone") << "\x80z"s << "_z"s;
    QTest::newRow("lead byte before a whole one") << "\xF0\xC3\xA9"s << "_\xC3\xA9"s;
    QTest::newRow("C1 control") << "\xC2\x9B"s << "__"s;
    QTest::newRow("no-break space is no control") << "\xC2\xA0"s << "\xC2\xA0"s;
    QTest::newRow("right-to-left override") << "\xE2\x80\xAE"s << "___"s;
    QTest::newRow("direction isolate") << "\xE2\x81\xA6"s << "___"s;
    QTest::newRow("zero width space") << "\xE2\x80\x8B"s << "___"s;
    QTest::newRow("line separator") << "\xE2\x80\xA8"s << "___"s;
    QTest::newRow("byte order mark") << "\xEF\xBB\xBF"s << "___"s;
    QTest::newRow("tag letter") << "\xF3\xA0\x81\x81"s << "____"s;
    QTest::newRow("four marks on a letter")
        << "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84"s << "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84"s;
    QTest::newRow("a fifth mark") << "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85z"s
                                  << "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84__z"s;
    QTest::newRow("NUL inside") << "a\0b"s << "a_b"s;
}

void SafeTextTest::gui_050_S_062_utf8()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, clean);
    QCOMPARE(SafeText::fromUtf8(text).text(), clean);
    QCOMPARE(clean.size(), text.size()); // one byte for one byte: nothing grows
}

void SafeTextTest::gui_049_ascii_replacesEachByte()
{
    QCOMPARE(SafeText::fromAscii("\x01\x7F\x0A\xC3\xA9!").text(), "_____!"s);
    QCOMPARE(SafeText::fromUtf8("\x01\x7F\x0A\xC3\xA9!").inAscii().text(), "_____!"s);
}

void SafeTextTest::gui_051_ellipsisBecomesDots_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("ascii");

    QTest::newRow("at the end") << "a long title\xE2\x80\xA6"s << "a long title..."s;
    QTest::newRow("after one letter") << "a\xE2\x80\xA6"s << "a..."s;
    QTest::newRow("alone") << "\xE2\x80\xA6"s << "___"s;
    QTest::newRow("in the middle") << "a\xE2\x80\xA6z"s << "a___z"s;
}

void SafeTextTest::gui_051_ellipsisBecomesDots()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, ascii);
    QCOMPARE(SafeText::fromUtf8(text).inAscii().text(), ascii);
}

void SafeTextTest::S_062_marksDoNotPileUp()
{
    std::string pile = "Z";
    for (int i = 0; i < 64; ++i) {
        pile += "\xCC\x9B";
    }
    const SafeText clean = SafeText::fromUtf8(pile);
    QVERIFY(!clean.text().contains("\xCC\x9B\xCC\x9B\xCC\x9B\xCC\x9B\xCC\x9B"));
    QCOMPARE(clean.text().size(), pile.size());
    QCOMPARE(SafeText::fromUtf8(clean.text()), clean);
}

void SafeTextTest::cleaning_changesNothingTwice()
{
    std::string everyByte;
    for (int byte = 0; byte < 256; ++byte) {
        everyByte += static_cast<char>(byte);
        everyByte += "\xC3";
    }
    const SafeText once = SafeText::fromUtf8(everyByte);
    QCOMPARE(SafeText::fromUtf8(once.text()), once);
}

void SafeTextTest::cut_endsBetweenCharacters()
{
    const SafeText text = SafeText::fromUtf8("ab\xE2\x82\xAC");
    QCOMPARE(text.cut(5).text(), "ab\xE2\x82\xAC"s);
    QCOMPARE(text.cut(4).text(), "ab"s);
    QCOMPARE(text.cut(3).text(), "ab"s);
    QCOMPARE(text.cut(2).text(), "ab"s);
    QCOMPARE(text.cut(0).text(), ""s);
}

void SafeTextTest::S_025_field_endsAtItsFirstNul()
{
    QCOMPARE(textInField(Test::field("name", 8)), "name");
    QCOMPARE(textInField(Test::field("12345678", 8)), "1234567"); // no NUL: the last byte is taken as one
    QCOMPARE(textInField(Test::field({"\0hidden", 7}, 8)), "");
    QCOMPARE(textInField(Test::field({"a\0garbage", 9}, 16)), "a");
    QCOMPARE(textInField({}), "");
}

QTEST_GUILESS_MAIN(SafeTextTest)
#include "safetexttest.moc"
