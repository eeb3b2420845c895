// SPDX-License-Identifier: GPL-2.0-or-later
// The databases of running qubes inside the daemon: they come and go with the domains, and follow the model.
#include "base/unixaddress.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"
#include "tests/dom0-core/qubesdbrig.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <QFile>
#include <QTemporaryDir>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <set>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;
using QubesDb::Database;
using QubesDb::MultiRead;
using QubesDb::Remove;

namespace
{

using Heard = std::vector<std::string>;

} // namespace

class QubesDbServiceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void dom0_hasADatabaseOfItsOwn();
    void aStartMakesTheDatabaseBeforeTheQubeCanSeeIt();
    void qubesdb_020_aQubeReadsWhatItIs();
    void qubesdb_042_theSeedIsFreshEachTime();
    void socketsGoWithTheDomain();
    void qubesdb_022_aProgramOfDom0SeesWhatTheQubeWrites();
    void qubesdb_030_aFeatureReachesTheRunningQubeAlone();
    void qubesdb_032_aGuiDomainThatRestartsIsToldLive();
    void qubesdb_033_aNewNetQubeReachesTheQube();
    void qubesdb_034_model_080_netQubesLearnOfClients();
    void aStart_computesNothingOfOtherQubes();
    void qubesdb_035_model_081_mappedAddressesComeBeforeTheInterface();
    void mappedAddresses_comeWithAStartAndGoWithTheEnd();
    void hiddenAddress_thatIsChangedPlugsTheQubeInAnew();
    void qubesdb_040_aTriggerBecomesAnEvent();
    void S_172_triggersDoNotDrownTheListeners();
    void qubesdb_025_S_154_runningQubesAreServedAfterARestart();
    void socketsOfQubesThatEndedMeanwhile_goAtTheNextStart();
    void S_171_aQubeCannotChangeWhatDom0Wrote();
    void S_172_aHostileQubeEndsNothingElse();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    void start(const char *qube);
    void addNetQube(const char *name);
    [[nodiscard]] const Database &databaseOf(std::string_view qube) const;
    [[nodiscard]] std::string read(std::string_view qube, std::string_view path) const;
    /// The qube's daemon, synchronised; what it was sent for that is taken.
    [[nodiscard]] std::unique_ptr<ScriptedDb> connectQube();
    /// Turns the loop until the peer has heard as many messages.
    [[nodiscard]] static Heard hears(ScriptedDb &peer, std::size_t count);

    FakeChannels m_channels;
    std::unique_ptr<CoreFixture> m_core;
};

void QubesDbServiceTest::init()
{
    m_core = std::make_unique<CoreFixture>(AdminApi::Server::Options{}, &m_channels);
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void QubesDbServiceTest::cleanup()
{
    m_core.reset();
    m_channels.waiting.clear();
}

void QubesDbServiceTest::start(const char *qube)
{
    QCOMPARE(call("admin.vm.Start", qube), success());
}

void QubesDbServiceTest::addNetQube(const char *name)
{
    m_core->addAppVm(name, "base");
    QCOMPARE(call("admin.vm.property.Set+provides_network", name, "True"), success());
}

const Database &QubesDbServiceTest::databaseOf(std::string_view qube) const
{
    const Qube *const found = m_core->daemon->registry().model().find(qube);
    const Database *const database = m_core->daemon->databases().databaseOf(found->id);
    BH_ASSERT(database != nullptr);
    return *database;
}

std::string QubesDbServiceTest::read(std::string_view qube, std::string_view path) const
{
    const auto *const entry = databaseOf(qube).find(path);
    return entry == nullptr ? "(none)" : entry->value.text();
}

std::unique_ptr<ScriptedDb> QubesDbServiceTest::connectQube()
{
    auto peer = std::make_unique<ScriptedDb>(m_channels.take());
    peer->say(MultiRead{});
    Heard last;
    (void)eventually([&] {
        const Heard heard = peer->heard();
        last.insert(last.end(), heard.begin(), heard.end());
        return !last.empty() && last.back() == "11 =";
    });
    return peer;
}

Heard QubesDbServiceTest::hears(ScriptedDb &peer, std::size_t count)
{
    Heard all;
    (void)eventually([&] {
        const Heard heard = peer.heard();
        all.insert(all.end(), heard.begin(), heard.end());
        return all.size() >= count;
    });
    return all;
}

void QubesDbServiceTest::dom0_hasADatabaseOfItsOwn()
{
    const std::string directory = m_core->runDirectory() + "/qubes";
    for (const char *socket : {"/qubesdb.sock", "/qubesdb.ro.sock", "/qubesdb.dom0.sock", "/qubesdb.dom0.ro.sock"}) {
        ScriptedDb program(connectTo(directory + socket));
        program.say(QubesDb::Read{dbPath("/name")});
        QCOMPARE(hears(program, 1), Heard{"10 /name=dom0"});
    }
    QVERIFY(m_channels.waiting.empty());
}

void QubesDbServiceTest::aStartMakesTheDatabaseBeforeTheQubeCanSeeIt()
{
    m_core->driver.holdStarts();
    const auto starting = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return m_core->stateOf("work") == QByteArray("Transient");
    }));
    QVERIFY(m_channels.waiting.empty());
    const auto stream = m_core->subscribe();
    m_core->driver.releaseStarts();
    QVERIFY(starting->waitForEnd());
    QCOMPARE(m_channels.waiting.size(), 1U);
    QCOMPARE(m_channels.waiting.front().peer, *m_core->driver.domainOf(qubeName("work")));
    QVERIFY(eventually([&] {
        return stream->events().contains(u"work|domain-start|start_guid=True"_s);
    }));
    const QStringList events = stream->events();
    QVERIFY(events.indexOf(u"work|domain-spawn|start_guid=True"_s) < events.indexOf(u"work|domain-qdb-create"_s));
    QVERIFY(events.indexOf(u"work|domain-qdb-create"_s) < events.indexOf(u"work|domain-pre-unpaused"_s));
}

void QubesDbServiceTest::qubesdb_020_aQubeReadsWhatItIs()
{
    start("work");
    ScriptedDb qube(m_channels.take());
    qube.say(MultiRead{});
    const Heard heard = hears(qube, databaseOf("work").entries().size() + 1);
    QCOMPARE(heard.back(), std::string("11 ="));
    for (const char *entry : {"11 /name=work",
                              "11 /type=AppVM",
                              "11 /qubes-vm-type=AppVM",
                              "11 /qubes-base-template=base",
                              "11 /qubes-vm-persistence=rw-only"}) {
        QVERIFY2(std::ranges::contains(heard, std::string(entry)), entry);
    }
    const Heard entries(heard.begin(), heard.end() - 1);
    QVERIFY(std::ranges::is_sorted(entries, std::greater<>()));
}

void QubesDbServiceTest::qubesdb_042_theSeedIsFreshEachTime()
{
    start("work");
    const std::string first = read("work", "/qubes-random-seed");
    QCOMPARE(QByteArray::fromBase64(QByteArray::fromStdString(first)).size(), 64);
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    start("work");
    const std::string second = read("work", "/qubes-random-seed");
    QCOMPARE(second.size(), first.size());
    QVERIFY(first != second);
    m_channels.waiting.pop_front();
    const auto qube = connectQube();
    qube->say(Remove{dbPath("/qubes-random-seed")});
    QCOMPARE(hears(*qube, 1), Heard{"7 /qubes-random-seed="});
    QCOMPARE(call("admin.vm.feature.Set+service.x", "work", "1"), success());
    QCOMPARE(hears(*qube, 1), Heard{"1 /qubes-service/x=1"});
    QCOMPARE(read("work", "/qubes-random-seed"), std::string("(none)"));
}

void QubesDbServiceTest::socketsGoWithTheDomain()
{
    const QString socket = QString::fromStdString(m_core->runDirectory()) + u"/qubes/qubesdb.work.sock"_s;
    QVERIFY(!QFile::exists(socket));
    start("work");
    QVERIFY(QFile::exists(socket));
    QVERIFY(QFile::exists(QString(socket).replace(u".sock"_s, u".ro.sock"_s)));
    const auto qube = connectQube();
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QVERIFY(!QFile::exists(socket));
    QVERIFY(eventually([&] {
        return qube->isClosed();
    }));
}

void QubesDbServiceTest::qubesdb_022_aProgramOfDom0SeesWhatTheQubeWrites()
{
    start("work");
    const auto qube = connectQube();
    ScriptedDb program(connectTo(m_core->runDirectory() + "/qubes/qubesdb.work.sock"));
    program.say(QubesDb::Watch{dbPath("/qubes-tools/")});
    QCOMPARE(hears(program, 1), Heard{"7 /qubes-tools/="});
    qube->say(dbWrite("/qubes-tools/os", "Linux"));
    QCOMPARE(hears(*qube, 1), Heard{"7 /qubes-tools/os="});
    QCOMPARE(hears(program, 1), Heard{"13 /qubes-tools/os="});
    program.say(dbWrite("/from-dom0", "x"));
    QCOMPARE(hears(program, 1), Heard{"7 /from-dom0="});
    QCOMPARE(hears(*qube, 1), Heard{"1 /from-dom0=x"});
}

void QubesDbServiceTest::qubesdb_030_aFeatureReachesTheRunningQubeAlone()
{
    m_core->addAppVm("personal", "base");
    start("work");
    start("personal");
    const auto work = connectQube();
    const auto personal = connectQube();
    QCOMPARE(call("admin.vm.feature.Set+service.cups", "work", "1"), success());
    QCOMPARE(hears(*work, 1), Heard{"1 /qubes-service/cups=1"});
    QCOMPARE(call("admin.vm.feature.Set+service.cups", "work", ""), success());
    QCOMPARE(hears(*work, 1), Heard{"1 /qubes-service/cups=0"});
    QCOMPARE(call("admin.vm.feature.Remove+service.cups", "work"), success());
    QCOMPARE(hears(*work, 1), Heard{"4 /qubes-service/cups="});
    QCOMPARE(call("admin.vm.property.Set+debug", "personal", "True"), success());
    QCOMPARE(hears(*personal, 1), Heard{"1 /qubes-debug-mode=1"});
    QCOMPARE(work->heard(), Heard{});
}

void QubesDbServiceTest::qubesdb_032_aGuiDomainThatRestartsIsToldLive()
{
    m_core->addAppVm("sys-gui", "base");
    QCOMPARE(call("admin.vm.property.Set+guivm", "work", "sys-gui"), success());
    start("work");
    const auto work = connectQube();
    QCOMPARE(read("work", "/qubes-gui-domain-xid"), std::string("(none)"));
    start("sys-gui");
    const auto first = std::to_string(m_core->driver.domainOf(qubeName("sys-gui"))->value());
    QCOMPARE(hears(*work, 1), Heard{"1 /qubes-gui-domain-xid=" + first});
    QCOMPARE(call("admin.vm.Kill", "sys-gui"), success());
    QCOMPARE(hears(*work, 1), Heard{"4 /qubes-gui-domain-xid="});
    start("sys-gui");
    const auto second = std::to_string(m_core->driver.domainOf(qubeName("sys-gui"))->value());
    QVERIFY(first != second);
    QCOMPARE(hears(*work, 1), Heard{"1 /qubes-gui-domain-xid=" + second});
}

void QubesDbServiceTest::qubesdb_033_aNewNetQubeReachesTheQube()
{
    addNetQube("net1");
    addNetQube("net2");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());
    start("work");
    start("net2");
    m_channels.waiting.pop_front(); // of net1, which started first
    const auto work = connectQube();
    const std::string before = read("work", "/qubes-gateway");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net2"), success());
    const Heard heard = hears(*work, 1);
    QCOMPARE(heard.size(), 1U);
    QVERIFY(heard.front().starts_with("1 /qubes-gateway=10.137.0."));
    QVERIFY(read("work", "/qubes-gateway") != before);
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", ""), success());
    QCOMPARE(call("admin.vm.property.Set+debug", "work", "True"), success());
    QCOMPARE(hears(*work, 1), Heard{"1 /qubes-debug-mode=1"}); // the network's keys stayed
}

void QubesDbServiceTest::qubesdb_034_model_080_netQubesLearnOfClients()
{
    addNetQube("net1");
    addNetQube("net2");
    start("net1");
    start("net2");
    const auto net1 = connectQube();
    const auto net2 = connectQube();
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());
    QCOMPARE(hears(*net1, 1), Heard{"1 /connected-ips=10.137.0.2"});
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net2"), success());
    QCOMPARE(hears(*net1, 1), Heard{"1 /connected-ips="});
    QCOMPARE(hears(*net2, 1), Heard{"1 /connected-ips=10.137.0.2"});
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(call("admin.vm.Remove", "work"), success());
    QCOMPARE(hears(*net2, 1), Heard{"1 /connected-ips="});
}

void QubesDbServiceTest::aStart_computesNothingOfOtherQubes()
{
    addNetQube("net1");
    for (const char *const name : {"a", "b", "c"}) {
        m_core->addAppVm(name, "base");
        QCOMPARE(call("admin.vm.property.Set+netvm", name, "net1"), success());
        start(name);
    }
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());

    // Another service beside the daemon's, which counts.
    std::set<std::string> computed;
    const QTemporaryDir directory;
    QubesDb::Service::Parts parts{.registry = m_core->daemon->registry(),
                                  .runner = m_core->daemon->runner(),
                                  .clock = m_core->clock,
                                  .random =
                                      [] {
                                          return std::array<std::byte, 16>();
                                      },
                                  .directory = directory.path().toStdString()};
    parts.providers.emplace_back([&](const Model &, const Qube &qube, QubesDb::Keys &) {
        computed.insert(qube.name.text());
    });
    parts.clientProviders.emplace_back([&](const Model &, const Qube &client, QubesDb::Keys &) {
        computed.insert("client " + client.name.text());
    });
    const auto service = QubesDb::Service::create(std::move(parts)).value();
    QVERIFY(service->adopt());
    const auto computedBy = [&](const std::function<void()> &action) {
        QCoreApplication::processEvents();
        computed.clear();
        action();
        QCoreApplication::processEvents();
        return computed;
    };
    const std::set<std::string> ofWork{"work", "client work"};
    QCOMPARE(computedBy([this] {
                 start("work");
             }),
             ofWork);
    QCOMPARE(computedBy([this] {
                 QCOMPARE(call("admin.vm.Pause", "work"), success());
             }),
             ofWork);
    const auto byItsEnd = computedBy([this] {
        QCOMPARE(call("admin.vm.Kill", "work"), success());
    });
    QVERIFY(byItsEnd.contains("client work"));
    QVERIFY(std::ranges::includes(ofWork, byItsEnd)); // its own database may be gone already
    QCOMPARE(computedBy([this] {
                 QCOMPARE(call("admin.vm.firewall.Set", "a", "action=drop\n"), success());
             }),
             (std::set<std::string>{"a", "client a"}));
    QCOMPARE(computedBy([this] {
                 m_core->addAppVm("fresh", "base");
                 QCOMPARE(call("admin.vm.property.Set+netvm", "fresh", "net1"), success());
             }),
             std::set<std::string>{"client fresh"});
}

void QubesDbServiceTest::qubesdb_035_model_081_mappedAddressesComeBeforeTheInterface()
{
    addNetQube("net1");
    addNetQube("net2");
    QCOMPARE(call("admin.vm.feature.Set+net.fake-ip", "work", "192.168.1.2"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());
    start("net2");
    start("work");

    /// Notes how much the driver had been asked when a net qube learned of the address.
    struct Note final : Database::Watcher {
        explicit Note(const FakeDriver &of)
            : driver(of)
        {
        }

        void onChanged(const QubesDb::Path &changed) override
        {
            if (changed.text().ends_with("/visible-ip")) {
                asked = driver.log();
            }
        }

        const FakeDriver &driver;
        std::vector<std::string> asked;
    };

    Note note(m_core->driver);
    auto &database = const_cast<Database &>(databaseOf("net2")); // NOLINT(*-const-cast): as a program of dom0 would
    QVERIFY(database.addWatch(note, dbPath("/mapped-ip/")));
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net2"), success());
    database.forget(note);
    QCOMPARE(read("net2", "/mapped-ip/10.137.0.2/visible-ip"), std::string("192.168.1.2"));
    const auto &log = m_core->driver.log();
    QVERIFY(log.back().starts_with("attach work"));
    QVERIFY(!note.asked.empty());
    QCOMPARE(note.asked.size(), log.size() - 1); // all but the last, which is the interface
}

void QubesDbServiceTest::mappedAddresses_comeWithAStartAndGoWithTheEnd()
{
    addNetQube("net1");
    QCOMPARE(call("admin.vm.feature.Set+net.fake-ip", "work", "192.168.1.2"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());
    start("net1");
    QCOMPARE(read("net1", "/mapped-ip/10.137.0.2/visible-ip"), std::string("(none)"));
    m_core->driver.holdStarts(); // the interface comes with the domain
    const auto starting = m_core->begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return read("net1", "/mapped-ip/10.137.0.2/visible-ip") == "192.168.1.2";
    }));
    m_core->driver.releaseStarts();
    QVERIFY(starting->waitForEnd());
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QVERIFY(eventually([&] {
        return read("net1", "/mapped-ip/10.137.0.2/visible-ip") == "(none)";
    }));
}

void QubesDbServiceTest::hiddenAddress_thatIsChangedPlugsTheQubeInAnew()
{
    addNetQube("net1");
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net1"), success());
    start("work");
    const auto attached = [this] {
        return std::ranges::count(m_core->driver.log(), "attach work net1");
    };
    QCOMPARE(attached(), 0);
    QCOMPARE(exceptionType(call("admin.vm.feature.Set+net.fake-ip", "work", "192.168.1.256")),
             QByteArray("QubesValueError"));
    QCOMPARE(call("admin.vm.feature.Set+net.fake-ip", "work", "192.168.1.2"), success());
    QVERIFY(eventually([&] {
        return attached() == 1;
    }));
    QCOMPARE(read("net1", "/mapped-ip/10.137.0.2/visible-ip"), std::string("192.168.1.2"));
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(call("admin.vm.feature.Set+net.fake-netmask", "base", "24"), success());
    QCOMPARE(attached(), 1); // a paused one cannot lose its interface
    QCOMPARE(call("admin.vm.Unpause", "work"), success());
    QVERIFY(eventually([&] {
        return attached() == 2;
    }));
}

void QubesDbServiceTest::qubesdb_040_aTriggerBecomesAnEvent()
{
    start("work");
    const auto qube = connectQube();
    const auto stream = m_core->subscribe();
    qube->say(dbWrite("/qubes-block-devices/sda/size", "100"));
    qube->say(dbWrite("/qubes-block-devices", ""));
    const QString event = u"work|domain-qdb-change:/qubes-block-devices|path=/qubes-block-devices"_s;
    QVERIFY(eventually([&] {
        return stream->events().contains(event);
    }));
    QCOMPARE(stream->events().count(event), 1);
    const auto devices = QubesDb::blockDevicesIn(databaseOf("work").copyOf("/qubes-block-devices/"));
    QCOMPARE(devices.size(), 1U);
    QCOMPARE(devices.front().size, 100U);
    qube->say(dbWrite("/qubes-usb-devices", ""));
    QVERIFY(eventually([&] {
        return stream->events().contains(u"work|domain-qdb-change:/qubes-usb-devices|path=/qubes-usb-devices"_s);
    }));
}

void QubesDbServiceTest::S_172_triggersDoNotDrownTheListeners()
{
    start("work");
    const auto qube = connectQube();
    const auto stream = m_core->subscribe();
    for (int i = 0; i < 300; ++i) {
        qube->say(dbWrite("/qubes-block-devices", ""));
        QCOMPARE(hears(*qube, 1), Heard{"7 /qubes-block-devices="});
    }
    const QString event = u"work|domain-qdb-change:/qubes-block-devices|path=/qubes-block-devices"_s;
    // The first at once, and what came since a little later.
    QVERIFY(eventually([&] {
        return stream->events().count(event) >= 2;
    }));
    QVERIFY(stream->events().count(event) < 100);
}

void QubesDbServiceTest::qubesdb_025_S_154_runningQubesAreServedAfterARestart()
{
    start("work");
    const std::string seed = read("work", "/qubes-random-seed");
    m_channels.waiting.clear();
    m_core->restart();
    QCOMPARE(m_channels.waiting.size(), 1U);
    const auto qube = connectQube();
    QCOMPARE(read("work", "/name"), std::string("work"));
    QCOMPARE(read("work", "/qubes-random-seed"), std::string("(none)")); // a second one would come too late
    QVERIFY(!seed.empty());
    qube->say(dbWrite("/qubes-tools/os", "Linux"));
    QCOMPARE(hears(*qube, 1), Heard{"7 /qubes-tools/os="});
}

void QubesDbServiceTest::socketsOfQubesThatEndedMeanwhile_goAtTheNextStart()
{
    start("work");
    const QString run = QString::fromStdString(m_core->runDirectory()) + u"/qubes"_s;
    // As a daemon that was killed leaves it.
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto stale = UnixAddress::of(m_core->runDirectory() + "/qubes/qubesdb.gone.ro.sock");
    QVERIFY(stale);
    QCOMPARE(::bind(listener.get(), stale->get(), UnixAddress::Size), 0);
    m_core->restart();
    QVERIFY(!QFile::exists(run + u"/qubesdb.gone.ro.sock"_s));
    for (const auto &name :
         {u"qubesdb.work.sock"_s, u"qubesdb.work.ro.sock"_s, u"qubesdb.dom0.sock"_s, u"qubesdb.sock"_s}) {
        QVERIFY2(QFile::exists(QString(run + u"/"_s + name)), qPrintable(name));
    }
}

void QubesDbServiceTest::S_171_aQubeCannotChangeWhatDom0Wrote()
{
    start("work");
    const auto qube = connectQube();
    qube->say(dbWrite("/name", "dom0"));
    qube->say(Remove{dbPath("/type")});
    qube->say(dbWrite("/qubes-vm-type/below", "x"));
    qube->say(Remove{dbPath("/")}); // only what is its own goes
    qube->say(dbWrite("/qubes-iptables-error", "no rule"));
    QCOMPARE(hears(*qube, 5),
             (Heard{"9 /name=", "7 /type=", "7 /qubes-vm-type/below=", "7 /=", "7 /qubes-iptables-error="}));
    QCOMPARE(read("work", "/name"), std::string("work"));
    QCOMPARE(read("work", "/type"), std::string("AppVM"));
    QCOMPARE(read("work", "/qubes-vm-type"), std::string("AppVM"));
    QCOMPARE(read("work", "/qubes-vm-type/below"), std::string("(none)"));
    QCOMPARE(read("work", "/qubes-iptables-error"), std::string("no rule"));
}

void QubesDbServiceTest::S_172_aHostileQubeEndsNothingElse()
{
    m_core->addAppVm("personal", "base");
    start("work");
    start("personal");
    const auto work = connectQube();
    const auto personal = connectQube();
    work->sayHeader(1, "/a b", 0xFFFFFFFF);
    QVERIFY(eventually([&] {
        return work->isClosed();
    }));
    QCOMPARE(call("admin.vm.feature.Set+service.x", "personal", "1"), success());
    QCOMPARE(hears(*personal, 1), Heard{"1 /qubes-service/x=1"});
    QCOMPARE(call("admin.vm.feature.Set+service.x", "work", "1"), success());
    QCOMPARE(read("work", "/qubes-service/x"), std::string("1"));
    QCOMPARE(call("admin.vm.Kill", "work"), success());
}

QTEST_GUILESS_MAIN(QubesDbServiceTest)
#include "qubesdbservicetest.moc"
