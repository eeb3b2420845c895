// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenchannel.h"

#include "tests/support/fakexen.h"
#include "tests/support/ringpage.h"
#include "vchan-io/transport/xenbackend.h"
#include "vchan-io/transport/xenkernel.h"

#include <QTest>

#include <poll.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

using Bytes = std::vector<std::byte>;

constexpr DomId Guest{7};
constexpr DomId OtherGuest{9};
constexpr Port ThePort{6000};
constexpr const char *Folder = "/local/domain/7/data/vchan/0/6000";
constexpr const char *RingNode = "/local/domain/7/data/vchan/0/6000/ring-ref";
constexpr const char *EventNode = "/local/domain/7/data/vchan/0/6000/event-channel";

bool isReadable(int fd)
{
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
}

auto openDescriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// A guest and dom0 on one hypervisor.
struct Domains {
    FakeXen xen;
    XenBackend guest{xen.devicesOf(Guest)};
    XenBackend dom0{xen.devicesOf(Dom0)};

    [[nodiscard]] std::unique_ptr<Channel> serve(RingSizes sizes = {})
    {
        return guest.serve(Dom0, ThePort, sizes).value();
    }

    [[nodiscard]] std::unique_ptr<Channel> connect()
    {
        return dom0.connect(Guest, ThePort).value();
    }

    /// Lets the store and the channels do all there is to do, each only when its descriptor says so.
    void settle(std::initializer_list<Channel *> channels)
    {
        for (bool busy = true; busy;) {
            busy = xen.store().settle();
            for (Channel *const channel : channels) {
                if (isReadable(channel->pollFd())) {
                    busy = true;
                    last = channel->takeEvent();
                    if (!last) {
                        return;
                    }
                }
            }
        }
    }

    Result<ChannelState> last = ChannelState::Waiting; ///< of takeEvent()
};

/// A guest that publishes what it likes: real memory and events, its own words in xenstore.
struct HostileServer {
    explicit HostileServer(FakeXen &hypervisor, RingSizes sizes = {})
        : xen(hypervisor)
        , devices(hypervisor.devicesOf(Guest))
        , events(devices->offerEvents(Dom0).value())
        , rings(XenRings::create(*devices, Dom0, sizes, *events).value())
    {
    }

    void publish(const std::string &ring, const std::string &event) const
    {
        xen.store().write(Guest, Dom0, RingNode, ring);
        xen.store().write(Guest, Dom0, EventNode, event);
    }

    void publish() const
    {
        publish(std::to_string(rings->reference().value()), std::to_string(events->port().value()));
    }

    [[nodiscard]] RingControlPage &page() const
    {
        return *controlPageOf(xen.page(rings->reference()));
    }

    FakeXen &xen;
    std::shared_ptr<XenDevices> devices;
    std::unique_ptr<XenEventChannel> events;
    std::unique_ptr<XenRings> rings;
};

} // namespace

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
    void deadDomainEndsTheWait();
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

void XenChannelTest::S_001_violationClosesAndTellsThePeer()
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

void XenChannelTest::S_003_ownIndicesAreNeverReadBack()
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

void XenChannelTest::S_005_impossibleOrdersAreRefused_data()
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

void XenChannelTest::S_005_impossibleOrdersAreRefused()
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

void XenChannelTest::S_006_changedGrantListMeansNothing()
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

void XenChannelTest::S_007_nodesThatAreNoNumbersAreRefused_data()
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

void XenChannelTest::S_007_nodesThatAreNoNumbersAreRefused()
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

void XenChannelTest::S_007_whatIsOfAnotherDomainIsRefused()
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

void XenChannelTest::S_008_nodesRemovedAndMadeAgainLeaveNothing()
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

void XenChannelTest::leftOversOfADeadServerAreSurvived()
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

void XenChannelTest::S_009_flagsDoNotKeepADeadDomainsChannelOpen()
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

void XenChannelTest::S_009_flagsOtherThanZeroDoNotClose()
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

void XenChannelTest::S_010_stormOfEventsIsOneWakeUp()
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

void XenChannelTest::S_011_killedPeerClosesWithAMessageHalfWritten()
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

void XenChannelTest::S_011_destroyedDomainClosesAndReleasesAll()
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
