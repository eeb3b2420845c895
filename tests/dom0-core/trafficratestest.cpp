// SPDX-License-Identifier: GPL-2.0-or-later
// From what net qubes count to bytes a second.
#include "dom0-core/adminapi/trafficrates.h"

#include "tests/support/testclock.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace std::chrono_literals;

namespace
{

constexpr Qid Work{5};
constexpr Qid Personal{6};
constexpr TrafficLink WorksLink{.client = DomId{15}, .provider = DomId{2}};
constexpr TrafficLink PersonalsLink{.client = DomId{16}, .provider = DomId{2}};

using Rates = TrafficRates::Rates;

} // namespace

class TrafficRatesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void firstCount_isNoRate();
    void rate_isWhatCameBetweenTwoCounts();
    void rate_isToldOnceAsLongAsItIsTheSame();
    void silence_isZeroAtOnce();
    void silence_isNotCountedInWhatComesAfterIt();
    void countsThatCameTogether_areOne();
    void counterThatGoesBack_beginsAnew();
    void netQubeThatSaysNothingMore_hasFallenSilent();
    void whoIsUnplugged_isForgotten();
    void anotherDomain_beginsAnew();
    void absurdCounts_areBounded();
    void unknownClients_areLeftOut();

private:
    /// A count that comes after a while.
    void count(Duration after, std::uint64_t sent, std::uint64_t received, Qid client = Work);

    Test::TestClock m_clock;
    TrafficRates m_rates;
};

void TrafficRatesTest::init()
{
    m_rates = {};
    m_rates.setInterval(2s);
    m_rates.setLinks({{Work, WorksLink}, {Personal, PersonalsLink}});
}

void TrafficRatesTest::count(Duration after, std::uint64_t sent, std::uint64_t received, Qid client)
{
    m_clock.advance(after);
    m_rates.count(client, {.sent = sent, .received = received}, m_clock.now());
}

void TrafficRatesTest::firstCount_isNoRate()
{
    count(0s, 5000, 7000);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
}

void TrafficRatesTest::rate_isWhatCameBetweenTwoCounts()
{
    count(0s, 5000, 7000);
    count(2s, 5500, 8000);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 250, .received = 500}}}));
    count(2500ms, 5500, 9000); // one that is late is not a faster one
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 0, .received = 400}}}));
    QCOMPARE(m_rates.lastTaken(), (Rates{{Work, {.sent = 0, .received = 400}}}));
}

void TrafficRatesTest::rate_isToldOnceAsLongAsItIsTheSame()
{
    count(0s, 0, 0);
    count(2s, 100, 100);
    QCOMPARE(m_rates.takeChanged(m_clock.now()).size(), 1U);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
    count(2s, 200, 200);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
    count(2s, 202, 200);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 1, .received = 0}}}));
}

void TrafficRatesTest::silence_isZeroAtOnce()
{
    count(0s, 0, 0);
    count(2s, 100, 100);
    (void)m_rates.takeChanged(m_clock.now());
    count(2s, 100, 100); // a net qube says so once
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {}}}));
    QVERIFY(m_rates.lastTaken().empty());
    m_clock.advance(1h);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
}

void TrafficRatesTest::silence_isNotCountedInWhatComesAfterIt()
{
    count(0s, 0, 0);
    count(1h, 400, 0); // until two seconds ago nothing had changed
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 200, .received = 0}}}));
}

void TrafficRatesTest::countsThatCameTogether_areOne()
{
    count(0s, 0, 0);
    count(3s, 400, 0); // held up
    (void)m_rates.takeChanged(m_clock.now());
    count(100ms, 600, 0);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty()); // not 2000 a second
    count(1900ms, 800, 0);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 200, .received = 0}}}));
}

void TrafficRatesTest::counterThatGoesBack_beginsAnew()
{
    count(0s, 1000, 1000);
    count(2s, 1200, 1200);
    (void)m_rates.takeChanged(m_clock.now());
    count(2s, 1300, 10); // one of both is enough
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {}}}));
    count(2s, 1400, 210);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 50, .received = 100}}}));
}

void TrafficRatesTest::netQubeThatSaysNothingMore_hasFallenSilent()
{
    count(0s, 0, 0);
    count(2s, 100, 0);
    (void)m_rates.takeChanged(m_clock.now());
    m_clock.advance(6s);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty()); // it may be late
    m_clock.advance(1s);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {}}}));
}

void TrafficRatesTest::whoIsUnplugged_isForgotten()
{
    count(0s, 0, 0);
    count(0s, 0, 0, Personal);
    count(2s, 100, 0);
    count(0s, 100, 0, Personal);
    QCOMPARE(m_rates.takeChanged(m_clock.now()).size(), 2U);
    count(2s, 300, 0);
    m_rates.setLinks({{Personal, PersonalsLink}});
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty()); // not even a zero
    QCOMPARE(m_rates.lastTaken().size(), 1U);
}

void TrafficRatesTest::anotherDomain_beginsAnew()
{
    count(0s, 0, 0);
    count(2s, 100, 0);
    (void)m_rates.takeChanged(m_clock.now());
    m_rates.setLinks({{Work, {.client = WorksLink.client, .provider = DomId{9}}}}); // plugged in elsewhere
    count(2s, 5000, 0);
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
    count(2s, 5002, 0);
    QCOMPARE(m_rates.takeChanged(m_clock.now()), (Rates{{Work, {.sent = 1, .received = 0}}}));
}

void TrafficRatesTest::absurdCounts_areBounded()
{
    count(0s, 0, 0);
    count(1s, 18'446'744'073'709'551'615U, 18'446'744'073'709'551'615U);
    const Rates rates = m_rates.takeChanged(m_clock.now());
    QCOMPARE(rates.at(Work), (TrafficRate{.sent = 1'000'000'000'000'000'000U, .received = 1'000'000'000'000'000'000U}));
}

void TrafficRatesTest::unknownClients_areLeftOut()
{
    count(0s, 0, 0, Qid{99});
    count(2s, 100, 0, Qid{99});
    QVERIFY(m_rates.takeChanged(m_clock.now()).empty());
}

QTEST_GUILESS_MAIN(TrafficRatesTest)
#include "trafficratestest.moc"
