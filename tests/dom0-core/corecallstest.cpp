// SPDX-License-Identifier: GPL-2.0-or-later
// The calls of our own: the whole state in one answer, and events from a state on.
#include "base/formatted.h"
#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/eventlog.h"
#include "dom0-core/adminapi/snapshot.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <algorithm>
#include <map>
#include <set>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

/// Allows what a test wrote down: "method>destination" or "method+argument>destination".
class ListedPermissions final : public Permissions
{
public:
    [[nodiscard]] Checked<void> check(const PermissionQuestion &question) const override
    {
        const std::string plain = formatted("{}>{}", question.method, question.destination.text());
        const std::string full = formatted("{}+{}>{}", question.method, question.argument, question.destination.text());
        if (allowed.contains(plain) || allowed.contains(full)) {
            return {};
        }
        return refuse(RefusalKind::Permission, "not listed");
    }

    std::set<std::string> allowed;
};

bool noneLeadsOutside(const Qube &)
{
    return false;
}

QStringList linesOf(const QByteArray &text)
{
    return QString::fromUtf8(text).split(u'\n', Qt::SkipEmptyParts);
}

/// The events without their generations.
QStringList namesOf(const QStringList &events)
{
    QStringList names;
    for (const QString &event : events) {
        names << event.section(u"|generation="_s, 0, 0);
    }
    return names;
}

QByteArray generationOf(const QString &event)
{
    return event.section(u"|generation="_s, 1, 1).toLatin1();
}

} // namespace

class CoreCallsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void snapshot_saysWhatTheOrdinaryCallsSay();
    void snapshot_tellsWhoLeadsOutside();
    void outside_isWhatTheQubeWasStartedWith();
    void snapshot_escapesWhatWouldBreakItsLines();
    void S_145_snapshotLeavesOutWhatTheCallerMayNotAsk();
    void S_145_eventsAreAskedOneByOne();
    void S_145_ownSocketRefusesQubes();
    void S_145_callsThatReadFilesAreTheOwnersAlone();
    void ownCalls_areNotOnTheOrdinarySocket();
    void eventsFrom_beginsWhereTheSnapshotEnds();
    void eventsFrom_tellsWhatWasMissed();
    void eventsFrom_tellsEachStateOfAQube();
    void eventsFrom_saysThereIsAGap_data();
    void eventsFrom_saysThereIsAGap();
    void eventsFrom_forgetsTheOldest();
    void eventsFrom_anotherLifeIsAGap();
    void jobs_areWhatTakesLong();
    void jobs_endWithTheReasonOfAFailure();
    void jobs_startIsCancelledAtEachStep();
    void jobs_creationIsTakenBack();
    void jobs_ofOthersAreNotTold();
    void jobs_cancelSaysWhatItCannotDo();
    void jobs_thatAreDroppedHaveFailed();
    void jobs_oldEndsAreForgotten();

private:
    [[nodiscard]] QByteArray snapshot()
    {
        return m_core->callCore("bulkhead.Snapshot", "dom0", {}).mid(2);
    }

    [[nodiscard]] QByteArray generation()
    {
        return snapshot().split('\n').first().split(' ').at(2);
    }

    /// A subscription whose first frame has come.
    [[nodiscard]] std::unique_ptr<RawClient> eventsFrom(const QByteArray &generation)
    {
        auto client = std::make_unique<RawClient>(m_core->runDirectory() + "/bulkhead/core.sock");
        client->write("bulkhead.EventsFrom+" + generation + " dom0 name dom0" + '\0');
        client->halfClose();
        if (!eventually([&] {
                return !client->received().isEmpty();
            })) {
            qFatal("no first frame");
        }
        return client;
    }

    std::unique_ptr<CoreFixture> m_core;
};

void CoreCallsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void CoreCallsTest::cleanup()
{
    m_core.reset();
}

void CoreCallsTest::snapshot_saysWhatTheOrdinaryCallsSay()
{
    QCOMPARE(m_core->call("admin.vm.feature.Set+service.cups", "work", "1"), success());
    QCOMPARE(m_core->call("admin.vm.tag.Set+client", "work"), success());
    QCOMPARE(m_core->call("admin.property.Set+default_template", "dom0", "base"), success());
    QCOMPARE(m_core->call("admin.vm.firewall.Set", "work", "action=accept proto=icmp comment=ping it\naction=drop\n"),
             success());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    const auto said = [this](const QByteArray &service, const QByteArray &qube, const QString &word) {
        QStringList lines;
        for (const QString &line : linesOf(m_core->call(service, qube).mid(2))) {
            lines << word + u' ' + line;
        }
        return lines;
    };
    QStringList wanted{u"snapshot 1 "_s + QString::fromLatin1(generation())};
    for (const QString &label : linesOf(m_core->call("admin.label.List", "dom0").mid(2))) {
        const QByteArray name = label.toLatin1();
        wanted << u"label %1 %2 %3"_s.arg(label,
                                          QString::fromLatin1(m_core->call("admin.label.Index+" + name, "dom0").mid(2)),
                                          QString::fromLatin1(m_core->call("admin.label.Get+" + name, "dom0").mid(2)));
    }
    wanted << said("admin.property.GetAll", "dom0", u"global"_s);
    for (const QByteArray qube : {"dom0", "base", "work"}) {
        wanted << (qube == "dom0" ? said("admin.vm.List", qube, u"qube"_s).first(1)
                                  : said("admin.vm.List", qube, u"qube"_s));
        if (qube != "dom0") { // which has no network
            wanted << u"outside False"_s;
        }
        wanted << said("admin.vm.property.GetAll", qube, u"property"_s);
        for (const QString &feature : linesOf(m_core->call("admin.vm.feature.List", qube).mid(2))) {
            wanted << u"feature %1 %2"_s.arg(
                feature, QString::fromLatin1(m_core->call("admin.vm.feature.Get+" + feature.toLatin1(), qube).mid(2)));
        }
        wanted << said("admin.vm.tag.List", qube, u"tag"_s);
        if (qube != "dom0") {
            wanted << said("admin.vm.firewall.Get", qube, u"firewall"_s);
        }
    }
    wanted << u"end"_s;
    QCOMPARE(linesOf(snapshot()), wanted);
    QVERIFY(wanted.contains(u"feature service.cups 1"_s) && wanted.contains(u"tag client"_s));
    QVERIFY(wanted.contains(u"firewall action=drop"_s) && wanted.contains(u"firewall action=accept"_s));
}

void CoreCallsTest::snapshot_tellsWhoLeadsOutside()
{
    const auto isOutside = [this] {
        const QStringList lines = linesOf(snapshot());
        const auto qube = std::ranges::find_if(lines, [](const QString &line) {
            return line.startsWith(u"qube work "_s);
        });
        return (qube + 1)->toLatin1();
    };
    const auto stream = m_core->subscribe();
    const auto set = [this](const QByteArray &what, const QByteArray &value) {
        QCOMPARE(m_core->call("admin.vm." + what, "work", value), success());
    };
    set("property.Set+provides_network", "True");
    set("property.Set+netvm", "");
    QCOMPARE(isOutside(), QByteArray("outside False")); // it provides network and is cut off all the same
    set("feature.Set+bulkhead.outside", "1");
    QCOMPARE(isOutside(), QByteArray("outside True"));
    QCOMPARE(stream->events().last(), u"work|bulkhead-outside|outside=True"_s);
    set("feature.Set+bulkhead.outside", "");
    QCOMPARE(isOutside(), QByteArray("outside False"));
    QCOMPARE(stream->events().last(), u"work|bulkhead-outside|outside=False"_s);
    QCOMPARE(stream->events().filter(u"bulkhead-outside"_s).size(), 2);
}

void CoreCallsTest::outside_isWhatTheQubeWasStartedWith()
{
    QCOMPARE(m_core->call("admin.vm.property.Set+provides_network", "work", "True"), success());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(m_core->call("admin.vm.feature.Set+bulkhead.outside", "work", "1"), success());
    QVERIFY(!snapshot().contains("outside True")); // as a device that was assigned meanwhile
    QVERIFY(stream->events().filter(u"bulkhead-outside"_s).isEmpty());
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    QVERIFY(snapshot().contains("outside True"));
    QCOMPARE(stream->events().filter(u"bulkhead-outside"_s), QStringList{u"work|bulkhead-outside|outside=True"_s});
    m_core->restart(); // and is told at once by a new daemon
    QVERIFY(snapshot().contains("outside True"));
}

void CoreCallsTest::snapshot_escapesWhatWouldBreakItsLines()
{
    ModelBuilder builder;
    builder.add("work", QubeClass::StandaloneVM);
    builder.setFeature("work", "f", "a\\b\nqube evil class=AppVM state=Running uuid=0");
    const std::string text = snapshotText(builder.model, Dom0Only(), qubeName("dom0"), "g", noneLeadsOutside, rulesOf);
    QVERIFY(text.contains("\nfeature f a\\\\b\\nqube evil class=AppVM state=Running uuid=0\n"));
    QVERIFY(!text.contains("\nqube evil"));
}

void CoreCallsTest::S_145_snapshotLeavesOutWhatTheCallerMayNotAsk()
{
    ModelBuilder builder;
    for (const char *name : {"seen", "hidden", "partly"}) {
        builder.add(name, QubeClass::StandaloneVM);
        builder.setFeature(name, "one", "1");
        builder.setFeature(name, "two", "2");
    }
    builder.model.apply(Change::AddTag{.id = builder.get("seen").id, .tag = "t"});
    ListedPermissions permissions;
    permissions.allowed = {"admin.vm.List>seen",
                           "admin.vm.List>partly",
                           "admin.vm.property.Get+label>seen",
                           "admin.vm.property.Get+label>hidden",
                           "admin.vm.feature.Get+one>seen",
                           "admin.vm.tag.Get+t>seen",
                           "admin.vm.firewall.Get>seen",
                           "admin.property.Get+default_template>dom0",
                           "admin.label.Get+red>dom0"};
    const std::string text =
        snapshotText(builder.model, permissions, qubeName("partly"), "g", noneLeadsOutside, rulesOf);
    const QStringList lines = linesOf(QByteArray::fromStdString(text));
    QCOMPARE(lines.first(3),
             (QStringList{
                 u"snapshot 1 g"_s, u"label red 1 0xcc0000"_s, u"global default_template default=True type=vm "_s}));
    QVERIFY2(!text.contains("hidden"), text.c_str());
    const QStringList rest = lines.sliced(3);
    QCOMPARE(rest.size(), 7);
    QVERIFY(rest.at(0).startsWith(u"qube partly class=StandaloneVM "_s));
    QVERIFY(rest.at(1).startsWith(u"qube seen class=StandaloneVM "_s));
    QCOMPARE(rest.sliced(2),
             (QStringList{u"property label default=False type=label red"_s,
                          u"feature one 1"_s,
                          u"tag t"_s,
                          u"firewall action=accept"_s,
                          u"end"_s}));
}

void CoreCallsTest::S_145_eventsAreAskedOneByOne()
{
    ListedPermissions permissions;
    permissions.allowed = {"admin.Events+property-set_label>work", "admin.Events+domain-add>new"};
    const QubeName source = qubeName("partly");
    const auto hears = [&](std::optional<QubeName> subject, std::string name, const char *vm) {
        return mayHear(
            permissions, source, {.subject = std::move(subject), .name = std::move(name), .pairs = {{"vm", vm}}});
    };
    QVERIFY(hears(qubeName("work"), "property-set:label", "x"));
    QVERIFY(!hears(qubeName("work"), "property-set:netvm", "x"));
    QVERIFY(!hears(qubeName("other"), "property-set:label", "x"));
    QVERIFY(hears(std::nullopt, "domain-add", "new"));
    QVERIFY(!hears(std::nullopt, "domain-add", "other"));
    QVERIFY(!hears(std::nullopt, "pool-add", "new/bad")); // no qube: dom0 is asked
    permissions.allowed.insert("admin.Events+pool-add>dom0");
    QVERIFY(hears(std::nullopt, "pool-add", "new/bad"));
}

void CoreCallsTest::S_145_ownSocketRefusesQubes()
{
    for (const QByteArray call : {"bulkhead.Snapshot", "bulkhead.EventsFrom+0-0", "bulkhead.Traffic"}) {
        for (const QByteArray source : {"work", "nobody"}) {
            RawClient client(m_core->runDirectory() + "/bulkhead/core.sock");
            client.write(call + ' ' + source + " name dom0" + '\0');
            client.halfClose();
            QVERIFY(client.waitForEnd());
            QCOMPARE(client.received().contains("snapshot"), false);
            QCOMPARE(client.received().startsWith('1'), false);
        }
    }
}

void CoreCallsTest::S_145_callsThatReadFilesAreTheOwnersAlone()
{
    const Method *const root = findMethod(coreMethods(), "bulkhead.TemplateRoot");
    const Method *const snapshot = findMethod(coreMethods(), "bulkhead.Snapshot");
    constexpr uid_t Owner = 990;
    constexpr uid_t Person = 1000;
    QVERIFY(checkCaller(*root, Owner, Owner).has_value());
    QVERIFY(checkCaller(*root, 0, Owner).has_value());
    QVERIFY(!checkCaller(*root, Person, Owner).has_value());
    QVERIFY(!checkCaller(*root, std::nullopt, Owner).has_value());
    QVERIFY(checkCaller(*snapshot, Person, Owner).has_value());
    // And the process of this test is the owner of its own daemon.
    QCOMPARE(exceptionType(m_core->callCore("bulkhead.TemplateRoot+copy", "work", "/nowhere")),
             QByteArray("QubesValueError"));
}

void CoreCallsTest::ownCalls_areNotOnTheOrdinarySocket()
{
    QCOMPARE(m_core->call("bulkhead.Snapshot", "dom0"), QByteArray());
    QCOMPARE(m_core->call("bulkhead.EventsFrom+0-0", "dom0"), QByteArray());
}

void CoreCallsTest::eventsFrom_beginsWhereTheSnapshotEnds()
{
    const QByteArray before = generation();
    QCOMPARE(generation(), before); // asking changes nothing
    const auto stream = eventsFrom(before);
    QCOMPARE(stream->events(), QStringList{u"|connection-established|generation="_s + QString::fromLatin1(before)});
    QCOMPARE(m_core->call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(namesOf(stream->events()), (QStringList{u"|connection-established"_s, u"work|domain-tag-add:t|tag=t"_s}));
    QCOMPARE(generationOf(stream->events().last()), generation());
    QVERIFY(generation() != before);
}

void CoreCallsTest::eventsFrom_tellsWhatWasMissed()
{
    const QByteArray before = generation();
    QByteArray between;
    constexpr int Many = 2000; // more than a subscriber may leave unread frame by frame
    for (int i = 0; i < Many; ++i) {
        if (i == Many / 2) {
            between = generation();
        }
        m_core->daemon->registry().announce(Event{.subject = std::nullopt, .name = formatted("e{}", i), .pairs = {}});
    }
    const auto stream = eventsFrom(before);
    QVERIFY(eventually([&] {
        return stream->events().size() == Many + 1;
    }));
    QCOMPARE(generationOf(stream->events().first()), generation());
    QCOMPARE(namesOf(stream->events()).at(1), u"|e0"_s);
    QCOMPARE(namesOf(stream->events()).last(), u"|e1999"_s);
    // From the middle, and then it goes on.
    const auto later = eventsFrom(between);
    QVERIFY(eventually([&] {
        return later->events().size() == Many / 2 + 1;
    }));
    QCOMPARE(namesOf(later->events()).at(1), u"|e1000"_s);
    QCOMPARE(m_core->call("admin.vm.tag.Set+t", "work"), success());
    QCOMPARE(namesOf(later->events()).last(), u"work|domain-tag-add:t|tag=t"_s);
}

void CoreCallsTest::eventsFrom_tellsEachStateOfAQube()
{
    const auto stream = eventsFrom(generation());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    Q_EMIT m_core->driver.stateChanged(DomId(1), DomainState::Crashed);
    QVERIFY(eventually([&] {
        return !stream->events().filter(u"state=Crashed"_s).isEmpty();
    }));
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    QStringList states;
    for (const QString &event : namesOf(stream->events()).filter(u"work|bulkhead-power-state"_s)) {
        states << event.section(u'|', 2);
    }
    QCOMPARE(states.first(), u"state=Transient|domain=None"_s);
    QVERIFY(states.contains(u"state=Running|domain=1"_s));
    QVERIFY(states.contains(u"state=Crashed|domain=1"_s));
    QCOMPARE(states.last(), u"state=Halted|domain=None"_s);
    QVERIFY(m_core->subscribe()->events().filter(u"bulkhead-"_s).isEmpty()); // the field's clients hear none of it
}

void CoreCallsTest::eventsFrom_saysThereIsAGap_data()
{
    QTest::addColumn<QByteArray>("asked");
    QTest::newRow("no number") << QByteArray("x");
    QTest::newRow("another life") << QByteArray("0123456789abcdef-1");
    QTest::newRow("not yet") << QByteArray("LIFE-999999");
    QTest::newRow("no end") << QByteArray("LIFE-1x");
    QTest::newRow("below nothing") << QByteArray("LIFE--1");
    QTest::newRow("beyond a number") << QByteArray("LIFE-99999999999999999999999");
}

void CoreCallsTest::eventsFrom_saysThereIsAGap()
{
    QFETCH(QByteArray, asked);
    const QByteArray now = generation();
    asked.replace("LIFE", now.left(now.lastIndexOf('-')));
    const auto stream = eventsFrom(asked);
    QVERIFY(stream->waitForEnd());
    QCOMPARE(stream->events(), QStringList{u"|bulkhead-gap|generation="_s + QString::fromLatin1(now)});
}

void CoreCallsTest::eventsFrom_forgetsTheOldest()
{
    const QByteArray before = generation();
    Registry &registry = m_core->daemon->registry();
    for (std::size_t i = 0; i < MaxLoggedEvents; ++i) {
        registry.announce(Event{.subject = std::nullopt, .name = "e", .pairs = {}});
    }
    QVERIFY(namesOf(eventsFrom(before)->events()).contains(u"|connection-established"_s)); // just all of them
    registry.announce(Event{.subject = std::nullopt, .name = "e", .pairs = {}});
    QCOMPARE(namesOf(eventsFrom(before)->events()), QStringList{u"|bulkhead-gap"_s});

    // Few events of many bytes are forgotten, too.
    const QByteArray later = generation();
    const std::string large(std::size_t{1} << 20U, 'x');
    for (int i = 0; i < 5; ++i) {
        registry.announce(Event{.subject = std::nullopt, .name = "e", .pairs = {{"value", large}}});
    }
    QCOMPARE(namesOf(eventsFrom(later)->events()), QStringList{u"|bulkhead-gap"_s});
}

void CoreCallsTest::eventsFrom_anotherLifeIsAGap()
{
    const QByteArray before = generation();
    m_core->restart();
    QVERIFY(generation() != before);
    QCOMPARE(namesOf(eventsFrom(before)->events()), QStringList{u"|bulkhead-gap"_s});
}

void CoreCallsTest::jobs_areWhatTakesLong()
{
    const auto jobs = [this] {
        return linesOf(m_core->callCore("bulkhead.Jobs", "dom0", {}).mid(2));
    };
    QCOMPARE(jobs(),
             (QStringList{u"id=1 kind=create qube=base state=done percent= cancel=False reason="_s,
                          u"id=2 kind=create qube=work state=done percent= cancel=False reason="_s}));
    const auto stream = eventsFrom(generation());
    m_core->driver.holdStarts();
    auto client = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return jobs().size() == 3;
    }));
    QCOMPARE(jobs().last(), u"id=3 kind=start qube=work state=running percent= cancel=True reason="_s);
    client->close(); // whoever asked for it: it goes on
    m_core->driver.releaseStarts();
    QVERIFY(eventually([&] {
        return jobs().last() == u"id=3 kind=start qube=work state=done percent= cancel=False reason="_s;
    }));
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success()); // runs already
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    QCOMPARE(m_core->call("admin.vm.Remove", "work"), success());
    QCOMPARE(namesOf(stream->events()).filter(u"bulkhead-job"_s),
             (QStringList{u"work|bulkhead-job|id=3|kind=start|state=running|percent=|cancel=True|reason="_s,
                          u"work|bulkhead-job|id=3|kind=start|state=done|percent=|cancel=False|reason="_s,
                          u"work|bulkhead-job|id=4|kind=remove|state=running|percent=|cancel=False|reason="_s,
                          u"work|bulkhead-job|id=4|kind=remove|state=done|percent=|cancel=False|reason="_s}));
}

void CoreCallsTest::jobs_endWithTheReasonOfAFailure()
{
    m_core->driver.failNextStart({.code = Errc::Driver, .sysErrno = 0, .detail = "no\nroom"});
    QCOMPARE(exceptionType(m_core->call("admin.vm.Start", "work")), QByteArray("QubesVMError"));
    const QByteArray lines = m_core->callCore("bulkhead.Jobs", "dom0", {});
    QVERIFY2(lines.endsWith("id=3 kind=start qube=work state=failed percent= cancel=False "
                            "reason=work could not be started: no\\nroom.\n"),
             lines.constData());
}

void CoreCallsTest::jobs_startIsCancelledAtEachStep()
{
    // While the domain is being built.
    m_core->driver.holdStarts();
    auto client = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->daemon->jobs().all().contains(JobId(3));
    }));
    QCOMPARE(m_core->callCore("bulkhead.JobCancel+3", "dom0", {}), success());
    QCOMPARE(m_core->daemon->jobs().all().at(JobId(3)).state, JobState::Stopping);
    QCOMPARE(m_core->callCore("bulkhead.JobCancel+3", "dom0", {}), success()); // once more is no error
    m_core->driver.releaseStarts();
    QVERIFY(client->waitForEnd());
    QCOMPARE(exceptionMessage(client->received()), QByteArray("The start of work was cancelled. It is halted."));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(m_core->daemon->jobs().all().at(JobId(3)).state, JobState::Cancelled);

    // While it waits for its agent.
    QCOMPARE(m_core->call("admin.vm.feature.Set+qrexec", "work", "1"), success());
    client = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->driver.domainOf(qubeName("work")).has_value();
    }));
    QCOMPARE(m_core->callCore("bulkhead.JobCancel+4", "dom0", {}), success());
    QVERIFY(client->waitForEnd());
    QCOMPARE(exceptionType(client->received()), QByteArray("QubesVMError"));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QVERIFY(!m_core->driver.domainOf(qubeName("work")).has_value());
    QCOMPARE(m_core->daemon->jobs().all().at(JobId(4)).state, JobState::Cancelled);

    // And after all that it can be started.
    QCOMPARE(m_core->call("admin.vm.feature.Remove+qrexec", "work"), success());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
}

void CoreCallsTest::jobs_creationIsTakenBack()
{
    m_core->pool.holdCreations();
    auto client = m_core->begin("admin.vm.Create.AppVM+base", "dom0", "name=new label=red");
    QVERIFY(eventually([&] {
        return m_core->daemon->jobs().all().contains(JobId(3));
    }));
    QCOMPARE(m_core->callCore("bulkhead.JobCancel+3", "dom0", {}), success());
    m_core->pool.releaseCreations();
    QVERIFY(client->waitForEnd());
    QCOMPARE(exceptionMessage(client->received()),
             QByteArray("The creation of new was cancelled, so there is no such qube."));
    QCOMPARE(m_core->daemon->jobs().all().at(JobId(3)).state, JobState::Cancelled);
    QCOMPARE(exceptionType(m_core->call("admin.vm.List", "new")), QByteArray("QubesVMNotFoundError"));
    m_core->addAppVm("new", "base"); // its name and its volumes are free again
}

void CoreCallsTest::jobs_ofOthersAreNotTold()
{
    RawClient client(m_core->runDirectory() + "/bulkhead/core.sock");
    client.write(QByteArray("bulkhead.Jobs work name dom0") + '\0');
    client.halfClose();
    QVERIFY(client.waitForEnd());
    QCOMPARE(client.received(), QByteArray());
    RawClient canceller(m_core->runDirectory() + "/bulkhead/core.sock");
    canceller.write(QByteArray("bulkhead.JobCancel+1 work name dom0") + '\0');
    canceller.halfClose();
    QVERIFY(canceller.waitForEnd());
    QCOMPARE(canceller.received(), QByteArray());
}

void CoreCallsTest::jobs_cancelSaysWhatItCannotDo()
{
    const auto said = [this](const QByteArray &id) {
        return exceptionMessage(m_core->callCore("bulkhead.JobCancel+" + id, "dom0", {}));
    };
    QCOMPARE(said("99"), QByteArray("There is no such work any more."));
    QCOMPARE(said("1"), QByteArray("That work has ended already."));
    const Jobs::Handle fixed = m_core->daemon->jobs().begin("backup", qubeName("work"), {});
    QVERIFY(said("3").contains("cannot be stopped"));
    bool wasAsked = false;
    Jobs::Handle closing = m_core->daemon->jobs().begin("backup", qubeName("work"), [&] {
        wasAsked = true;
    });
    closing.forbidCancel();
    QVERIFY(said("4").contains("cannot be stopped"));
    QVERIFY(!wasAsked);
    QCOMPARE(m_core->callCore("bulkhead.JobCancel+x", "dom0", {}), QByteArray());
}

void CoreCallsTest::jobs_thatAreDroppedHaveFailed()
{
    Jobs jobs;
    QList<unsigned> percents;
    connect(&jobs, &Jobs::changed, this, [&](const Job &job) {
        percents << job.percent.value_or(999);
    });
    {
        Jobs::Handle job = jobs.begin("copy", qubeName("work"), {});
        job.setPercent(10);
        job.setPercent(10); // nothing new
        job.setPercent(110);
        Jobs::Handle moved = std::move(job);
        QVERIFY(!moved.isStopping());
    }
    QCOMPARE(percents, (QList<unsigned>{999, 10, 100, 100}));
    QCOMPARE(jobs.all().at(JobId(1)).state, JobState::Failed);
    QVERIFY(!jobs.all().at(JobId(1)).reason.empty());
}

void CoreCallsTest::jobs_oldEndsAreForgotten()
{
    Jobs jobs;
    const Jobs::Handle lasting = jobs.begin("copy", qubeName("work"), {});
    for (std::size_t i = 0; i < 2 * Jobs::KeptEnded; ++i) {
        jobs.begin("copy", qubeName("work"), {}).finish({});
    }
    QCOMPARE(jobs.all().size(), Jobs::KeptEnded + 1);
    QCOMPARE(jobs.all().begin()->second.state, JobState::Running);
    QCOMPARE(jobs.all().rbegin()->first, JobId(2 * Jobs::KeptEnded + 1));
}

QTEST_GUILESS_MAIN(CoreCallsTest)
#include "corecallstest.moc"
