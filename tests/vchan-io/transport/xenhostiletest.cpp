// SPDX-License-Identifier: GPL-2.0-or-later
// What a peer can do to a channel on Xen that keeps to no rule.
#include "tests/vchan-io/transport/xendomains.h"
#include "vchan-io/transport/xenchannel.h"

#include <QTest>

#include <array>
#include <cstring>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class XenHostileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_001_violationClosesAndTellsThePeer();
    void S_003_ownIndicesAreNeverReadBack();
    void S_005_impossibleOrdersAreRefused_data();
    void S_005_impossibleOrdersAreRefused();
    void S_006_changedGrantListMeansNothing();
    void S_007_nodesThatAreNoNumbersAreRefused_data();
    void S_007_nodesThatAreNoNumbersAreRefused();
    void S_007_whatIsOfAnotherDomainIsRefused();
    void S_008_nodesRemovedAndMadeAgainLeaveNothing();
    void leftOversOfADeadServerAreSurvived();
    void S_009_flagsDoNotKeepADeadDomainsChannelOpen();
    void S_009_flagsOtherThanZeroDoNotClose();
    void S_010_stormOfEventsIsOneWakeUp();
    void S_011_killedPeerClosesWithAMessageHalfWritten();
    void S_011_destroyedDomainClosesAndReleasesAll();
};

void XenHostileTest::S_001_violationClosesAndTellsThePeer()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    server.page().right.produced = 4097;
    Bytes got(10);
    QCOMPARE(client->read(got).error().code, Errc::RingViolation);
    QVERIFY(client->state() == ChannelState::Closed);
    QCOMPARE(server.page().clientLive, std::uint8_t{0});
    QVERIFY(isReadable(server.events->fd()));
    QCOMPARE(domains.xen.mappedPages(), 0U);
}

void XenHostileTest::S_003_ownIndicesAreNeverReadBack()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    for (std::uint32_t i = 0; i < 100; ++i) {
        server.page().left.produced = i * 977;
        server.page().right.consumed = i * 331;
        QCOMPARE(client->write(Bytes(1, static_cast<std::byte>(i))).value(), 1U);
        server.page().right.produced = i + 1;
        Bytes got(10);
        QCOMPARE(client->read(got).value(), 1U);
        QCOMPARE(server.page().left.produced, i + 1);
        QCOMPARE(server.page().right.consumed, i + 1);
    }
}

void XenHostileTest::S_005_impossibleOrdersAreRefused_data()
{
    QTest::addColumn<int>("left");
    QTest::addColumn<int>("right");
    QTest::newRow("0") << 0 << 12;
    QTest::newRow("9") << 12 << 9;
    QTest::newRow("21") << 21 << 12;
    QTest::newRow("63") << 12 << 63;
    QTest::newRow("65535") << 65535 << 65535;
    QTest::newRow("both 10") << 10 << 10;
    QTest::newRow("both 11") << 11 << 11;
}

void XenHostileTest::S_005_impossibleOrdersAreRefused()
{
    QFETCH(int, left);
    QFETCH(int, right);
    Domains domains;
    const HostileServer server(domains.xen);
    server.page().leftOrder = static_cast<std::uint16_t>(left);
    server.page().rightOrder = static_cast<std::uint16_t>(right);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Closed);
    QCOMPARE(domains.last.error().code, Errc::BadField);
    QCOMPARE(domains.xen.mappedPages(), 0U);
}

void XenHostileTest::S_006_changedGrantListMeansNothing()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    QCOMPARE(domains.xen.mappedPages(), 3U);

    // Another page of the guest's, and an order that would need 256 more.
    const auto another = server.devices->share(Dom0, 1, XenAccess::ReadWrite, std::nullopt).value();
    const auto list = domains.xen.page(server.rings->reference()).subspan(24, 2 * sizeof(std::uint32_t));
    std::array<std::uint32_t, 2> refs{};
    std::memcpy(refs.data(), list.data(), list.size());
    const GrantRef left(refs[0]);
    refs = {another->refs().front().value(), 0};
    std::memcpy(list.data(), refs.data(), list.size());
    server.page().leftOrder = 20;
    QCOMPARE(client->write(Bytes(5000, std::byte{3})).value(), 4096U);
    QCOMPARE(domains.xen.page(left)[0], std::byte{3});
    QCOMPARE(another->bytes()[0], std::byte{0});
    QCOMPARE(domains.xen.mappedPages(), 3U);
}

void XenHostileTest::S_007_nodesThatAreNoNumbersAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("zero") << QByteArray("0");
    QTest::newRow("negative") << QByteArray("-1");
    QTest::newRow("plus") << QByteArray("+5");
    QTest::newRow("hexadecimal") << QByteArray("0x1");
    QTest::newRow("leading zero") << QByteArray("08");
    QTest::newRow("20 digits") << QByteArray("12345678901234567890");
    QTest::newRow("2 to the 32") << QByteArray("4294967296");
    QTest::newRow("newline") << QByteArray("8\n");
    QTest::newRow("space") << QByteArray(" 8");
    QTest::newRow("words") << QByteArray("eight");
    QTest::newRow("NUL") << QByteArray("8\0", 2);
    QTest::newRow("4000 bytes") << QByteArray(4000, '9');
}

void XenHostileTest::S_007_nodesThatAreNoNumbersAreRefused()
{
    QFETCH(QByteArray, text);
    for (const bool isRing : {true, false}) {
        Domains domains;
        const HostileServer server(domains.xen);
        const std::string good = std::to_string(isRing ? server.events->port().value() : 8);
        server.publish(isRing ? text.toStdString() : good, isRing ? good : text.toStdString());
        const auto client = domains.connect();
        domains.settle({client.get()});
        QVERIFY(client->state() == ChannelState::Closed);
        QCOMPARE(domains.last.error().code, Errc::BadField);
        const std::string words = domains.last.error().text();
        QVERIFY2(words.find(isRing ? "ring-ref" : "event-channel") != std::string::npos, words.c_str());
        QCOMPARE(domains.xen.mappedPages(), 0U);
    }
}

void XenHostileTest::S_007_whatIsOfAnotherDomainIsRefused()
{
    Domains domains;
    const HostileServer server(domains.xen);
    const auto others = domains.xen.devicesOf(OtherGuest);
    const auto othersEvents = others->offerEvents(Dom0).value();
    const auto othersPage = others->share(Dom0, 1, XenAccess::ReadWrite, std::nullopt).value();
    const auto client = domains.connect();
    domains.settle({client.get()});
    // The guest has pages and ports to name that dom0 could reach, only not through this guest.
    for (int i = 0; i < 100 && client->state() == ChannelState::Waiting; ++i) {
        const bool wrongRing = i % 2 == 0;
        server.publish(std::to_string((wrongRing ? othersPage->refs().front() : server.rings->reference()).value()),
                       std::to_string(wrongRing ? server.events->port().value() : othersEvents->port().value()));
        domains.settle({client.get()});
        QCOMPARE(domains.xen.mappedPages(), 0U);
    }
    QVERIFY(client->state() == ChannelState::Closed);
    QCOMPARE(domains.last.error().code, Errc::BadField);
}

void XenHostileTest::S_008_nodesRemovedAndMadeAgainLeaveNothing()
{
    Domains domains;
    const auto descriptors = openDescriptors();
    int opened = 0;
    int refused = 0;
    std::unique_ptr<Channel> client;
    std::optional<HostileServer> server;
    for (int round = 0; round < 10000; ++round) {
        if (!client || client->state() != ChannelState::Waiting) {
            opened += client && client->state() == ChannelState::Open ? 1 : 0;
            refused += client && client->state() == ChannelState::Closed ? 1 : 0;
            client = domains.connect();
            server.emplace(domains.xen);
        }
        domains.xen.store().settle();
        (void)client->takeEvent();
        if (round % 3 == 0) {
            domains.xen.store().remove(Folder);
        } else if (round % 50 == 49) {
            server->publish();
            domains.settle({client.get()});
        } else {
            server->publish("9999", std::to_string(server->events->port().value()));
        }
        if (round % 7 == 0) {
            domains.settle({client.get()});
        }
    }
    QVERIFY2(opened > 10, qPrintable(QString::number(opened)));
    QVERIFY2(refused > 10, qPrintable(QString::number(refused)));
    client.reset();
    server.reset();
    domains.settle({});
    QCOMPARE(domains.xen.mappedPages(), 0U);
    QCOMPARE(domains.xen.grantedPages(), 0U);
    QCOMPARE(domains.xen.eventEnds(), 0U);
    QCOMPARE(domains.xen.store().connections(), 0U);
    QCOMPARE(openDescriptors(), descriptors);
}

void XenHostileTest::leftOversOfADeadServerAreSurvived()
{
    Domains domains;
    std::optional<HostileServer> dead(domains.xen);
    dead->publish();
    dead.reset(); // its nodes stay
    const auto client = domains.connect();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Waiting);
    const auto server = domains.serve();
    domains.settle({server.get(), client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    QVERIFY(server->state() == ChannelState::Open);
}

void XenHostileTest::S_009_flagsDoNotKeepADeadDomainsChannelOpen()
{
    for (const int flag : {1, 2, 255}) {
        Domains domains;
        const HostileServer server(domains.xen);
        server.publish();
        const auto client = domains.connect();
        domains.settle({client.get()});
        QVERIFY(client->state() == ChannelState::Open);
        domains.xen.destroy(Guest);
        server.page().serverLive = static_cast<std::uint8_t>(flag);
        domains.settle({client.get()});
        QVERIFY(client->state() == ChannelState::Closed);
    }
}

void XenHostileTest::S_009_flagsOtherThanZeroDoNotClose()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    for (const int flag : {1, 2, 255}) {
        server.page().serverLive = static_cast<std::uint8_t>(flag);
        server.page().clientLive = static_cast<std::uint8_t>(flag);
        server.events->notify();
        QVERIFY(isReadable(client->pollFd()));
        QVERIFY(client->takeEvent().value() == ChannelState::Open);
        QVERIFY(client->write(Bytes(1)));
    }
    server.page().serverLive = 0;
    server.events->notify();
    QVERIFY(client->takeEvent().value() == ChannelState::Closed);
    server.page().serverLive = 1; // it has said so once
    QCOMPARE(client->write(Bytes(1)).error().code, Errc::PeerGone);
}

void XenHostileTest::S_010_stormOfEventsIsOneWakeUp()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    for (int i = 0; i < 1000; ++i) {
        server.events->notify();
    }
    int wakeUps = 0;
    for (; isReadable(client->pollFd()); ++wakeUps) {
        QVERIFY(client->takeEvent().value() == ChannelState::Open);
    }
    QCOMPARE(wakeUps, 1);
}

void XenHostileTest::S_011_killedPeerClosesWithAMessageHalfWritten()
{
    Domains domains;
    std::optional<HostileServer> server(domains.xen);
    server->publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    QCOMPARE(server->rings->ring().write(Bytes(7)).value().bytes, 7U);
    server.reset(); // as a kernel ends a process: the farewell, and no word of its own
    QVERIFY(isReadable(client->pollFd()));
    QVERIFY(client->takeEvent().value() == ChannelState::Closed);
    Bytes got(100);
    QCOMPARE(client->read(got).value(), 7U);
    QCOMPARE(client->read(got).error().code, Errc::PeerGone);
}

void XenHostileTest::S_011_destroyedDomainClosesAndReleasesAll()
{
    Domains domains;
    auto server = domains.serve();
    auto client = domains.connect();
    domains.settle({server.get(), client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    QCOMPARE(server->write(Bytes(12)).value(), 12U);
    domains.xen.destroy(OtherGuest);
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    domains.xen.destroy(Guest);
    server.reset();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Closed);
    QVERIFY(!isReadable(client->pollFd()));
    Bytes got(100);
    QCOMPARE(client->read(got).value(), 12U);
    client.reset();
    domains.settle({});
    QCOMPARE(domains.xen.mappedPages(), 0U);
    QCOMPARE(domains.xen.grantedPages(), 0U);
    QCOMPARE(domains.xen.eventEnds(), 0U);
    QCOMPARE(domains.xen.store().connections(), 0U);
}

QTEST_GUILESS_MAIN(XenHostileTest)
#include "xenhostiletest.moc"
