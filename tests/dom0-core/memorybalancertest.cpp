// SPDX-License-Identifier: GPL-2.0-or-later
// The balancer on a machine in memory, and the socket on which programs ask it.
#include "dom0-core/bulkheadd/memorysocket.h"
#include "dom0-core/memory/balancer.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/fakememory.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Memory;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class MemoryBalancerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void reserve_takesWhatOthersCanSpare();
    void reserve_failsWhereNobodyCan();
    void reserve_givesUpOnDonorsThatDoNotGive();
    void hold_keepsEverythingStill();
    void withdraw_endsWhatIsAtWork();
    void round_movesMemoryToWhoNeedsIt();
    void round_tellsWhatIsLeft();
    void model_095_aFileStopsIt();
    void model_096_aDomainWithoutMeminfoIsNeverResized();
    void model_091_answersOnTheSocket();
    void model_092_secondClientWaitsForTheFirstToGo();
    void socket_secondLineEndsTheConnection();
    void regress_whoLeavesUnansweredTakesNothingFromOthers();

private:
    struct Outcome {
        std::optional<Result<void>> result;
        std::optional<Balancer::Hold> hold;
    };

    Balancer::Ticket reserve(std::uint64_t mib, Outcome &outcome) const
    {
        return m_balancer->reserve(mib * MiB, [&outcome](Result<void> result, Balancer::Hold hold) {
            outcome.result = std::move(result);
            outcome.hold.emplace(std::move(hold));
        });
    }

    [[nodiscard]] std::string path(const char *name) const
    {
        return m_directory->filePath(QString::fromLatin1(name)).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<FakeMemory> m_machine;
    std::unique_ptr<Balancer> m_balancer;
    std::unique_ptr<AdminApi::Poller> m_poller;
    std::unique_ptr<MemorySocket> m_socket;
};

void MemoryBalancerTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_machine = std::make_unique<FakeMemory>();
    m_balancer = std::make_unique<Balancer>(*m_machine,
                                            Balancer::Options{.suspendFile = path("do-not-membalance"),
                                                              .availableFile = path("avail"),
                                                              .step = std::chrono::milliseconds(0)});
    m_poller = *AdminApi::Poller::create();
    auto socket = MemorySocket::open(path("qmemman.sock"), *m_balancer, *m_poller);
    QVERIFY2(socket, socket ? "" : socket.error().text().c_str());
    m_socket = *std::move(socket);
    // Nothing moves by itself until a test wants it to.
    QFile file(QString::fromStdString(path("do-not-membalance")));
    QVERIFY(file.open(QIODevice::WriteOnly));
}

void MemoryBalancerTest::cleanup()
{
    m_socket.reset();
    m_poller.reset();
    m_balancer.reset();
    m_machine.reset();
}

void MemoryBalancerTest::reserve_takesWhatOthersCanSpare()
{
    m_machine->free = 100 * MiB;
    m_machine->add(1, 1000, 4000, 200);
    m_machine->add(2, 600, 4000, 200);
    Outcome outcome;
    (void)reserve(400, outcome);
    QVERIFY(eventually([&] {
        return outcome.result.has_value();
    }));
    QVERIFY(*outcome.result);
    QVERIFY(m_machine->free >= 425 * MiB);
    QVERIFY(m_machine->mibOf(1) < 1000 && m_machine->mibOf(1) >= 260);
    QVERIFY(m_machine->mibOf(2) < 600 && m_machine->mibOf(2) >= 260);
    QVERIFY(1000 - m_machine->mibOf(1) > 600 - m_machine->mibOf(2)); // who has more gives more
}

void MemoryBalancerTest::reserve_failsWhereNobodyCan()
{
    m_machine->free = 100 * MiB;
    m_machine->add(1, 300, 4000, 200);
    Outcome outcome;
    (void)reserve(400, outcome);
    QVERIFY(eventually([&] {
        return outcome.result.has_value();
    }));
    QCOMPARE(outcome.result->error().code, Errc::TooMuch);
    QVERIFY(m_machine->log.empty()); // and nothing was taken from anybody
}

void MemoryBalancerTest::reserve_givesUpOnDonorsThatDoNotGive()
{
    m_machine->free = 100 * MiB;
    m_machine->add(1, 2000, 4000, 200);
    m_machine->add(2, 400, 4000, 200);
    m_machine->stubborn.insert(1);
    Outcome outcome;
    (void)reserve(1000, outcome);
    QVERIFY(eventually([&] {
        return outcome.result.has_value();
    }));
    QCOMPARE(outcome.result->error().code, Errc::TooMuch);
    QCOMPARE(m_machine->mibOf(1), 2000U);
    // One that asks for less gets it from the other.
    outcome.result.reset();
    outcome.hold.reset();
    (void)reserve(150, outcome);
    QVERIFY(eventually([&] {
        return outcome.result.has_value();
    }));
    QVERIFY(*outcome.result);
}

void MemoryBalancerTest::hold_keepsEverythingStill()
{
    m_machine->free = 2000 * MiB;
    m_machine->add(1, 300, 4000, 200);
    Outcome first;
    Outcome second;
    (void)reserve(400, first);
    (void)reserve(400, second);
    QVERIFY(eventually([&] {
        return first.result.has_value();
    }));
    QFile::remove(QString::fromStdString(path("do-not-membalance")));
    m_machine->use(1, 900);
    QCoreApplication::processEvents();
    QVERIFY(m_machine->log.empty());
    QVERIFY(!second.result);
    first.hold.reset();
    QVERIFY(eventually([&] {
        return second.result.has_value();
    }));
    QVERIFY(m_machine->log.empty());
    second.hold.reset();
    QVERIFY(eventually([&] {
        return m_machine->mibOf(1) > 1000;
    }));
}

void MemoryBalancerTest::withdraw_endsWhatIsAtWork()
{
    m_machine->free = 100 * MiB;
    m_machine->add(1, 2000, 4000, 200);
    m_machine->stubborn.insert(1);
    Outcome withdrawn;
    Outcome waiting;
    Outcome next;
    const auto first = reserve(1000, withdrawn);
    const auto second = reserve(1000, waiting);
    (void)reserve(10, next);
    m_balancer->withdraw(second);
    m_balancer->withdraw(first);
    QVERIFY(eventually([&] {
        return next.result.has_value();
    }));
    QVERIFY(*next.result);
    QVERIFY(!withdrawn.result);
    QVERIFY(!waiting.result);
    m_balancer->withdraw(first); // it is over: whoever holds now is not disturbed
    Outcome last;
    (void)reserve(10, last);
    QCoreApplication::processEvents();
    QVERIFY(!last.result);
}

void MemoryBalancerTest::round_movesMemoryToWhoNeedsIt()
{
    QFile::remove(QString::fromStdString(path("do-not-membalance")));
    m_machine->free = 60 * MiB;
    m_machine->add(1, 1500, 4000, 200);
    m_machine->add(2, 300, 4000, 800);
    QVERIFY(eventually([&] {
        return m_machine->mibOf(2) > 900;
    }));
    QVERIFY(m_machine->mibOf(1) < 1000);
    QVERIFY(m_machine->free >= 25 * MiB);
}

void MemoryBalancerTest::round_tellsWhatIsLeft()
{
    QFile::remove(QString::fromStdString(path("do-not-membalance")));
    m_machine->free = 1050 * MiB;
    m_machine->add(1, 300, 4000, 200);
    QFile told(QString::fromStdString(path("avail")));
    QVERIFY(eventually([&] {
        return told.exists();
    }));
    QVERIFY(told.open(QIODevice::ReadOnly));
    const auto bytes = told.readAll().toULongLong();
    QVERIFY(bytes > 900 * MiB && bytes < 1100 * MiB);
}

void MemoryBalancerTest::model_095_aFileStopsIt()
{
    m_machine->free = 2000 * MiB;
    m_machine->add(1, 300, 4000, 900);
    for (int turn = 0; turn < 10; ++turn) {
        QCoreApplication::processEvents();
    }
    QVERIFY(m_machine->log.empty());
    QFile::remove(QString::fromStdString(path("do-not-membalance")));
    m_machine->use(1, 900);
    QVERIFY(eventually([&] {
        return m_machine->mibOf(1) > 1000;
    }));
}

void MemoryBalancerTest::model_096_aDomainWithoutMeminfoIsNeverResized()
{
    QFile::remove(QString::fromStdString(path("do-not-membalance")));
    m_machine->free = 2000 * MiB;
    m_machine->add(1, 3000, 4000, {});
    m_machine->add(2, 300, 4000, 800);
    QVERIFY(eventually([&] {
        return m_machine->mibOf(2) > 900;
    }));
    QCOMPARE(m_machine->mibOf(1), 3000U);
    Outcome outcome;
    (void)reserve(1500, outcome);
    QVERIFY(eventually([&] {
        return outcome.result.has_value();
    }));
    QCOMPARE(m_machine->mibOf(1), 3000U);
}

void MemoryBalancerTest::model_091_answersOnTheSocket()
{
    m_machine->free = 1000 * MiB;
    m_machine->add(1, 500, 4000, 200);
    const auto asked = [this](const QByteArray &line) {
        RawClient client(path("qmemman.sock"));
        client.write(line);
        (void)eventually([&] {
            return client.received().contains('\n');
        });
        return client.received();
    };
    QCOMPARE(asked("419430400\n"), QByteArray("OK\n"));
    QCOMPARE(asked("99999999999\n"), QByteArray("FAIL\n"));
    QCOMPARE(asked("1:0\n"), QByteArray("OK\n"));
    QCOMPARE(m_machine->mibOf(1), 260U); // what it prefers
    QCOMPARE(asked("7:0\n"), QByteArray("FAIL\n"));
    QCOMPARE(asked("please\n"), QByteArray("INVALID_ARG\n"));
}

void MemoryBalancerTest::model_092_secondClientWaitsForTheFirstToGo()
{
    m_machine->free = 2000 * MiB;
    auto first = std::make_unique<RawClient>(path("qmemman.sock"));
    first->write("1048576\n");
    QVERIFY(eventually([&] {
        return first->received() == "OK\n";
    }));
    RawClient second(path("qmemman.sock"));
    second.write("1048576\n");
    for (int turn = 0; turn < 20; ++turn) {
        QCoreApplication::processEvents();
    }
    QCOMPARE(second.received(), QByteArray());
    first.reset();
    QVERIFY(eventually([&] {
        return second.received() == "OK\n";
    }));
}

void MemoryBalancerTest::socket_secondLineEndsTheConnection()
{
    m_machine->free = 2000 * MiB;
    RawClient client(path("qmemman.sock"));
    client.write("1048576\n");
    QVERIFY(eventually([&] {
        return client.received() == "OK\n";
    }));
    client.write("1048576\n");
    QVERIFY(client.waitForEnd());
    QCOMPARE(client.received(), QByteArray("OK\n"));
}

void MemoryBalancerTest::regress_whoLeavesUnansweredTakesNothingFromOthers()
{
    m_machine->free = 100 * MiB;
    m_machine->add(1, 1000, 4000, 200);
    auto first = std::make_unique<RawClient>(path("qmemman.sock"));
    first->write("1048576\n");
    QVERIFY(eventually([&] {
        return first->received() == "OK\n";
    }));
    auto second = std::make_unique<RawClient>(path("qmemman.sock"));
    second->write("419430400\n");
    for (int turn = 0; turn < 20; ++turn) {
        QCoreApplication::processEvents();
    }
    second.reset();
    for (int turn = 0; turn < 20; ++turn) {
        QCoreApplication::processEvents();
    }
    first.reset();
    RawClient third(path("qmemman.sock"));
    third.write("1048576\n");
    QVERIFY(eventually([&] {
        return third.received() == "OK\n";
    }));
    QVERIFY(m_machine->log.empty());
    QCOMPARE(m_machine->mibOf(1), 1000U);
}

QTEST_GUILESS_MAIN(MemoryBalancerTest)
#include "memorybalancertest.moc"
