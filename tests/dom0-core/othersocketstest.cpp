// SPDX-License-Identifier: GPL-2.0-or-later
// The internal socket, for other programs of dom0, and the misc socket, for what qubes say of themselves.
#include "tests/dom0-core/corefixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class OtherSocketsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_158_systemInfoHasEverythingOfEveryQube();
    void systemInfo_followsEveryChange();
    void S_145_socketsServeTheirOwnCallsAlone();
    void S_145_systemInfoIsForDom0();
    void adminapi_161_noUpdatesClearsTheMark();
    void notifyUpdates_ofATemplatesQubeMarksTheTemplate();
    void notifyUpdates_ofAQubeOnAnOlderRootAreOfThePast();
    void notifyUpdates_takesNumbersOnly_data();
    void notifyUpdates_takesNumbersOnly();
    void notifyUpdates_isAboutTheCallerAlone();

private:
    [[nodiscard]] QByteArray
    ask(const char *socket, const QByteArray &source, const QByteArray &service, const QByteArray &payload = {})
    {
        RawClient client(m_core->runDirectory() + socket);
        client.write(service + ' ' + source + " name dom0" + '\0' + payload);
        client.halfClose();
        return client.waitForEnd() ? client.received() : QByteArray("(no end)");
    }

    [[nodiscard]] QJsonObject info(const QString &qube)
    {
        const QByteArray answer = ask("/qubesd.internal.sock", "dom0", "internal.GetSystemInfo");
        return QJsonDocument::fromJson(answer.mid(2)).object()[u"domains"_s].toObject()[qube].toObject();
    }

    [[nodiscard]] QByteArray notify(const QByteArray &source, const QByteArray &payload)
    {
        return ask("/qubesd.misc.sock", source, "qubes.NotifyUpdates", payload);
    }

    [[nodiscard]] QByteArray feature(const QByteArray &name, const QByteArray &qube)
    {
        const QByteArray answer = m_core->call("admin.vm.feature.Get+" + name, qube);
        return answer.startsWith(success()) ? answer.mid(2) : exceptionType(answer);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void OtherSocketsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void OtherSocketsTest::cleanup()
{
    m_core.reset();
}

void OtherSocketsTest::adminapi_158_systemInfoHasEverythingOfEveryQube()
{
    QCOMPARE(m_core->call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(m_core->call("admin.vm.feature.Set+internal", "work", ""), success());
    const QStringList keys{u"default_dispvm"_s,
                           u"guivm"_s,
                           u"icon"_s,
                           u"internal"_s,
                           u"label"_s,
                           u"power_state"_s,
                           u"relayvm"_s,
                           u"tags"_s,
                           u"template_for_dispvms"_s,
                           u"transport_rpc"_s,
                           u"type"_s,
                           u"uuid"_s};
    for (const QString &qube : {u"dom0"_s, u"base"_s, u"work"_s}) {
        QCOMPARE(info(qube).keys(), keys);
    }
    const QJsonObject work = info(u"work"_s);
    QCOMPARE(work[u"type"_s], QJsonValue(u"AppVM"_s));
    QCOMPARE(work[u"icon"_s], QJsonValue(u"appvm-red"_s));
    QCOMPARE(work[u"label"_s], QJsonValue(u"0xcc0000"_s));
    QCOMPARE(work[u"internal"_s], QJsonValue(QString()));
    QVERIFY(info(u"base"_s)[u"internal"_s].isNull());
    QCOMPARE(work[u"tags"_s], QJsonValue(QJsonArray{u"audiovm-dom0"_s, u"created-by-dom0"_s, u"guivm-dom0"_s, u"t"_s}));
    QCOMPARE(work[u"template_for_dispvms"_s], QJsonValue(false));
    QVERIFY(work[u"default_dispvm"_s].isNull() && work[u"relayvm"_s].isNull());
    QCOMPARE(info(u"dom0"_s)[u"uuid"_s], QJsonValue(u"00000000-0000-0000-0000-000000000000"_s));
    QCOMPARE(info(u"dom0"_s)[u"power_state"_s], QJsonValue(u"Running"_s));
}

void OtherSocketsTest::systemInfo_followsEveryChange()
{
    QCOMPARE(info(u"work"_s)[u"power_state"_s], QJsonValue(u"Halted"_s));
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    QCOMPARE(info(u"work"_s)[u"power_state"_s], QJsonValue(u"Running"_s));
    QCOMPARE(m_core->call("admin.vm.property.Set+label", "work", "blue"), success());
    QCOMPARE(info(u"work"_s)[u"icon"_s], QJsonValue(u"appvm-blue"_s));
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    QCOMPARE(m_core->call("admin.vm.Remove", "work"), success());
    QVERIFY(info(u"work"_s).isEmpty());
}

void OtherSocketsTest::S_145_socketsServeTheirOwnCallsAlone()
{
    QCOMPARE(ask("/qubesd.internal.sock", "dom0", "admin.vm.List"), QByteArray());
    QCOMPARE(ask("/qubesd.misc.sock", "dom0", "admin.vm.List"), QByteArray());
    QCOMPARE(ask("/qubesd.misc.sock", "work", "internal.GetSystemInfo"), QByteArray());
    QCOMPARE(m_core->call("internal.GetSystemInfo", "dom0"), QByteArray());
    QCOMPARE(m_core->callFrom("work", "qubes.NotifyUpdates", "dom0", "1"), QByteArray());
}

void OtherSocketsTest::S_145_systemInfoIsForDom0()
{
    QCOMPARE(ask("/qubesd.internal.sock", "work", "internal.GetSystemInfo"), QByteArray());
}

void OtherSocketsTest::adminapi_161_noUpdatesClearsTheMark()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(notify("base", " 12\n"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray("1"));
    const QRegularExpression time(u"^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$"_s);
    QVERIFY(time.match(QString::fromLatin1(feature("last-updates-check", "base"))).hasMatch());
    QCOMPARE(feature("last-update", "base"), QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(notify("base", "0"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray());
    QVERIFY(time.match(QString::fromLatin1(feature("last-update", "base"))).hasMatch());
    QVERIFY(stream->events().contains(
        u"base|domain-feature-set:updates-available|feature=updates-available|value=|oldvalue=1"_s));
}

void OtherSocketsTest::notifyUpdates_ofATemplatesQubeMarksTheTemplate()
{
    QCOMPARE(notify("work", "0"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(notify("work", "3"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray("1"));
    QCOMPARE(feature("updates-available", "work"), QByteArray("QubesFeatureNotFoundError"));
    // A template that runs speaks for itself.
    QCOMPARE(notify("base", "0"), success());
    QCOMPARE(m_core->call("admin.vm.Start", "base"), success());
    QCOMPARE(notify("work", "3"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray());
}

void OtherSocketsTest::notifyUpdates_ofAQubeOnAnOlderRootAreOfThePast()
{
    m_core->pool.setState("appvms/work/root", {.size = 10, .isOutdated = true});
    QCOMPARE(notify("work", "3"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray("QubesFeatureNotFoundError"));
    m_core->pool.setState("appvms/work/root", {.size = 10, .isOutdated = false});
    QCOMPARE(notify("work", "3"), success());
    QCOMPARE(feature("updates-available", "base"), QByteArray("1"));
}

void OtherSocketsTest::notifyUpdates_takesNumbersOnly_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("blank") << QByteArray(" ");
    QTest::newRow("word") << QByteArray("many");
    QTest::newRow("sign") << QByteArray("-1");
    QTest::newRow("two") << QByteArray("1 2");
    QTest::newRow("beyond a number") << QByteArray("99999999999999999999999");
}

void OtherSocketsTest::notifyUpdates_takesNumbersOnly()
{
    QFETCH(QByteArray, payload);
    QCOMPARE(notify("base", payload), QByteArray());
    QCOMPARE(feature("updates-available", "base"), QByteArray("QubesFeatureNotFoundError"));
}

void OtherSocketsTest::notifyUpdates_isAboutTheCallerAlone()
{
    QCOMPARE(notify("dom0", "1"), QByteArray());
    RawClient client(m_core->runDirectory() + "/qubesd.misc.sock");
    client.write(QByteArray("qubes.NotifyUpdates work name base") + '\0' + "1");
    client.halfClose();
    QVERIFY(client.waitForEnd());
    QCOMPARE(client.received(), QByteArray());
    QCOMPARE(feature("updates-available", "base"), QByteArray("QubesFeatureNotFoundError"));
}

QTEST_GUILESS_MAIN(OtherSocketsTest)
#include "othersocketstest.moc"
