// SPDX-License-Identifier: GPL-2.0-or-later
// Qubes that call the Admin API: what the policy allows them, call by call, line by line, event by event. The socket
// gets from qrexec what it gets here.
#include "tests/dom0-core/corefixture.h"

#include <QDir>
#include <QFile>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class QubesAdminTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void S_145_withoutAPolicy_onlyDom0Calls();
    void S_145_call_takesTheRightToItsQube();
    void S_145_call_thatAPersonAllowed_isCarriedOut();
    void S_145_rightByTag_endsWithTheTag();
    void S_145_refusals_lookAlike_data();
    void S_145_refusals_lookAlike();
    void S_145_list_holdsWhatMayBeListed();
    void adminapi_154_S_145_events_areThoseThatMayBeHeard();
    void adminapi_154_S_145_events_askedForAreNotHeard();
    void S_145_stats_areThoseThatMayBeHeard();
    void S_145_policyThatChanges_countsAtOnce();
    void S_136_policyThatCannotBeRead_allowsNothing();

private:
    void allow(const QByteArray &rules) const
    {
        const QString folder = QString::fromStdString(m_core->runDirectory()) + u"/qubes/policy.d"_s;
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + u"/50-test.policy"_s);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(rules) == rules.size());
        file.close();
    }

    [[nodiscard]] QByteArray from(const QByteArray &source, const QByteArray &service, const QByteArray &destination)
    {
        return m_core->callFrom(source, service, destination);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void QubesAdminTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    for (const char *const name : {"admin", "work", "vault"}) {
        m_core->addAppVm(name, "base");
    }
    allow("");
}

void QubesAdminTest::cleanup()
{
    m_core.reset();
}

void QubesAdminTest::S_145_withoutAPolicy_onlyDom0Calls()
{
    QVERIFY(from("dom0", "admin.vm.List", "dom0").contains("vault"));
    QCOMPARE(from("admin", "admin.vm.List", "dom0"), QByteArray());
    QCOMPARE(from("admin", "admin.vm.Start", "admin"), QByteArray());
    QCOMPARE(m_core->stateOf("admin"), QByteArray("Halted"));
}

void QubesAdminTest::S_145_call_takesTheRightToItsQube()
{
    allow("admin.vm.Start * admin work allow target=dom0\n"
          "admin.vm.feature.Get +one admin work allow target=dom0\n");
    QCOMPARE(from("admin", "admin.vm.Start", "work"), success());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(from("admin", "admin.vm.Start", "vault"), QByteArray());
    QCOMPARE(from("vault", "admin.vm.Start", "work"), QByteArray());
    QCOMPARE(from("admin", "admin.vm.Kill", "work"), QByteArray());
    QCOMPARE(m_core->stateOf("work"), QByteArray("Running"));
    QCOMPARE(m_core->call("admin.vm.feature.Set+one", "work", "1"), success());
    QCOMPARE(m_core->call("admin.vm.feature.Set+two", "work", "2"), success());
    QCOMPARE(from("admin", "admin.vm.feature.Get+one", "work"), success("1"));
    QCOMPARE(from("admin", "admin.vm.feature.Get+two", "work"), QByteArray());
}

void QubesAdminTest::S_145_call_thatAPersonAllowed_isCarriedOut()
{
    allow("admin.vm.Start * admin work ask target=dom0\n");
    QCOMPARE(from("admin", "admin.vm.Start", "work"), success());
}

void QubesAdminTest::S_145_rightByTag_endsWithTheTag()
{
    allow("admin.vm.Start * admin @tag:mine allow target=dom0\n");
    QCOMPARE(from("admin", "admin.vm.Start", "work"), QByteArray());
    QCOMPARE(m_core->call("admin.vm.tag.Set+mine", "work"), success());
    QCOMPARE(from("admin", "admin.vm.Start", "work"), success());
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    QCOMPARE(m_core->call("admin.vm.tag.Remove+mine", "work"), success());
    QCOMPARE(from("admin", "admin.vm.Start", "work"), QByteArray());
}

void QubesAdminTest::S_145_refusals_lookAlike_data()
{
    QTest::addColumn<QByteArray>("destination");
    QTest::newRow("there") << QByteArray("vault");
    QTest::newRow("not there") << QByteArray("nobody");
    QTest::newRow("no name") << QByteArray("-x");
}

void QubesAdminTest::S_145_refusals_lookAlike()
{
    QFETCH(QByteArray, destination);
    QCOMPARE(from("admin", "admin.vm.feature.Get+x", destination), QByteArray());
}

void QubesAdminTest::S_145_list_holdsWhatMayBeListed()
{
    allow("admin.vm.List * admin @adminvm allow target=dom0\n"
          "admin.vm.List * admin work allow target=dom0\n"
          "admin.vm.List * admin vault ask target=dom0\n");
    const QByteArray list = from("admin", "admin.vm.List", "dom0");
    QVERIFY(list.startsWith(QByteArray("0\0", 2)));
    QVERIFY(list.contains("dom0 ") && list.contains("work "));
    QVERIFY(!list.contains("vault") && !list.contains("base"));
    QCOMPARE(from("admin", "admin.vm.List", "base"), QByteArray());
}

void QubesAdminTest::adminapi_154_S_145_events_areThoseThatMayBeHeard()
{
    allow("admin.Events + admin @adminvm allow target=dom0\n"
          "admin.Events +domain-feature-set_one admin work allow target=dom0\n"
          "admin.Events +domain-add admin new allow target=dom0\n");
    RawClient stream(m_core->adminSocket());
    stream.write(QByteArray("admin.Events+ admin keyword adminvm") + '\0');
    stream.halfClose();
    QVERIFY(eventually([&stream] {
        return !stream.events().isEmpty();
    }));
    for (const char *const qube : {"work", "vault"}) {
        for (const char *const feature : {"one", "two"}) {
            QCOMPARE(m_core->call(QByteArray("admin.vm.feature.Set+") + feature, qube, "1"), success());
        }
    }
    m_core->addAppVm("other", "base");
    m_core->addAppVm("new", "base");
    QVERIFY(eventually([&stream] {
        return stream.events().size() >= 3;
    }));
    const QStringList events = stream.events();
    QCOMPARE(events.size(), 3);
    QVERIFY(events.at(1).startsWith(u"work|domain-feature-set:one"_s));
    QVERIFY(events.at(2).startsWith(u"|domain-add|"_s) && events.at(2).contains(u"vm=new"_s));
}

void QubesAdminTest::adminapi_154_S_145_events_askedForAreNotHeard()
{
    allow("admin.Events + admin @adminvm allow target=dom0\n"
          "admin.Events +domain-feature-set_one admin vault ask target=dom0\n"
          "admin.Events +domain-feature-set_one admin work allow target=dom0\n");
    RawClient stream(m_core->adminSocket());
    stream.write(QByteArray("admin.Events+ admin name dom0") + '\0');
    stream.halfClose();
    QVERIFY(eventually([&stream] {
        return !stream.events().isEmpty();
    }));
    QCOMPARE(m_core->call("admin.vm.feature.Set+one", "vault", "1"), success());
    QCOMPARE(m_core->call("admin.vm.feature.Set+one", "work", "1"), success());
    QVERIFY(eventually([&stream] {
        return stream.events().size() >= 2;
    }));
    QVERIFY(stream.events().at(1).startsWith(u"work|"_s));
}

void QubesAdminTest::S_145_stats_areThoseThatMayBeHeard()
{
    allow("admin.vm.Stats * admin @adminvm allow target=dom0\n"
          "admin.Events +vm-stats admin work allow target=dom0\n");
    QCOMPARE(m_core->call("admin.vm.Start", "vault"), success());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    RawClient stream(m_core->adminSocket());
    stream.write(QByteArray("admin.vm.Stats+ admin name dom0") + '\0');
    stream.halfClose();
    QVERIFY(eventually([&stream] {
        return stream.events().size() >= 3; // two rounds of work's
    }));
    for (const QString &event : stream.events().mid(1)) {
        QVERIFY2(event.startsWith(u"work|vm-stats"_s), qPrintable(event));
    }
}

void QubesAdminTest::S_145_policyThatChanges_countsAtOnce()
{
    allow("admin.vm.feature.Set * admin work allow target=dom0\n");
    QCOMPARE(m_core->callFrom("admin", "admin.vm.feature.Set+one", "work", "1"), success());
    allow("admin.vm.feature.Set * admin vault allow target=dom0\n");
    QVERIFY(eventually([this] {
        return m_core->callFrom("admin", "admin.vm.feature.Set+one", "work", "1").isEmpty();
    }));
    QCOMPARE(m_core->callFrom("admin", "admin.vm.feature.Set+one", "vault", "1"), success());
}

void QubesAdminTest::S_136_policyThatCannotBeRead_allowsNothing()
{
    allow("admin.vm.feature.Set * admin work allow target=dom0\n");
    QCOMPARE(m_core->callFrom("admin", "admin.vm.feature.Set+one", "work", "1"), success());
    allow("admin.vm.feature.Set * admin work allow target=dom0\nwhat is this\n");
    QVERIFY(eventually([this] {
        return m_core->callFrom("admin", "admin.vm.feature.Set+one", "work", "1").isEmpty();
    }));
    QCOMPARE(m_core->call("admin.vm.feature.Set+one", "work", "1"), success());
}

QTEST_GUILESS_MAIN(QubesAdminTest)

#include "qubesadmintest.moc"
