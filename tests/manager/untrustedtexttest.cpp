// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/untrustedtext.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class UntrustedTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void shownText_keepsWhatCanBeRead_data();
    void shownText_keepsWhatCanBeRead();
    void shownText_isBounded();
};

void UntrustedTextTest::shownText_keepsWhatCanBeRead_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<QString>("shown");
    QTest::newRow("words") << u"no such file"_s << u"no such file"_s;
    QTest::newRow("lines") << u"one\ntwo\tthree"_s << u"one two three"_s;
    QTest::newRow("escapes") << u"\x1b[31mred\x07"_s << u"[31mred"_s;
    QTest::newRow("direction") << u"a\u202Egpj.exe\u202C"_s << u"agpj.exe"_s;
    QTest::newRow("zero width") << u"pay\u200Bpal"_s << u"paypal"_s;
    QTest::newRow("private use") << u"a\uE000b"_s << u"ab"_s;
    QTest::newRow("markup stays markup") << u"<b>bold</b>"_s << u"<b>bold</b>"_s;
    QTest::newRow("other scripts") << u"ключ 鍵 🔑"_s << u"ключ 鍵 🔑"_s;
    QTest::newRow("half a character") << QString(QChar(0xD83D)) << QString(QChar(0xFFFD));
}

void UntrustedTextTest::shownText_keepsWhatCanBeRead()
{
    QFETCH(const QString, said);
    QFETCH(const QString, shown);
    QCOMPARE(shownText(said), shown);
}

void UntrustedTextTest::shownText_isBounded()
{
    const QString cut = shownText(QString(1'000'000, u'x'));
    QCOMPARE(cut.size(), MaxShownText);
    QVERIFY(cut.endsWith(u'…'));
    const QString pairs = shownText(u"🔑🔑🔑🔑"_s, 4);
    QVERIFY(pairs.isValidUtf16());
    QVERIFY(pairs.size() <= 4);
}

QTEST_GUILESS_MAIN(UntrustedTextTest)

#include "untrustedtexttest.moc"
