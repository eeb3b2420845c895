// SPDX-License-Identifier: GPL-2.0-or-later
// Which events come, and in which order, over a real subscription.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <sys/socket.h>

#include <filesystem>
#include <fstream>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class AdminEventsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_148_firstFrameIsConnectionEstablished();
    void adminapi_071_adminapi_149_creationIsToldBeforeTheAnswer();
    void adminapi_150_aQubesStreamHasItsOwnEventsOnly();
    void adminapi_151_internalEventsStayInside();
    void adminapi_026_subscriberThatLeavesIsForgotten();
    void adminapi_157_S_168_subscriberThatDoesNotReadIsDropped();
    void adminapi_061_tagTwiceIsOneEvent();
    void adminapi_154_model_010_labelResetsTheIconFirst();
    void adminapi_048_model_028_resetFiresFourEvents();
    void adminapi_153_model_030_defaultNetvmReachesItsFollowers();
    void model_026_model_027_templateValuesReachQubesThatFollow();
    void model_031_clockMovesWithClockvm();
    void providesNetwork_movesServicevmAndIcon();
    void adminapi_155_adminapi_156_statsComePerRunningQube();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    /// Events of a call that must succeed.
    [[nodiscard]] QStringList
    eventsOf(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        const auto stream = m_core->subscribe();
        if (const QByteArray answer = call(service, qube, payload); answer != success()) {
            return {u"not successful: "_s + QString::fromUtf8(answer)};
        }
        return stream->events().mid(1);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void AdminEventsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void AdminEventsTest::cleanup()
{
    m_core.reset();
}

void AdminEventsTest::adminapi_148_firstFrameIsConnectionEstablished()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(stream->received(), QByteArray("1\0\0connection-established\0\0", 27));
    QVERIFY(!stream->hasEnded());
}

void AdminEventsTest::adminapi_071_adminapi_149_creationIsToldBeforeTheAnswer()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Create.AppVM+base", "dom0", "name=new label=blue"), success());
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"|domain-add|vm=new"_s,
                          u"new|domain-tag-add:created-by-dom0|tag=created-by-dom0"_s,
                          u"new|domain-create-on-disk"_s}));
    QCOMPARE(call("admin.vm.tag.Set+later", "new"), success());
    QCOMPARE(stream->events().last(), u"new|domain-tag-add:later|tag=later"_s);
}

void AdminEventsTest::adminapi_150_aQubesStreamHasItsOwnEventsOnly()
{
    const auto stream = m_core->subscribe("work");
    m_core->addAppVm("other", "base");
    QCOMPARE(call("admin.vm.tag.Set+t", "other"), success());
    QCOMPARE(call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(stream->events(), (QStringList{u"|connection-established"_s, u"work|domain-tag-add:t|tag=t"_s}));
}

void AdminEventsTest::adminapi_151_internalEventsStayInside()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.property.Set+label", "work", "blue"), success());
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(call("admin.vm.Remove", "work"), success());
    QVERIFY(stream->events().contains(u"|domain-delete|vm=work"_s)); // it did listen
    for (const QString &event : stream->events()) {
        const QString name = event.section(u'|', 1, 1);
        QVERIFY2(!name.startsWith(u"admin-permission:"_s) && !name.startsWith(u"device-get:"_s)
                     && !name.startsWith(u"device-list:"_s) && name != u"domain-is-fully-usable"_s,
                 qPrintable(name));
    }
}

void AdminEventsTest::adminapi_026_subscriberThatLeavesIsForgotten()
{
    auto stream = m_core->subscribe();
    auto other = m_core->subscribe();
    QVERIFY(eventually([&] {
        return m_core->daemon->server().connectionCount() == 2U;
    }));
    stream->close();
    QVERIFY(eventually([&] {
        return m_core->daemon->server().connectionCount() == 1U;
    }));
    QCOMPARE(call("admin.vm.tag.Set+t", "work"), success());
    QVERIFY(eventually([&] {
        return other->events().last() == u"work|domain-tag-add:t|tag=t"_s;
    }));
}

void AdminEventsTest::adminapi_157_S_168_subscriberThatDoesNotReadIsDropped()
{
    const auto good = m_core->subscribe();
    // Connected by hand: nothing reads from this one.
    const auto mute = m_core->begin("admin.Events", "dom0");
    mute->pauseReading();
    const QByteArray value(60000, 'x');
    int sent = 0;
    while (sent < 400 && m_core->daemon->server().connectionCount() > 1) {
        QCOMPARE(call("admin.vm.feature.Set+f", "work", value), success());
        ++sent;
    }
    QVERIFY2(sent < 400, "the subscriber that does not read was never dropped");
    const auto received = [&] {
        return good->events().filter(u"domain-feature-set:f"_s).size();
    };
    QVERIFY(eventually([&] {
        return received() == sent;
    }));
    QVERIFY(!good->hasEnded());
}

void AdminEventsTest::adminapi_061_tagTwiceIsOneEvent()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(call("admin.vm.tag.Remove+t", "work"), success());
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"work|domain-tag-add:t|tag=t"_s, u"work|domain-tag-delete:t|tag=t"_s}));
}

void AdminEventsTest::adminapi_154_model_010_labelResetsTheIconFirst()
{
    QCOMPARE(eventsOf("admin.vm.property.Set+label", "work", "blue"),
             (QStringList{u"work|property-pre-set:label|name=label|newvalue=blue|oldvalue=red"_s,
                          u"work|property-reset:icon|name=icon"_s,
                          u"work|property-set:label|name=label|newvalue=blue|oldvalue=red"_s}));
}

void AdminEventsTest::adminapi_048_model_028_resetFiresFourEvents()
{
    QCOMPARE(call("admin.vm.property.Set+debug", "work", "yes"), success());
    QCOMPARE(eventsOf("admin.vm.property.Reset+debug", "work"),
             (QStringList{u"work|property-pre-reset:debug|name=debug|oldvalue=True"_s,
                          u"work|property-pre-del:debug|name=debug|oldvalue=True"_s,
                          u"work|property-reset:debug|name=debug|oldvalue=True"_s,
                          u"work|property-del:debug|name=debug|oldvalue=True"_s}));
    QCOMPARE(call("admin.vm.property.Get+debug", "work"), success("default=True type=bool False"));
    // One that is default already, and a computed one: the events all the same.
    QCOMPARE(eventsOf("admin.vm.property.Reset+debug", "work").size(), 4);
    QCOMPARE(eventsOf("admin.vm.property.Reset+icon", "work").size(), 4);
}

void AdminEventsTest::adminapi_153_model_030_defaultNetvmReachesItsFollowers()
{
    m_core->addAppVm("net", "base");
    m_core->addAppVm("offline", "base");
    QCOMPARE(call("admin.vm.property.Set+provides_network", "net", "True"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "net", ""), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "offline", ""), success());
    const QStringList events = eventsOf("admin.property.Set+default_netvm", "dom0", "net");
    QCOMPARE(events.first(), u"|property-pre-set:default_netvm|name=default_netvm|newvalue=net|oldvalue=None"_s);
    QCOMPARE(events.last(), u"|property-set:default_netvm|name=default_netvm|newvalue=net|oldvalue=None"_s);
    QCOMPARE(events.filter(u"property-reset:netvm"_s),
             (QStringList{u"work|property-reset:netvm|name=netvm|oldvalue=None"_s}));
    QCOMPARE(call("admin.vm.property.Get+netvm", "work"), success("default=True type=vm net"));
}

void AdminEventsTest::model_026_model_027_templateValuesReachQubesThatFollow()
{
    m_core->addAppVm("own", "base");
    QCOMPARE(call("admin.vm.property.Set+memory", "own", "600"), success());
    QCOMPARE(eventsOf("admin.vm.property.Set+memory", "base", "800").filter(u"property-reset:memory"_s),
             (QStringList{u"work|property-reset:memory|name=memory"_s}));
    QCOMPARE(call("admin.vm.property.Get+memory", "work"), success("default=True type=int 800"));
    QCOMPARE(call("admin.vm.property.Get+memory", "own"), success("default=False type=int 600"));
}

void AdminEventsTest::model_031_clockMovesWithClockvm()
{
    m_core->addAppVm("clock", "base");
    QCOMPARE(call("admin.property.Set+clockvm", "dom0", "work"), success());
    QCOMPARE(call("admin.vm.feature.Get+service.clocksync", "work"), success("1"));
    QCOMPARE(call("admin.property.Set+clockvm", "dom0", "clock"), success());
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+service.clocksync", "work")),
             QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(call("admin.vm.feature.Get+service.clocksync", "clock"), success("1"));
}

void AdminEventsTest::providesNetwork_movesServicevmAndIcon()
{
    const QStringList events = eventsOf("admin.vm.property.Set+provides_network", "work", "True");
    QVERIFY(events.indexOf(u"work|domain-feature-set:servicevm|feature=servicevm|value=1"_s) < events.indexOf(
                u"work|property-set:provides_network|name=provides_network|newvalue=True|oldvalue=False"_s));
    QVERIFY(events.contains(u"work|property-reset:icon|name=icon"_s));
    QCOMPARE(call("admin.vm.property.Get+icon", "work"), success("default=True type=str servicevm-red"));
    QCOMPARE(call("admin.vm.property.Reset+provides_network", "work"), success());
    QCOMPARE(call("admin.vm.property.Get+icon", "work"), success("default=True type=str appvm-red"));
}

void AdminEventsTest::adminapi_155_adminapi_156_statsComePerRunningQube()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.property.Set+stats_interval", "dom0", "3600"), success());
    const auto stream = m_core->begin("admin.vm.Stats", "work");
    QVERIFY(eventually([&] {
        return stream->events() == QStringList{u"|connection-established"_s};
    }));
    QCOMPARE(call("admin.property.Set+stats_interval", "dom0", "1"), success()); // without a new connection
    QVERIFY(eventually([&] {
        return stream->events().size() == 2;
    }));
    const QString stats = stream->events().last();
    QVERIFY2(stats.startsWith(u"work|vm-stats|memory_kb=409600|cpu_time=1000|cpu_usage=0|cpu_usage_raw=0"_s),
             qPrintable(stats));
}

QTEST_GUILESS_MAIN(AdminEventsTest)
#include "admineventstest.moc"
