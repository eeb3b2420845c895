// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/qubename.h"

#include <QTest>

using namespace Bulkhead;

class QubeNameTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_148_namesFollowTheGrammar_data();
    void S_148_namesFollowTheGrammar();
    void parse_saysWhichRuleIsBroken();
};

void QubeNameTest::S_148_namesFollowTheGrammar_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("one letter") << QByteArray("a") << true;
    QTest::newRow("31 characters") << QByteArray(31, 'a') << true;
    QTest::newRow("32 characters") << QByteArray(32, 'a') << false;
    QTest::newRow("every kind of character") << QByteArray("a9_.-Z") << true;
    QTest::newRow("dom0") << QByteArray("dom0") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("digit first") << QByteArray("9a") << false;
    QTest::newRow("option") << QByteArray("-x") << false;
    QTest::newRow("parent directory") << QByteArray("..") << false;
    QTest::newRow("none") << QByteArray("none") << false;
    QTest::newRow("default") << QByteArray("default") << false;
    QTest::newRow("Domain-0") << QByteArray("Domain-0") << false;
    QTest::newRow("device model") << QByteArray("a-dm") << false;
    QTest::newRow("keyword") << QByteArray("@anyvm") << false;
    QTest::newRow("old keyword") << QByteArray("$anyvm") << false;
    QTest::newRow("slash") << QByteArray("a/b") << false;
    QTest::newRow("newline") << QByteArray("a\n") << false;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << false;
    QTest::newRow("UTF-8") << QByteArray("caf\xc3\xa9") << false;
}

void QubeNameTest::S_148_namesFollowTheGrammar()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, accepted);

    const auto name = QubeName::parse(text.toStdString());
    QCOMPARE(name.has_value(), accepted);
    if (accepted) {
        QCOMPARE(name->text(), text.toStdString());
    } else {
        QCOMPARE(name.error().code, Errc::BadValue);
    }
}

void QubeNameTest::parse_saysWhichRuleIsBroken()
{
    QVERIFY(QubeName::parse("none").error().detail.contains("reserved"));
    QVERIFY(QubeName::parse(std::string(32, 'a')).error().detail.contains("at most 31"));
}

QTEST_GUILESS_MAIN(QubeNameTest)
#include "qubenametest.moc"
