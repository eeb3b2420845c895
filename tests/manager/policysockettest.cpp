// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policysocket.h"

#include "base/genericaddress.h"
#include "tests/support/eventually.h"
#include "tests/support/nodescriptors.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

UniqueFd makeSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

sockaddr_un addressOf(const QString &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(QFile::encodeName(path), std::begin(address.sun_path));
    return address;
}

UniqueFd connectedTo(const QString &path)
{
    UniqueFd socket = makeSocket();
    const sockaddr_un address = addressOf(path);
    if (::connect(socket.get(), genericAddress(address), sizeof address) != 0) {
        socket.reset();
    }
    return socket;
}

} // namespace

class PolicySocketTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void socketOfOneThatDied_isReplaced();
    void anotherThatServes_isLeftAlone();
    void regress_anotherThatIsBusyIsLeftAlone();
    void regress_withoutDescriptorsNothingSpins();

private:
    [[nodiscard]] Result<void> listenBeside();

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void PolicySocketTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(u"ask"_s);
}

/// What a second program hears that would serve at the same place.
Result<void> PolicySocketTest::listenBeside()
{
    PolicySocket second({.own = m_path, .policyd = m_path}, 1024, [](const std::unique_ptr<PolicyPeer> &) { });
    return second.listen();
}

void PolicySocketTest::socketOfOneThatDied_isReplaced()
{
    {
        const UniqueFd dead = makeSocket();
        const sockaddr_un address = addressOf(m_path);
        QCOMPARE(::bind(dead.get(), genericAddress(address), sizeof address), 0);
        QCOMPARE(::listen(dead.get(), 1), 0);
    }
    QVERIFY(QFile::exists(m_path));
    QVERIFY(listenBeside());
}

void PolicySocketTest::anotherThatServes_isLeftAlone()
{
    PolicySocket first({.own = m_path, .policyd = m_path}, 1024, [](const std::unique_ptr<PolicyPeer> &) { });
    QVERIFY(first.listen());
    const auto second = listenBeside();
    QVERIFY(!second);
    QCOMPARE(second.error().code, Errc::Exists);
    QVERIFY(connectedTo(m_path));
}

void PolicySocketTest::regress_anotherThatIsBusyIsLeftAlone()
{
    const UniqueFd busy = makeSocket();
    const sockaddr_un address = addressOf(m_path);
    QCOMPARE(::bind(busy.get(), genericAddress(address), sizeof address), 0);
    QCOMPARE(::listen(busy.get(), 0), 0);
    std::vector<UniqueFd> waiting;
    while (UniqueFd one = connectedTo(m_path)) { // nobody accepts them
        waiting.push_back(std::move(one));
    }
    QCOMPARE(errno, EAGAIN);
    const auto second = listenBeside();
    QVERIFY(!second);
    QCOMPARE(second.error().code, Errc::Exists);
    QVERIFY(QFile::exists(m_path));
}

void PolicySocketTest::regress_withoutDescriptorsNothingSpins()
{
    bool isHeard = false;
    PolicySocket socket({.own = m_path, .policyd = m_path}, 1024, [&isHeard](const std::unique_ptr<PolicyPeer> &peer) {
        isHeard = peer->text() == "asked";
    });
    QVERIFY(socket.listen());
    QVERIFY(Test::comesToRest());
    const UniqueFd client = connectedTo(m_path);
    QVERIFY(client);
    QCOMPARE(::send(client.get(), "asked", 5, 0), ssize_t{5});
    QCOMPARE(::shutdown(client.get(), SHUT_WR), 0);
    {
        const Test::NoDescriptors none;
        QVERIFY(Test::comesToRest());
        QVERIFY(!isHeard);
    }
    BH_EVENTUALLY(isHeard);
}

QTEST_GUILESS_MAIN(PolicySocketTest)

#include "policysockettest.moc"
