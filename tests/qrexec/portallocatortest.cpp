// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/portallocator.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

class PortAllocatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_012_firstPorts();
    void qrexec_013_limits();
    void S_127_onlyTheHolderFreesAPort();
};

void PortAllocatorTest::qrexec_012_firstPorts()
{
    const auto firstThree = [](DomId peer) {
        PortAllocator ports(DomId{20});
        return std::array{ports.allocate(peer)->value(), ports.allocate(peer)->value(), ports.allocate(peer)->value()};
    };
    QCOMPARE(firstThree(Dom0), (std::array{513U, 514U, 515U}));
    QCOMPARE(firstThree(DomId{21}), (std::array{514U, 516U, 518U}));
    QCOMPARE(firstThree(DomId{19}), (std::array{513U, 515U, 517U}));
}

void PortAllocatorTest::qrexec_013_limits()
{
    PortAllocator ports(DomId{20});
    for (int call = 0; call < 128; ++call) {
        QVERIFY(ports.allocate(DomId{21}));
    }
    QVERIFY(!ports.allocate(DomId{22}));
    for (int call = 0; call < 128; ++call) {
        QVERIFY(ports.allocate(Dom0));
    }
    QVERIFY(!ports.allocate(Dom0));
    QVERIFY(!ports.allocate(DomId{3}));
    QCOMPARE(ports.inUse(), std::size_t{256});
}

void PortAllocatorTest::S_127_onlyTheHolderFreesAPort()
{
    PortAllocator ports(DomId{20});
    const Port port = *ports.allocate(Dom0);
    QVERIFY(!ports.release(DomId{7}, port));
    QVERIFY(!ports.release(Dom0, Port{514}));
    QVERIFY(!ports.release(Dom0, Port{512}));
    QVERIFY(!ports.release(Dom0, Port{769}));
    QVERIFY(!ports.release(Dom0, Port{0}));
    QCOMPARE(ports.inUse(), std::size_t{1});
    QVERIFY(ports.release(Dom0, port));
    QVERIFY(!ports.release(Dom0, port));
    QCOMPARE(ports.inUse(), std::size_t{0});
}

QTEST_GUILESS_MAIN(PortAllocatorTest)
#include "portallocatortest.moc"
