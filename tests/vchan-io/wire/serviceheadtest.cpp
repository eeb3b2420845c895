// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/servicehead.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace std::string_literals;

class ServiceHeadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void head_hasFourFields_data();
    void head_hasFourFields();
    void request_endsItsHeadWithNul();
    void head_isBounded();
};

void ServiceHeadTest::head_hasFourFields_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("again"); // as it is written by us; empty: refused
    QTest::newRow("argument") << "a.B+c work name dom0"s << "a.B+c work name dom0"s;
    QTest::newRow("no argument") << "a.B work name dom0"s << "a.B+ work name dom0"s;
    QTest::newRow("further plus") << "a.B+c+d work name dom0"s << "a.B+c+d work name dom0"s;
    QTest::newRow("keyword") << "a.B+ work keyword adminvm"s << "a.B+ work keyword adminvm"s;
    QTest::newRow("blanks in the target") << "a.B+ work name a b"s << "a.B+ work name a b"s;
    QTest::newRow("empty target") << "a.B+ work name "s << "a.B+ work name "s;
    QTest::newRow("three fields") << "a.B+ work name"s << ""s;
    QTest::newRow("another type") << "a.B+ work uuid x"s << ""s;
    QTest::newRow("no type") << "a.B+ work  x"s << ""s;
    QTest::newRow("not ASCII") << "a.B+ w\xC3\xB6rk name x"s << ""s;
    QTest::newRow("a NUL") << "a.B+ work name x\0y"s << ""s;
    QTest::newRow("nothing") << ""s << ""s;
}

void ServiceHeadTest::head_hasFourFields()
{
    QFETCH(std::string, text);
    QFETCH(std::string, again);
    const auto head = parseServiceHead(text);
    QCOMPARE(head.has_value(), !again.empty());
    if (head) {
        QCOMPARE(buildServiceHead(*head), again + '\0');
    }
}

void ServiceHeadTest::request_endsItsHeadWithNul()
{
    const std::string request = "head\0pay\0load"s;
    const auto cut = cutRequest(request);
    QVERIFY(cut.has_value());
    QCOMPARE(std::string(cut->head), "head"s);
    QCOMPARE(std::string(cut->payload), "pay\0load"s);
    QCOMPARE(cutRequest("head").error().code, Errc::ShortMessage);
    QCOMPARE(cutRequest("").error().code, Errc::ShortMessage);
}

void ServiceHeadTest::head_isBounded()
{
    QVERIFY(cutRequest(std::string(MaxServiceHead - 1, 'a') + '\0'));
    QCOMPARE(cutRequest(std::string(MaxServiceHead, 'a') + '\0').error().code, Errc::LongMessage);
    QCOMPARE(parseServiceHead(std::string(MaxServiceHead, 'a')).error().code, Errc::LongMessage);
}

QTEST_GUILESS_MAIN(ServiceHeadTest)
#include "serviceheadtest.moc"
