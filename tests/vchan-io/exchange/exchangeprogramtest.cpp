// SPDX-License-Identifier: GPL-2.0-or-later
// The program itself, confined as it ships, from outside.
#include "base/unixaddress.h"
#include "vchan-io/transport/memfdbackend.h"

#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace Bulkhead;

namespace
{

constexpr int LongestMs = 20'000;
constexpr DomId Work{1};

bool untilOpen(Channel &channel)
{
    while (channel.state() == ChannelState::Waiting) {
        pollfd wait{.fd = channel.pollFd(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, LongestMs) != 1 || !channel.takeEvent()) {
            return false;
        }
    }
    return channel.state() == ChannelState::Open;
}

} // namespace

class ExchangeProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void S_191_servesDomainsUnderItsConfinement();
    void openChannelsOutliveItsKillAndNewOnesWork();
    void wrongOptionsEndIt();

private:
    void start();
    [[nodiscard]] QByteArray command(std::string_view line) const;
    [[nodiscard]] std::string folder() const;

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QProcess> m_exchange;
};

void ExchangeProgramTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    start();
    QCOMPARE(command("add 1\n"), QByteArray("ok\n"));
}

void ExchangeProgramTest::cleanup()
{
    m_exchange->kill();
    QVERIFY(m_exchange->waitForFinished());
}

void ExchangeProgramTest::start()
{
    m_exchange = std::make_unique<QProcess>();
    m_exchange->setReadChannel(QProcess::StandardError);
    m_exchange->start(QStringLiteral(BULKHEAD_EXCHANGE_PROGRAM),
                      {QStringLiteral("--directory"),
                       m_directory->filePath(QStringLiteral("x")),
                       QStringLiteral("--dom0-directory"),
                       m_directory->filePath(QStringLiteral("dom0")),
                       QStringLiteral("--group"),
                       QStringLiteral("no-such-group")});
    QVERIFY(m_exchange->waitForReadyRead(LongestMs));
    QVERIFY(m_exchange->readAllStandardError().contains("ready"));
}

std::string ExchangeProgramTest::folder() const
{
    return m_directory->path().toStdString();
}

QByteArray ExchangeProgramTest::command(std::string_view line) const
{
    const auto socket = connectToUnixSocket(folder() + "/x/control", SOCK_STREAM);
    if (!socket || ::send(socket->get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) {
        return "no control socket";
    }
    std::array<char, 100> answer{};
    return {answer.data(), static_cast<qsizetype>(::recv(socket->get(), answer.data(), answer.size(), 0))};
}

void ExchangeProgramTest::S_191_servesDomainsUnderItsConfinement()
{
    MemfdBackend work(folder() + "/x/1/socket");
    MemfdBackend dom0(folder() + "/dom0/socket");
    const auto mapper = dom0.mapperFor(Work).value();
    const auto server = work.serve(Dom0, GuiPort, {}).value();
    const auto client = dom0.connect(Work, GuiPort).value();
    QVERIFY(untilOpen(*server));
    QVERIFY(untilOpen(*client));
    const auto granter = work.granterFor(Dom0).value();
    const auto pages = granter->grant(1).value();
    pages->bytes()[0] = std::byte{9};
    std::array<std::byte, 1> copied{};
    mapper->map(pages->refs()).value()->copyOut(0, copied);
    QCOMPARE(copied[0], std::byte{9});
    QCOMPARE(command("add 2 100000 65536\nremove 2\nremove 1\n").left(3), QByteArray("ok\n"));
    QCOMPARE(command("remove 1\n"), QByteArray("ok\n"));
    QVERIFY(!QFileInfo::exists(m_directory->filePath(QStringLiteral("x/1"))));
    QCOMPARE(m_exchange->state(), QProcess::Running);
}

void ExchangeProgramTest::openChannelsOutliveItsKillAndNewOnesWork()
{
    MemfdBackend work(folder() + "/x/1/socket");
    MemfdBackend dom0(folder() + "/dom0/socket");
    const auto server = work.serve(Dom0, GuiPort, {}).value();
    const auto client = dom0.connect(Work, GuiPort).value();
    QVERIFY(untilOpen(*server));
    QVERIFY(untilOpen(*client));
    const auto waiting = work.serve(Dom0, QrexecControlPort, {}).value();
    m_exchange->kill();
    QVERIFY(m_exchange->waitForFinished());

    std::vector<std::byte> bytes(10);
    QCOMPARE(client->write(bytes).value(), bytes.size());
    QCOMPARE(server->read(bytes).value(), bytes.size());
    start();
    const auto next = dom0.connect(Work, QrexecControlPort).value();
    QVERIFY(untilOpen(*waiting));
    QVERIFY(untilOpen(*next));
    QVERIFY(server->takeEvent().value() == ChannelState::Open);
}

void ExchangeProgramTest::wrongOptionsEndIt()
{
    for (const QStringList &options :
         {QStringList{}, {QStringLiteral("--directory")}, {QStringLiteral("--help"), QString()}}) {
        QProcess exchange;
        exchange.start(QStringLiteral(BULKHEAD_EXCHANGE_PROGRAM), options);
        QVERIFY(exchange.waitForFinished());
        QCOMPARE(exchange.exitCode(), 2);
    }
}

QTEST_GUILESS_MAIN(ExchangeProgramTest)
#include "exchangeprogramtest.moc"
