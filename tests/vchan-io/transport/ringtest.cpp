// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/ring.h"

#include "tests/support/ringpage.h"

#include <QTest>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

using namespace Bulkhead;

namespace
{

using Bytes = std::vector<std::byte>;

/// A channel's memory with its server's end; the client's side is the page itself, written as a hostile guest would.
struct Rings {
    explicit Rings(std::size_t ringBytes = 4096)
        : geometry(RingGeometry::holding(ringBytes, ringBytes))
        , storage(geometry.totalBytes() / sizeof(Page))
        , memory(std::as_writable_bytes(std::span(storage)))
    {
        formatRings(memory, geometry);
        server.emplace(RingSide::Server, memory, geometry);
        client.emplace(RingSide::Client, memory, geometry);
        page = Test::controlPageOf(memory);
    }

    struct alignas(PageSize) Page {
        std::byte bytes[PageSize];
    };

    RingGeometry geometry;
    std::vector<Page> storage;
    std::span<std::byte> memory;
    std::optional<RingEnd> server;
    std::optional<RingEnd> client;
    RingControlPage *page = nullptr;
};

Bytes pattern(std::size_t size, std::size_t from = 0)
{
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((from + i) * 7 % 251);
    }
    return bytes;
}

} // namespace

class RingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesComeOutInOrderAroundTheEnd_data();
    void bytesComeOutInOrderAroundTheEnd();
    void indicesRunFreelyThroughTheirWrap();
    void wakeUpsAreAskedForAndGivenOnce();
    void wakeUpsAreAskedForAmidAStream();
    void S_001_impossibleProducerCloses_data();
    void S_001_impossibleProducerCloses();
    void S_002_impossibleConsumerCloses_data();
    void S_002_impossibleConsumerCloses();
    void S_003_ownIndicesAreNeverReadBack();
    void S_004_wordsRewrittenDuringEveryOperation();
    void S_005_impossibleOrdersAreRefused_data();
    void S_005_impossibleOrdersAreRefused();
    void S_005_ordersChangedAfterConnectMeanNothing();
    void S_009_liveBytesMeanNothing();
};

void RingTest::bytesComeOutInOrderAroundTheEnd_data()
{
    QTest::addColumn<int>("leftOrder");
    QTest::addColumn<int>("rightOrder");
    QTest::newRow("a page each") << 12 << 12;
    QTest::newRow("both inside the control page") << 10 << 11;
    QTest::newRow("both inside, the other way round") << 11 << 10;
    QTest::newRow("one inside") << 13 << 10;
    QTest::newRow("largest") << 20 << 12;
}

void RingTest::bytesComeOutInOrderAroundTheEnd()
{
    QFETCH(int, leftOrder);
    QFETCH(int, rightOrder);
    const RingGeometry geometry =
        RingGeometry::fromOrders(static_cast<std::uint16_t>(leftOrder), static_cast<std::uint16_t>(rightOrder)).value();
    std::vector<Rings::Page> storage(geometry.totalBytes() / PageSize);
    const std::span memory = std::as_writable_bytes(std::span(storage));
    formatRings(memory, geometry);
    QCOMPARE(RingEnd::geometryOf(memory).value(), geometry);
    RingEnd server(RingSide::Server, memory, geometry);
    RingEnd client(RingSide::Client, memory, geometry);

    // Both directions at once, in steps that do not divide the ring: neither may touch the other or the page.
    for (auto [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
        std::size_t sent = 0;
        std::size_t got = 0;
        while (got < 3'000'000) {
            sent += from->write(pattern(777, sent)).value().bytes;
            Bytes buffer(501);
            const std::size_t count = to->read(buffer).value().bytes;
            QVERIFY(count > 0);
            buffer.resize(count);
            QCOMPARE(buffer, pattern(count, got));
            got += count;
        }
    }
}

void RingTest::indicesRunFreelyThroughTheirWrap()
{
    Rings rings(1 << 20);
    Bytes chunk(1 << 20);
    Bytes back(1 << 20);
    for (int i = 0; i < 4100; ++i) { // 4096 times 1 MiB is 2^32
        std::memcpy(chunk.data(), &i, sizeof i);
        QCOMPARE(rings.client->write(chunk).value().bytes, chunk.size());
        QCOMPARE(rings.server->read(back).value().bytes, back.size());
        QVERIFY(std::memcmp(back.data(), &i, sizeof i) == 0);
    }
}

void RingTest::wakeUpsAreAskedForAndGivenOnce()
{
    Rings rings;
    Bytes page(4096);
    QVERIFY(rings.client->write(pattern(10)).value().mustSignal);  // a fresh end waits for its first byte
    QVERIFY(!rings.client->write(pattern(10)).value().mustSignal); // and is told once
    QCOMPARE(rings.server->read(std::span(page).first(5)).value().bytes, 5U);
    QVERIFY(!rings.client->write(pattern(10)).value().mustSignal); // not after a full read
    QCOMPARE(rings.server->read(page).value().bytes, 25U);
    QVERIFY(rings.client->write(pattern(10)).value().mustSignal); // after a short one

    QVERIFY(rings.client->write(page).value().bytes < page.size());
    QVERIFY(rings.server->read(std::span(page).first(1)).value().mustSignal);
    QVERIFY(!rings.server->read(std::span(page).first(1)).value().mustSignal);
}

void RingTest::wakeUpsAreAskedForAmidAStream()
{
    constexpr std::size_t Whole = 64 << 10;
    Rings rings(Whole);
    Bytes into(Whole);
    QCOMPARE(rings.client->write(pattern(Whole)).value().bytes, Whole);
    QCOMPARE(rings.client->write(pattern(10)).value().bytes, 0U); // looks for a while, in vain
    QVERIFY(rings.server->read(std::span(into).first(1)).value().mustSignal);

    QCOMPARE(rings.server->read(into).value().bytes, Whole - 1);
    QCOMPARE(rings.server->read(into).value().bytes, 0U);
    QVERIFY(rings.client->write(pattern(10)).value().mustSignal);
}

void RingTest::S_001_impossibleProducerCloses_data()
{
    QTest::addColumn<quint32>("produced");
    // 1000 bytes were written, 900 of them read.
    QTest::newRow("consumer - 1") << 899U;
    QTest::newRow("behind what was seen") << 999U;
    QTest::newRow("consumer + size + 1") << 900U + 4096U + 1U;
    QTest::newRow("0") << 0U;
    QTest::newRow("2^31") << 0x8000'0000U;
    QTest::newRow("2^32 - 1") << 0xffff'ffffU;
}

void RingTest::S_001_impossibleProducerCloses()
{
    QFETCH(quint32, produced);
    Rings rings;
    QCOMPARE(rings.client->write(pattern(1000)).value().bytes, 1000U);
    Bytes buffer(900);
    QCOMPARE(rings.server->read(buffer).value().bytes, 900U);

    rings.page->left.produced = produced;
    buffer.assign(50, std::byte{0x5a});
    QCOMPARE(rings.server->read(buffer).error().code, Errc::RingViolation);
    QCOMPARE(buffer, Bytes(50, std::byte{0x5a}));

    rings.page->left.produced = 1000; // making it good again does not help
    QCOMPARE(rings.server->read(buffer).error().code, Errc::RingViolation);
    QCOMPARE(rings.server->write(pattern(1)).error().code, Errc::RingViolation);
}

void RingTest::S_002_impossibleConsumerCloses_data()
{
    QTest::addColumn<quint32>("consumed");
    // 1000 bytes were written, 600 of them read, which the writer has seen.
    QTest::newRow("backwards") << 599U;
    QTest::newRow("backwards to 0") << 0U;
    QTest::newRow("one past what was written") << 1001U;
    QTest::newRow("a ring ahead") << 600U + 4096U;
    QTest::newRow("2^31") << 0x8000'0000U;
    QTest::newRow("2^32 - 1") << 0xffff'ffffU;
}

void RingTest::S_002_impossibleConsumerCloses()
{
    QFETCH(quint32, consumed);
    Rings rings;
    QCOMPARE(rings.server->write(pattern(999)).value().bytes, 999U);
    Bytes buffer(600);
    QCOMPARE(rings.client->read(buffer).value().bytes, 600U);
    QCOMPARE(rings.server->write(pattern(1)).value().bytes, 1U);

    const std::uint32_t produced = rings.page->right.produced;
    const Bytes before(rings.memory.begin() + 64, rings.memory.end());
    rings.page->right.consumed = consumed;
    QCOMPARE(rings.server->write(pattern(10)).error().code, Errc::RingViolation);
    QCOMPARE(rings.page->right.produced, produced);
    QCOMPARE(Bytes(rings.memory.begin() + 64, rings.memory.end()), before); // nothing is sent again
}

void RingTest::S_003_ownIndicesAreNeverReadBack()
{
    Rings rings;
    std::size_t sent = 0;
    std::size_t got = 0;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        sent += rings.client->write(pattern(300, sent)).value().bytes;
        rings.page->left.consumed = i * 2654435761U; // the reader's own index: the writer reads it, so put it back
        Bytes buffer(300);
        const std::size_t count = rings.server->read(buffer).value().bytes;
        buffer.resize(count);
        QCOMPARE(buffer, pattern(count, got));
        got += count;
        QCOMPARE(rings.page->left.consumed, static_cast<std::uint32_t>(got));
    }
    QCOMPARE(got, sent);

    std::size_t answered = 0;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        rings.page->right.produced = i * 2654435761U; // the writer's own index
        QCOMPARE(rings.server->write(pattern(300, answered)).value().bytes, 300U);
        answered += 300;
        QCOMPARE(rings.page->right.produced, static_cast<std::uint32_t>(answered));
        Bytes buffer(300);
        QCOMPARE(rings.client->read(buffer).value().bytes, 300U);
        QCOMPARE(buffer, pattern(300, answered - 300));
    }
}

void RingTest::S_004_wordsRewrittenDuringEveryOperation()
{
    for (int round = 0; round < 300; ++round) {
        Rings rings;
        std::atomic<bool> stop = false;
        std::atomic<std::uint32_t> flips = 0;
        std::thread flipper([&rings, &stop, &flips, round] {
            std::uint32_t value = static_cast<std::uint32_t>(round) + 1;
            while (!stop) {
                value = value * 1664525U + 1013904223U;
                // Mostly small steps, which an end accepts for a while; wild ones end the channel at once.
                const std::uint32_t index = round % 4 == 0 ? value : flips.load() % 5000;
                std::atomic_ref(rings.page->left.produced).store(index);
                std::atomic_ref(rings.page->left.consumed).store(value);
                std::atomic_ref(rings.page->right.consumed).store(index);
                std::atomic_ref(rings.page->right.produced).store(value);
                std::atomic_ref(rings.page->leftOrder).store(static_cast<std::uint16_t>(value));
                std::atomic_ref(rings.page->rightOrder).store(static_cast<std::uint16_t>(value >> 8));
                std::atomic_ref(rings.page->clientLive).store(static_cast<std::uint8_t>(value));
                std::atomic_ref(rings.page->serverNotify).store(static_cast<std::uint8_t>(value >> 16));
                flips += 97;
            }
        });
        while (flips < 97 * 3) {
            std::this_thread::yield();
        }
        // Guards around the buffer: the sanitizer sees what leaves the rings' memory or this.
        Bytes buffer(5000);
        Result<RingTransfer> read;
        Result<RingTransfer> written;
        std::size_t total = 0;
        for (int i = 0; i < 200 && read && written; ++i) {
            read = rings.server->read(buffer);
            QVERIFY(!read || read->bytes <= buffer.size());
            written = rings.server->write(buffer);
            QVERIFY(!written || written->bytes <= buffer.size());
            total += written ? written->bytes : 0;
        }
        stop = true;
        flipper.join();
        if (!written) {
            QCOMPARE(written.error().code, Errc::RingViolation);
        }
        if (!read) {
            QCOMPARE(read.error().code, Errc::RingViolation);
        }
        QVERIFY(total <= 200 * buffer.size());
    }
}

void RingTest::S_005_impossibleOrdersAreRefused_data()
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
    QTest::newRow("more than the memory has") << 13 << 12;
    QTest::newRow("less than the memory has") << 12 << 11;
}

void RingTest::S_005_impossibleOrdersAreRefused()
{
    QFETCH(int, left);
    QFETCH(int, right);
    Rings rings;
    QVERIFY(RingEnd::geometryOf(rings.memory));
    rings.page->leftOrder = static_cast<std::uint16_t>(left);
    rings.page->rightOrder = static_cast<std::uint16_t>(right);
    QCOMPARE(RingEnd::geometryOf(rings.memory).error().code, Errc::BadField);
}

void RingTest::S_005_ordersChangedAfterConnectMeanNothing()
{
    Rings rings;
    QVERIFY(rings.client->write(pattern(100)));
    rings.page->leftOrder = 20;
    rings.page->rightOrder = 65535;
    Bytes buffer(1000);
    QCOMPARE(rings.server->read(buffer).value().bytes, 100U);
    QCOMPARE(rings.server->write(Bytes(10000)).value().bytes, 4096U);
}

void RingTest::S_009_liveBytesMeanNothing()
{
    Rings rings;
    for (const std::uint8_t live : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{255}}) {
        rings.page->clientLive = live;
        rings.page->serverLive = live;
        QVERIFY(rings.client->write(pattern(10)));
        Bytes buffer(10);
        QCOMPARE(rings.server->read(buffer).value().bytes, 10U);
        QCOMPARE(rings.server->write(buffer).value().bytes, 10U);
    }
}

QTEST_GUILESS_MAIN(RingTest)
#include "ringtest.moc"
