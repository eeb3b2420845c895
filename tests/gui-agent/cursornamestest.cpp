// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/cursornames.h"

#include <QTest>

using namespace Bulkhead;
using GuiAgent::cursorForName;

class CursorNamesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void name_hasItsGlyph_data();
    void name_hasItsGlyph();
    void unknownName_isTheDefault();
};

void CursorNamesTest::name_hasItsGlyph_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<uint>("word");

    const auto row = [](const char *name, uint glyph) {
        QTest::newRow(name) << QByteArray(name) << 0x100 + glyph;
    };
    row("X_cursor", 0);
    row("xterm", 152);
    row("left_ptr", 68);
    row("pointer", 60);
    row("dnd-copy", 60);
    row("wait", 150);
    row("cell", 90);
    row("all-scroll", 52);
    row("text", 152);
    row("crosshair", 34);
    row("col-resize", 108);
    row("ns-resize", 116);
    row("n-resize", 138);
    row("e-resize", 96);
    row("s-resize", 16);
    row("w-resize", 70);
    row("ne-resize", 136);
    row("nw-resize", 134);
    row("se-resize", 14);
    row("sw-resize", 12);
}

void CursorNamesTest::name_hasItsGlyph()
{
    QFETCH(QByteArray, name);
    QFETCH(uint, word);
    QCOMPARE(cursorForName(name.toStdString()).word(), word);
}

void CursorNamesTest::unknownName_isTheDefault()
{
    QCOMPARE(cursorForName("no-such-cursor").word(), 0U);
    QCOMPARE(cursorForName("").word(), 0U);
}

QTEST_GUILESS_MAIN(CursorNamesTest)
#include "cursornamestest.moc"
