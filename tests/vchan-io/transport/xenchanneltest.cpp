// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenchannel.h"

#include "tests/vchan-io/transport/xendomains.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class XenChannelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void xendomain_039_connectsInEitherOrder_data();
    void xendomain_039_connectsInEitherOrder();
    void xendomain_039_dom0ServesTheGuest();
    void onlyTheClientMayReadTheNodes();
    void nodesGoWhenTheClientHasCome();
    void nodesGoWhenNobodyCame();
    void otherChannelsOfTheClientStay();
    void transactionThatMeetsAnotherIsDoneAgain();
    void ringsInsideTheControlPageAreServed();
    void aShortCallMakesTheNextWakeUpCertain();
    void deadDomainEndsTheWait();
    void destroyedQubeIsNoticedByAQube_data();
    void destroyedQubeIsNoticedByAQube();
    void qubesLeaveNodesThatOnlyThePeerReads();
    void aPeerWithoutANodeIsNotTakenForGone();
    void ownCloseEndsBothEnds();
    void closedChannelStaysQuiet();
    void clientsNodeIsWatchedOnlyWhileWaiting();
    void shedPowersLeavesTheStream();
    void nothingStaysOpen();
    void channelWithItselfIsRefused();
    void domainThatXenstoreDoesNotKnowIsToldSo();
    void machineWithoutXenIsToldSo();
};

void XenChannelTest::xendomain_039_connectsInEitherOrder_data()
{
    QTest::addColumn<bool>("serverFirst");
    QTest::newRow("server first") << true;
    QTest::newRow("client first") << false;
}

void XenChannelTest::xendomain_039_connectsInEitherOrder()
{
    QFETCH(bool, serverFirst);
    Domains domains;
    std::unique_ptr<Channel> server;
    std::unique_ptr<Channel> client;
    if (serverFirst) {
        server = domains.serve();
        domains.settle({server.get()});
        QVERIFY(domains.xen.store().find(RingNode));
        client = domains.connect();
    } else {
        client = domains.connect();
        domains.settle({client.get()});
        server = domains.serve();
    }
    QVERIFY(client->state() == ChannelState::Waiting);
    QCOMPARE(client->write(Bytes(1)).error().code, Errc::WrongState);
    QCOMPARE(client->read(std::span<std::byte>()).value(), 0U);
    domains.settle({server.get(), client.get()});
    QVERIFY(server->state() == ChannelState::Open);
    QVERIFY(client->state() == ChannelState::Open);

    Bytes sent(5000);
    std::memset(sent.data(), 42, sent.size());
    QCOMPARE(client->write(sent).value(), 4096U);
    domains.settle({server.get(), client.get()});
    Bytes got(5000);
    QCOMPARE(server->read(got).value(), 4096U);
    QVERIFY(std::equal(got.begin(), got.begin() + 4096, sent.begin()));
    QCOMPARE(server->write(sent).value(), 4096U);
    QCOMPARE(client->read(got).value(), 4096U);
}

void XenChannelTest::xendomain_039_dom0ServesTheGuest()
{
    Domains domains;
    const auto client = domains.guest.connect(Dom0, Port(513)).value();
    domains.settle({client.get()});
    const auto server = domains.dom0.serve(Guest, Port(513), {.toServer = 65536, .toClient = 65536}).value();
    domains.settle({server.get(), client.get()});
    QVERIFY(server->state() == ChannelState::Open);
    QVERIFY(client->state() == ChannelState::Open);
    QCOMPARE(client->write(Bytes(100000)).value(), 65536U);
    QCOMPARE(server->write(Bytes(100000)).value(), 65536U);
}

void XenChannelTest::onlyTheClientMayReadTheNodes()
{
    Domains domains;
    const auto server = domains.serve();
    domains.settle({server.get()});
    for (const char *const node : {RingNode, EventNode}) {
        const auto found = domains.xen.store().find(node);
        QVERIFY(found);
        QVERIFY(found->permissions == (std::vector<std::string>{"n7", "r0"}));
    }
}

void XenChannelTest::nodesGoWhenTheClientHasCome()
{
    Domains domains;
    const auto server = domains.serve();
    domains.xen.store().write(Guest, Dom0, "/local/domain/7/data/vchan/0", "");
    domains.settle({server.get()});
    const auto client = domains.connect();
    domains.settle({server.get(), client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    for (const char *const node : {RingNode, EventNode, Folder, "/local/domain/7/data/vchan/0"}) {
        QVERIFY2(!domains.xen.store().find(node), node);
    }
}

void XenChannelTest::nodesGoWhenNobodyCame()
{
    Domains domains;
    auto server = domains.serve();
    domains.settle({server.get()});
    QVERIFY(domains.xen.store().find(EventNode));
    server.reset();
    domains.settle({});
    QVERIFY(!domains.xen.store().find(RingNode));
    QVERIFY(!domains.xen.store().find(EventNode));
}

void XenChannelTest::otherChannelsOfTheClientStay()
{
    Domains domains;
    const auto other = domains.guest.serve(Dom0, Port(512), {}).value();
    const auto server = domains.serve();
    domains.settle({server.get(), other.get()});
    const auto client = domains.connect();
    domains.settle({server.get(), client.get(), other.get()});
    QVERIFY(!domains.xen.store().find(EventNode));
    QVERIFY(domains.xen.store().find("/local/domain/7/data/vchan/0/512/event-channel"));
}

void XenChannelTest::transactionThatMeetsAnotherIsDoneAgain()
{
    Domains domains;
    domains.xen.store().conflicts = 5;
    const auto server = domains.serve();
    domains.settle({server.get()});
    QVERIFY(domains.xen.store().find(RingNode));
    QVERIFY(domains.xen.store().find(EventNode));

    domains.xen.store().conflicts = 1000;
    const auto unlucky = domains.guest.serve(Dom0, Port(512), {}).value();
    domains.settle({unlucky.get()});
    QCOMPARE(domains.last.error().code, Errc::InUse);
    QVERIFY(unlucky->state() == ChannelState::Closed);
}

void XenChannelTest::ringsInsideTheControlPageAreServed()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.page().leftOrder = 10;
    server.page().rightOrder = 11;
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    QCOMPARE(client->write(Bytes(5000, std::byte{5})).value(), 1024U);
    QCOMPARE(domains.xen.page(server.rings->reference())[1024 + 1023], std::byte{5});
    server.page().right.produced = 2048;
    Bytes got(5000);
    QCOMPARE(client->read(got).value(), 2048U);
}

void XenChannelTest::aShortCallMakesTheNextWakeUpCertain()
{
    Domains domains;
    const auto server = domains.serve();
    const auto client = domains.connect();
    domains.settle({server.get(), client.get()});
    Bytes page(4096);
    QCOMPARE(server->read(page).value(), 0U);
    QVERIFY(!isReadable(server->pollFd()));
    QCOMPARE(client->write(std::span(page).first(1)).value(), 1U);
    QVERIFY(isReadable(server->pollFd()));
    QVERIFY(server->takeEvent());
    QVERIFY(!isReadable(server->pollFd()));
    QCOMPARE(server->read(page).value(), 1U);

    QCOMPARE(client->write(page).value(), 4096U);
    QCOMPARE(client->write(page).value(), 0U);
    QVERIFY(!isReadable(client->pollFd()));
    QCOMPARE(server->read(std::span(page).first(10)).value(), 10U);
    QVERIFY(isReadable(client->pollFd()));
}

void XenChannelTest::deadDomainEndsTheWait()
{
    Domains domains;
    const auto client = domains.connect();
    const auto server = domains.dom0.serve(Guest, Port(513), {}).value();
    domains.settle({client.get(), server.get()});
    QVERIFY(client->state() == ChannelState::Waiting);
    domains.xen.destroy(Guest);
    domains.settle({client.get(), server.get()});
    QVERIFY(client->state() == ChannelState::Closed);
    QVERIFY(server->state() == ChannelState::Closed);
    QVERIFY(domains.last);
    QVERIFY(!domains.xen.store().find("/local/domain/0/data/vchan/7/513/event-channel"));

    const auto late = domains.connect();
    domains.settle({late.get()});
    QVERIFY(late->state() == ChannelState::Closed);
}

namespace
{

constexpr const char *ServersNode = "/local/domain/7/data/bulkhead-here/9-6000-server";
constexpr const char *ClientsNode = "/local/domain/9/data/bulkhead-here/7-6000-client";

/// A channel between two qubes, to which no xenstore tells the end of domains.
struct TwoQubes : Domains {
    XenBackend other{xen.devicesOf(OtherGuest)};
    std::unique_ptr<Channel> server = guest.serve(OtherGuest, ThePort, {}).value();
    std::unique_ptr<Channel> client = other.connect(Guest, ThePort).value();
};

} // namespace

void XenChannelTest::destroyedQubeIsNoticedByAQube_data()
{
    QTest::addColumn<bool>("serverGoes");
    QTest::newRow("the server") << true;
    QTest::newRow("the client") << false;
}

void XenChannelTest::destroyedQubeIsNoticedByAQube()
{
    QFETCH(bool, serverGoes);
    TwoQubes qubes;
    Channel &going = serverGoes ? *qubes.server : *qubes.client;
    Channel &staying = serverGoes ? *qubes.client : *qubes.server;
    qubes.settle({qubes.server.get(), qubes.client.get()});
    QVERIFY(staying.state() == ChannelState::Open);
    QCOMPARE(going.write(Bytes(12)).value(), 12U);
    const auto third = qubes.guest.serve(OtherGuest, Port(6001), {}).value();
    const auto beside = qubes.other.connect(Guest, Port(6001)).value();
    qubes.settle({third.get(), beside.get(), &staying});
    QVERIFY(beside->state() == ChannelState::Open);
    qubes.xen.destroy(serverGoes ? Guest : OtherGuest);
    qubes.settle({&staying, serverGoes ? beside.get() : third.get()});
    QVERIFY(staying.state() == ChannelState::Closed);
    QVERIFY((serverGoes ? beside : third)->state() == ChannelState::Closed);
    Bytes got(100);
    QCOMPARE(staying.read(got).value(), 12U);
    QCOMPARE(staying.read(got).error().code, Errc::PeerGone);
}

void XenChannelTest::qubesLeaveNodesThatOnlyThePeerReads()
{
    TwoQubes qubes;
    qubes.settle({qubes.server.get(), qubes.client.get()});
    QVERIFY(qubes.client->state() == ChannelState::Open);
    const FakeXenstore &store = qubes.xen.store();
    QCOMPARE(store.find(ServersNode)->permissions, (std::vector<std::string>{"n7", "r9"}));
    QCOMPARE(store.find(ClientsNode)->permissions, (std::vector<std::string>{"n9", "r7"}));
    qubes.server->close();
    qubes.settle({qubes.client.get()});
    QVERIFY(!store.find(ServersNode));
    QVERIFY(!store.find(ClientsNode));

    const auto withDom0 = qubes.serve();
    const auto inDom0 = qubes.connect();
    qubes.settle({withDom0.get(), inDom0.get()});
    QVERIFY(inDom0->state() == ChannelState::Open);
    QVERIFY(!store.find("/local/domain/7/data/bulkhead-here/0-6000-server"));
    QVERIFY(!store.find("/local/domain/0/data/bulkhead-here/7-6000-client"));
}

void XenChannelTest::aPeerWithoutANodeIsNotTakenForGone()
{
    Domains domains;
    XenBackend other(domains.xen.devicesOf(OtherGuest));
    const auto devices = domains.xen.devicesOf(Guest);
    const auto events = devices->offerEvents(OtherGuest).value();
    const auto rings = XenRings::create(*devices, OtherGuest, {}, *events).value();
    const std::string folder = "/local/domain/7/data/vchan/9/6000/";
    domains.xen.store().write(Guest, OtherGuest, folder + "ring-ref", std::to_string(rings->reference().value()));
    domains.xen.store().write(Guest, OtherGuest, folder + "event-channel", std::to_string(events->port().value()));
    const auto client = other.connect(Guest, ThePort).value();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    domains.xen.store().remove(folder + "event-channel");
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Open);
}

void XenChannelTest::ownCloseEndsBothEnds()
{
    for (const bool serverCloses : {true, false}) {
        Domains domains;
        const auto server = domains.serve();
        const auto client = domains.connect();
        domains.settle({server.get(), client.get()});
        Channel &closing = serverCloses ? *server : *client;
        Channel &other = serverCloses ? *client : *server;
        QCOMPARE(closing.write(Bytes(3)).value(), 3U);
        closing.close();
        QVERIFY(closing.state() == ChannelState::Closed);
        QCOMPARE(closing.write(Bytes(1)).error().code, Errc::PeerGone);
        Bytes got(10);
        QCOMPARE(closing.read(got).error().code, Errc::PeerGone);
        QVERIFY(isReadable(other.pollFd()));
        QVERIFY(other.takeEvent().value() == ChannelState::Closed);
        QCOMPARE(other.read(got).value(), 3U);
        QCOMPARE(other.read(got).error().code, Errc::PeerGone);
    }
}

void XenChannelTest::closedChannelStaysQuiet()
{
    Domains domains;
    const HostileServer server(domains.xen);
    server.publish();
    const auto client = domains.connect();
    domains.settle({client.get()});
    server.page().serverLive = 0;
    server.events->notify();
    domains.settle({client.get()});
    QVERIFY(client->state() == ChannelState::Closed);
    server.events->notify();
    QVERIFY(!isReadable(client->pollFd()));
}

void XenChannelTest::clientsNodeIsWatchedOnlyWhileWaiting()
{
    Domains domains;
    const auto client = domains.connect();
    domains.settle({client.get()});
    QCOMPARE(domains.xen.store().watches(EventNode), 1U);
    const auto server = domains.serve();
    domains.settle({server.get(), client.get()});
    QVERIFY(client->state() == ChannelState::Open);
    QCOMPARE(domains.xen.store().watches(EventNode), 0U);
    domains.xen.store().write(Guest, Dom0, EventNode, "nonsense");
    domains.settle({server.get(), client.get()});
    QVERIFY(client->state() == ChannelState::Open);
}

void XenChannelTest::shedPowersLeavesTheStream()
{
    Domains domains;
    const auto server = domains.serve();
    const auto client = domains.connect();
    client->shedPowers(); // too early: nothing happens
    domains.settle({server.get(), client.get()});
    QCOMPARE(domains.xen.store().connections(), 2U);
    client->shedPowers();
    domains.settle({server.get(), client.get()});
    QCOMPARE(domains.xen.store().connections(), 1U);
    QCOMPARE(server->write(Bytes(3)).value(), 3U);
    Bytes got(10);
    QCOMPARE(client->read(got).value(), 3U);
    server->close();
    QVERIFY(client->takeEvent().value() == ChannelState::Closed);
}

void XenChannelTest::nothingStaysOpen()
{
    Domains domains;
    const auto before = openDescriptors();
    for (int i = 0; i < 200; ++i) {
        auto server = domains.serve();
        auto client = domains.connect();
        domains.settle({server.get(), client.get()});
        QVERIFY(client->state() == ChannelState::Open);
        if (i % 2 == 0) {
            client.reset();
        }
    }
    domains.settle({});
    QCOMPARE(domains.xen.mappedPages(), 0U);
    QCOMPARE(domains.xen.grantedPages(), 0U);
    QCOMPARE(domains.xen.eventEnds(), 0U);
    QCOMPARE(openDescriptors(), before);
}

void XenChannelTest::channelWithItselfIsRefused()
{
    Domains domains;
    const auto server = domains.guest.serve(Guest, ThePort, {}).value();
    domains.settle({server.get()});
    QCOMPARE(domains.last.error().code, Errc::BadValue);
    const auto client = domains.guest.connect(Guest, ThePort).value();
    domains.settle({client.get()});
    QCOMPARE(domains.last.error().code, Errc::BadValue);
    QVERIFY(client->state() == ChannelState::Closed);
    QVERIFY(!domains.xen.store().find("/local/domain/7/data/vchan/7/6000/event-channel"));
}

void XenChannelTest::domainThatXenstoreDoesNotKnowIsToldSo()
{
    Domains domains;
    domains.xen.store().knowsOwnNumbers = false;
    const auto client = domains.connect();
    domains.settle({client.get()});
    QCOMPARE(domains.last.error().code, Errc::NotFound);
    QVERIFY(client->state() == ChannelState::Closed);
}

void XenChannelTest::machineWithoutXenIsToldSo()
{
    if (isXenDomain()) {
        QSKIP("this machine is a domain of Xen");
    }
    const auto none = openBackend("xen");
    QCOMPARE(none.error().code, Errc::NotFound);
    const std::string words = none.error().text();
    QVERIFY2(words.find("no domain of Xen") != std::string::npos, words.c_str());
}

QTEST_GUILESS_MAIN(XenChannelTest)
#include "xenchanneltest.moc"
