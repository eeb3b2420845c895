// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/qubetexts.h"

#include <QTest>

#include <string>

using namespace Bulkhead;

class QubeTextsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_haveTheirAlphabets();
    void label_isANameAndAColour();
    void notes_areWellFormed_data();
    void notes_areWellFormed();
    void notes_haveALimit();
    void interfaceCodes_areWholeAndEachOnce();
    void shutdown_takesEachOptionOnce();
};

void QubeTextsTest::words_haveTheirAlphabets()
{
    QVERIFY(QubeTexts::isFeatureName("service.net-time_2"));
    QVERIFY(QubeTexts::isFeatureValue(""));
    QVERIFY(QubeTexts::isTag(std::string(QubeTexts::MaxTag, 'a')));
    QVERIFY(!QubeTexts::isTag(std::string(QubeTexts::MaxTag + 1, 'a')));
    QVERIFY(!QubeTexts::isTag("a.b"));
    for (const std::string_view text : {"", "a b", "a\n", "a/b", "\xC3\xA9"}) {
        QVERIFY(!QubeTexts::isFeatureName(text));
        QVERIFY(!QubeTexts::isTag(text));
        QVERIFY(!QubeTexts::isLabelName(text));
    }
    QVERIFY(!QubeTexts::isFeatureValue("two\nlines"));
    QVERIFY(!QubeTexts::isFeatureValue(std::string_view("\0", 1)));
}

void QubeTextsTest::label_isANameAndAColour()
{
    const auto label = QubeTexts::parseNewLabel("teal", " 0x008080\n");
    QVERIFY(label);
    QCOMPARE(label->name, std::string("teal"));
    QCOMPARE(label->color.rgb(), 0x008080U);
    QCOMPARE(QubeTexts::parseNewLabel("12", "0x008080").error().code, Errc::BadField);
    QCOMPARE(QubeTexts::parseNewLabel("", "0x008080").error().code, Errc::BadField);
    QCOMPARE(QubeTexts::parseNewLabel(std::string(QubeTexts::MaxLabelName + 1, 'a'), "0x008080").error().code,
             Errc::BadField);
    QVERIFY(!QubeTexts::parseNewLabel("teal", "0x8080"));
    QVERIFY(!QubeTexts::parseNewLabel("teal", "teal"));
}

void QubeTextsTest::notes_areWellFormed_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<qsizetype>("characters");

    QTest::newRow("nothing") << std::string() << true << qsizetype{0};
    QTest::newRow("ASCII") << std::string("two\nlines") << true << qsizetype{9};
    QTest::newRow("two, three and four bytes")
        << std::string("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") << true << qsizetype{3};
    QTest::newRow("the last character") << std::string("\xF4\x8F\xBF\xBF") << true << qsizetype{1};
    QTest::newRow("beyond the last") << std::string("\xF4\x90\x80\x80") << false << qsizetype{0};
    QTest::newRow("longer than need be") << std::string("\xC0\xAF") << false << qsizetype{0};
    QTest::newRow("three for two") << std::string("\xE0\x80\xAF") << false << qsizetype{0};
    QTest::newRow("four for three") << std::string("\xF0\x82\x82\xAC") << false << qsizetype{0};
    QTest::newRow("half of a pair") << std::string("\xED\xA0\x80") << false << qsizetype{0};
    QTest::newRow("cut off") << std::string("a\xF0\x9F\x98") << false << qsizetype{0};
    QTest::newRow("a continuation alone") << std::string("\x80") << false << qsizetype{0};
    QTest::newRow("a first byte without its rest") << std::string("\xC3(") << false << qsizetype{0};
    QTest::newRow("five bytes") << std::string("\xF8\x88\x80\x80\x80") << false << qsizetype{0};
}

void QubeTextsTest::notes_areWellFormed()
{
    QFETCH(const std::string, text);
    QFETCH(const bool, accepted);
    QFETCH(const qsizetype, characters);
    const auto notes = QubeTexts::parseNotes(text);
    QCOMPARE(notes.has_value(), accepted);
    if (accepted) {
        QCOMPARE(qsizetype(notes->size()), characters);
        QCOMPARE(QString::fromStdU32String(*notes).toStdString(), text);
    }
}

void QubeTextsTest::notes_haveALimit()
{
    QVERIFY(QubeTexts::parseNotes(std::string(QubeTexts::MaxNotes, 'a')));
    QCOMPARE(QubeTexts::parseNotes(std::string(QubeTexts::MaxNotes + 1, 'a')).error().code, Errc::LongMessage);
}

void QubeTextsTest::interfaceCodes_areWholeAndEachOnce()
{
    QVERIFY(QubeTexts::parseInterfaceCodes("")->empty());
    QCOMPARE(QubeTexts::parseInterfaceCodes("u03****p0b0001")->size(), std::size_t{2});
    QVERIFY(!QubeTexts::parseInterfaceCodes("u03***"));
    QVERIFY(!QubeTexts::parseInterfaceCodes("u03****u03****"));
}

void QubeTextsTest::shutdown_takesEachOptionOnce()
{
    const auto both = QubeTexts::parseShutdownOptions("wait+force");
    QVERIFY(both && both->force && both->wait);
    const auto none = QubeTexts::parseShutdownOptions("");
    QVERIFY(none && !none->force && !none->wait);
    for (const std::string_view text : {"force+force", "+", "force+", "hard", "force wait"}) {
        QVERIFY2(!QubeTexts::parseShutdownOptions(text), std::string(text).c_str());
    }
}

QTEST_GUILESS_MAIN(QubeTextsTest)
#include "qubetextstest.moc"
