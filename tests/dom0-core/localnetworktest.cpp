// SPDX-License-Identifier: GPL-2.0-or-later
// Chains of real network namespaces: needs root and a template, and says so where they are missing.
#include "base/formatted.h"
#include "dom0-core/firewall/filter.h"
#include "tests/dom0-core/locallab.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTest>

#include <functional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

constexpr auto outsideSpace = "bulkhead-outside-test";

NetworkLink linkTo(const char *provider, DomId domain, const char *address, const char *gateway)
{
    return {.provider = *QubeName::parse(provider),
            .providerDomain = domain,
            .address = address,
            .gateway = gateway,
            .mac = "00:16:3e:5e:6c:05"};
}

} // namespace

class LocalNetworkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

    void S_182_providerForwardsNothingWithoutItsFirewall();
    void chain_reachesOutsideAndNoOther();
    void chain_reachesOutsideOverIpv6();
    void filter_isTakenByTheKernel();
    void S_181_framesOfAnyKindAreDroppedWithoutARule();
    void client_cannotSpeakFromAnothersAddress();
    void hidden_clientReachesOutsideByWhatItSees();
    void S_180_hiddenClientSpeaksOnlyAsItself();
    void plug_movesARunningQube();
    void outside_isForThoseThatAreMarked();
    void outside_comesBackWithoutANetQube();
    void link_goesWithItsClient();
    void start_withoutItsProviderLeavesNothing();

private:
    [[nodiscard]] bool reaches(const char *qube, const char *address) const
    {
        return m_lab->inNetworkOf(qube, {u"ping"_s, u"-c1"_s, u"-W1"_s, QString::fromLatin1(address)}).status == 0;
    }

    [[nodiscard]] QByteArray linksOf(const char *qube) const
    {
        return m_lab->inNetworkOf(qube, {u"ip"_s, u"-o"_s, u"link"_s}).output;
    }

    /// Does what the firewall in a provider does for clients that may everything.
    [[nodiscard]] bool letAllOut(const char *provider) const;
    /// A provider with the way out.
    std::optional<DomId> startNet(const char *name, const char *address, const char *address6 = "");
    std::optional<DomId> startClient(const char *name, const NetworkLink &link, bool provides = false);
    /// Lets the driver do something and waits until it is done.
    [[nodiscard]] static Result<void> wait(const std::function<void(Driver::Done)> &operation);

    std::unique_ptr<Test::LocalLab> m_lab;
    Driver *m_driver = nullptr;
};

void LocalNetworkTest::initTestCase()
{
    if (const auto missing = Test::LocalLab::missing(); !missing.isEmpty()) {
        QSKIP(qPrintable(missing));
    }
}

void LocalNetworkTest::init()
{
    m_lab = std::make_unique<Test::LocalLab>();
    QVERIFY(m_lab->start());
    m_driver = &m_lab->makeDriver();
}

void LocalNetworkTest::cleanup()
{
    m_lab.reset();
}

void LocalNetworkTest::cleanupTestCase()
{
    (void)Test::run({u"ip"_s, u"netns"_s, u"del"_s, QString::fromLatin1(outsideSpace)});
}

bool LocalNetworkTest::letAllOut(const char *provider) const
{
    const auto commands =
        u"add table inet bulkhead-rules;"
        "add chain inet bulkhead-rules clients { type filter hook forward priority filter - 10; policy accept; };"
        "add rule inet bulkhead-rules clients meta mark set %1"_s.arg(Firewall::AcceptedMark);
    return m_lab->inNetworkOf(provider, {u"nft"_s, commands}).status == 0;
}

std::optional<DomId> LocalNetworkTest::startNet(const char *name, const char *address, const char *address6)
{
    auto config = m_lab->qube(name);
    config.address = address;
    config.address6 = address6;
    config.providesNetwork = true;
    config.outside = {.providesNetwork = true, .isMarked = true};
    return m_lab->startQube(config);
}

std::optional<DomId> LocalNetworkTest::startClient(const char *name, const NetworkLink &link, bool provides)
{
    auto config = m_lab->qube(name);
    config.address = link.address;
    config.address6 = link.address6;
    config.providesNetwork = provides;
    config.network = link;
    return m_lab->startQube(config);
}

Result<void> LocalNetworkTest::wait(const std::function<void(Driver::Done)> &operation)
{
    constexpr int Patience = 20000; // ms; a failing test's only
    std::optional<Result<void>> outcome;
    operation([&](Result<void> result) {
        outcome = std::move(result);
    });
    return QTest::qWaitFor(
               [&] {
                   return outcome.has_value();
               },
               Patience)
        ? *std::move(outcome)
        : fail(Errc::TimedOut, "the operation does not end");
}

void LocalNetworkTest::S_182_providerForwardsNothingWithoutItsFirewall()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    QVERIFY(startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1")));
    QVERIFY(reaches("work", "10.137.0.1"));
    QVERIFY(!reaches("work", "198.51.100.1"));
    QVERIFY(letAllOut("sys-net"));
    QVERIFY(reaches("work", "198.51.100.1"));
}

void LocalNetworkTest::filter_isTakenByTheKernel()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    QVERIFY(startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1")));
    const auto apply = [this](std::string_view rules) {
        Firewall::FilterPlan plan;
        plan.clients.emplace(Firewall::Network::parseAddress("10.137.0.3").value(),
                             Firewall::parseRules(rules).value());
        plan.clients.emplace(Firewall::Network::parseAddress("fd09:24ef:4179::a89:3").value(),
                             Firewall::parseRules("action=accept proto=icmp icmptype=128\n").value());
        plan.connected = {Firewall::Network::parseAddress("10.137.0.3").value(),
                          Firewall::Network::parseAddress("fd09:24ef:4179::a89:3").value()};
        plan.nameServers = {Firewall::Network::parseAddress("10.139.1.1").value()};
        plan.realServers = {Firewall::Network::parseAddress("198.51.100.1").value()};
        const auto text = QString::fromStdString(Firewall::filterText(plan));
        return m_lab->inNetworkOf("sys-net", {u"nft"_s, text}).status == 0;
    };
    QVERIFY(apply("action=accept dst4=198.51.100.1\n"));
    QVERIFY(reaches("work", "198.51.100.1"));
    QVERIFY(!reaches("work", "10.139.1.2"));
    QVERIFY(apply("action=drop proto=icmp icmptype=8\n"
                  "action=drop dst4=192.0.2.0/24 proto=tcp dstports=1-9\n"
                  "action=accept specialtarget=dns proto=udp\n"
                  "action=drop dsthost=unknown.example proto=udp dstports=7\n"
                  "action=accept\n"));
    QVERIFY(!reaches("work", "198.51.100.1"));
    QVERIFY(apply(""));
    QVERIFY(!reaches("work", "10.139.1.2"));
}

void LocalNetworkTest::chain_reachesOutsideAndNoOther()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    const auto firewall = startClient("sys-firewall", linkTo("sys-net", *net, "10.137.0.2", "10.137.0.1"), true);
    QVERIFY(firewall);
    QVERIFY(startClient("work", linkTo("sys-firewall", *firewall, "10.137.0.3", "10.137.0.2")));
    QVERIFY(startClient("personal", linkTo("sys-firewall", *firewall, "10.137.0.4", "10.137.0.2")));
    QVERIFY(letAllOut("sys-net") && letAllOut("sys-firewall"));

    QVERIFY(reaches("work", "198.51.100.1"));
    QVERIFY(reaches("work", "10.139.1.1"));     // the chain's name server
    QVERIFY(reaches("work", "10.137.0.2"));     // its own gateway
    QVERIFY(!reaches("work", "10.137.0.4"));    // a neighbour behind the same gateway
    QVERIFY(!reaches("sys-net", "10.137.0.3")); // nobody upstream opens a way down
}

void LocalNetworkTest::chain_reachesOutsideOverIpv6()
{
    const auto net = startNet("sys-net", "10.137.0.1", "fd09:24ef:4179::a89:1");
    QVERIFY(net);
    const auto link = [](const char *provider, DomId domain, const char *last, const char *gatewayLast) {
        auto both = linkTo(
            provider, domain, formatted("10.137.0.{}", last).c_str(), formatted("10.137.0.{}", gatewayLast).c_str());
        both.address6 = formatted("fd09:24ef:4179::a89:{}", last);
        both.gateway6 = formatted("fd09:24ef:4179::a89:{}", gatewayLast);
        return both;
    };
    const auto firewall = startClient("sys-firewall", link("sys-net", *net, "2", "1"), true);
    QVERIFY(firewall);
    QVERIFY(startClient("work", link("sys-firewall", *firewall, "3", "2")));
    QVERIFY(startClient("personal", link("sys-firewall", *firewall, "4", "2")));
    QVERIFY(!reaches("work", "2001:db8::1"));
    QVERIFY(letAllOut("sys-net") && letAllOut("sys-firewall"));
    QVERIFY(reaches("work", "2001:db8::1"));
    QVERIFY(reaches("work", "198.51.100.1")); // one chain speaks both
    QVERIFY(reaches("personal", "2001:db8::1"));
    QVERIFY(!reaches("work", "fd09:24ef:4179::a89:4")); // a neighbour behind the same gateway
}

void LocalNetworkTest::S_181_framesOfAnyKindAreDroppedWithoutARule()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    const auto work = startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1"));
    QVERIFY(work);
    const auto sendAll = [&] {
        return m_lab->inNetworkOf(
            "sys-net",
            {QStringLiteral(RAW_FRAMES), QString::number(m_lab->process1("work")), u"vif%1"_s.arg(work->value())});
    };
    const QByteArray came = "arp double-vlan end first-fragment ipv4 ipv6 later-fragment lone-protocol unknown vlan\n";
    const auto without = sendAll();
    QCOMPARE(without.status, 0);
    QCOMPARE(without.output, QByteArray(came + "\n")); // each came in, and none went out
    QVERIFY(letAllOut("sys-net"));
    const auto with = sendAll();
    QCOMPARE(with.status, 0);
    // What may pass is whole packets of the client's own address alone.
    QCOMPARE(with.output, QByteArray(came + "ipv4 lone-protocol\n"));
}

void LocalNetworkTest::client_cannotSpeakFromAnothersAddress()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    QVERIFY(startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1")));
    QVERIFY(letAllOut("sys-net"));
    QVERIFY(reaches("work", "198.51.100.1"));
    // What root of the guest could do with its interface, had it the right to: take another address.
    QCOMPARE(
        m_lab->inNetworkOf("work", {u"ip"_s, u"addr"_s, u"add"_s, u"10.137.0.99/32"_s, u"dev"_s, u"eth0"_s}).status, 0);
    QCOMPARE(
        m_lab->inNetworkOf("sys-net", {u"ip"_s, u"route"_s, u"add"_s, u"10.137.0.99/32"_s, u"dev"_s, u"vif2"_s}).status,
        0);
    const auto from = [&](const QString &address) {
        return m_lab->inNetworkOf("work", {u"ping"_s, u"-c1"_s, u"-W1"_s, u"-I"_s, address, u"10.137.0.1"_s}).status;
    };
    QCOMPARE(from(u"10.137.0.3"_s), 0);
    QVERIFY(from(u"10.137.0.99"_s) != 0);
}

void LocalNetworkTest::hidden_clientReachesOutsideByWhatItSees()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net && letAllOut("sys-net"));
    auto link = linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1");
    link.visibleAddress = "192.168.1.2";
    link.visibleGateway = "192.168.1.1";
    link.visiblePrefix = 24;
    const auto work = startClient("work", link);
    QVERIFY(work);
    link.address = "10.137.0.4"; // another one may be told the same
    QVERIFY(startClient("personal", link));
    for (const char *const qube : {"work", "personal"}) {
        QVERIFY(reaches(qube, "192.168.1.1"));
        QVERIFY(reaches(qube, "198.51.100.1"));
        QVERIFY(m_lab->inNetworkOf(qube, {u"ip"_s, u"-4"_s, u"-o"_s, u"addr"_s}).output.contains("192.168.1.2/24"));
        QVERIFY(!m_lab->inNetworkOf(qube, {u"ip"_s, u"neigh"_s}).output.contains("10.137."));
    }
    QVERIFY(reaches("sys-net", "10.137.0.3"));
    QVERIFY(!reaches("sys-net", "192.168.1.2")); // which is nobody's there
    // An error comes back to the socket that it is about: the kernel compares what is inside with what was sent.
    const auto expired = m_lab->inNetworkOf("work", {u"ping"_s, u"-c1"_s, u"-W1"_s, u"-t1"_s, u"198.51.100.1"_s});
    QVERIFY2(expired.output.contains("From 192.168.1.1"), expired.output.constData());
    bool isDetached = false;
    m_driver->detachNetwork(*work, [&](const Result<void> &detached) {
        isDetached = detached.has_value();
    });
    QVERIFY(QTest::qWaitFor(
        [&] {
            return isDetached;
        },
        20000));
    const auto tables = m_lab->inNetworkOf("sys-net", {u"nft"_s, u"list"_s, u"tables"_s}).output;
    QVERIFY(!tables.contains("bulkhead-vif2\n"));
    QVERIFY(tables.contains("bulkhead-vif3\n"));
}

void LocalNetworkTest::S_180_hiddenClientSpeaksOnlyAsItself()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net && letAllOut("sys-net"));
    auto link = linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1");
    link.visibleAddress = "192.168.1.2";
    link.visibleGateway = "192.168.1.1";
    QVERIFY(startClient("work", link));
    const auto ping = [this](const QString &from, const QString &to) {
        return m_lab->inNetworkOf("work", {u"ping"_s, u"-c1"_s, u"-W1"_s, u"-I"_s, from, to}).status == 0;
    };
    QVERIFY(ping(u"192.168.1.2"_s, u"198.51.100.1"_s));
    QVERIFY(!ping(u"192.168.1.2"_s, u"10.137.0.1"_s)); // the net qube, by an address that it was not told
    // Nor does it learn by trying which address is its own.
    for (const QString &other : {u"10.137.0.3"_s, u"10.137.0.4"_s, u"192.168.1.9"_s}) {
        QCOMPARE(
            m_lab->inNetworkOf("work", {u"ip"_s, u"addr"_s, u"add"_s, QString(other + u"/32"_s), u"dev"_s, u"eth0"_s})
                .status,
            0);
        QVERIFY2(!ping(other, u"192.168.1.1"_s), qPrintable(other));
        QVERIFY2(!ping(other, u"198.51.100.1"_s), qPrintable(other));
    }
}

void LocalNetworkTest::plug_movesARunningQube()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    const auto other = startNet("sys-vpn", "10.137.0.6");
    QVERIFY(net && other);
    QVERIFY(letAllOut("sys-net") && letAllOut("sys-vpn"));
    const auto work = startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1"));
    QVERIFY(work);
    const auto detach = [&] {
        return wait([&](Driver::Done done) {
            m_driver->detachNetwork(*work, std::move(done));
        });
    };
    QVERIFY(detach());
    QVERIFY(!linksOf("work").contains("eth0"));
    QVERIFY(!linksOf("sys-net").contains("vif"));
    QVERIFY(!m_lab->inNetworkOf("sys-net", {u"nft"_s, u"list"_s, u"ruleset"_s}).output.contains("10.137.0.3"));
    QVERIFY(!reaches("work", "198.51.100.1"));
    QVERIFY(detach()); // again: nothing to do

    const auto link = linkTo("sys-vpn", *other, "10.137.0.3", "10.137.0.6");
    QVERIFY(wait([&](Driver::Done done) {
        m_driver->attachNetwork(*work, link, std::move(done));
    }));
    QVERIFY(reaches("work", "198.51.100.1"));
    QCOMPARE(wait([&](Driver::Done done) {
                 m_driver->attachNetwork(*work, link, std::move(done));
             })
                 .error()
                 .code,
             Errc::InUse);
}

void LocalNetworkTest::outside_isForThoseThatAreMarked()
{
    auto config = m_lab->qube("sys-vpn");
    config.address = "10.137.0.6";
    config.providesNetwork = true;
    config.outside = {.providesNetwork = true};
    const auto vpn = m_lab->startQube(config);
    QVERIFY(vpn);
    QVERIFY(!m_driver->leadsOutside({.providesNetwork = true, .isMarked = true}, vpn));
    QVERIFY(!linksOf("sys-vpn").contains("eth0"));
    QVERIFY(wait([&](Driver::Done done) {
        m_driver->attachOutside(*vpn, {.address = "10.137.0.6"}, std::move(done));
    }));
    QVERIFY(!linksOf("sys-vpn").contains("eth0")); // nor later
    QVERIFY(!reaches("sys-vpn", "198.51.100.1"));
}

void LocalNetworkTest::outside_comesBackWithoutANetQube()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    const auto other = startNet("sys-other", "10.137.0.6");
    QVERIFY(net && other && letAllOut("sys-other"));
    QVERIFY(reaches("sys-net", "198.51.100.1"));
    const auto detach = [&] {
        return wait([&](Driver::Done done) {
            m_driver->detachNetwork(*net, std::move(done));
        });
    };
    QVERIFY(detach());
    QVERIFY(!reaches("sys-net", "198.51.100.1"));
    QVERIFY(wait([&](Driver::Done done) {
        m_driver->attachNetwork(*net, linkTo("sys-other", *other, "10.137.0.1", "10.137.0.6"), std::move(done));
    }));
    QVERIFY(linksOf("sys-other").contains("vif1"));
    QVERIFY(reaches("sys-net", "198.51.100.1")); // through the other one
    QVERIFY(detach());
    QVERIFY(!reaches("sys-net", "198.51.100.1"));
    QVERIFY(wait([&](Driver::Done done) {
        m_driver->attachOutside(*net, {.address = "10.137.0.1"}, std::move(done));
    }));
    QVERIFY(reaches("sys-net", "198.51.100.1"));
    QVERIFY(m_driver->leadsOutside({}, net));
}

void LocalNetworkTest::link_goesWithItsClient()
{
    const auto net = startNet("sys-net", "10.137.0.1");
    QVERIFY(net);
    const auto work = startClient("work", linkTo("sys-net", *net, "10.137.0.3", "10.137.0.1"));
    QVERIFY(work);
    QVERIFY(linksOf("sys-net").contains("vif2"));
    bool gone = false;
    m_driver->destroy(*work, [&](Result<void>) {
        gone = true;
    });
    QVERIFY(QTest::qWaitFor(
        [&] {
            return gone && !linksOf("sys-net").contains("vif2"); // the kernel takes a moment for namespaces
        },
        20000));
    QVERIFY(!m_lab->inNetworkOf("sys-net", {u"nft"_s, u"list"_s, u"ruleset"_s}).output.contains("10.137.0.3"));
}

void LocalNetworkTest::start_withoutItsProviderLeavesNothing()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"net qube"_s));
    QVERIFY(!startClient("work", linkTo("sys-net", DomId{77}, "10.137.0.3", "10.137.0.1")));
    QVERIFY(m_lab->isEmpty());
}

QTEST_GUILESS_MAIN(LocalNetworkTest)
#include "localnetworktest.moc"
