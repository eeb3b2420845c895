// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/acceptor.h"

#include "base/genericaddress.h"
#include "tests/support/eventually.h"
#include "tests/support/nodescriptors.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace Bulkhead::Test;

class AcceptorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void connection_isHandedOn();
    void withoutDescriptors_clientsWaitAndNothingSpins();
    void resume_endsTheRestAtOnce();

private:
    [[nodiscard]] UniqueFd connected() const;

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Poller> m_poller;
    std::unique_ptr<Acceptor> m_acceptor;
    std::vector<UniqueFd> m_taken;
};

void AcceptorTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_poller = *Poller::create();
    auto acceptor = Acceptor::open(
        m_directory->filePath(QStringLiteral("socket")).toStdString(), Access::Owner, *m_poller, [this](UniqueFd fd) {
            m_taken.push_back(std::move(fd));
        });
    QVERIFY2(acceptor, acceptor ? "" : acceptor.error().text().c_str());
    m_acceptor = *std::move(acceptor);
    QVERIFY(comesToRest());
}

void AcceptorTest::cleanup()
{
    m_acceptor.reset();
    m_poller.reset();
    m_taken.clear();
}

UniqueFd AcceptorTest::connected() const
{
    UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(m_directory->filePath(QStringLiteral("socket")).toStdString(), std::begin(address.sun_path));
    if (::connect(client.get(), genericAddress(address), sizeof(address)) != 0) {
        client.reset();
    }
    return client;
}

void AcceptorTest::connection_isHandedOn()
{
    const UniqueFd client = connected();
    QVERIFY(client);
    BH_EVENTUALLY(m_taken.size() == 1);
}

void AcceptorTest::withoutDescriptors_clientsWaitAndNothingSpins()
{
    m_taken.reserve(1);
    const UniqueFd client = connected();
    QVERIFY(client);
    {
        const NoDescriptors none;
        QVERIFY(comesToRest());
        QVERIFY(m_taken.empty());
    }
    BH_EVENTUALLY(m_taken.size() == 1);
}

void AcceptorTest::resume_endsTheRestAtOnce()
{
    const UniqueFd client = connected();
    QVERIFY(client);
    {
        const NoDescriptors none;
        QVERIFY(comesToRest());
    }
    m_acceptor->resume();
    QCoreApplication::processEvents();
    QCOMPARE(m_taken.size(), std::size_t{1});
    m_acceptor->resume(); // there is no rest to end
    const UniqueFd second = connected();
    BH_EVENTUALLY(m_taken.size() == 2);
}

QTEST_GUILESS_MAIN(AcceptorTest)
#include "acceptortest.moc"
