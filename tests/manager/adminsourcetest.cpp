// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminsource.h"

#include "tests/manager/scriptedcore.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// The whole client against a scripted core: reading, following events, asking for deeds.
class AdminSourceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void load_readsListLabelsAndDetails();
    void load_showsNamesBeforeDetails();
    void events_changeOneQube();
    void events_duringTheListAreNotLost();
    void events_addAndRemoveQubes();
    void events_ofAFailedStartCarryItsReason();
    void domain_hasNoNumberBetweenTwoLives();
    void loss_isToldAndWhatChangedMeanwhileIsRead();
    void restart_isShutdownAndThenStart();
    void create_takesBackAQubeWithoutItsNetwork();
    void networkDeeds_areCallsOfTheirOwn();
    void snapshot_isOneAnswerForEverything();
    void snapshot_tellsWhoLeadsOutside();
    void traits_areReadOneByOne();
    void traits_followTheirEvents();
    void snapshot_tellsTraits();
    void snapshot_isFollowedByTheEventsThatOvertookIt();
    void snapshot_thatDoesNotComeIsReplacedByTheOrdinaryCalls_data();
    void snapshot_thatDoesNotComeIsReplacedByTheOrdinaryCalls();
    void snapshot_isTakenAgainAfterALoss();
    void ui_069_traffic_isAskedForOnlyWhileItIsFollowed();
    void traffic_isForgottenWhenItsStreamEnds();
    void traffic_isNotToldByACoreWithoutOwnCalls();

private:
    void script();
    void setDetails(const QByteArray &qube, const QByteArray &label, const QByteArray &xid);
    void loadWhole();
    void useSnapshots();
    [[nodiscard]] QubeInfo find(const QString &name) const;

    std::unique_ptr<Test::ScriptedCore> m_core;
    std::unique_ptr<AdminSource> m_source;
};

void AdminSourceTest::init()
{
    m_core = std::make_unique<Test::ScriptedCore>();
    m_source = std::make_unique<AdminSource>(m_core->path());
    m_source->setRetryDelays({1ms});
    script();
    m_core->listen();
}

void AdminSourceTest::cleanup()
{
    m_source.reset();
    m_core.reset();
}

void AdminSourceTest::script()
{
    m_core->answer("admin.vm.List>dom0",
                   Test::success("dom0 class=AdminVM state=Running uuid=0\n"
                                 "sys-net class=AppVM state=Running uuid=1\n"
                                 "work class=AppVM state=Halted uuid=2\n"));
    m_core->answer("admin.label.List>dom0", Test::success("red\ngreen\n"));
    m_core->answer("admin.label.Index+red>dom0", Test::success("1"));
    m_core->answer("admin.label.Index+green>dom0", Test::success("4"));
    m_core->answer("admin.label.Get+red>dom0", Test::success("0xcc0000"));
    m_core->answer("admin.label.Get+green>dom0", Test::success("0x73d216"));
    m_core->answer("admin.property.Get+default_template>dom0", Test::success("default=False type=vm debian-13"));
    m_core->answer("admin.property.Get+default_netvm>dom0", Test::success("default=False type=vm sys-net"));
    setDetails("dom0", "red", "0");
    setDetails("sys-net", "red", "3");
    setDetails("work", "green", "-1");
}

void AdminSourceTest::setDetails(const QByteArray &qube, const QByteArray &label, const QByteArray &xid)
{
    m_core->answer("admin.vm.property.GetAll>" + qube,
                   Test::success("label default=False type=label " + label + "\nxid default=True type=int " + xid
                                 + "\nguivm default=True type=vm dom0\n"));
}

QubeInfo AdminSourceTest::find(const QString &name) const
{
    for (const QubeInfo &qube : m_source->qubes()) {
        if (qube.name == name) {
            return qube;
        }
    }
    return {};
}

void AdminSourceTest::loadWhole()
{
    m_source->start();
    QTRY_VERIFY(find(u"work"_s).hasDetails && find(u"sys-net"_s).hasDetails && find(u"dom0"_s).hasDetails);
    QTRY_COMPARE(m_source->labels().size(), 2);
    for (const QByteArray qube : {"dom0", "sys-net", "work"}) { // the last of the calls that come after the details
        QTRY_VERIFY(m_core->requests.contains("admin.vm.firewall.Get>" + qube));
    }
}

void AdminSourceTest::load_readsListLabelsAndDetails()
{
    loadWhole();
    QCOMPARE(m_source->connection(), QubeSource::Connection::Connected);
    QCOMPARE(find(u"sys-net"_s).domId, std::int64_t{3});
    QCOMPARE(find(u"work"_s).label, u"green"_s);
    QCOMPARE(m_source->labels().first(), (LabelInfo{.name = u"red"_s, .index = 1, .color = LabelColor(0xcc, 0, 0)}));
    QTRY_COMPARE(m_source->defaults(), (SystemDefaults{.templateName = u"debian-13"_s, .netQube = u"sys-net"_s}));
}

void AdminSourceTest::load_showsNamesBeforeDetails()
{
    m_core->hold("admin.vm.property.GetAll>work");
    m_core->hold("admin.vm.property.GetAll>sys-net");
    QSignalSpy loaded(m_source.get(), &QubeSource::loaded);
    m_source->start();
    QTRY_COMPARE(loaded.size(), 1);
    QCOMPARE(find(u"work"_s).state, QubeState::Halted);
    QVERIFY(!find(u"work"_s).hasDetails);
    // One qube whose details never come holds nobody up.
    QTRY_VERIFY(find(u"dom0"_s).hasDetails);
}

void AdminSourceTest::events_changeOneQube()
{
    loadWhole();
    QSignalSpy changed(m_source.get(), &QubeSource::qubeChanged);
    setDetails("work", "red", "9");
    m_core->sendEvent(Test::eventFrame("work", "property-set:label", {{"name", "label"}, {"newvalue", "red"}}));
    QTRY_COMPARE(find(u"work"_s).label, u"red"_s);
    for (const auto &arguments : changed) {
        QCOMPARE(arguments.first().value<QubeInfo>().name, u"work"_s);
    }
    m_core->sendEvent(Test::eventFrame("work", "domain-pre-start", {{"start_guid", "True"}}));
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Starting);
    m_core->sendEvent(Test::eventFrame("work", "domain-start", {{"start_guid", "True"}}));
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Running);
    QTRY_COMPARE(find(u"work"_s).domId, std::int64_t{9});
}

void AdminSourceTest::events_duringTheListAreNotLost()
{
    QSignalSpy loaded(m_source.get(), &QubeSource::loaded);
    // The list is older than the event that overtakes it.
    connect(m_core.get(), &Test::ScriptedCore::requested, this, [this](const QByteArray &request) {
        if (request == "admin.Events>dom0") {
            m_core->sendEvent(Test::eventFrame("work", "domain-paused"));
        }
    });
    m_source->start();
    QTRY_COMPARE(loaded.size(), 1);
    QCOMPARE(find(u"work"_s).state, QubeState::Paused);
}

void AdminSourceTest::events_addAndRemoveQubes()
{
    loadWhole();
    m_core->answer("admin.vm.List>fresh", Test::success("fresh class=AppVM state=Halted uuid=7\n"));
    setDetails("fresh", "green", "-1");
    m_core->sendEvent(Test::eventFrame({}, "domain-add", {{"vm", "fresh"}}));
    QTRY_VERIFY(find(u"fresh"_s).hasDetails);
    QSignalSpy removed(m_source.get(), &QubeSource::qubeRemoved);
    m_core->sendEvent(Test::eventFrame({}, "domain-delete", {{"vm", "fresh"}}));
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(find(u"fresh"_s).name, QString());
}

void AdminSourceTest::events_ofAFailedStartCarryItsReason()
{
    loadWhole();
    QSignalSpy failed(m_source.get(), &QubeSource::startFailed);
    m_core->answer("admin.vm.List>work", Test::success("work class=AppVM state=Halted uuid=2\n"));
    m_core->sendEvent(Test::eventFrame("work", "domain-pre-start"));
    m_core->sendEvent(Test::eventFrame("work", "domain-start-failed", {{"reason", "no root"}}));
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(1).toString(), u"no root"_s);
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Halted);
}

void AdminSourceTest::domain_hasNoNumberBetweenTwoLives()
{
    loadWhole();
    m_core->hold("admin.vm.property.GetAll>sys-net"); // details never come again
    m_core->sendEvent(Test::eventFrame("sys-net", "domain-shutdown"));
    m_core->sendEvent(Test::eventFrame("sys-net", "domain-start"));
    QTRY_COMPARE(find(u"sys-net"_s).state, QubeState::Running);
    QTRY_COMPARE(find(u"sys-net"_s).domId, std::int64_t{-1});
}

void AdminSourceTest::loss_isToldAndWhatChangedMeanwhileIsRead()
{
    loadWhole();
    m_core->die();
    QTRY_COMPARE(m_source->connection(), QubeSource::Connection::Lost);
    QVERIFY(m_source->lostSince().isValid());
    QVERIFY2(m_source->isLoaded(), "what was known stays");
    QCOMPARE(m_source->qubes().size(), 3);

    m_core->answer("admin.vm.List>dom0",
                   Test::success("dom0 class=AdminVM state=Running uuid=0\n"
                                 "work class=AppVM state=Running uuid=2\n"));
    m_core->listen();
    QTRY_COMPARE(m_source->connection(), QubeSource::Connection::Connected);
    QTRY_COMPARE(m_source->qubes().size(), 2);
    QCOMPARE(find(u"work"_s).state, QubeState::Running);
}

void AdminSourceTest::restart_isShutdownAndThenStart()
{
    loadWhole();
    m_core->answer("admin.vm.Shutdown+wait>sys-net", Test::success());
    m_core->answer("admin.vm.Start>sys-net", Test::success());
    m_core->requests.clear();
    std::optional<bool> isDone;
    m_source->perform(Deed::Restart, u"sys-net"_s, this, [&isDone](const auto &result) {
        isDone = result.has_value();
    });
    QTRY_VERIFY(isDone.has_value());
    QVERIFY(*isDone);
    QCOMPARE(m_core->requests, (QList<QByteArray>{"admin.vm.Shutdown+wait>sys-net", "admin.vm.Start>sys-net"}));
}

void AdminSourceTest::create_takesBackAQubeWithoutItsNetwork()
{
    loadWhole();
    m_core->answer("admin.vm.Create.AppVM+debian-13>dom0 name=fresh label=red", Test::success());
    m_core->answer("admin.vm.property.Set+netvm>fresh sys-net",
                   Test::exceptionFrame("QubesPropertyValueError", "sys-net does not provide network."));
    m_core->answer("admin.vm.Remove>fresh", Test::success());
    std::optional<AdminError> error;
    m_source->create({.name = u"fresh"_s,
                      .label = u"red"_s,
                      .templateName = u"debian-13"_s,
                      .network = NewQube::Network::Provider,
                      .netQube = u"sys-net"_s},
                     this,
                     [&error](const auto &result) {
                         error = result ? AdminError{} : result.error();
                     });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->words, u"sys-net does not provide network."_s);
    QCOMPARE(m_core->requests.last(), QByteArray("admin.vm.Remove>fresh"));
}

void AdminSourceTest::networkDeeds_areCallsOfTheirOwn()
{
    loadWhole();
    m_core->answer("admin.vm.property.Set+default_dispvm>work", Test::success());
    m_core->answer("admin.vm.property.Set+provides_network>work True", Test::success());
    m_core->answer("admin.vm.feature.Set+service.bulkhead-tunnel>work 1", Test::success());
    m_core->answer("admin.vm.firewall.Set>work action=accept proto=icmp\naction=drop\n", Test::success());
    m_core->answer("admin.vm.firewall.Get>work", Test::success("action=accept proto=icmp\naction=drop\n"));
    m_core->answer("admin.vm.feature.List>work", Test::success("gui\nservice.bulkhead-tunnel\n"));
    int done = 0;
    const auto count = [&done](const std::expected<void, AdminError> &result) {
        done += result ? 1 : 0;
    };
    m_source->setDisposableTemplate(u"work"_s, {}, this, count);
    m_source->setProvidesNetwork(u"work"_s, true, this, count);
    m_source->setFeature(u"work"_s, u"service.bulkhead-tunnel"_s, u"1"_s, this, count);
    m_source->setFirewall(u"work"_s, {u"action=accept proto=icmp"_s, u"action=drop"_s}, this, count);
    QTRY_COMPARE(done, 4);
    QStringList read;
    const auto take = [&read](const std::expected<QStringList, AdminError> &lines) {
        read << (lines ? lines->join(u'|') : lines.error().words);
    };
    m_source->readFirewall(u"work"_s, this, take);
    m_source->readFeatures(u"work"_s, this, take);
    QTRY_COMPARE(read.size(), 2);
    read.sort();
    QCOMPARE(read, (QStringList{u"action=accept proto=icmp|action=drop"_s, u"gui|service.bulkhead-tunnel"_s}));
}

/// From here on the source asks the same scripted core for snapshots.
void AdminSourceTest::useSnapshots()
{
    m_source = std::make_unique<AdminSource>(m_core->path(), m_core->path());
    m_source->setRetryDelays({1ms});
}

namespace
{

QByteArray snapshotOf(const QByteArray &workState)
{
    return Test::success("snapshot 1 0a-7\n"
                         "label green 4 0x73d216\nlabel red 1 0xcc0000\n"
                         "global default_netvm default=False type=vm sys-net\n"
                         "global default_template default=False type=vm debian-13\n"
                         "qube dom0 class=AdminVM state=Running uuid=0\n"
                         "property label default=False type=label black\n"
                         "qube debian-13 class=TemplateVM state=Halted uuid=1\n"
                         "feature gui \n"
                         "qube work class=AppVM state="
                         + workState
                         + " uuid=2\n"
                           "property label default=False type=label green\n"
                           "property netvm default=True type=vm sys-net\n"
                           "property template default=False type=vm debian-13\n"
                           "property xid default=True type=int 5\n"
                           "something new\ntag t\nend\n");
}

} // namespace

void AdminSourceTest::snapshot_isOneAnswerForEverything()
{
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    QSignalSpy loaded(m_source.get(), &QubeSource::loaded);
    m_source->start();
    QTRY_COMPARE(loaded.size(), 1);
    QCOMPARE(m_core->requests, (QList<QByteArray>{"admin.Events>dom0", "bulkhead.Snapshot>dom0"}));
    QCOMPARE(m_source->qubes().size(), 3);
    const QubeInfo work = find(u"work"_s);
    QVERIFY(work.hasDetails);
    QCOMPARE(work.label, u"green"_s);
    QCOMPARE(work.domId, std::int64_t{5});
    QCOMPARE(work.state, QubeState::Running);
    QVERIFY(work.netQubeIsDefault);
    QVERIFY2(!work.hasGui, "its template switches it off");
    QVERIFY(find(u"dom0"_s).hasGui);
    QVERIFY2(!work.leadsOutside, "this core does not tell");
    QCOMPARE(m_source->labels().first(), (LabelInfo{.name = u"red"_s, .index = 1, .color = LabelColor(0xcc, 0, 0)}));
    QCOMPARE(m_source->defaults(), (SystemDefaults{.templateName = u"debian-13"_s, .netQube = u"sys-net"_s}));
}

void AdminSourceTest::snapshot_tellsWhoLeadsOutside()
{
    useSnapshots();
    QByteArray told = snapshotOf("Running");
    told.replace("property label default=False type=label green\n",
                 "outside True\nproperty label default=False type=label green\n");
    m_core->answer("bulkhead.Snapshot>dom0", told);
    m_source->start();
    QTRY_VERIFY(find(u"work"_s).leadsOutside == true);

    setDetails("work", "red", "5"); // the ordinary calls do not tell, and what was told stays
    m_core->sendEvent(Test::eventFrame("work", "property-set:label"));
    QTRY_COMPARE(find(u"work"_s).label, u"red"_s);
    QVERIFY(find(u"work"_s).leadsOutside == true);

    m_core->sendEvent(Test::eventFrame("work", "bulkhead-outside", {{"outside", "False"}}));
    QTRY_VERIFY(find(u"work"_s).leadsOutside == false);

    // Of a new qube it may be told before anything else of it is known.
    m_core->answer("admin.vm.List>new", Test::success("new class=AppVM state=Halted uuid=7\n"));
    setDetails("new", "green", "-1");
    m_core->sendEvent(Test::eventFrame("new", "bulkhead-outside", {{"outside", "True"}}));
    m_core->sendEvent(Test::eventFrame("dom0", "domain-add", {{"vm", "new"}}));
    QTRY_VERIFY(find(u"new"_s).hasDetails);
    QVERIFY(find(u"new"_s).leadsOutside == true);
}

void AdminSourceTest::traits_areReadOneByOne()
{
    m_core->answer("admin.vm.feature.Get+prohibit-start>work", Test::success("broken\nsince May"));
    m_core->answer("admin.vm.tag.List>work", Test::success("mail\nanon-vm\n"));
    m_core->answer("admin.vm.firewall.Get>work", Test::success("action=accept proto=icmp\naction=drop\n"));
    m_core->answer("admin.vm.firewall.Get>sys-net", Test::success("action=accept comment=all of it\n"));
    m_core->answer("admin.vm.feature.CheckWithTemplate+qubes-agent-version>sys-net", Test::success("4.2.20"));
    m_core->answer("admin.vm.feature.CheckWithTemplate+service.bulkhead-tor>sys-net", Test::success("1"));
    loadWhole();
    QTRY_COMPARE(find(u"work"_s).traits,
                 (QubeTraits{.tags = {u"anon-vm"_s, u"mail"_s},
                             .startProhibited = u"broken since May"_s,
                             .takesIntoTor = false,
                             .appliesRules = true,
                             .isFiltered = true}));
    QTRY_VERIFY(find(u"sys-net"_s).traits.takesIntoTor);
    QVERIFY(!find(u"sys-net"_s).traits.appliesRules);
    QVERIFY(!find(u"sys-net"_s).traits.isFiltered);
    QCOMPARE(find(u"work"_s).uuid, u"2"_s);
}

void AdminSourceTest::traits_followTheirEvents()
{
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    m_source->start();
    QTRY_VERIFY(find(u"work"_s).hasDetails);
    QSignalSpy changed(m_source.get(), &QubeSource::qubeChanged);
    m_core->answer("admin.vm.firewall.Get>work", Test::success("action=drop\n"));
    m_core->sendEvent(Test::eventFrame("work", "firewall-changed"));
    QTRY_VERIFY(find(u"work"_s).traits.isFiltered);
    m_core->answer("admin.vm.feature.CheckWithTemplate+qubes-firewall>work", Test::success("0"));
    m_core->sendEvent(Test::eventFrame("debian-13", "domain-feature-set:qubes-firewall"));
    QTRY_VERIFY(!find(u"work"_s).traits.appliesRules); // its template's counts for it
    QCOMPARE(changed.size(), 2);
    for (const auto &arguments : std::as_const(changed)) {
        QCOMPARE(arguments.first().value<QubeInfo>().name, u"work"_s);
    }
    QVERIFY(!m_core->requests.contains("admin.vm.firewall.Get>dom0"));         // nobody else is asked
    QTRY_VERIFY(m_core->requests.contains("admin.vm.firewall.Get>debian-13")); // the last one
    const qsizetype asked = m_core->requests.size();
    m_core->sendEvent(Test::eventFrame("work", "domain-feature-set:menu-items"));
    m_core->answer("admin.vm.feature.Get+prohibit-start>work", Test::success("no"));
    m_core->sendEvent(Test::eventFrame("work", "domain-feature-set:prohibit-start"));
    QTRY_COMPARE(find(u"work"_s).traits.startProhibited, u"no"_s);
    QCOMPARE(m_core->requests.size(), asked + 7); // of one reading
}

void AdminSourceTest::snapshot_tellsTraits()
{
    useSnapshots();
    QByteArray told = snapshotOf("Running");
    told.replace("feature gui \n", "feature gui \nfeature os Windows\nfeature prohibit-start broken\n");
    told.replace("tag t\n", "tag t\ntag a\nfirewall action=accept dst4=10.0.0.0/8\nfirewall action=drop\n");
    m_core->answer("bulkhead.Snapshot>dom0", told);
    m_source->start();
    QTRY_VERIFY(find(u"work"_s).hasDetails);
    QCOMPARE(find(u"work"_s).traits,
             (QubeTraits{.tags = {u"a"_s, u"t"_s},
                         .startProhibited = {}, // its template's does not count
                         .takesIntoTor = false,
                         .appliesRules = false, // its template says what it is
                         .isFiltered = true}));
    QCOMPARE(find(u"debian-13"_s).traits.startProhibited, u"broken"_s);
    QVERIFY2(!find(u"debian-13"_s).traits.isFiltered, "its rules were not told");
    QCOMPARE(find(u"work"_s).uuid, u"2"_s);
}

void AdminSourceTest::snapshot_isFollowedByTheEventsThatOvertookIt()
{
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    connect(m_core.get(), &Test::ScriptedCore::requested, this, [this](const QByteArray &request) {
        if (request == "admin.Events>dom0") {
            m_core->sendEvent(Test::eventFrame("work", "domain-paused"));
        }
    });
    m_source->start();
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Paused);
}

void AdminSourceTest::snapshot_thatDoesNotComeIsReplacedByTheOrdinaryCalls_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray whole = snapshotOf("Running");
    QTest::newRow("unknown call") << QByteArray();
    QTest::newRow("refused") << Test::exceptionFrame("QubesException", "no");
    QTest::newRow("cut") << whole.first(whole.size() - 4);
    QTest::newRow("newer kind") << QByteArray(whole).replace("snapshot 1", "snapshot 2");
    QTest::newRow("no first line") << Test::success("qube work class=AppVM state=Halted uuid=2\nend\n");
    QTest::newRow("a qube without a state") << QByteArray(whole).replace(" state=Running", "");
}

void AdminSourceTest::snapshot_thatDoesNotComeIsReplacedByTheOrdinaryCalls()
{
    QFETCH(QByteArray, answer);
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", answer);
    loadWhole();
    QCOMPARE(find(u"work"_s).label, u"green"_s);
    QVERIFY(m_core->requests.contains("admin.vm.List>dom0"));
}

void AdminSourceTest::snapshot_isTakenAgainAfterALoss()
{
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    m_source->start();
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Running);
    m_core->die();
    QTRY_COMPARE(m_source->connection(), QubeSource::Connection::Lost);
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Halted"));
    m_core->listen();
    QTRY_COMPARE(find(u"work"_s).state, QubeState::Halted);
    QVERIFY(!m_core->requests.contains("admin.vm.List>dom0"));
}

void AdminSourceTest::ui_069_traffic_isAskedForOnlyWhileItIsFollowed()
{
    const QByteArray traffic = "bulkhead.Traffic>dom0";
    const QByteArray sample =
        Test::eventFrame("work", "bulkhead-traffic", {{"sent", "12000"}, {"received", "1200000"}});
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    QSignalSpy changed(m_source.get(), &QubeSource::trafficChanged);
    QSignalSpy lost(m_source.get(), &QubeSource::trafficLost);
    m_source->start();
    QTRY_VERIFY(m_source->tellsTraffic());
    QCOMPARE(m_core->requests, (QList<QByteArray>{"admin.Events>dom0", "bulkhead.Snapshot>dom0"})); // and no more

    m_source->followTraffic(true);
    QTRY_COMPARE(m_core->openStreams(traffic), 1);
    m_core->sendEvent(sample, traffic);
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(changed.first().at(0).toString(), u"work"_s);
    QCOMPARE(changed.first().at(1).value<TrafficRate>(), (TrafficRate{.sent = 12000, .received = 1'200'000}));

    m_source->followTraffic(false);
    const auto isClosed = [&] {
        m_core->sendEvent(sample, traffic);
        return m_core->openStreams(traffic) == 0;
    };
    QTRY_VERIFY(isClosed());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_core->requests.count(traffic), 1);
    QVERIFY(lost.isEmpty()); // it was not lost but let go
}

void AdminSourceTest::traffic_isForgottenWhenItsStreamEnds()
{
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", snapshotOf("Running"));
    QSignalSpy lost(m_source.get(), &QubeSource::trafficLost);
    m_source->start();
    QTRY_VERIFY(m_source->tellsTraffic());
    m_source->followTraffic(true);
    QTRY_COMPARE(m_core->openStreams("bulkhead.Traffic>dom0"), 1);
    m_core->die();
    QTRY_VERIFY(!lost.isEmpty());
    m_core->listen();
    QTRY_COMPARE(m_core->openStreams("bulkhead.Traffic>dom0"), 1); // it is still wanted
}

void AdminSourceTest::traffic_isNotToldByACoreWithoutOwnCalls()
{
    loadWhole();
    QVERIFY(!m_source->tellsTraffic());
    useSnapshots();
    m_core->answer("bulkhead.Snapshot>dom0", {});
    loadWhole();
    QVERIFY(!m_source->tellsTraffic());
}

QTEST_GUILESS_MAIN(AdminSourceTest)

#include "adminsourcetest.moc"
