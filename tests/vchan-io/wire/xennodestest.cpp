// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/xennodes.h"

#include "vchan-io/wire/xenstoremessages.h"

#include <QTest>

using namespace Bulkhead;

class XenNodesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreTheFieldsNames();
    void S_007_onlyPlainNumbersInRangeAreTaken_data();
    void S_007_onlyPlainNumbersInRangeAreTaken();
    void partsOfABodyEndInANul();
    void transactionsAreNumbers();
};

void XenNodesTest::namesAreTheFieldsNames()
{
    QCOMPARE(XenNodes::channelFolder(DomId(3), Port(512)), std::string("data/vchan/3/512"));
    QCOMPARE(XenNodes::clientFolder(DomId(0)), std::string("data/vchan/0"));
    QCOMPARE(XenNodes::channelFolderOf(DomId(12), DomId(0), Port(6000)),
             std::string("/local/domain/12/data/vchan/0/6000"));
}

void XenNodesTest::S_007_onlyPlainNumbersInRangeAreTaken_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("ring");
    QTest::addColumn<bool>("event");
    QTest::addColumn<bool>("domain");
    QTest::newRow("0") << QByteArray("0") << false << false << true;
    QTest::newRow("1") << QByteArray("1") << true << true << true;
    QTest::newRow("largest domain") << QByteArray("32751") << true << true << true;
    QTest::newRow("one more") << QByteArray("32752") << true << true << false;
    QTest::newRow("largest port") << QByteArray("131071") << true << true << false;
    QTest::newRow("one port more") << QByteArray("131072") << true << false << false;
    QTest::newRow("largest reference") << QByteArray("2147483647") << true << false << false;
    QTest::newRow("one reference more") << QByteArray("2147483648") << false << false << false;
    for (const QByteArray &text : {QByteArray(),
                                   QByteArray("-1"),
                                   QByteArray("+1"),
                                   QByteArray("01"),
                                   QByteArray("0x1"),
                                   QByteArray("1\n"),
                                   QByteArray(" 1"),
                                   QByteArray("1\0", 2),
                                   QByteArray("12345678901234567890"),
                                   QByteArray("4294967297"),
                                   QByteArray("one")}) {
        QTest::newRow(text.toPercentEncoding().constData()) << text << false << false << false;
    }
}

void XenNodesTest::S_007_onlyPlainNumbersInRangeAreTaken()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, ring);
    QFETCH(bool, event);
    QFETCH(bool, domain);
    const std::string raw = text.toStdString();
    QCOMPARE(XenNodes::parseRingReference(raw).has_value(), ring);
    QCOMPARE(XenNodes::parseEventChannel(raw).has_value(), event);
    QCOMPARE(XenNodes::parseDomain(raw).has_value(), domain);
    if (!ring) {
        QCOMPARE(XenNodes::parseRingReference(raw).error().code, Errc::BadField);
    }
}

void XenNodesTest::partsOfABodyEndInANul()
{
    const std::string body = Xenstore::terminated({"one", "", "two"});
    QCOMPARE(body, std::string("one\0\0two\0", 9));
    QVERIFY((Xenstore::splitTerminated(body).value() == std::vector<std::string_view>{"one", "", "two"}));
    QVERIFY(Xenstore::splitTerminated("").value().empty());
    QCOMPARE(Xenstore::splitTerminated("one").error().code, Errc::BadField);
}

void XenNodesTest::transactionsAreNumbers()
{
    QCOMPARE(Xenstore::parseTransaction(Xenstore::terminated({"17"})).value(), 17U);
    for (const std::string &body : {std::string(),
                                    std::string("17"),
                                    Xenstore::terminated({"0"}),
                                    Xenstore::terminated({"17", "18"}),
                                    Xenstore::terminated({"x"}),
                                    Xenstore::terminated({"4294967296"})}) {
        QVERIFY(!Xenstore::parseTransaction(body));
    }
}

QTEST_GUILESS_MAIN(XenNodesTest)
#include "xennodestest.moc"
