// SPDX-License-Identifier: GPL-2.0-or-later
// What a domain says of its own memory.
#include "base/formatted.h"
#include "dom0-core/guest/memory/reporter.h"
#include "dom0-core/guest/memory/usage.h"
#include "tests/support/fakexenstore.h"
#include "tests/support/testclock.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <optional>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::GuestMemory;
using namespace Bulkhead::Test;

namespace
{

constexpr DomId Work{5};

std::string meminfo(int available, int freeSwap)
{
    return formatted("MemTotal:        400000 kB\nMemFree:          10000 kB\nMemAvailable:    {} kB\n"
                     "SwapCached:           0 kB\nSwapTotal:       100000 kB\nSwapFree:        {} kB\n",
                     available,
                     freeSwap);
}

} // namespace

class MeminfoWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void used_isWhatCannotBeGivenAway();
    void used_isUnknownWithoutItsParts();
    void said_whenItIsWorthIt();
    void storeThatGoesEndsIt();
};

void MeminfoWriterTest::used_isWhatCannotBeGivenAway()
{
    QCOMPARE(usedKiB(meminfo(300'000, 100'000)), 100'000U);
    QCOMPARE(usedKiB(meminfo(300'000, 40'000)), 160'000U);
    QCOMPARE(usedKiB(meminfo(500'000, 100'000)), 0U); // counted at two moments
}

void MeminfoWriterTest::used_isUnknownWithoutItsParts()
{
    QCOMPARE(usedKiB(""), std::nullopt);
    QCOMPARE(usedKiB("MemTotal: 400000 kB\n"), std::nullopt);
    QCOMPARE(usedKiB("MemTotal: \nMemAvailable: 1 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n"), std::nullopt);
}

void MeminfoWriterTest::said_whenItIsWorthIt()
{
    const QTemporaryDir directory;
    const auto file = directory.filePath(QStringLiteral("meminfo")).toStdString();
    std::ofstream(file) << meminfo(300'000, 100'000);
    FakeXenstore store;
    const char *const node = "/local/domain/5/memory/meminfo";
    store.write(Work, Dom0, node, "");
    TestClock clock;
    const auto loop = EventLoop::create(clock).value();
    const auto reporter = Reporter::start(*loop,
                                          store.connect(Work),
                                          {.meminfo = file, .pause = std::chrono::seconds(1), .worthKiB = 8192})
                              .value();
    const auto next = [&] {
        clock.advance(std::chrono::seconds(1));
        loop->runUntilIdle();
        store.settle();
        loop->runUntilIdle();
        return store.find(node)->value;
    };
    QCOMPARE(next(), std::string("100000"));
    std::ofstream(file) << meminfo(292'000, 100'000);
    QCOMPARE(next(), std::string("100000"));
    std::ofstream(file) << meminfo(291'000, 100'000);
    QCOMPARE(next(), std::string("109000"));
    std::ofstream(file) << "nothing that is understood\n";
    QCOMPARE(next(), std::string("109000"));
    std::ofstream(file) << meminfo(350'000, 100'000);
    QCOMPARE(next(), std::string("50000"));
}

void MeminfoWriterTest::storeThatGoesEndsIt()
{
    const QTemporaryDir directory;
    const auto file = directory.filePath(QStringLiteral("meminfo")).toStdString();
    std::ofstream(file) << meminfo(300'000, 100'000);
    std::optional<FakeXenstore> store(std::in_place);
    TestClock clock;
    const auto loop = EventLoop::create(clock).value();
    const auto reporter = Reporter::start(*loop, store->connect(Work), {.meminfo = file}).value();
    store.reset();
    QCOMPARE(loop->run(), 1);
}

QTEST_GUILESS_MAIN(MeminfoWriterTest)
#include "meminfowritertest.moc"
