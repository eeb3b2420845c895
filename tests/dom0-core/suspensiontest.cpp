// SPDX-License-Identifier: GPL-2.0-or-later
// Qubes that are put to sleep: one by a call, all of them around a sleep of the machine.
#include "dom0-core/lifecycle/suspension.h"

#include "tests/dom0-core/corefixture.h"

#include <QFile>

#include <algorithm>
#include <fstream>
#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class SuspensionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_095_onlyWhatRunsIsSuspended();
    void suspend_tellsTheQubeFirst();
    void suspend_goesOnIfTheQubeDoesNot();
    void resume_tellsTheQubeAfterwards();
    void adminapi_162_whatAPersonPausedStaysPaused();
    void adminapi_162_disposablesInAdvanceGoAndComeBack();
    void sleep_isForAllAtOnce();
    void sleep_namesWhoDoesNotSleep();
    void sleep_outlivesTheDaemon();
    void wakingWithoutASleep_wakesNobody();
    void sleep_isDom0sOwn();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    [[nodiscard]] QByteArray before()
    {
        return m_core->callInternal("internal.SuspendPre", "dom0", {});
    }

    [[nodiscard]] QByteArray after()
    {
        return m_core->callInternal("internal.SuspendPost", "dom0", {});
    }

    [[nodiscard]] bool wasTold(const std::string &line) const
    {
        return std::ranges::contains(m_core->services.log, line);
    }

    void connectAgents();

    std::unique_ptr<CoreFixture> m_core;
};

void SuspensionTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    connectAgents();
    m_core->addTemplate("base");
    QCOMPARE(call("admin.vm.feature.Set+qrexec", "base", "1"), success());
    for (const char *const name : {"work", "personal", "vault"}) {
        m_core->addAppVm(name, "base");
    }
}

void SuspensionTest::cleanup()
{
    m_core.reset();
}

void SuspensionTest::connectAgents()
{
    QObject::connect(&m_core->daemon->registry(), &Registry::announced, this, [this](const Event &event) {
        if (event.name == "domain-spawn") {
            std::ofstream(m_core->runDirectory() + "/qubes/qrexec." + event.subject->text()).put('\n');
        }
    });
}

void SuspensionTest::adminapi_095_onlyWhatRunsIsSuspended()
{
    QCOMPARE(exceptionType(call("admin.vm.Suspend", "work")), QByteArray("QubesVMNotRunningError"));
    QCOMPARE(exceptionType(call("admin.vm.Resume", "work")), QByteArray("QubesVMNotPausedError"));
    QVERIFY(m_core->services.log.empty());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.Resume", "work")), QByteArray("QubesVMNotPausedError"));
    QCOMPARE(call("admin.vm.Suspend", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QCOMPARE(call("admin.vm.Suspend", "work"), success()); // it sleeps already
    QCOMPARE(call("admin.vm.Resume", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QVERIFY(!exceptionType(call("admin.vm.Suspend", "dom0")).isEmpty());
}

void SuspensionTest::suspend_tellsTheQubeFirst()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->services.isHolding = true;
    const auto stream = m_core->subscribe();
    const auto asked = m_core->begin("admin.vm.Suspend", "work");
    QVERIFY(eventually([&] {
        return wasTold("work root:qubes.SuspendPre");
    }));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running")); // it is at it
    m_core->services.answer({});
    QVERIFY(asked->waitForEnd());
    QCOMPARE(asked->received(), success());
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == "Paused";
    }));
    QVERIFY(stream->events().contains(u"work|domain-pre-paused"_s));
}

void SuspensionTest::suspend_goesOnIfTheQubeDoesNot()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->services.isHolding = true;
    const auto asked = m_core->begin("admin.vm.Suspend", "work");
    QVERIFY(eventually([&] {
        return m_core->services.waiting() == 1;
    }));
    m_core->services.answer(fail(Errc::TimedOut, "it hangs"));
    QVERIFY(asked->waitForEnd());
    QCOMPARE(asked->received(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
}

void SuspensionTest::resume_tellsTheQubeAfterwards()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.vm.Resume", "work"), success());
    QVERIFY(!wasTold("work root:qubes.SuspendPost")); // it was never told that it sleeps
    QCOMPARE(call("admin.vm.Suspend", "work"), success());
    QCOMPARE(call("admin.vm.Resume", "work"), success());
    QVERIFY(wasTold("work root:qubes.SuspendPost"));
}

void SuspensionTest::adminapi_162_whatAPersonPausedStaysPaused()
{
    for (const char *const name : {"work", "personal"}) {
        QCOMPARE(call("admin.vm.Start", name), success());
    }
    QCOMPARE(call("admin.vm.Pause", "personal"), success());
    QCOMPARE(before(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QCOMPARE(m_core->stateOf("personal"), QByteArray("Paused"));
    QCOMPARE(m_core->stateOf("vault"), QByteArray("Halted"));
    QVERIFY(wasTold("work root:qubes.SuspendPreAll"));
    QVERIFY(!wasTold("personal root:qubes.SuspendPreAll"));
    QCOMPARE(after(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(m_core->stateOf("personal"), QByteArray("Paused"));
    QVERIFY(wasTold("work root:qubes.SuspendPostAll"));
    QVERIFY(!wasTold("personal root:qubes.SuspendPostAll"));
}

void SuspensionTest::adminapi_162_disposablesInAdvanceGoAndComeBack()
{
    m_core->addAppVm("dvm", "base");
    QCOMPARE(call("admin.vm.property.Set+template_for_dispvms", "dvm", "True"), success());
    QCOMPARE(call("admin.vm.feature.Set+supported-rpc.qubes.WaitForRunningSystem", "base", "1"), success());
    const auto disposables = [this] {
        return call("admin.vm.List", "dom0").count("class=DispVM");
    };
    const auto listed = [this] {
        const QByteArray answer = call("admin.vm.feature.Get+preload-dispvm", "dvm");
        return exceptionType(answer).isEmpty() ? answer.mid(2) : QByteArray();
    };
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-max", "dvm", "1"), success());
    QVERIFY(eventually([&] {
        return m_core->stateOf(listed()) == "Paused";
    }));
    const QByteArray earlier = listed();
    QCOMPARE(before(), success());
    QCOMPARE(disposables(), 0);
    QVERIFY(listed().isEmpty());
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-max", "dvm", "2"), success());
    for (int turn = 0; turn < 50; ++turn) {
        QTest::qWait(1); // whatever was due by then
    }
    QCOMPARE(disposables(), 0); // the machine is about to sleep
    QCOMPARE(after(), success());
    QVERIFY(eventually([&] {
        return listed().split(' ').size() == 2;
    }));
    QVERIFY(!listed().split(' ').contains(earlier));
}

void SuspensionTest::sleep_isForAllAtOnce()
{
    for (const char *const name : {"work", "personal"}) {
        QCOMPARE(call("admin.vm.Start", name), success());
    }
    m_core->services.isHolding = true;
    std::unique_ptr<RawClient> asked = std::make_unique<RawClient>(m_core->runDirectory() + "/qubesd.internal.sock");
    asked->write("internal.SuspendPre dom0 name dom0" + QByteArray(1, '\0'));
    asked->halfClose();
    QVERIFY(eventually([&] {
        return m_core->services.waiting() == 2; // nobody waits for another's answer
    }));
    m_core->services.isHolding = false;
    m_core->services.answer({});
    m_core->services.answer({});
    QVERIFY(asked->waitForEnd());
    QCOMPARE(asked->received(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
    QCOMPARE(m_core->stateOf("personal"), QByteArray("Paused"));
}

void SuspensionTest::sleep_namesWhoDoesNotSleep()
{
    for (const char *const name : {"work", "personal"}) {
        QCOMPARE(call("admin.vm.Start", name), success());
    }
    m_core->driver.failNextPause({.code = Errc::Driver, .sysErrno = 0, .detail = "it is stuck"});
    const QByteArray answer = before();
    QVERIFY(!exceptionType(answer).isEmpty());
    const QByteArray message = exceptionMessage(answer);
    QVERIFY2(message.contains("work") != message.contains("personal"), message.constData());
    QVERIFY2(message.contains("it is stuck"), message.constData());
    const QByteArrayList states{m_core->stateOf("work"), m_core->stateOf("personal")};
    QCOMPARE(states.count("Paused"), 1); // the other one
    QCOMPARE(after(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(m_core->stateOf("personal"), QByteArray("Running"));
}

void SuspensionTest::sleep_outlivesTheDaemon()
{
    for (const char *const name : {"work", "personal"}) {
        QCOMPARE(call("admin.vm.Start", name), success());
    }
    QCOMPARE(call("admin.vm.Pause", "personal"), success());
    QCOMPARE(before(), success());
    m_core->restart();
    connectAgents();
    QCOMPARE(after(), success());
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == "Running";
    }));
    QCOMPARE(m_core->stateOf("personal"), QByteArray("Paused"));
    QVERIFY(!QFile::exists(QString::fromStdString(m_core->runDirectory() + "/qubes/previously-paused.list")));
}

void SuspensionTest::wakingWithoutASleep_wakesNobody()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(after(), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Paused"));
}

void SuspensionTest::sleep_isDom0sOwn()
{
    QCOMPARE(call("internal.SuspendPre", "dom0"), QByteArray()); // no call of the Admin API's
    QCOMPARE(m_core->callInternal("internal.SuspendPre", "work", {}), QByteArray());
}

QTEST_GUILESS_MAIN(SuspensionTest)

#include "suspensiontest.moc"
