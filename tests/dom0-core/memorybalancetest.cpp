// SPDX-License-Identifier: GPL-2.0-or-later
// How memory is shared out: the rules alone.
#include "dom0-core/memory/balance.h"
#include "dom0-core/memory/memoryrequest.h"

#include <QTest>

#include <cmath>
#include <map>
#include <random>

using namespace Bulkhead;
using namespace Bulkhead::Memory;

namespace
{

Domain domain(std::uint32_t id, std::uint64_t hasMiB, std::uint64_t mostMiB, std::optional<std::uint64_t> usesMiB)
{
    return {.id = DomId{id},
            .current = hasMiB * MiB,
            .most = mostMiB * MiB,
            .used = usesMiB ? std::optional(*usesMiB * MiB) : std::nullopt};
}

std::uint64_t targetOf(const Targets &targets, std::uint32_t id)
{
    const auto place = std::ranges::find(targets, DomId{id}, &Target::domain);
    return place == targets.end() ? 0 : place->bytes;
}

bool isNear(std::uint64_t one, std::uint64_t other)
{
    return std::max(one, other) - std::min(one, other) <= KiB;
}

/// The rules of the specification once more, step by step and with no thought of speed. @return targets by domain
std::map<std::uint32_t, double> slowBalance(const std::vector<Domain> &all, double spare)
{
    const Settings settings;
    std::map<std::uint32_t, double> actual;
    std::map<std::uint32_t, double> preferred;
    std::map<std::uint32_t, double> most;
    for (const Domain &one : all) {
        if (!one.used || one.isStuck) {
            continue;
        }
        const std::uint32_t id = one.id.value();
        const double roomy = std::floor(static_cast<double>(*one.used) * 1.3);
        actual[id] = static_cast<double>(std::max(one.current, one.lastTarget.value_or(0)));
        most[id] = static_cast<double>(one.most);
        preferred[id] =
            id == 0 ? std::min(roomy + 350.0 * MiB, most[id]) : std::max(std::min(roomy, most[id]), 200.0 * MiB);
    }
    double needs = 0;
    double allPreferred = 0;
    for (const auto &[id, value] : preferred) {
        needs += value - actual[id];
        allPreferred += value;
    }
    std::map<std::uint32_t, double> result;
    if (spare - needs > 0) {
        double left = 0;
        for (const auto &[id, value] : preferred) {
            result[id] = std::floor(0.999 * (value + (spare - needs) * value / allPreferred));
            left += std::max(0.0, result[id] - most[id]);
            result[id] = std::min(result[id], most[id]);
        }
        for (;;) {
            double takers = 0;
            for (const auto &[id, value] : result) {
                takers += value < most[id] ? 1 : 0;
            }
            if (left <= 0 || takers == 0) {
                return result;
            }
            const double bonus = std::floor(0.999 * left / takers);
            left = 0;
            for (auto &[id, value] : result) {
                if (value < most[id]) {
                    left += std::max(0.0, value + bonus - most[id]);
                    value = std::min(value + bonus, most[id]);
                }
            }
        }
    }
    double rest = spare;
    double acceptors = 0;
    for (const auto &[id, value] : preferred) {
        const double surplus = actual[id] - value;
        if (surplus <= 0 && actual[id] < most[id]) {
            acceptors += value;
        } else if (surplus >= 10.0 * MiB) {
            result[id] = value;
            rest -= surplus;
        }
    }
    for (const auto &[id, value] : preferred) {
        if (rest >= 0 && value >= actual[id] && actual[id] < most[id]) {
            result[id] = std::min(std::floor(0.999 * (actual[id] + value / acceptors * rest)), most[id]);
        }
    }
    return result;
}

} // namespace

class MemoryBalanceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void preferred_hasRoomAboveWhatIsUsed();
    void free_isLessWhatWasPromised();
    void balloon_takesInProportionFromThoseWhoHaveMore();
    void balloon_failsWhereNobodyCanSpareIt();
    void balance_givesThoseWhoNeedAndStopsAtWhatTheyCanHave();
    void model_094_equalsASlowModel();
    void model_096_whoTellsNothingKeepsWhatItHas();
    void worthwhile_isWhatMovesEnough();
    void model_097_targetIsSixteenMiBBelowXens();
    void model_093_startsTakeWhatTheirKindTakes();
    void model_091_requests_data();
    void model_091_requests();
};

void MemoryBalanceTest::preferred_hasRoomAboveWhatIsUsed()
{
    const Settings settings;
    QCOMPARE(preferredOf(domain(1, 400, 4000, 200), settings), 260 * MiB);
    QCOMPARE(preferredOf(domain(1, 400, 4000, 100), settings), 200 * MiB); // never less
    QCOMPARE(preferredOf(domain(1, 400, 220, 300), settings), 220 * MiB);  // never more than it can have
    QCOMPARE(preferredOf(domain(0, 4000, 4000, 1000), settings), 1650 * MiB);
    QCOMPARE(preferredOf(domain(0, 1000, 1000, 900), settings), 1000 * MiB);
}

void MemoryBalanceTest::free_isLessWhatWasPromised()
{
    std::vector<Domain> domains{domain(1, 400, 4000, 200)};
    const std::int64_t all = usableFree(1007810000, domains);
    QVERIFY(std::abs(all - 1000000000) <= 1); // Xen's own part is off
    domains.front().lastTarget = 500 * MiB;
    QCOMPARE(usableFree(1007810000, domains), all - static_cast<std::int64_t>(100 * MiB));
    domains.front().lastTarget = 300 * MiB; // what it is to give is not there yet
    QCOMPARE(usableFree(1007810000, domains), all);
}

void MemoryBalanceTest::balloon_takesInProportionFromThoseWhoHaveMore()
{
    // Surpluses of 300 and 100 MiB, one without, and one of which nobody knows.
    const std::vector<Domain> domains{
        domain(1, 560, 4000, 200), domain(2, 360, 4000, 200), domain(3, 260, 4000, 200), domain(4, 900, 4000, {})};
    const auto targets = balloon(domains, {}, 200 * MiB);
    QVERIFY(targets);
    QCOMPARE(targets->size(), 2U);
    QVERIFY(isNear(targetOf(*targets, 1), 560 * MiB - 150 * MiB * 105 / 100));
    QVERIFY(isNear(targetOf(*targets, 2), 360 * MiB - 50 * MiB * 105 / 100));
}

void MemoryBalanceTest::balloon_failsWhereNobodyCanSpareIt()
{
    std::vector<Domain> domains{domain(1, 560, 4000, 200), domain(2, 360, 4000, 200)};
    QVERIFY(!balloon(domains, {}, 401 * MiB));
    domains.front().isStuck = true;
    QVERIFY(!balloon(domains, {}, 101 * MiB));
    QVERIFY(balloon(domains, {}, 100 * MiB));
}

void MemoryBalanceTest::balance_givesThoseWhoNeedAndStopsAtWhatTheyCanHave()
{
    // Plenty: what the small one cannot take the other gets.
    const std::vector<Domain> plenty{domain(1, 300, 300, 200), domain(2, 300, 4000, 200)};
    const auto rich = balance(plenty, {}, static_cast<std::int64_t>(1000 * MiB));
    QCOMPARE(targetOf(rich, 1), 300 * MiB);
    QVERIFY(targetOf(rich, 2) > 1200 * MiB && targetOf(rich, 2) < 1300 * MiB);
    // Shortage: who has more gives, and what it gives is handed out in the next round.
    const std::vector<Domain> shortage{domain(1, 500, 4000, 200), domain(2, 300, 4000, 800)};
    const auto poor = balance(shortage, {}, static_cast<std::int64_t>(100 * MiB));
    QCOMPARE(poor.size(), 1U);
    QCOMPARE(poor.front(), (Target{.domain = DomId{1}, .bytes = 260 * MiB}));
    const auto next = balance(
        std::vector{domain(1, 260, 4000, 200), domain(2, 300, 4000, 800)}, {}, static_cast<std::int64_t>(340 * MiB));
    QVERIFY(targetOf(next, 2) > 500 * MiB);
}

void MemoryBalanceTest::model_094_equalsASlowModel()
{
    std::mt19937 random(1);
    const auto below = [&random](std::uint32_t bound) {
        return static_cast<std::uint32_t>(random() % bound);
    };
    for (int state = 0; state < 1000; ++state) {
        std::vector<Domain> domains;
        const std::uint32_t count = 1 + below(8);
        for (std::uint32_t id = 0; id < count; ++id) {
            const std::uint64_t most = 100 + below(4000);
            Domain one = domain(id, std::min<std::uint64_t>(most, 100 + below(2000)), most, 50 + below(1500));
            one.current += below(4096);
            if (below(8) == 0) {
                one.used.reset();
            }
            if (below(4) == 0) {
                one.lastTarget = (100 + below(static_cast<std::uint32_t>(most))) * MiB;
            }
            one.isStuck = below(10) == 0;
            domains.push_back(one);
        }
        const auto spare = static_cast<std::int64_t>(below(6000) * MiB) - static_cast<std::int64_t>(500 * MiB);
        const Targets targets = balance(domains, {}, spare);
        const auto expected = slowBalance(domains, static_cast<double>(spare));
        QCOMPARE(targets.size(), expected.size());
        for (const auto &[id, bytes] : targets) {
            QVERIFY(expected.contains(id.value()));
            QVERIFY(std::abs(static_cast<double>(bytes) - expected.at(id.value())) <= 1024);
        }
    }
}

void MemoryBalanceTest::model_096_whoTellsNothingKeepsWhatItHas()
{
    std::vector<Domain> domains{domain(1, 300, 4000, {}), domain(2, 300, 4000, 200)};
    for (const std::int64_t spare : {std::int64_t{0}, static_cast<std::int64_t>(2000 * MiB)}) {
        QCOMPARE(targetOf(balance(domains, {}, spare), 1), 0U);
    }
    QVERIFY(!balloon(std::vector{domain(1, 3000, 4000, {})}, {}, 1));
}

void MemoryBalanceTest::worthwhile_isWhatMovesEnough()
{
    const std::vector<Domain> domains{domain(1, 400, 4000, 200), domain(2, 250, 4000, 200)};
    const auto free = static_cast<std::int64_t>(FreeLeft);
    const auto worthwhile = [&](std::uint64_t first, std::uint64_t second, std::int64_t xenFree) {
        return isWorthwhile(domains,
                            {},
                            {{.domain = DomId{1}, .bytes = first * MiB}, {.domain = DomId{2}, .bytes = second * MiB}},
                            xenFree);
    };
    QVERIFY(!worthwhile(350, 250, free));                                       // 50 MiB move
    QVERIFY(worthwhile(240, 250, free));                                        // 160 do
    QVERIFY(worthwhile(380, 270, free));                                        // who has too little gets 20
    QVERIFY(!worthwhile(400, 260, free));                                       // or 10, which is little
    QVERIFY(worthwhile(400, 250, free - static_cast<std::int64_t>(16 * MiB)));  // Xen itself has too little
    QVERIFY(worthwhile(400, 250, free + static_cast<std::int64_t>(151 * MiB))); // or much too much
}

void MemoryBalanceTest::model_097_targetIsSixteenMiBBelowXens()
{
    const TargetValues values = valuesFor(400 * MiB);
    QCOMPARE(values.targetKiB, 384U * 1024);
    QCOMPARE(values.mostKiB, 401U * 1024);
    QCOMPARE(valuesFor(5 * MiB).targetKiB, 0U);
}

void MemoryBalanceTest::model_093_startsTakeWhatTheirKindTakes()
{
    using Kind = StartingDomain::Kind;
    const std::uint64_t base = 400 * MiB + 4 * MiB + 3 * MiB;
    StartingDomain start{.kind = Kind::Pv, .memoryMiB = 400, .maxMemoryMiB = 4000, .vcpus = 2};
    QCOMPARE(bytesToStart(start), base);
    start.kind = Kind::Pvh;
    QCOMPARE(bytesToStart(start), base + 8192 * 4000);
    start.maxMemoryMiB = 0;
    QCOMPARE(bytesToStart(start), base + 8192 * 400);
    start.kind = Kind::Hvm;
    QCOMPARE(bytesToStart(start), base + 144 * MiB + 8192 * 400);
    start.stub = StartingDomain::StubKind::Small;
    QCOMPARE(bytesToStart(start), base + 44 * MiB + 8192 * 400);
    start.stubMemoryMiB = 200;
    QCOMPARE(bytesToStart(start), base + 216 * MiB + 8192 * 400);
}

void MemoryBalanceTest::model_091_requests_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isRequest");
    QTest::newRow("bytes") << QByteArray("419430400") << true;
    QTest::newRow("sizes") << QByteArray("3:104857600 4:0") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("words") << QByteArray("give me memory") << false;
    QTest::newRow("negative") << QByteArray("-1") << false;
    QTest::newRow("too large a number") << QByteArray("18446744073709551616") << false;
    QTest::newRow("half a size") << QByteArray("3:") << false;
    QTest::newRow("no domain") << QByteArray(":5") << false;
    QTest::newRow("number that no domain has") << QByteArray("99999:5") << false;
    QTest::newRow("two spaces") << QByteArray("3:5  4:5") << false;
    QTest::newRow("long") << QByteArray(5000, '1') << false;
}

void MemoryBalanceTest::model_091_requests()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, isRequest);
    QCOMPARE(parseRequest(line.toStdString()).has_value(), isRequest);
    QCOMPARE(parseRequest("5"), std::optional<Request>(FreeRequest{.bytes = 5}));
    const SizeRequest sizes{.sizes = {{.domain = DomId{3}, .bytes = 7}, {.domain = DomId{4}, .bytes = 0}}};
    QCOMPARE(parseRequest("3:7 4:0"), std::optional<Request>(sizes));
}

QTEST_GUILESS_MAIN(MemoryBalanceTest)
#include "memorybalancetest.moc"
