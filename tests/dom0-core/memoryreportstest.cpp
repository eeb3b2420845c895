// SPDX-License-Identifier: GPL-2.0-or-later
// What domains say of their memory in Xen's store, on a store in memory.
#include "dom0-core/driver/xen/memoryreports.h"

#include "tests/support/fakexenstore.h"

#include <QSignalSpy>
#include <QTest>

#include <map>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr DomId Work{5};
constexpr const char *Meminfo = "/local/domain/5/memory/meminfo";
constexpr const char *Limit = "/local/domain/5/memory/static-max";
constexpr const char *Target = "/local/domain/5/memory/target";

} // namespace

class MemoryReportsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void used_isToldWithTheLimit();
    void used_thatIsNoNumberIsNothing();
    void model_096_whoSaysNothingIsNotHeardOf();
    void flood_isReadOnceInAWhile();
    void end_isToldAndNotFollowedAnyMore();
    void target_isWritten();

private:
    /// Until nothing is left to do in the store, in the loop and in timers that are due at once.
    void settle();

    void say(const char *path, std::string value)
    {
        m_store.write(Work, Dom0, path, std::move(value));
    }

    FakeXenstore m_store;
    std::vector<DomId> m_domains;
    std::unique_ptr<MemoryReports> m_reports;
    std::vector<std::pair<DomId, std::optional<std::uint64_t>>> m_told;
};

void MemoryReportsTest::init()
{
    m_reports.reset();
    m_store = FakeXenstore();
    m_domains = {Dom0, Work};
    m_told.clear();
    m_reports = std::make_unique<MemoryReports>(
        m_store.connect(Dom0),
        [this] {
            return Result<std::vector<DomId>>(m_domains);
        },
        MemoryReports::Options{.pause = std::chrono::milliseconds(0)});
    connect(
        m_reports.get(), &MemoryReports::usedChanged, this, [this](DomId domain, std::optional<std::uint64_t> used) {
            m_told.emplace_back(domain, used);
        });
}

void MemoryReportsTest::settle()
{
    constexpr int Enough = 20; // turns of the loop: each step of a question is one
    for (int turn = 0; turn < Enough; ++turn) {
        m_store.settle();
        QCoreApplication::processEvents();
    }
}

void MemoryReportsTest::used_isToldWithTheLimit()
{
    say(Limit, "4096000");
    say(Meminfo, "300000");
    settle();
    QCOMPARE(m_told.size(), 1U);
    QCOMPARE(m_told.at(0).first, Work);
    QCOMPARE(m_told.at(0).second, std::uint64_t{300'000} * 1024);
    QCOMPARE(m_reports->mostOf(Work), std::uint64_t{4'096'000} * 1024);
    say(Meminfo, "310000");
    settle();
    QCOMPARE(m_told.size(), 2U);
    QCOMPARE(m_told.at(1).second, std::uint64_t{310'000} * 1024);
}

void MemoryReportsTest::used_thatIsNoNumberIsNothing()
{
    say(Meminfo, "300000");
    settle();
    say(Meminfo, "3e5");
    settle();
    QCOMPARE(m_told.size(), 2U);
    QCOMPARE(m_told.at(1).second, std::nullopt);
}

void MemoryReportsTest::model_096_whoSaysNothingIsNotHeardOf()
{
    say(Meminfo, ""); // as the builder left it
    settle();
    QVERIFY(m_told.empty());
    QCOMPARE(m_reports->mostOf(Work), std::nullopt);
}

void MemoryReportsTest::flood_isReadOnceInAWhile()
{
    settle();
    for (int kib = 1; kib <= 1000; ++kib) {
        say(Meminfo, std::to_string(kib));
    }
    settle();
    QCOMPARE(m_told.size(), 1U);
    QCOMPARE(m_told.at(0).second, std::uint64_t{1000} * 1024);
}

void MemoryReportsTest::end_isToldAndNotFollowedAnyMore()
{
    say(Meminfo, "300000");
    settle();
    QCOMPARE(m_store.watches(Meminfo), 1U);
    QSignalSpy changed(m_reports.get(), &MemoryReports::domainsChanged);
    m_domains = {Dom0};
    m_store.releaseDomain(Work);
    settle();
    QCOMPARE(changed.count(), 1);
    QCOMPARE(m_told.back(), std::make_pair(Work, std::optional<std::uint64_t>()));
    QCOMPARE(m_store.watches(Meminfo), 0U);
}

void MemoryReportsTest::target_isWritten()
{
    m_store.write(Dom0, Work, Target, "409600");
    m_reports->tellTarget(Work, 512'000);
    settle();
    QCOMPARE(m_store.find(Target)->value, std::string("512000"));
}

QTEST_GUILESS_MAIN(MemoryReportsTest)
#include "memoryreportstest.moc"
