// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/exchangerig.h"
#include "vchan-io/exchange/control.h"
#include "vchan-io/transport/fdmessage.h"

#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr DomId Work{1};
constexpr DomId Personal{2};
constexpr DomId Other{3};
constexpr Port TestPort{512};
constexpr RingSizes PageEach{.toServer = 4096, .toClient = 4096};

using Bytes = std::vector<std::byte>;

/// A bare connection to the exchange, as a hostile program makes it.
UniqueFd connection(const std::string &path, int type = SOCK_SEQPACKET)
{
    const UnixAddress address = UnixAddress::of(path).value();
    UniqueFd socket(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), address.get(), UnixAddress::Size) != 0) {
        return {};
    }
    return socket;
}

bool isHungUp(const UniqueFd &socket)
{
    std::byte byte{};
    return ::recv(socket.get(), &byte, 1, MSG_DONTWAIT) == 0;
}

bool isAlive(Channel &one, Channel &other)
{
    const Bytes sent(100, std::byte{7});
    Bytes got(200);
    return one.write(sent).value_or(0) == 100 && other.read(got).value_or(0) == 100;
}

/// Sends one message with any number of descriptors, also more than ours ever carry.
void sendFds(const UniqueFd &socket, std::span<const std::byte> bytes, const std::vector<int> &fds)
{
    Bytes control(CMSG_SPACE(fds.size() * sizeof(int)));
    iovec part{.iov_base = const_cast<std::byte *>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
    QVERIFY(::sendmsg(socket.get(), &message, MSG_DONTWAIT) >= 0);
}

} // namespace

class ExchangeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void channelOpensInEitherOrder_data();
    void channelOpensInEitherOrder();
    void portsAndPeersAreNotMixedUp();
    void requestsAreServedInTheirOrder();
    void ownDomainAndUnknownDomainAreRefused();
    void removedDomainEndsWhatWaitsForIt();
    void openChannelsOutliveTheExchange();
    void waitingChannelsFindTheNextExchange();
    void pagesAreFoundAgainByTheNextExchange();
    void pagesReachTheMapperInEitherOrder_data();
    void pagesReachTheMapperInEitherOrder();
    void S_012_offeredPagesThatAreNotSoundAreNotUsed();
    void S_013_wrongDescriptorsEndTheRequestAndLeakNothing_data();
    void S_013_wrongDescriptorsEndTheRequestAndLeakNothing();
    void S_014_socketsAreReachedByModeAndUser();
    void S_014_processesOfOtherUsersAreHungUpOn();
    void S_020_connectAndCloseManyTimes();
    void requestsADomainMayHaveAreBounded();
    void malformedRequestsEndTheirConnectionOnly_data();
    void malformedRequestsEndTheirConnectionOnly();
    void controlCommands_data();
    void controlCommands();
    void controlSocketAnswersEachLine();
};

void ExchangeTest::channelOpensInEitherOrder_data()
{
    QTest::addColumn<bool>("serverFirst");
    QTest::addColumn<quint32>("client");
    QTest::newRow("server first, dom0 connects") << true << 0U;
    QTest::newRow("client first, dom0 connects") << false << 0U;
    QTest::newRow("between two domains") << true << 2U;
}

void ExchangeTest::channelOpensInEitherOrder()
{
    QFETCH(bool, serverFirst);
    QFETCH(quint32, client);
    ExchangeRig rig;
    const auto serverSide = rig.backendOf(Work);
    const auto clientSide = rig.backendOf(DomId(client));
    std::unique_ptr<Channel> server;
    std::unique_ptr<Channel> asking;
    if (serverFirst) {
        server = serverSide->serve(DomId(client), TestPort, PageEach).value();
        rig.settle();
        QVERIFY(server->takeEvent().value() == ChannelState::Waiting);
        asking = clientSide->connect(Work, TestPort).value();
    } else {
        asking = clientSide->connect(Work, TestPort).value();
        rig.settle();
        QVERIFY(asking->takeEvent().value() == ChannelState::Waiting);
        QCOMPARE(asking->write(Bytes(1)).error().code, Errc::WrongState);
        server = serverSide->serve(DomId(client), TestPort, PageEach).value();
    }
    rig.settle(*server, *asking);
    QCOMPARE(server->state(), ChannelState::Open);
    QCOMPARE(asking->state(), ChannelState::Open);
    QVERIFY(isAlive(*server, *asking));
    QVERIFY(isAlive(*asking, *server));
    QCOMPARE(rig.exchanger().broker().waiting(), 0U);

    server->close();
    QVERIFY(isReadable(asking->pollFd()));
    QVERIFY(asking->takeEvent().value() == ChannelState::Closed);
    QVERIFY(!isReadable(asking->pollFd()));
}

void ExchangeTest::portsAndPeersAreNotMixedUp()
{
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    const auto personal = rig.backendOf(Personal);
    const auto dom0 = rig.backendOf(Dom0);
    const auto server = work->serve(Dom0, TestPort, PageEach).value();
    const auto intruder = personal->connect(Work, TestPort).value(); // offered to dom0, not to it
    const auto otherPort = dom0->connect(Work, Port(513)).value();
    const auto otherQube = dom0->connect(Personal, TestPort).value();
    const auto alsoServer = work->connect(Dom0, TestPort).value(); // both ask, nobody offers
    rig.settle();
    for (Channel *const channel : {server.get(), intruder.get(), otherPort.get(), otherQube.get(), alsoServer.get()}) {
        QVERIFY(channel->takeEvent().value() == ChannelState::Waiting);
    }
    QCOMPARE(rig.exchanger().broker().waiting(), 5U);
}

void ExchangeTest::requestsAreServedInTheirOrder()
{
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    const auto dom0 = rig.backendOf(Dom0);
    const auto first = work->serve(Dom0, TestPort, PageEach).value();
    const auto second = work->serve(Dom0, TestPort, PageEach).value();
    const auto client = dom0->connect(Work, TestPort).value();
    rig.settle(*first, *client);
    QVERIFY(isAlive(*client, *first));
    QVERIFY(second->takeEvent().value() == ChannelState::Waiting);
    const auto next = dom0->connect(Work, TestPort).value();
    rig.settle(*second, *next);
    QVERIFY(isAlive(*next, *second));
    QVERIFY(isAlive(*client, *first));
}

void ExchangeTest::ownDomainAndUnknownDomainAreRefused()
{
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    const auto own = work->connect(Work, TestPort).value();
    const auto unknown = work->connect(DomId(77), TestPort).value();
    rig.settle();
    QCOMPARE(own->takeEvent().error().code, Errc::Driver);
    QCOMPARE(own->state(), ChannelState::Closed);
    QVERIFY(unknown->takeEvent().value() == ChannelState::Closed);
    QCOMPARE(unknown->write(Bytes(1)).error().code, Errc::PeerGone);
}

void ExchangeTest::removedDomainEndsWhatWaitsForIt()
{
    ExchangeRig rig;
    const auto dom0 = rig.backendOf(Dom0);
    const auto open = dom0->connect(Work, TestPort).value();
    const auto server = rig.backendOf(Work)->serve(Dom0, TestPort, PageEach).value();
    rig.settle(*open, *server);
    const auto waiting = dom0->connect(Work, Port(6000)).value();
    const auto unrelated = dom0->connect(Personal, Port(6000)).value();
    rig.settle();
    QVERIFY(rig.exchanger().remove(Work));
    rig.settle();
    QVERIFY(waiting->takeEvent().value() == ChannelState::Closed);
    QVERIFY(unrelated->takeEvent().value() == ChannelState::Waiting);
    QVERIFY(isAlive(*open, *server));
    QVERIFY(::access(rig.socketOf(Work).c_str(), F_OK) != 0);
    QVERIFY(rig.exchanger().remove(Work)); // nothing is left to do
}

void ExchangeTest::openChannelsOutliveTheExchange()
{
    ExchangeRig rig;
    const auto server = rig.backendOf(Work)->serve(Dom0, TestPort, PageEach).value();
    const auto client = rig.backendOf(Dom0)->connect(Work, TestPort).value();
    rig.settle(*server, *client);
    rig.kill();
    QVERIFY(isAlive(*server, *client));
    QVERIFY(isAlive(*client, *server));
    QCOMPARE(server->state(), ChannelState::Open);
}

void ExchangeTest::waitingChannelsFindTheNextExchange()
{
    ExchangeRig rig;
    const auto server = rig.backendOf(Work)->serve(Dom0, TestPort, PageEach).value();
    rig.settle();
    rig.kill();
    QVERIFY(waitReadable(server->pollFd()));
    QVERIFY(server->takeEvent().value() == ChannelState::Waiting);
    const auto client = rig.backendOf(Dom0)->connect(Work, TestPort).value(); // begins while there is none
    rig.restart();
    while (server->state() == ChannelState::Waiting || client->state() == ChannelState::Waiting) {
        for (Channel *const channel : {server.get(), client.get()}) {
            QVERIFY(channel->state() == ChannelState::Open || waitReadable(channel->pollFd()));
            QVERIFY(channel->takeEvent());
            rig.settle();
        }
    }
    QVERIFY(isAlive(*server, *client));
}

void ExchangeTest::pagesAreFoundAgainByTheNextExchange()
{
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    const auto dom0 = rig.backendOf(Dom0);
    const auto granter = rig.granterOf(*work, Dom0);
    const auto pages = granter->grant(2).value();
    std::ranges::fill(pages->bytes(), std::byte{0x42});

    rig.kill();
    rig.restart();
    const auto mapper = dom0->mapperFor(Work).value(); // before the qube has said a word
    rig.settle();
    QCOMPARE(mapper->map(pages->refs()).error().code, Errc::Driver);
    const auto server = work->serve(Dom0, TestPort, PageEach).value();
    rig.settle();
    Bytes copied(2 * PageSize);
    mapper->map(pages->refs()).value()->copyOut(0, copied);
    QCOMPARE(copied, Bytes(2 * PageSize, std::byte{0x42}));
}

void ExchangeTest::pagesReachTheMapperInEitherOrder_data()
{
    QTest::addColumn<bool>("mapperFirst");
    QTest::newRow("mapper first") << true;
    QTest::newRow("granter first") << false;
}

void ExchangeTest::pagesReachTheMapperInEitherOrder()
{
    QFETCH(bool, mapperFirst);
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    std::unique_ptr<PageMapper> mapper;
    if (mapperFirst) {
        mapper = rig.backendOf(Dom0)->mapperFor(Work).value();
        rig.settle();
    }
    const auto granter = rig.granterOf(*work, Dom0);
    if (!mapperFirst) {
        mapper = rig.backendOf(Dom0)->mapperFor(Work).value();
        rig.settle();
    }
    const auto pages = granter->grant(1).value();
    pages->bytes()[17] = std::byte{0x99};
    Bytes copied(1);
    mapper->map(pages->refs()).value()->copyOut(17, copied);
    QCOMPARE(copied[0], std::byte{0x99});

    // A qube's agent that starts anew brings other pages; old ones that are still mapped stay as they are.
    const auto before = mapper->map(pages->refs()).value();
    const auto later = rig.granterOf(*work, Dom0);
    const auto otherPages = later->grant(1).value();
    mapper->map(otherPages->refs()).value()->copyOut(17, copied);
    QCOMPARE(copied[0], std::byte{0});
    before->copyOut(17, copied);
    QCOMPARE(copied[0], std::byte{0x99});

    // Nobody else sees them.
    const auto stranger = rig.backendOf(Other)->mapperFor(Work).value();
    rig.settle();
    QCOMPARE(stranger->map(pages->refs()).error().code, Errc::Driver);
}

void ExchangeTest::S_012_offeredPagesThatAreNotSoundAreNotUsed()
{
    ExchangeRig rig;
    const auto mapper = rig.backendOf(Dom0)->mapperFor(Work).value();
    rig.settle();
    const UniqueFd unsealed(::memfd_create("t", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    QCOMPARE(::ftruncate(unsealed.get(), static_cast<off_t>(ArenaBytes)), 0);
    const auto offer = Exchange::build({.ask = Exchange::Ask::Serve, .peer = Dom0, .port = TestPort, .toServer = 1});
    const UniqueFd socket = connection(rig.socketOf(Work));
    sendFds(socket, offer, {unsealed.get()});
    rig.settle();
    const std::array refs{GrantRef(0)};
    QCOMPARE(mapper->map(refs).error().code, Errc::Driver);
    QCOMPARE(rig.exchanger().broker().waiting(), 2U); // the offer of the port itself stands
}

void ExchangeTest::S_013_wrongDescriptorsEndTheRequestAndLeakNothing_data()
{
    QTest::addColumn<quint32>("ask");
    QTest::addColumn<int>("descriptors");
    QTest::newRow("one where none belongs") << static_cast<quint32>(Exchange::Ask::MapPages) << 1;
    QTest::newRow("two where one may be") << static_cast<quint32>(Exchange::Ask::Serve) << 2;
    QTest::newRow("cut off by the kernel") << static_cast<quint32>(Exchange::Ask::Serve) << 3;
    QTest::newRow("the most that the kernel carries") << static_cast<quint32>(Exchange::Ask::Connect) << 253;
}

void ExchangeTest::S_013_wrongDescriptorsEndTheRequestAndLeakNothing()
{
    QFETCH(quint32, ask);
    QFETCH(int, descriptors);
    ExchangeRig rig;
    const std::size_t before = openDescriptors();
    {
        const UniqueFd socket = connection(rig.socketOf(Work));
        const bool isOffer = ask == static_cast<quint32>(Exchange::Ask::Serve);
        const auto request = Exchange::build({.ask = Exchange::Ask{ask}, .peer = Dom0, .toServer = isOffer ? 1U : 0U});
        sendFds(socket, request, std::vector<int>(static_cast<std::size_t>(descriptors), STDERR_FILENO));
        rig.settle();
        QVERIFY(isHungUp(socket));
        QCOMPARE(rig.exchanger().broker().waiting(), 0U);
    }
    QCOMPARE(openDescriptors(), before);
}

void ExchangeTest::S_014_socketsAreReachedByModeAndUser()
{
    ExchangeRig rig;
    const auto modeOf = [](const std::string &path) {
        struct stat status{};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
    };
    QCOMPARE(modeOf(rig.socketOf(Dom0)), 0660U);
    QCOMPARE(modeOf(rig.socketOf(Work)), 0666U);
    const std::string folder = rig.socketOf(Work).substr(0, rig.socketOf(Work).rfind('/'));
    QCOMPARE(modeOf(folder), 0751U); // nobody else can list or write it
}

void ExchangeTest::S_014_processesOfOtherUsersAreHungUpOn()
{
    ExchangeRig rig;
    QVERIFY(rig.exchanger().add(DomId(4), UserRange{.first = ::getuid() + 1, .count = 100}));
    QVERIFY(rig.exchanger().add(DomId(5), UserRange{.first = ::getuid(), .count = 1}));
    const auto request = Exchange::build({.ask = Exchange::Ask::MapPages, .peer = Dom0});
    rig.kill();
    rig.restart(); // the next exchange still knows
    const UniqueFd refused = connection(rig.socketOf(DomId(4)));
    const UniqueFd heard = connection(rig.socketOf(DomId(5)));
    QVERIFY(sendWithFds(refused.get(), request, {}));
    QVERIFY(sendWithFds(heard.get(), request, {}));
    rig.settle();
    QVERIFY(!sendWithFds(refused.get(), request, {}));
    QVERIFY(!isHungUp(heard));
    QCOMPARE(rig.exchanger().broker().waiting(), 1U);
}

void ExchangeTest::S_020_connectAndCloseManyTimes()
{
    ExchangeRig rig;
    const auto work = rig.backendOf(Work);
    const auto dom0 = rig.backendOf(Dom0);
    const auto round = [&] {
        const auto server = work->serve(Dom0, TestPort, PageEach).value();
        const auto client = dom0->connect(Work, TestPort).value();
        rig.settle(*server, *client);
        QVERIFY(isAlive(*client, *server));
    };
    round();
    rig.settle();
    const std::size_t before = openDescriptors();
    for (int i = 0; i < 3000; ++i) {
        round();
    }
    rig.settle();
    QCOMPARE(openDescriptors(), before);
    QCOMPARE(rig.exchanger().broker().waiting(), 0U);
}

void ExchangeTest::requestsADomainMayHaveAreBounded()
{
    ExchangeRig rig;
    const auto request = Exchange::build({.ask = Exchange::Ask::Connect, .peer = Dom0, .port = TestPort});
    std::vector<UniqueFd> sockets;
    for (std::size_t i = 0; i < MaxRequestsADomain + 5; ++i) {
        sockets.push_back(connection(rig.socketOf(Work)));
        QVERIFY(sendWithFds(sockets.back().get(), request, {}));
        rig.settle();
    }
    QCOMPARE(rig.exchanger().broker().waiting(), MaxRequestsADomain);
    QVERIFY(isHungUp(sockets.back()) || errno == ECONNRESET);

    // The others notice nothing, and room that was given back can be used.
    const UniqueFd other = connection(rig.socketOf(Personal));
    QVERIFY(sendWithFds(other.get(), request, {}));
    rig.settle();
    QCOMPARE(rig.exchanger().broker().waiting(), MaxRequestsADomain + 1);
    sockets.clear();
    rig.settle();
    QCOMPARE(rig.exchanger().broker().waiting(), 1U);
}

void ExchangeTest::malformedRequestsEndTheirConnectionOnly_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, std::initializer_list<quint32> words) {
        QByteArray bytes;
        for (const quint32 word : words) {
            bytes.append(QByteArrayView(std::bit_cast<std::array<char, sizeof word>>(word)));
        }
        QTest::newRow(name) << bytes;
    };
    row("too short", {1, 0, 512, 1});
    row("too long", {1, 0, 512, 1, 1, 0});
    row("unknown request", {5, 0, 0, 0, 0});
    row("request 0", {0, 0, 0, 0, 0});
    row("peer is no domain", {2, 0x7ff0, 512, 0, 0});
    row("peer is 2^32 - 1", {2, 0xffffffff, 512, 0, 0});
    row("client names ring sizes", {2, 0, 512, 4096, 4096});
    row("pages of a port", {3, 0, 512, 0, 0});
}

void ExchangeTest::malformedRequestsEndTheirConnectionOnly()
{
    QFETCH(QByteArray, bytes);
    ExchangeRig rig;
    const UniqueFd sound = connection(rig.socketOf(Work));
    QVERIFY(sendWithFds(sound.get(), Exchange::build({.ask = Exchange::Ask::MapPages, .peer = Dom0}), {}));
    const UniqueFd bad = connection(rig.socketOf(Work));
    QVERIFY(sendWithFds(bad.get(), std::as_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))), {}));
    rig.settle();
    QVERIFY(isHungUp(bad));
    QVERIFY(!isHungUp(sound));
    QCOMPARE(rig.exchanger().broker().waiting(), 1U);
}

void ExchangeTest::controlCommands_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("add") << QByteArray("add 7") << true;
    QTest::newRow("add with users") << QByteArray("add 7 100000 65536") << true;
    QTest::newRow("remove") << QByteArray("remove 32751") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("no number") << QByteArray("add") << false;
    QTest::newRow("not a domain") << QByteArray("add 32752") << false;
    QTest::newRow("negative") << QByteArray("add -1") << false;
    QTest::newRow("two spaces") << QByteArray("add  7") << false;
    QTest::newRow("trailing") << QByteArray("remove 7 ") << false;
    QTest::newRow("half a range") << QByteArray("add 7 100000") << false;
    QTest::newRow("another verb") << QByteArray("list 7") << false;
}

void ExchangeTest::controlCommands()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, accepted);
    QCOMPARE(ControlCommand::parse(line.toStdString()).has_value(), accepted);
}

void ExchangeTest::controlSocketAnswersEachLine()
{
    ExchangeRig rig;
    const QTemporaryDir directory;
    const std::string path = directory.path().toStdString() + "/control";
    auto control =
        ControlSocket::create(listenAt(path, SOCK_STREAM, 0600).value(), {::getuid()}, rig.loop(), rig.exchanger())
            .value();
    const auto say = [&rig](const UniqueFd &socket, std::string_view words) {
        (void)::send(socket.get(), words.data(), words.size(), MSG_NOSIGNAL);
        rig.settle();
        std::array<char, 500> answer{};
        const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
        return std::string(answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    };
    const UniqueFd socket = connection(path, SOCK_STREAM);
    QCOMPARE(say(socket, "ad"), std::string());
    QCOMPARE(say(socket, "d 9\nremove 9\nadd 10\n"), std::string("ok\nok\nok\n"));
    QVERIFY(rig.exchanger().broker().knows(DomId(10)));
    QVERIFY(!rig.exchanger().broker().knows(DomId(9)));
    QCOMPARE(say(socket, "remove 9\nadd 10\n"), std::string("ok\nok\n")); // as it is already
    QCOMPARE(say(socket, "add 0\n"), std::string("error dom0 is always there\n"));
    QCOMPARE(say(socket, "remove 0\n"), std::string("error dom0 is always there\n"));
    QVERIFY(say(socket, "shutdown\n").starts_with("error "));
    QCOMPARE(say(socket, std::string(100, 'a')), std::string());
    QVERIFY(isHungUp(socket));

    control.reset();
    const std::string strict = directory.path().toStdString() + "/strict";
    control = ControlSocket::create(
                  listenAt(strict, SOCK_STREAM, 0600).value(), {::getuid() + 1}, rig.loop(), rig.exchanger())
                  .value();
    const UniqueFd stranger = connection(strict, SOCK_STREAM);
    QCOMPARE(say(stranger, "remove 10\n"), std::string());
    QVERIFY(rig.exchanger().broker().knows(DomId(10)));
}

QTEST_GUILESS_MAIN(ExchangeTest)
#include "exchangetest.moc"
