// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/tcpaddress.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;

class TcpAddressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_050_addresses_data();
    void qrexec_050_addresses();
};

void TcpAddressTest::qrexec_050_addresses_data()
{
    QTest::addColumn<std::string>("link");
    QTest::addColumn<std::string>("argument"); // "-": none
    QTest::addColumn<std::string>("address");  // HOST PORT; empty: refused
    QTest::newRow("fixed") << "/dev/tcp/127.0.0.1/8082"s << "-"s << "127.0.0.1 8082"s;
    QTest::newRow("fixed, empty argument") << "/dev/tcp/127.0.0.1/8082"s << ""s << "127.0.0.1 8082"s;
    QTest::newRow("fixed, one argument too many") << "/dev/tcp/127.0.0.1/8082"s << "80"s << ""s;
    QTest::newRow("fixed, six") << "/dev/tcp/::1/80"s << "-"s << "::1 80"s;
    QTest::newRow("fixed, interface") << "/dev/tcp/fe80::1%eth0/80"s << "-"s << "fe80::1%eth0 80"s;
    QTest::newRow("host") << "/dev/tcp/127.0.0.1"s << "65535"s << "127.0.0.1 65535"s;
    QTest::newRow("host, no port") << "/dev/tcp/127.0.0.1"s << "-"s << ""s;
    QTest::newRow("host, port 0") << "/dev/tcp/127.0.0.1"s << "0"s << ""s;
    QTest::newRow("host, port 65536") << "/dev/tcp/127.0.0.1"s << "65536"s << ""s;
    QTest::newRow("host, port 080") << "/dev/tcp/127.0.0.1"s << "080"s << ""s;
    QTest::newRow("host, sign") << "/dev/tcp/127.0.0.1"s << "+80"s << ""s;
    QTest::newRow("host, more") << "/dev/tcp/127.0.0.1"s << "80x"s << ""s;
    QTest::newRow("any") << "/dev/tcp"s << "10.0.0.1+22"s << "10.0.0.1 22"s;
    QTest::newRow("any, six") << "/dev/tcp"s << "fd00++1+22"s << "fd00::1 22"s;
    QTest::newRow("any, no port") << "/dev/tcp"s << "10.0.0.1"s << ""s;
    QTest::newRow("any, nothing") << "/dev/tcp"s << "-"s << ""s;
    QTest::newRow("any, underscore") << "/dev/tcp"s << "fe80++1_eth0+22"s << ""s;
    QTest::newRow("a name") << "/dev/tcp/localhost/80"s << "-"s << ""s;
    QTest::newRow("a short form") << "/dev/tcp/127.1/80"s << "-"s << ""s;
    QTest::newRow("no host") << "/dev/tcp//80"s << "-"s << ""s;
    QTest::newRow("nothing behind") << "/dev/tcp/"s << "-"s << ""s;
    QTest::newRow("two slashes") << "/dev/tcp/127.0.0.1/80/x"s << "-"s << ""s;
}

void TcpAddressTest::qrexec_050_addresses()
{
    QFETCH(std::string, link);
    QFETCH(std::string, argument);
    QFETCH(std::string, address);
    const auto parsed = tcpAddress(link, argument == "-" ? std::nullopt : std::optional(argument));
    QCOMPARE(parsed ? parsed->host + ' ' + std::to_string(parsed->port) : std::string(), address);
}

QTEST_GUILESS_MAIN(TcpAddressTest)

#include "tcpaddresstest.moc"
