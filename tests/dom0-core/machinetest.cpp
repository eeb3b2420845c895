// SPDX-License-Identifier: GPL-2.0-or-later
// What happens to all qubes when the machine starts and ends.
#include "dom0-core/lifecycle/autostart.h"
#include "dom0-core/lifecycle/orderlyshutdown.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class MachineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void model_090_netQubesStartFirst();
    void model_090_onceABoot();
    void model_090_oneThatFailsKeepsNobodyFromStarting();
    void skip_isAWordOfTheCommandLine();
    void shutdown_endsClientsFirst();
    void shutdown_killsWhoDoesNotListen();
    void shutdown_waitsForStarts();
    void shutdown_ofNothingIsDoneAtOnce();
    void S_167_qubeThatNeverAnswersHoldsUpNobodyAndIsKilled();

private:
    /// work behind inner behind outer, and vault.
    void addChain();

    void set(const QByteArray &qube, const QByteArray &property, const QByteArray &value)
    {
        QCOMPARE(m_core->call("admin.vm.property.Set+" + property, qube, value), success());
    }

    void start(const QByteArray &qube)
    {
        QCOMPARE(m_core->call("admin.vm.Start", qube), success());
    }

    [[nodiscard]] bool shutDownAll();
    /// Positions of these lines in the driver's log, which must rise.
    [[nodiscard]] bool isInOrder(const std::vector<std::string> &lines) const;

    [[nodiscard]] Result<void> startWithMachine() const
    {
        return Bulkhead::startWithMachine(
            m_core->daemon->registry(), m_core->daemon->runner(), m_core->runDirectory() + "/started");
    }

    std::unique_ptr<CoreFixture> m_core;
};

void MachineTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    addChain();
}

void MachineTest::cleanup()
{
    m_core.reset();
}

void MachineTest::addChain()
{
    m_core->addTemplate("base");
    // Numbered against the order of the network, so that a list by number would be wrong.
    for (const char *name : {"work", "inner", "outer", "vault"}) {
        m_core->addAppVm(name, "base");
        QCOMPARE(m_core->call("admin.vm.feature.Set+qrexec", name, ""), success()); // nobody waits for an agent
    }
    set("inner", "provides_network", "True");
    set("outer", "provides_network", "True");
    set("inner", "netvm", "outer");
    set("work", "netvm", "inner");
}

bool MachineTest::shutDownAll()
{
    OrderlyShutdown shutdown(m_core->daemon->registry(), m_core->daemon->runner());
    bool isDone = false;
    shutdown.begin([&] {
        isDone = true;
    });
    return eventually([&] {
        return isDone;
    });
}

bool MachineTest::isInOrder(const std::vector<std::string> &lines) const
{
    auto place = m_core->driver.log().begin();
    for (const std::string &line : lines) {
        place = std::find(place, m_core->driver.log().end(), line);
        if (place == m_core->driver.log().end()) {
            return false;
        }
    }
    return true;
}

void MachineTest::model_090_netQubesStartFirst()
{
    for (const char *name : {"work", "inner", "outer"}) {
        set(name, "autostart", "True");
    }
    const Model &model = m_core->daemon->registry().model();
    QCOMPARE(autostartOrder(model),
             (std::vector{model.find("outer")->id, model.find("inner")->id, model.find("work")->id}));
    QVERIFY(startWithMachine());
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == "Running";
    }));
    QVERIFY(isInOrder({"start outer", "start inner", "start work"}));
    QCOMPARE(m_core->stateOf("vault"), "Halted");
}

void MachineTest::model_090_onceABoot()
{
    set("vault", "autostart", "True");
    QVERIFY(startWithMachine());
    QVERIFY(eventually([&] {
        return m_core->stateOf("vault") == "Running";
    }));
    QCOMPARE(m_core->call("admin.vm.Shutdown+wait", "vault"), success());
    m_core->restart();
    QVERIFY(startWithMachine());
    QTest::qWait(0);
    QCOMPARE(m_core->stateOf("vault"), "Halted");
}

void MachineTest::model_090_oneThatFailsKeepsNobodyFromStarting()
{
    set("work", "autostart", "True");
    set("vault", "autostart", "True");
    QCOMPARE(m_core->call("admin.vm.feature.Set+prohibit-start", "inner", "not today"), success());
    QVERIFY(startWithMachine());
    QVERIFY(eventually([&] {
        return m_core->stateOf("vault") == "Running";
    }));
    QCOMPARE(m_core->stateOf("work"), "Halted");
}

void MachineTest::skip_isAWordOfTheCommandLine()
{
    QVERIFY(skipsAutostart("quiet qubes.skip_autostart\n"));
    QVERIFY(skipsAutostart("qubes.skip_autostart quiet"));
    QVERIFY(!skipsAutostart("quiet qubes.skip_autostart=0"));
    QVERIFY(!skipsAutostart(""));
}

void MachineTest::shutdown_endsClientsFirst()
{
    start("work");
    start("vault");
    QCOMPARE(m_core->callCore("bulkhead.ShutdownAll", "dom0", {}), success());
    QVERIFY(isInOrder({"shutdown work", "shutdown inner", "shutdown outer"}));
    for (const char *name : {"work", "inner", "outer", "vault"}) {
        QCOMPARE(m_core->stateOf(name), "Halted");
    }
}

void MachineTest::shutdown_killsWhoDoesNotListen()
{
    set("inner", "shutdown_timeout", "1");
    set("outer", "shutdown_timeout", "1");
    start("inner");
    m_core->driver.ignoreShutdowns();
    QVERIFY(shutDownAll());
    QVERIFY(isInOrder({"shutdown inner", "destroy inner", "shutdown outer", "destroy outer"}));
    QCOMPARE(m_core->stateOf("outer"), "Halted");
}

void MachineTest::shutdown_waitsForStarts()
{
    m_core->driver.holdStarts();
    const auto starting = m_core->begin("admin.vm.Start", "vault");
    QVERIFY(eventually([&] {
        return m_core->stateOf("vault") == "Transient";
    }));
    OrderlyShutdown shutdown(m_core->daemon->registry(), m_core->daemon->runner());
    bool isDone = false;
    shutdown.begin([&] {
        isDone = true;
    });
    QVERIFY(!isDone);
    m_core->driver.releaseStarts();
    QVERIFY(eventually([&] {
        return isDone;
    }));
    QCOMPARE(m_core->stateOf("vault"), "Halted");
    QVERIFY(starting->waitForEnd());
}

void MachineTest::shutdown_ofNothingIsDoneAtOnce()
{
    OrderlyShutdown shutdown(m_core->daemon->registry(), m_core->daemon->runner());
    bool isDone = false;
    shutdown.begin([&] {
        isDone = true;
    });
    QVERIFY(isDone);
}

void MachineTest::S_167_qubeThatNeverAnswersHoldsUpNobodyAndIsKilled()
{
    set("vault", "shutdown_timeout", "3600");
    start("vault");
    m_core->driver.ignoreShutdowns();
    m_core->services.isHolding = true;                                   // no call of a service is answered
    const auto asked = m_core->begin("admin.vm.Shutdown+wait", "vault"); // nobody reads its database either
    QVERIFY(eventually([&] {
        return std::ranges::contains(m_core->driver.log(), "shutdown vault");
    }));

    start("work"); // and its net qubes
    set("work", "memory", "512");
    QCOMPARE(m_core->call("admin.vm.Pause", "work"), success());
    QCOMPARE(m_core->call("admin.vm.Unpause", "work"), success());
    QCOMPARE(m_core->call("admin.vm.firewall.Set", "work", "action=drop\n"), success());
    m_core->addAppVm("new", "base");
    QCOMPARE(m_core->call("admin.vm.Remove", "new"), success());
    const QByteArray list = m_core->call("admin.vm.List", "dom0");
    QVERIFY(list.contains("vault class=AppVM state=") && !list.contains("vault class=AppVM state=Halted"));
    QVERIFY2(!asked->hasEnded() && asked->received().isEmpty(), "who waits for it waits on, alone");

    QCOMPARE(m_core->call("admin.vm.Kill", "vault"), success());
    QVERIFY(asked->waitForEnd());
    QCOMPARE(m_core->stateOf("vault"), "Halted");
    QCOMPARE(m_core->stateOf("work"), "Running");
}

QTEST_GUILESS_MAIN(MachineTest)
#include "machinetest.moc"
