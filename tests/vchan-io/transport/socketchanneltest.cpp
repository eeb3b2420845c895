// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/socketchannel.h"

#include "vchan-io/transport/backend.h"
#ifdef BULKHEAD_XEN
#include "vchan-io/transport/xenkernel.h"
#endif

#include <QTemporaryDir>
#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace Bulkhead;

namespace
{

using Bytes = std::vector<std::byte>;

bool waitReadable(const Channel &channel, int longestMs = 20'000)
{
    pollfd wait{.fd = channel.pollFd(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, longestMs) == 1;
}

bool untilOpen(Channel &channel)
{
    while (channel.state() == ChannelState::Waiting && waitReadable(channel)) {
        if (!channel.takeEvent()) {
            return false;
        }
    }
    return channel.state() == ChannelState::Open;
}

} // namespace

class SocketChannelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gui_001_serverListensUnderTheNameOfBothDomains();
    void gui_002_clientThatWasFirstConnectsWhenTheServerComes();
    void gui_002_clientWaitsForTheDirectoryAndForAnEndOfAStaleSocket();
    void bytesPassBothWaysAndWakeUpsFollow();
    void S_018_peerThatDoesNotReadDoesNotBlock();
    void oneClientIsTakenAndItsEndIsSeen();
    void bytesBeforeTheEndCanStillBeRead();
    void longPathIsRefusedClearly();
    void pagesAreNotShared();
    void backendIsChosenByName();
};

void SocketChannelTest::gui_001_serverListensUnderTheNameOfBothDomains()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString();
    SocketBackend agent(path, DomId(5));
    SocketBackend daemon(path, Dom0);
    const auto server = agent.serve(Dom0, GuiPort, {}).value();
    QCOMPARE(::access((path + "/vchan.5.0.6000.sock").c_str(), F_OK), 0);
    const auto client = daemon.connect(DomId(5), GuiPort).value();
    QVERIFY(client->state() == ChannelState::Open);
    QVERIFY(server->state() == ChannelState::Waiting);
    QVERIFY(untilOpen(*server));
}

void SocketChannelTest::gui_002_clientThatWasFirstConnectsWhenTheServerComes()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/s";
    const auto client = SocketChannel::connect(path).value();
    QVERIFY(client->state() == ChannelState::Waiting);
    QVERIFY(!waitReadable(*client, 0)); // it sleeps
    Bytes got(1);
    QCOMPARE(client->read(got).value(), 0U);
    QCOMPARE(client->write(got).error().code, Errc::WrongState);
    const auto server = SocketChannel::serve(path).value();
    QVERIFY(untilOpen(*client));
    QVERIFY(untilOpen(*server));
}

void SocketChannelTest::gui_002_clientWaitsForTheDirectoryAndForAnEndOfAStaleSocket()
{
    const QTemporaryDir directory;
    const std::string folder = directory.path().toStdString() + "/later";
    const auto early = SocketChannel::connect(folder + "/s").value();
    QCOMPARE(::mkdir(folder.c_str(), 0700), 0);
    {
        auto dead = SocketChannel::serve(folder + "/s").value(); // leaves its file behind
    }
    const auto client = SocketChannel::connect(folder + "/s").value();
    QVERIFY(client->state() == ChannelState::Waiting);
    const auto server = SocketChannel::serve(folder + "/s").value();
    QVERIFY(untilOpen(*client));
    QVERIFY(untilOpen(*server));
    const auto next = SocketChannel::serve(folder + "/s").value();
    QVERIFY(untilOpen(*early));
    QVERIFY(untilOpen(*next));
}

void SocketChannelTest::bytesPassBothWaysAndWakeUpsFollow()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/s";
    const auto server = SocketChannel::serve(path).value();
    const auto client = SocketChannel::connect(path).value();
    QVERIFY(untilOpen(*server));
    for (const auto &[from, to] : {std::pair(client.get(), server.get()), std::pair(server.get(), client.get())}) {
        Bytes got(100);
        while (waitReadable(*to, 0)) {
            QVERIFY(to->takeEvent());
        }
        QCOMPARE(to->read(got).value(), 0U);
        QCOMPARE(from->write(Bytes(60, std::byte{3})).value(), 60U);
        QVERIFY(waitReadable(*to));
        QVERIFY(to->takeEvent().value() == ChannelState::Open);
        QCOMPARE(to->read(got).value(), 60U);
        QCOMPARE(got[59], std::byte{3});
        QVERIFY(to->takeEvent());
        QVERIFY(!waitReadable(*to, 0)); // nothing left: no busy loop
    }
}

void SocketChannelTest::S_018_peerThatDoesNotReadDoesNotBlock()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/s";
    const auto server = SocketChannel::serve(path).value();
    const auto client = SocketChannel::connect(path).value();
    QVERIFY(untilOpen(*server));
    const Bytes chunk(64 << 10);
    std::size_t sent = 0;
    while (const std::size_t count = client->write(chunk).value()) {
        sent += count;
    }
    QVERIFY(client->takeEvent());
    QVERIFY(!waitReadable(*client, 0));
    Bytes got(64 << 10);
    std::size_t received = 0;
    while (const std::size_t count = server->read(got).value()) {
        received += count;
    }
    QCOMPARE(received, sent);
    QVERIFY(waitReadable(*client)); // there is room again
}

void SocketChannelTest::oneClientIsTakenAndItsEndIsSeen()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/s";
    const auto server = SocketChannel::serve(path).value();
    auto client = SocketChannel::connect(path).value();
    QVERIFY(untilOpen(*server));
    const auto second = SocketChannel::connect(path).value(); // lies in the backlog for ever
    QVERIFY(second->write(Bytes(5)));
    Bytes got(10);
    QCOMPARE(server->read(got).value(), 0U);
    client.reset();
    QVERIFY(waitReadable(*server));
    while (waitReadable(*server, 0)) {
        QVERIFY(server->takeEvent());
    }
    QVERIFY(server->state() == ChannelState::Closed);
    QCOMPARE(server->read(got).error().code, Errc::PeerGone);
    QCOMPARE(server->write(got).error().code, Errc::PeerGone);
}

void SocketChannelTest::bytesBeforeTheEndCanStillBeRead()
{
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/s";
    const auto server = SocketChannel::serve(path).value();
    auto client = SocketChannel::connect(path).value();
    QVERIFY(untilOpen(*server));
    QVERIFY(client->write(Bytes(7)));
    client->close();
    QVERIFY(server->takeEvent().value() == ChannelState::Closed);
    Bytes got(10);
    QCOMPARE(server->read(got).value(), 7U);
    QCOMPARE(server->read(got).error().code, Errc::PeerGone);
}

void SocketChannelTest::longPathIsRefusedClearly()
{
    SocketBackend backend("/tmp/" + std::string(100, 'x'), Dom0);
    for (const auto &channel : {backend.serve(DomId(1), GuiPort, {}), backend.connect(DomId(1), GuiPort)}) {
        QCOMPARE(channel.error().code, Errc::BadValue);
        QVERIFY(channel.error().detail.contains("107"));
    }
    QVERIFY(UnixAddress::of(std::string(107, 'x')));
    QVERIFY(!UnixAddress::of(std::string(108, 'x')));
}

void SocketChannelTest::pagesAreNotShared()
{
    SocketBackend backend("/tmp", Dom0);
    QCOMPARE(backend.granterFor(DomId(1)).error().code, Errc::Unsupported);
    QCOMPARE(backend.mapperFor(DomId(1)).error().code, Errc::Unsupported);
}

void SocketChannelTest::backendIsChosenByName()
{
    const QTemporaryDir directory;
    qunsetenv("VCHAN_SOCKET_DIR");
    qputenv("BULKHEAD_EXCHANGE", directory.filePath(QStringLiteral("none")).toLocal8Bit());
    QCOMPARE(openBackend("xen?").error().code, Errc::BadValue);
#ifdef BULKHEAD_XEN
    const bool onXen = isXenDomain();
#else
    const bool onXen = false;
#endif
    if (!onXen) {
        QCOMPARE(openBackend("auto").error().code, Errc::NotFound);
    }
    qputenv("VCHAN_SOCKET_DIR", directory.path().toLocal8Bit());
    qputenv("VCHAN_DOMAIN", "32752");
    QCOMPARE(openBackend("auto").error().code, Errc::BadValue);
    qputenv("VCHAN_DOMAIN", "3");
    const auto backend = openBackend("auto").value();
    const auto channel = backend->serve(DomId(9), Port(17), {}).value();
    QCOMPARE(::access(qPrintable(directory.filePath(QStringLiteral("vchan.3.9.17.sock"))), F_OK), 0);
}

QTEST_GUILESS_MAIN(SocketChannelTest)
#include "socketchanneltest.moc"
