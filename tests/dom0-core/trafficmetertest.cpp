// SPDX-License-Identifier: GPL-2.0-or-later
// What a net qube counts of its clients, with a kernel that a test wrote down.
#include "dom0-core/guest/network/trafficmeter.h"

#include "base/formatted.h"
#include "dom0-core/guest/network/settings.h"
#include "tests/support/testclock.h"

#include <QTest>

#include <bit>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::GuestNetwork;
using namespace std::chrono_literals;
using Firewall::Network;

namespace
{

using Said = std::vector<std::string>;

Network address(std::string_view text)
{
    return Network::parseAddress(text).value();
}

} // namespace

class TrafficMeterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void routes_areThoseToOneAddressAlone();
    void bytes_areThoseOfEachInterface();
    void kernel_isReadAsItIs();
    void interval_isDom0sWord_data();
    void interval_isDom0sWord();
    void clients_areToldOnceAndThenWhatChanged();
    void silence_isToldOnce();
    void counters_thatBeginAnewAreToldAsTheyAre();
    void clients_thatCannotBeCountedAreNotTold();
    void clients_thatWentAreTakenAway();
    void interval_changesWithTheNextLook();
    void end_takesAllOfItAway();

private:
    void build(std::chrono::seconds every = 2s);
    /// What was said since the last time: `KEY=VALUE`, or `-PATH`.
    [[nodiscard]] Said said();
    void pass(Duration time);

    Test::TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::set<Network> m_clients;
    TrafficFacts m_facts;
    Said m_said;
    std::unique_ptr<TrafficMeter> m_meter;
};

void TrafficMeterTest::init()
{
    m_loop = EventLoop::create(m_clock).value();
    m_clients = {address("10.137.0.5"), address("10.137.0.7"), address("fd09::5")};
    m_facts = {
        .ways = {{address("10.137.0.5"), "vif5"}, {address("10.137.0.7"), "vif7"}},
        .bytes = {{"vif5", {.received = 100, .sent = 2000}}, {"vif7", {}}, {"eth0", {.received = 9, .sent = 9}}}};
    m_said.clear();
}

void TrafficMeterTest::cleanup()
{
    m_meter.reset();
    m_loop.reset();
}

void TrafficMeterTest::build(std::chrono::seconds every)
{
    m_meter = std::make_unique<TrafficMeter>(
        *m_loop,
        TrafficMeter::Parts{
            .clients =
                [this] {
                    return m_clients;
                },
            .look =
                [this] {
                    return m_facts;
                },
            .write =
                [this](const QubesDb::Write &change) {
                    m_said.push_back(formatted("{}={}", change.key.text(), change.value.text()));
                },
            .remove =
                [this](const std::string &path) {
                    m_said.push_back('-' + path);
                },
        },
        every);
}

Said TrafficMeterTest::said()
{
    return std::exchange(m_said, {});
}

void TrafficMeterTest::pass(Duration time)
{
    m_clock.advance(time);
    m_loop->runUntilIdle();
}

void TrafficMeterTest::routes_areThoseToOneAddressAlone()
{
    const bool isLittle = std::endian::native == std::endian::little;
    const std::string five = isLittle ? "0500890A" : "0A890005"; // 10.137.0.5
    const std::string seven = isLittle ? "0700890A" : "0A890007";
    const std::string head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n";
    const auto ways = hostRoutesIn(head + "eth0\t00000000\t0100890A\t0003\t0\t0\t0\t00000000\t0\t0\t0  \n" + "vif5.0\t"
                                   + five + "\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0  \n" + "vif9\t" + five
                                   + "\t00000000\t0005\t0\t0\t32\tFFFFFFFF\t0\t0\t0\n" // a second way to it
                                   + "eth1\t" + seven + "\t0100890A\t0007\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n" // by a gateway
                                   + "eth2\t" + seven + "\t00000000\t0001\t0\t0\t0\tFFFFFF00\t0\t0\t0\n" // a network
                                   + "eth3\t" + seven + "\t00000000\t0004\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n" // down
                                   + "eth4\tnonsense\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n\nshort\t1\n");
    QCOMPARE(ways, (std::map<Network, std::string>{{address("10.137.0.5"), "vif5.0"}}));
}

void TrafficMeterTest::bytes_areThoseOfEachInterface()
{
    const auto bytes = interfaceBytesIn(
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls\n"
        "    lo:     120       2    0    0    0     0          0         0      120       2    0    0    0     0\n"
        "vif5.0:18446744073709551615 7 0 0 0 0 0 0 4096 3 0 0 0 0 0 0\n"
        "  eth0: 1 2 3\n"
        "eth1: x 2 3 4 5 6 7 8 9 10\n");
    QCOMPARE(bytes.size(), 2U);
    QCOMPARE(bytes.at("lo"), (InterfaceBytes{.received = 120, .sent = 120}));
    QCOMPARE(bytes.at("vif5.0"), (InterfaceBytes{.received = 18'446'744'073'709'551'615U, .sent = 4096}));
}

void TrafficMeterTest::kernel_isReadAsItIs()
{
    QVERIFY(readTrafficFacts().bytes.contains("lo")); // there is no namespace without one
}

void TrafficMeterTest::interval_isDom0sWord_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("seconds");

    QTest::newRow("one second") << "1" << 1;
    QTest::newRow("a day") << "86400" << 86400;
    QTest::newRow("not any more") << "0" << 0;
    QTest::newRow("more than a day") << "86401" << 0;
    QTest::newRow("negative") << "-1" << 0;
    QTest::newRow("no number") << "often" << 0;
    QTest::newRow("with an end") << "1 " << 0;
    QTest::newRow("nothing") << "" << 0;
}

void TrafficMeterTest::interval_isDom0sWord()
{
    QFETCH(const QString, value);
    QFETCH(const int, seconds);
    const auto settings = readSettings({{"/bulkhead-traffic-interval", value.toStdString()}});
    QCOMPARE(settings.trafficInterval.value_or(0s).count(), seconds);
    QVERIFY(!readSettings({}).trafficInterval);
}

void TrafficMeterTest::clients_areToldOnceAndThenWhatChanged()
{
    build();
    QCOMPARE(said(), (Said{"/bulkhead-traffic/10.137.0.5=100 2000", "/bulkhead-traffic/10.137.0.7=0 0"}));
    m_facts.bytes["vif5"].received = 150; // what it received is what the client sent
    pass(1s);
    QCOMPARE(said(), Said{}); // not yet
    pass(1s);
    QVERIFY(said().front() == "/bulkhead-traffic/10.137.0.5=150 2000");
    m_facts.bytes["vif5"].sent = 2001;
    m_facts.bytes["eth0"].sent = 5000; // its own uplink is nobody's
    pass(2s);
    QCOMPARE(said(), Said{"/bulkhead-traffic/10.137.0.5=150 2001"});
}

void TrafficMeterTest::silence_isToldOnce()
{
    build();
    (void)said();
    pass(2s);
    QCOMPARE(said(), (Said{"/bulkhead-traffic/10.137.0.5=100 2000", "/bulkhead-traffic/10.137.0.7=0 0"}));
    pass(2s);
    pass(2s);
    QCOMPARE(said(), Said{});
    m_facts.bytes["vif7"].received = 1;
    pass(2s);
    pass(2s);
    pass(2s);
    QCOMPARE(said(), (Said{"/bulkhead-traffic/10.137.0.7=1 0", "/bulkhead-traffic/10.137.0.7=1 0"}));
}

void TrafficMeterTest::counters_thatBeginAnewAreToldAsTheyAre()
{
    build();
    (void)said();
    m_facts.bytes["vif5"] = {.received = 3, .sent = 4}; // the client left and came back
    pass(2s);
    QCOMPARE(said().front(), std::string("/bulkhead-traffic/10.137.0.5=3 4"));
}

void TrafficMeterTest::clients_thatCannotBeCountedAreNotTold()
{
    m_facts.ways.erase(address("10.137.0.7")); // not plugged in yet
    m_facts.bytes.erase("vif5");               // unplugged just now
    build();
    QCOMPARE(said(), Said{});
    m_facts.ways.emplace(address("10.137.0.7"), "vif7");
    pass(2s);
    QCOMPARE(said(), Said{"/bulkhead-traffic/10.137.0.7=0 0"});
}

void TrafficMeterTest::clients_thatWentAreTakenAway()
{
    build();
    (void)said();
    m_clients.erase(address("10.137.0.5"));
    pass(2s);
    QCOMPARE(said(), (Said{"/bulkhead-traffic/10.137.0.7=0 0", "-/bulkhead-traffic/10.137.0.5"}));
    pass(2s);
    QCOMPARE(said(), Said{});
    m_clients.insert(address("10.137.0.5"));
    pass(2s);
    QCOMPARE(said(), Said{"/bulkhead-traffic/10.137.0.5=100 2000"});
}

void TrafficMeterTest::interval_changesWithTheNextLook()
{
    build(10s);
    (void)said();
    m_meter->setInterval(1s);
    pass(10s);
    (void)said();
    m_facts.bytes["vif5"].sent = 1;
    pass(1s);
    QCOMPARE(said(), Said{"/bulkhead-traffic/10.137.0.5=100 1"});
}

void TrafficMeterTest::end_takesAllOfItAway()
{
    build();
    (void)said();
    m_meter.reset();
    QCOMPARE(said(), Said{"-/bulkhead-traffic/"});
    pass(1h);
    QCOMPARE(said(), Said{});
}

QTEST_GUILESS_MAIN(TrafficMeterTest)
#include "trafficmetertest.moc"
