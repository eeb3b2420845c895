// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/memfdchannel.h"

#include "tests/support/channelpair.h"
#include "tests/support/ringpage.h"
#include "vchan-io/transport/sealedmemory.h"

#include <QTemporaryFile>
#include <QTest>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

using Bytes = std::vector<std::byte>;

constexpr std::size_t ChannelBytes = 3 * PageSize;

bool isReadable(const Channel &channel)
{
    pollfd wait{.fd = channel.pollFd(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
}

auto openDescriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

MemfdChannelEnds freshEnds()
{
    return createMemfdChannelEnds({.toServer = PageSize, .toClient = PageSize}).value();
}

UniqueFd memory(std::size_t size, int seals, unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING)
{
    UniqueFd fd(::memfd_create("test", flags));
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, seals) != 0) {
        return {};
    }
    return fd;
}

} // namespace

class MemfdChannelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aShortCallMakesTheNextWakeUpCertain();
    void S_009_liveBytesDoNotCloseAndDeathDoes();
    void S_010_stormOfRingsIsOneWakeUp();
    void S_010_bellThatAPeerFillsDoesNotStopUs();
    void S_012_memoryThatIsNotSoundIsRefused_data();
    void S_012_memoryThatIsNotSoundIsRefused();
    void S_012_punchedMemoryDoesNotFault();
    void S_013_bellOfTheWrongKindIsRefused();
    void S_001_violationClosesBothWays();
    void bytesBeforeTheEndCanStillBeRead();
    void ownCloseEndsBothEnds();
    void nothingStaysOpen();
};

void MemfdChannelTest::aShortCallMakesTheNextWakeUpCertain()
{
    const ChannelPair pair = makeChannelPair();
    Bytes page(4096);
    QVERIFY(pair.server->takeEvent().value() == ChannelState::Open);
    QCOMPARE(pair.server->read(page).value(), 0U);
    QVERIFY(!isReadable(*pair.server));
    QCOMPARE(pair.client->write(std::span(page).first(1)).value(), 1U);
    QVERIFY(isReadable(*pair.server));
    QVERIFY(pair.server->takeEvent());
    QVERIFY(!isReadable(*pair.server)); // one wake-up, taken
    QCOMPARE(pair.server->read(page).value(), 1U);

    QCOMPARE(pair.client->write(page).value(), 4096U);
    QCOMPARE(pair.client->write(page).value(), 0U);
    QVERIFY(pair.client->takeEvent());
    QVERIFY(!isReadable(*pair.client));
    QCOMPARE(pair.server->read(std::span(page).first(10)).value(), 10U);
    QVERIFY(isReadable(*pair.client));
}

void MemfdChannelTest::S_009_liveBytesDoNotCloseAndDeathDoes()
{
    MemfdChannelEnds ends = freshEnds();
    const Mapping hostile = Mapping::shared(ends.client.memory.get(), ChannelBytes, PROT_READ | PROT_WRITE).value();
    auto *const page = controlPageOf(hostile.bytes());
    const auto server = MemfdChannel::open(std::move(ends.server)).value();
    auto client = MemfdChannel::open(std::move(ends.client)).value();
    for (const int live : {0, 1, 2, 255}) {
        page->clientLive = static_cast<std::uint8_t>(live);
        page->serverLive = static_cast<std::uint8_t>(live);
        QVERIFY(server->takeEvent().value() == ChannelState::Open);
        QCOMPARE(client->write(Bytes(1)).value(), 1U);
        Bytes got(1);
        QCOMPARE(server->read(got).value(), 1U);
    }
    client.reset();
    page->clientLive = 1;
    QVERIFY(isReadable(*server));
    QVERIFY(server->takeEvent().value() == ChannelState::Closed);
}

void MemfdChannelTest::S_010_stormOfRingsIsOneWakeUp()
{
    MemfdChannelEnds ends = freshEnds();
    const auto server = MemfdChannel::open(std::move(ends.server)).value();
    int rings = 0;
    for (; rings < 200; ++rings) {
        ends.client.bell.ring();
    }
    int wakeUps = 0;
    while (isReadable(*server)) {
        QVERIFY(server->takeEvent().value() == ChannelState::Open);
        ++wakeUps;
    }
    QCOMPARE(wakeUps, 1);
}

void MemfdChannelTest::S_010_bellThatAPeerFillsDoesNotStopUs()
{
    MemfdChannelEnds ends = freshEnds();
    const auto server = MemfdChannel::open(std::move(ends.server)).value();
    const Bytes flood(4096);
    while (::send(ends.client.bell.fd(), flood.data(), flood.size(), MSG_DONTWAIT) > 0) { }
    int wakeUps = 0;
    for (; isReadable(*server); ++wakeUps) {
        QVERIFY(server->takeEvent());
        QVERIFY(wakeUps < 1000);
    }
    // The other way round: a peer that never hears us. A call that waited would hang the test.
    Bytes page(4096);
    auto client = MemfdChannel::open(std::move(ends.client)).value();
    for (int i = 0; i < 5000; ++i) {
        QCOMPARE(server->write(page).value(), page.size());
        QCOMPARE(client->read(page).value(), page.size());
        QCOMPARE(client->read(page).value(), 0U);
    }
    QVERIFY(client->takeEvent().value() == ChannelState::Open);
}

void MemfdChannelTest::S_012_memoryThatIsNotSoundIsRefused_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"unsealed",
                             "shrinkable",
                             "growable",
                             "seals can be added",
                             "0 bytes",
                             "a page too short",
                             "a page too long",
                             "huge",
                             "regular file",
                             "/dev/zero",
                             "directory",
                             "pipe",
                             "read-only",
                             "sealed against writing",
                             "unformatted",
                             "closed"}) {
        QTest::newRow(kind) << QString::fromLatin1(kind);
    }
}

void MemfdChannelTest::S_012_memoryThatIsNotSoundIsRefused()
{
    QFETCH(QString, kind);
    constexpr int Sound = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    MemfdChannelEnds ends = freshEnds();
    const UniqueFd sound = std::move(ends.server.memory);
    QTemporaryFile file;
    UniqueFd bad;
    const auto formatted = [](std::size_t size, int seals) {
        UniqueFd fd(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        (void)::ftruncate(fd.get(), static_cast<off_t>(size));
        const Mapping mapping = Mapping::shared(fd.get(), size, PROT_READ | PROT_WRITE).value();
        const RingGeometry geometry = RingGeometry::holding(PageSize, PageSize);
        formatRings(mapping.bytes().first(geometry.totalBytes()), geometry);
        return ::fcntl(fd.get(), F_ADD_SEALS, seals) == 0 ? std::move(fd) : UniqueFd();
    };
    if (kind == u"unsealed") {
        bad = formatted(ChannelBytes, 0);
    } else if (kind == u"shrinkable") {
        bad = formatted(ChannelBytes, F_SEAL_GROW | F_SEAL_SEAL);
    } else if (kind == u"growable") {
        bad = formatted(ChannelBytes, F_SEAL_SHRINK | F_SEAL_SEAL);
    } else if (kind == u"seals can be added") {
        bad = formatted(ChannelBytes, F_SEAL_SHRINK | F_SEAL_GROW);
    } else if (kind == u"0 bytes") {
        bad = memory(0, Sound);
    } else if (kind == u"a page too short") {
        bad = memory(ChannelBytes - PageSize, Sound);
    } else if (kind == u"a page too long") {
        bad = formatted(ChannelBytes + PageSize, Sound);
    } else if (kind == u"huge") {
        bad = memory(std::size_t{1} << 40, Sound);
    } else if (kind == u"regular file") {
        QVERIFY(file.open());
        QVERIFY(file.resize(ChannelBytes));
        bad.reset(::fcntl(file.handle(), F_DUPFD_CLOEXEC, 0));
    } else if (kind == u"/dev/zero") {
        bad.reset(::open("/dev/zero", O_RDWR | O_CLOEXEC));
    } else if (kind == u"directory") {
        bad.reset(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    } else if (kind == u"pipe") {
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        bad.reset(pipe[0]);
        UniqueFd(pipe[1]).reset();
    } else if (kind == u"read-only") {
        bad = reopenReadOnly(sound).value();
    } else if (kind == u"sealed against writing") {
        bad = formatted(ChannelBytes, Sound | F_SEAL_FUTURE_WRITE);
    } else if (kind == u"unformatted") {
        bad = memory(ChannelBytes, Sound);
    }
    QVERIFY(bad || kind == u"closed");
    ends.server.memory = std::move(bad);
    QVERIFY(!MemfdChannel::open(std::move(ends.server)));
    QVERIFY(MemfdChannel::open(std::move(ends.client))); // what the exchange makes is taken
}

void MemfdChannelTest::S_012_punchedMemoryDoesNotFault()
{
    MemfdChannelEnds ends = freshEnds();
    const UniqueFd hostile(::fcntl(ends.client.memory.get(), F_DUPFD_CLOEXEC, 0));
    const auto server = MemfdChannel::open(std::move(ends.server)).value();
    QVERIFY(::ftruncate(hostile.get(), 0) != 0); // the seals hold
    QCOMPARE(::fallocate(hostile.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, ChannelBytes), 0);
    Bytes page(4096, std::byte{1});
    QCOMPARE(server->read(page).value(), 0U);
    QCOMPARE(server->write(page).value(), 4096U);
    QCOMPARE(::fallocate(hostile.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, ChannelBytes), 0);
    QVERIFY(server->write(page).value_or(0) == 0);
}

void MemfdChannelTest::S_013_bellOfTheWrongKindIsRefused()
{
    QCOMPARE(Doorbell::adopt(UniqueFd(::eventfd(0, EFD_CLOEXEC))).error().code, Errc::BadField);
    QCOMPARE(Doorbell::adopt(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC))).error().code, Errc::BadField);
    QCOMPARE(Doorbell::adopt(UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))).error().code, Errc::BadField);
    QVERIFY(!Doorbell::adopt(UniqueFd()));
}

void MemfdChannelTest::S_001_violationClosesBothWays()
{
    MemfdChannelEnds ends = freshEnds();
    const Mapping hostile = Mapping::shared(ends.client.memory.get(), ChannelBytes, PROT_READ | PROT_WRITE).value();
    const auto server = MemfdChannel::open(std::move(ends.server)).value();
    const auto client = MemfdChannel::open(std::move(ends.client)).value();
    controlPageOf(hostile.bytes())->left.produced = 5000;
    Bytes got(100);
    const auto read = server->read(got);
    QCOMPARE(read.error().code, Errc::RingViolation);
    QVERIFY(read.error().detail.contains("producer") && read.error().detail.contains("5000"));
    QCOMPARE(server->state(), ChannelState::Closed);
    QVERIFY(!server->write(got));
    QVERIFY(client->takeEvent().value() == ChannelState::Closed);
}

void MemfdChannelTest::bytesBeforeTheEndCanStillBeRead()
{
    ChannelPair pair = makeChannelPair();
    QCOMPARE(pair.client->write(Bytes(3000, std::byte{5})).value(), 3000U);
    pair.client.reset();
    QVERIFY(pair.server->takeEvent().value() == ChannelState::Closed);
    QVERIFY(!isReadable(*pair.server));
    Bytes got(2000);
    QCOMPARE(pair.server->read(got).value(), 2000U);
    QCOMPARE(pair.server->read(got).value(), 1000U);
    QCOMPARE(pair.server->read(got).error().code, Errc::PeerGone);
    QCOMPARE(pair.server->write(got).error().code, Errc::PeerGone);
}

void MemfdChannelTest::ownCloseEndsBothEnds()
{
    const ChannelPair pair = makeChannelPair();
    QVERIFY(pair.client->write(Bytes(10)));
    pair.server->close();
    QCOMPARE(pair.server->state(), ChannelState::Closed);
    Bytes got(10);
    QCOMPARE(pair.server->read(got).error().code, Errc::PeerGone);
    QVERIFY(pair.client->takeEvent().value() == ChannelState::Closed);
}

void MemfdChannelTest::nothingStaysOpen()
{
    const auto before = openDescriptors();
    for (int i = 0; i < 100; ++i) {
        const ChannelPair channels = makeChannelPair();
        const PagesPair pages = makePagesPair();
        QVERIFY(pages.granter->grant(10));
    }
    QCOMPARE(openDescriptors(), before);
}

QTEST_GUILESS_MAIN(MemfdChannelTest)
#include "memfdchanneltest.moc"
