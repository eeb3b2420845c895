// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/memfdpages.h"

#include "tests/support/channelpair.h"
#include "vchan-io/transport/sealedmemory.h"

#include <QTest>

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

using Bytes = std::vector<std::byte>;

class MemfdPagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapperSeesWhatTheGranterWrites();
    void scatteredPagesAreCopiedInTheirOrder();
    void freedPagesComeBackZeroedAndCostNothing();
    void S_012_mapperCannotWrite();
    void referencesThatCannotBeAreRefused();
    void mappedPagesAreBounded();
    void arenaRunsOutAndRecovers();
    void runsMergeWithTheirNeighbours();
};

void MemfdPagesTest::mapperSeesWhatTheGranterWrites()
{
    const PagesPair pair = makePagesPair();
    const auto granted = pair.granter->grant(3).value();
    QCOMPARE(granted->bytes().size(), 3 * PageSize);
    QCOMPARE(granted->refs().size(), 3U);
    const auto mapped = pair.mapper->map(granted->refs()).value();
    QCOMPARE(mapped->size(), 3 * PageSize);
    for (std::size_t i = 0; i < granted->bytes().size(); ++i) {
        granted->bytes()[i] = static_cast<std::byte>(i % 251);
    }
    Bytes copied(5000);
    mapped->copyOut(4000, copied);
    QVERIFY(std::ranges::equal(copied, granted->bytes().subspan(4000, 5000)));
}

void MemfdPagesTest::scatteredPagesAreCopiedInTheirOrder()
{
    const PagesPair pair = makePagesPair();
    const auto granted = pair.granter->grant(8).value();
    for (std::size_t page = 0; page < 8; ++page) {
        std::ranges::fill(granted->bytes().subspan(page * PageSize, PageSize), static_cast<std::byte>(page));
    }
    const auto refs = granted->refs();
    const std::array order{refs[5], refs[6], refs[1], refs[1], refs[7], refs[0]};
    const std::array<std::uint8_t, 6> expected{5, 6, 1, 1, 7, 0};
    const auto mapped = pair.mapper->map(order).value();
    for (std::size_t offset = 0; offset < mapped->size(); offset += 1013) {
        Bytes copied(mapped->size() - offset);
        mapped->copyOut(offset, copied);
        for (std::size_t i = 0; i < copied.size(); ++i) {
            QCOMPARE(std::to_integer<std::uint8_t>(copied[i]), expected[(offset + i) / PageSize]);
        }
    }
    mapped->copyOut(mapped->size(), {});
}

void MemfdPagesTest::freedPagesComeBackZeroedAndCostNothing()
{
    const UniqueFd arena = createPageArena().value();
    const auto granter = MemfdPageGranter::create(arena).value();
    const auto blocks = [&arena] {
        struct stat status{};
        return ::fstat(arena.get(), &status) == 0 ? status.st_blocks : -1;
    };
    QCOMPARE(blocks(), 0);
    std::uint32_t first = 0;
    {
        const auto granted = granter->grant(100).value();
        first = granted->refs()[0].value();
        std::ranges::fill(granted->bytes(), std::byte{0xff});
        QVERIFY(blocks() > 0);
    }
    QCOMPARE(blocks(), 0);
    const auto again = granter->grant(100).value();
    QCOMPARE(again->refs()[0].value(), first);
    QVERIFY(std::ranges::all_of(again->bytes(), [](std::byte byte) {
        return byte == std::byte{0};
    }));
}

void MemfdPagesTest::S_012_mapperCannotWrite()
{
    const UniqueFd arena = createPageArena().value();
    const UniqueFd readOnly = reopenReadOnly(arena).value();
    QVERIFY(checkSealedMemory(readOnly, ArenaBytes, MemoryUse::ReadOnly));
    QCOMPARE(checkSealedMemory(readOnly, ArenaBytes, MemoryUse::ReadWrite).error().code, Errc::BadField);
    QVERIFY(!Mapping::shared(readOnly.get(), PageSize, PROT_READ | PROT_WRITE));
    QVERIFY(!MemfdPageGranter::create(readOnly));
    QCOMPARE(checkSealedMemory(arena, ArenaBytes + PageSize, MemoryUse::ReadOnly).error().code, Errc::BadField);
    QVERIFY(checkForeignMemory(readOnly, ArenaBytes, MemoryUse::ReadOnly));
}

void MemfdPagesTest::referencesThatCannotBeAreRefused()
{
    const PagesPair pair = makePagesPair();
    for (const std::uint32_t ref : {ArenaPages, ArenaPages + 1, 0x8000'0000U, 0xffff'ffffU}) {
        const std::array refs{GrantRef(0), GrantRef(ref)};
        QCOMPARE(pair.mapper->map(refs).error().code, Errc::BadField);
    }
    QCOMPARE(pair.mapper->map({}).error().code, Errc::BadField);
    QVERIFY(pair.mapper->map(std::array{GrantRef(ArenaPages - 1)})); // never granted: nobody's bytes, and zero
}

void MemfdPagesTest::mappedPagesAreBounded()
{
    const PagesPair pair = makePagesPair();
    const std::vector<GrantRef> most(ArenaPages, GrantRef(1));
    auto all = pair.mapper->map(most).value();
    QCOMPARE(pair.mapper->map(std::array{GrantRef(2)}).error().code, Errc::TooMuch);
    all.reset();
    QVERIFY(pair.mapper->map(std::array{GrantRef(2)}));
    const std::vector<GrantRef> more(ArenaPages + 1, GrantRef(1));
    QCOMPARE(pair.mapper->map(more).error().code, Errc::TooMuch);
}

void MemfdPagesTest::arenaRunsOutAndRecovers()
{
    const PagesPair pair = makePagesPair();
    QCOMPARE(pair.granter->grant(0).error().code, Errc::TooMuch);
    QCOMPARE(pair.granter->grant(ArenaPages + 1).error().code, Errc::TooMuch);
    auto all = pair.granter->grant(ArenaPages).value();
    QCOMPARE(pair.granter->grant(1).error().code, Errc::TooMuch);
    all.reset();
    QVERIFY(pair.granter->grant(ArenaPages));
}

void MemfdPagesTest::runsMergeWithTheirNeighbours()
{
    PageRuns runs(100);
    QCOMPARE(runs.take(30), std::optional(0U));
    QCOMPARE(runs.take(30), std::optional(30U));
    QCOMPARE(runs.take(30), std::optional(60U));
    QCOMPARE(runs.take(30), std::nullopt);
    runs.giveBack(30, 30);
    QCOMPARE(runs.take(31), std::nullopt);
    QCOMPARE(runs.take(10), std::optional(30U)); // first fit
    runs.giveBack(30, 10);
    runs.giveBack(0, 30);
    QCOMPARE(runs.take(60), std::optional(0U)); // merged with what follows
    runs.giveBack(0, 60);
    runs.giveBack(60, 30);
    QCOMPARE(runs.freePages(), 100U);
    QCOMPARE(runs.take(100), std::optional(0U)); // merged with what lies on both sides
}

QTEST_GUILESS_MAIN(MemfdPagesTest)
#include "memfdpagestest.moc"
