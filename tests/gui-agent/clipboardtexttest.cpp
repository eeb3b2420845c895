// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/clipboardtext.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::GuiAgent;
using namespace std::string_literals;

class ClipboardTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gui_140_longTextIsCutToTheSignOfTooMuch();
    void gui_140_olderDaemonsGetLess();
    void gui_143_badBytesAreReplaced_data();
    void gui_143_badBytesAreReplaced();
};

void ClipboardTextTest::gui_140_longTextIsCutToTheSignOfTooMuch()
{
    QCOMPARE(cutForWire(std::string(256000, 'x'), Gui::OwnVersion).size(), 256000U);
    QCOMPARE(cutForWire(std::string(256001, 'x'), Gui::OwnVersion).size(), 256001U);
    QCOMPARE(cutForWire(std::string(999999, 'x'), Gui::OwnVersion).size(), 256001U);
}

void ClipboardTextTest::gui_140_olderDaemonsGetLess()
{
    QCOMPARE(cutForWire(std::string(999999, 'x'), Gui::Version(7)).size(), 65000U);
}

void ClipboardTextTest::gui_143_badBytesAreReplaced_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("clean");

    QTest::newRow("plain") << QByteArray("one\ttwo\r\nthree") << QByteArray("one\ttwo\r\nthree");
    QTest::newRow("up to NUL") << QByteArray("a\0b", 3) << QByteArray("a");
    QTest::newRow("control") << QByteArray("a\x1b[31m\x7f") << QByteArray("a?[31m?");
    QTest::newRow("two bytes") << QByteArray("\xC3\xA9") << QByteArray("\xC3\xA9");
    QTest::newRow("four bytes") << QByteArray("\xF4\x8F\xBF\xBF") << QByteArray("\xF4\x8F\xBF\xBF");
    QTest::newRow("past the last character") << QByteArray("\xF4\x90\x80\x80") << QByteArray("????");
    QTest::newRow("overlong") << QByteArray("\xC0\xAF") << QByteArray("??");
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << QByteArray("???");
    QTest::newRow("cut off") << QByteArray("x\xE2\x82") << QByteArray("x??");
}

void ClipboardTextTest::gui_143_badBytesAreReplaced()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, clean);
    QCOMPARE(pastableUtf8(text.toStdString()), clean.toStdString());
}

QTEST_GUILESS_MAIN(ClipboardTextTest)
#include "clipboardtexttest.moc"
