// SPDX-License-Identifier: GPL-2.0-or-later
// Starting and stopping, through the API and with a driver whose domains are imagined.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <filesystem>
#include <fstream>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class RunnerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void model_063_startEventsComeInOrder();
    void adminapi_085_startOfARunningQubeDoesNothing();
    void adminapi_086_startOfDom0IsRefused();
    void adminapi_087_parallelStartsMakeOneDomain();
    void adminapi_088_prohibitedStartTellsTheReason();
    void model_065_netQubesStartFirst();
    void model_065_netQubeThatFailsStopsTheStart();
    void model_066_withoutMemoryNothingIsLeft();
    void driverError_isTold();
    void volumesThatFail_areTold();
    void missingStorage_isTold();
    void model_070_transientUntilTheAgentConnects();
    void model_067_agentThatNeverComesEndsTheDomain();
    void model_071_withoutAgentRunningAtOnce();
    void guestThatEndsWhileStarting_failsTheStart();
    void stop_eventsComeInOrder();
    void model_068_stopIsToldOnceEvenIfAStartFollows();
    void kill_isAnsweredEvenIfAStartFollows();
    void model_033_model_034_computedPropertiesFollowTheRun();
    void adminapi_089_shutdownOptions();
    void adminapi_090_netQubeWithClientsStays();
    void adminapi_091_shutdownThatIsIgnoredTimesOut();
    void adminapi_092_haltedQubesCannotBeStopped();
    void adminapi_093_adminapi_094_pauseAndUnpause();
    void model_072_pausedQubeIsShutDownByForceOnly();
    void S_154_runningQubesAreAdopted();
    void model_078_netQubeOfARunningQubeMustRun();
    void replug_detachesAndAttaches();
    void model_084_aPausedQubeIsPluggedWhenItGoesOn();
    void model_084_whatIsTakenBackWhilePausedIsForgotten();
    void model_084_theDefaultChangesForPausedQubesLater();
    void model_083_clientsComeBackWithTheirNetQube();
    void model_085_templateChangesWhileHaltedOnly();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    void addNetQube(const QByteArray &name);
    void expectAgent();
    void connectAgent(const char *qube);
    void disconnectAgent(const char *qube);

    std::unique_ptr<CoreFixture> m_core;
};

void RunnerTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void RunnerTest::cleanup()
{
    m_core.reset();
}

void RunnerTest::addNetQube(const QByteArray &name)
{
    m_core->addAppVm(name, "base");
    QCOMPARE(call("admin.vm.property.Set+provides_network", name, "True"), success());
}

void RunnerTest::expectAgent()
{
    QCOMPARE(call("admin.vm.feature.Set+qrexec", "base", "1"), success());
}

void RunnerTest::connectAgent(const char *qube)
{
    std::ofstream(m_core->runDirectory() + "/qubes/qrexec." + qube).put('\n');
}

void RunnerTest::disconnectAgent(const char *qube)
{
    std::filesystem::remove(m_core->runDirectory() + "/qubes/qrexec." + qube);
}

void RunnerTest::model_063_startEventsComeInOrder()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"work|domain-pre-start|start_guid=True|mem_required=None"_s,
                          u"work|domain-verify-files"_s,
                          u"work|domain-pre-spawn|start_guid=True"_s,
                          u"work|property-reset:xid|name=xid"_s,
                          u"work|property-reset:stubdom_xid|name=stubdom_xid"_s,
                          u"work|property-reset:start_time|name=start_time"_s,
                          u"work|domain-spawn|start_guid=True"_s,
                          u"work|domain-qdb-create"_s,
                          u"work|domain-pre-unpaused"_s,
                          u"work|domain-unpaused"_s,
                          u"work|domain-start|start_guid=True"_s}));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QVERIFY(m_core->pool.isStarted(qubeName("work")));
}

void RunnerTest::adminapi_085_startOfARunningQubeDoesNothing()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(stream->events().size(), 1);
    QCOMPARE(m_core->driver.log(), std::vector<std::string>{"start work"});
}

void RunnerTest::adminapi_086_startOfDom0IsRefused()
{
    QCOMPARE(exceptionType(call("admin.vm.Start", "dom0")), QByteArray("QubesVMNotHaltedError"));
}

void RunnerTest::adminapi_087_parallelStartsMakeOneDomain()
{
    m_core->driver.holdStarts();
    const auto first = m_core->begin("admin.vm.Start", "work");
    const auto second = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == QByteArray("Transient");
    }));
    m_core->driver.releaseStarts();
    QVERIFY(first->waitForEnd());
    QVERIFY(second->waitForEnd());
    QCOMPARE(first->received(), success());
    QCOMPARE(second->received(), success());
    QCOMPARE(m_core->driver.log(), std::vector<std::string>{"start work"});
}

void RunnerTest::adminapi_088_prohibitedStartTellsTheReason()
{
    QCOMPARE(call("admin.vm.feature.Set+prohibit-start", "work", "being moved"), success());
    const auto stream = m_core->subscribe();
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("being moved"));
    QCOMPARE(stream->events().size(), 2);
    QVERIFY(stream->events().last().startsWith(u"work|domain-start-failed|reason="_s));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
}

void RunnerTest::model_065_netQubesStartFirst()
{
    addNetQube("outer");
    addNetQube("inner");
    QCOMPARE(call("admin.vm.property.Set+netvm", "inner", "outer"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "inner"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(m_core->driver.log(), (std::vector<std::string>{"start outer", "start inner", "start work"}));
    const auto link = m_core->driver.linkOf(qubeName("work"));
    QVERIFY(link.has_value());
    QCOMPARE(link->provider, qubeName("inner"));
    QCOMPARE(link->address, std::string("10.137.0.2"));
    QCOMPARE(link->gateway, std::string("10.137.0.4"));
}

void RunnerTest::model_065_netQubeThatFailsStopsTheStart()
{
    addNetQube("net");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net"), success());
    m_core->driver.failNextStart({.code = Errc::Driver, .sysErrno = 0, .detail = "no device"});
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("net"));
    QVERIFY(exceptionMessage(answer).contains("no device"));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QVERIFY(!m_core->pool.isStarted(qubeName("work")));
}

void RunnerTest::model_066_withoutMemoryNothingIsLeft()
{
    const auto stream = m_core->subscribe();
    m_core->driver.failNextStart({.code = Errc::TooMuch, .sysErrno = 0, .detail = "400 MiB wanted, 100 MiB free"});
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesMemoryError"));
    QVERIFY(exceptionMessage(answer).contains("work"));
    QVERIFY(exceptionMessage(answer).contains("Shut down another qube"));
    QVERIFY(!m_core->pool.isStarted(qubeName("work")));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QVERIFY(stream->events().last().startsWith(u"work|domain-start-failed|reason="_s));
    QCOMPARE(call("admin.vm.Start", "work"), success()); // and it can be tried again
}

void RunnerTest::driverError_isTold()
{
    m_core->driver.failNextStart({.code = Errc::Driver, .sysErrno = 0, .detail = "100% broken"});
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("100%% broken"));
}

void RunnerTest::volumesThatFail_areTold()
{
    m_core->pool.failNextStart({.code = Errc::Io, .sysErrno = EIO, .detail = "reading the root"});
    QCOMPARE(exceptionType(call("admin.vm.Start", "work")), QByteArray("StoragePoolException"));
    QVERIFY(m_core->driver.log().empty());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
}

void RunnerTest::missingStorage_isTold()
{
    m_core->pool.lose(qubeName("work"));
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("StoragePoolException"));
    QVERIFY(exceptionMessage(answer).contains("missing"));
}

void RunnerTest::model_070_transientUntilTheAgentConnects()
{
    expectAgent();
    connectAgent("work"); // left over from an earlier life: it must not count
    const auto start = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->driver.log() == std::vector<std::string>{"start work"};
    }));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Transient"));
    QVERIFY(!start->hasEnded());
    connectAgent("work");
    QVERIFY(start->waitForEnd());
    QCOMPARE(start->received(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
}

void RunnerTest::model_067_agentThatNeverComesEndsTheDomain()
{
    expectAgent();
    QCOMPARE(call("admin.vm.property.Set+qrexec_timeout", "work", "1"), success());
    const auto stream = m_core->subscribe();
    const QByteArray answer = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("did not connect within 1 s"));
    QCOMPARE(m_core->driver.log(), (std::vector<std::string>{"start work", "destroy work"}));
    QVERIFY(!m_core->pool.isStarted(qubeName("work")));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(stream->events().filter(u"domain-start-failed"_s).size(), 1);
    QCOMPARE(stream->events().last(), u"work|domain-shutdown"_s);
}

void RunnerTest::model_071_withoutAgentRunningAtOnce()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
}

void RunnerTest::guestThatEndsWhileStarting_failsTheStart()
{
    expectAgent();
    const auto start = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->driver.log() == std::vector<std::string>{"start work"};
    }));
    m_core->driver.endGuest(qubeName("work"), true);
    QVERIFY(start->waitForEnd());
    QCOMPARE(exceptionType(start->received()), QByteArray("QubesVMError"));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
}

void RunnerTest::stop_eventsComeInOrder()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Shutdown+wait", "work"), success());
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"work|domain-pre-shutdown|force=False"_s,
                          u"work|property-reset:xid|name=xid"_s,
                          u"work|property-reset:stubdom_xid|name=stubdom_xid"_s,
                          u"work|property-reset:start_time|name=start_time"_s,
                          u"work|domain-stopped"_s,
                          u"work|domain-shutdown"_s}));
    QVERIFY(!m_core->pool.isStarted(qubeName("work")));
}

void RunnerTest::model_068_stopIsToldOnceEvenIfAStartFollows()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    m_core->driver.endGuest(qubeName("work"), false);
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const QStringList events = stream->events();
    QCOMPARE(events.count(u"work|domain-stopped"_s), 1);
    QCOMPARE(events.count(u"work|domain-shutdown"_s), 1);
    QVERIFY(events.indexOf(u"work|domain-shutdown"_s)
            < events.indexOf(u"work|domain-pre-start|start_guid=True|mem_required=None"_s));
}

void RunnerTest::kill_isAnsweredEvenIfAStartFollows()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->driver.holdAnswers();
    const auto kill = m_core->begin("admin.vm.Kill", "work");
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == "Halted";
    }));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->driver.releaseAnswers(); // the driver's answer comes when the next run has begun
    QVERIFY(kill->waitForEnd());
    QCOMPARE(kill->received(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
}

void RunnerTest::model_033_model_034_computedPropertiesFollowTheRun()
{
    QCOMPARE(call("admin.vm.property.Get+xid", "work"), success("default=True type=int -1"));
    QCOMPARE(call("admin.vm.property.Get+start_time", "work"), success("default=True type=str "));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.property.Get+xid", "work"), success("default=True type=int 1"));
    QVERIFY(call("admin.vm.property.Get+start_time", "work").size() > success("default=True type=str ").size());
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(call("admin.vm.property.Get+xid", "work"), success("default=True type=int -1"));
    QCOMPARE(call("admin.vm.property.Get+start_time", "work"), success("default=True type=str "));
}

void RunnerTest::adminapi_089_shutdownOptions()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Shutdown+bogus", "work"), QByteArray());
    QCOMPARE(call("admin.vm.Shutdown+wait+wait", "work"), QByteArray());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Shutdown+force+wait", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Shutdown+wait+force", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
}

void RunnerTest::adminapi_090_netQubeWithClientsStays()
{
    addNetQube("net");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    const QByteArray answer = call("admin.vm.Shutdown", "net");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMInUseError"));
    QVERIFY(exceptionMessage(answer).contains("work"));
    QVERIFY(stream->events().last().startsWith(u"net|domain-shutdown-failed|reason="_s));
    QCOMPARE(m_core->stateOf("net"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Shutdown+force+wait", "net"), success());
    QCOMPARE(m_core->stateOf("net"), QByteArray("Halted"));
    QVERIFY(!m_core->driver.linkOf(qubeName("work")));
}

void RunnerTest::adminapi_091_shutdownThatIsIgnoredTimesOut()
{
    QCOMPARE(call("admin.vm.property.Set+shutdown_timeout", "work", "1"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->driver.ignoreShutdowns();
    QCOMPARE(call("admin.vm.Shutdown", "work"), success()); // without wait it was only asked
    const auto stream = m_core->subscribe();
    QCOMPARE(exceptionType(call("admin.vm.Shutdown+wait", "work")), QByteArray("QubesVMShutdownTimeoutError"));
    QVERIFY(stream->events().last().startsWith(u"work|domain-shutdown-failed|reason="_s));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
}

void RunnerTest::adminapi_092_haltedQubesCannotBeStopped()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(exceptionType(call("admin.vm.Kill", "work")), QByteArray("QubesVMNotStartedError"));
    QCOMPARE(exceptionType(call("admin.vm.Shutdown", "work")), QByteArray("QubesVMNotStartedError"));
    QCOMPARE(exceptionType(call("admin.vm.Pause", "work")), QByteArray("QubesVMNotRunningError"));
    for (const QByteArray &method :
         {QByteArray("Kill"), QByteArray("Shutdown"), QByteArray("Pause"), QByteArray("Unpause")}) {
        QCOMPARE(exceptionType(call("admin.vm." + method, "dom0")), QByteArray("QubesVMError"));
    }
    QCOMPARE(stream->events().size(), 1);
}

void RunnerTest::adminapi_093_adminapi_094_pauseAndUnpause()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.Unpause", "work")), QByteArray("QubesVMNotPausedError"));
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QVERIFY(call("admin.vm.List", "work").contains("state=Paused"));
    QCOMPARE(exceptionType(call("admin.vm.Pause", "work")), QByteArray("QubesVMNotRunningError"));
    QCOMPARE(call("admin.vm.Unpause", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"work|domain-pre-paused"_s,
                          u"work|domain-paused"_s,
                          u"work|domain-pre-unpaused"_s,
                          u"work|domain-unpaused"_s}));
}

void RunnerTest::model_072_pausedQubeIsShutDownByForceOnly()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.Shutdown", "work")), QByteArray("QubesVMNotRunningError"));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QCOMPARE(call("admin.vm.Shutdown+force", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(m_core->driver.log().back(), std::string("destroy work"));
}

void RunnerTest::S_154_runningQubesAreAdopted()
{
    m_core->addAppVm("other", "base");
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.vm.Start", "other"), success());
    m_core->restart();
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QCOMPARE(m_core->stateOf("other"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Start", "other"), success());
    QCOMPARE(m_core->driver.log(), (std::vector<std::string>{"start work", "start other"})); // no second start
    const auto stream = m_core->subscribe();
    m_core->driver.endGuest(qubeName("other"), false); // and no lost stop
    QCOMPARE(m_core->stateOf("other"), QByteArray("Halted"));
    QCOMPARE(stream->events().last(), u"other|domain-shutdown"_s);
}

void RunnerTest::model_078_netQubeOfARunningQubeMustRun()
{
    addNetQube("net");
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const QByteArray answer = call("admin.vm.property.Set+netvm", "work", "net");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMNotStartedError"));
    QVERIFY(exceptionMessage(answer).contains("net"));
    QCOMPARE(call("admin.vm.property.Get+netvm", "work"), success("default=True type=vm "));
}

void RunnerTest::replug_detachesAndAttaches()
{
    addNetQube("a");
    addNetQube("b");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "a"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Start", "b"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "b"), success());
    QCOMPARE(m_core->driver.linkOf(qubeName("work")).value().provider, qubeName("b"));
    const QStringList events = stream->events();
    QVERIFY(events.contains(u"b|net-domain-connect|vm=work"_s));
    QCOMPARE(events.last(), u"work|property-set:netvm|name=netvm|newvalue=b|oldvalue=a"_s);
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", ""), success());
    QVERIFY(!m_core->driver.linkOf(qubeName("work")));
}

void RunnerTest::model_084_aPausedQubeIsPluggedWhenItGoesOn()
{
    addNetQube("a");
    addNetQube("b");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "a"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Start", "b"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "b"), success());
    QCOMPARE(call("admin.vm.property.Get+netvm", "work"), success("default=False type=vm b"));
    QCOMPARE(m_core->driver.linkOf(qubeName("work")).value().provider, qubeName("a"));
    QCOMPARE(call("admin.vm.feature.Get+deferred-netvm-original", "work"), success("a"));
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", ""), success()); // what it is plugged into stays noted
    QCOMPARE(call("admin.vm.feature.Get+deferred-netvm-original", "work"), success("a"));
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "b"), success());
    m_core->services.log.clear();
    QCOMPARE(call("admin.vm.Unpause", "work"), success());
    QVERIFY(eventually([&] {
        return m_core->services.log == std::vector<std::string>{"work root:qubes.WaitForNetworkUplink"};
    }));
    QCOMPARE(m_core->driver.linkOf(qubeName("work")).value().provider, qubeName("b"));
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+deferred-netvm-original", "work")),
             QByteArray("QubesFeatureNotFoundError"));
}

void RunnerTest::model_084_whatIsTakenBackWhilePausedIsForgotten()
{
    addNetQube("a");
    addNetQube("b");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "a"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "b"), success()); // which does not even run
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "a"), success());
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+deferred-netvm-original", "work")),
             QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "b"), success());
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+deferred-netvm-original", "work")),
             QByteArray("QubesFeatureNotFoundError"));
}

void RunnerTest::model_084_theDefaultChangesForPausedQubesLater()
{
    addNetQube("a");
    QCOMPARE(call("admin.vm.property.Set+netvm", "a", ""), success());
    QCOMPARE(call("admin.vm.property.Reset+netvm", "work"), success());
    QCOMPARE(call("admin.vm.Start", "a"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.property.Set+default_netvm", "dom0", "a"), success());
    QCOMPARE(call("admin.vm.feature.Get+deferred-netvm-original", "work"), success());
    QVERIFY(!m_core->driver.linkOf(qubeName("work")));
    QCOMPARE(call("admin.vm.Unpause", "work"), success());
    QVERIFY(eventually([&] {
        return m_core->driver.linkOf(qubeName("work")).has_value();
    }));
    QCOMPARE(m_core->driver.linkOf(qubeName("work")).value().provider, qubeName("a"));
}

void RunnerTest::model_083_clientsComeBackWithTheirNetQube()
{
    addNetQube("net");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->driver.endGuest(qubeName("net"), true);
    QVERIFY(!m_core->driver.linkOf(qubeName("work")));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Start", "net"), success());
    QCOMPARE(m_core->driver.linkOf(qubeName("work")).value().provider, qubeName("net"));
}

void RunnerTest::model_085_templateChangesWhileHaltedOnly()
{
    m_core->addTemplate("other");
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.property.Set+template", "work", "other")),
             QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.property.Reset+template", "work")), QByteArray("QubesValueError"));
    QCOMPARE(call("admin.vm.property.Set+template", "work", "other"), success());
}

QTEST_GUILESS_MAIN(RunnerTest)
#include "runnertest.moc"
