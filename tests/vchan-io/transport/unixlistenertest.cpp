// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/unixlistener.h"

#include "base/clock.h"
#include "vchan-io/transport/localchannel.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;

class UnixListenerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void regress_burstOfCallersIsTaken();
};

void UnixListenerTest::regress_burstOfCallersIsTaken()
{
    constexpr std::size_t Callers = 300; // as many as a qube's daemon serves at once
    const QTemporaryDir directory;
    const std::string path = directory.filePath(QStringLiteral("socket")).toStdString();
    const BootClock clock;
    const auto loop = EventLoop::create(clock).value();
    std::size_t taken = 0;
    const auto listener = UnixListener::create(*loop, path, {}, 0600, [&taken](UniqueFd /*socket*/, uid_t /*peer*/) {
        ++taken;
    });
    QVERIFY(listener);
    std::vector<std::unique_ptr<LocalChannel>> callers;
    for (std::size_t i = 0; i < Callers; ++i) { // before the server has its turn
        auto caller = LocalChannel::connect(path);
        QVERIFY2(caller.has_value(), caller ? "" : caller.error().text().c_str());
        callers.push_back(*std::move(caller));
    }
    loop->runUntilIdle();
    QCOMPARE(taken, Callers);
}

QTEST_GUILESS_MAIN(UnixListenerTest)

#include "unixlistenertest.moc"
