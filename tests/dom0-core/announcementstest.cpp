// SPDX-License-Identifier: GPL-2.0-or-later
// What qubes say of themselves, from their databases to the features that are kept. Spec qube-model, 6.2.
#include "base/formatted.h"
#include "dom0-core/model/featurerequest.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"
#include "tests/dom0-core/qubesdbrig.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

using Requested = std::map<std::string, std::string>;

/// `name=value` each, `-name` for one that goes.
std::string spelled(const FeatureOutcome &outcome)
{
    std::string text;
    for (const auto &[name, value] : outcome.features) {
        text += (text.empty() ? "" : " ") + (value ? name + "=" + *value : "-" + name);
    }
    return text;
}

} // namespace

class AnnouncementsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void S_176_onlyListedValuesAreTaken_data();
    void S_176_onlyListedValuesAreTaken();
    void model_037_whatWasSaidOnceStays();
    void model_038_familiesAreReplacedAsSets();
    void model_040_windowsGetsWhatItNeeds();
    void bootModes_data();
    void bootModes();
    void aQubeWithATemplateTellsItsServicesAlone();
    void S_176_aFloodOfNamesIsNoFamily();
    void model_039_theFirstQrexecEndsTheInstallation();
    void adminapi_160_oneBadValueSpoilsTheRequest();
    void tools_areTakenAsARequest();
    void request_isAboutTheCallerAlone();
    void qubesdb_041_keysAreReadOnlyWhenTheQubeAsks();

private:
    [[nodiscard]] std::string judge(const char *qube, const Requested &requested) const
    {
        return spelled(judgeFeatureRequest(m_models->model, m_models->get(qube), requested));
    }

    [[nodiscard]] QByteArray say(const QByteArray &source, const QByteArray &service)
    {
        RawClient client(m_core->runDirectory() + "/qubesd.misc.sock");
        client.write(service + ' ' + source + " name dom0" + '\0');
        client.halfClose();
        return client.waitForEnd() ? client.received() : QByteArray("(no end)");
    }

    [[nodiscard]] QByteArray feature(const QByteArray &qube, const QByteArray &name)
    {
        const QByteArray answer = m_core->call("admin.vm.feature.Get+" + name, qube);
        return answer.startsWith(success()) ? answer.mid(2) : exceptionType(answer);
    }

    /// Starts the qube and has its database hold these.
    void startWith(const char *qube, const Requested &keys);
    /// Has the qube itself write these, and waits until dom0 has them.
    void writeInQube(ScriptedDb &qube, std::string_view name, const Requested &keys);

    std::unique_ptr<ModelBuilder> m_models;
    FakeChannels m_channels;
    std::unique_ptr<CoreFixture> m_core;
};

void AnnouncementsTest::init()
{
    m_models = std::make_unique<ModelBuilder>();
    m_models->add("base", QubeClass::TemplateVM);
    m_models->add("work", QubeClass::AppVM);
    m_models->set("work", "template", "base");
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void AnnouncementsTest::cleanup()
{
    m_core.reset();
    m_channels.waiting.clear();
    m_models.reset();
}

void AnnouncementsTest::startWith(const char *qube, const Requested &keys)
{
    QCOMPARE(m_core->call("admin.vm.Start", qube), success());
    ScriptedDb program(connectTo(m_core->runDirectory() + "/qubes/qubesdb." + qube + ".sock"));
    std::size_t answers = 0;
    for (const auto &[path, value] : keys) {
        program.say(dbWrite(path, value));
    }
    QVERIFY(eventually([&] {
        answers += program.heard().size();
        return answers >= keys.size();
    }));
}

void AnnouncementsTest::S_176_onlyListedValuesAreTaken_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("taken");
    const QByteArray tooLong(129, '1');
    QTest::newRow("qrexec") << QByteArray("qrexec") << QByteArray("1") << true;
    QTest::newRow("qrexec, but how") << QByteArray("qrexec") << QByteArray("yes") << false;
    QTest::newRow("firewall") << QByteArray("qubes-firewall") << QByteArray("1") << true;
    QTest::newRow("firewall, but how") << QByteArray("qubes-firewall") << QByteArray("2") << false;
    QTest::newRow("time zone") << QByteArray("anon-timezone") << QByteArray("1") << true;
    QTest::newRow("time zone off") << QByteArray("anon-timezone") << QByteArray("0") << false;
    QTest::newRow("agent") << QByteArray("qubes-agent-version") << QByteArray("4.3.12") << true;
    QTest::newRow("agent without a point") << QByteArray("qubes-agent-version") << QByteArray("4") << false;
    QTest::newRow("agent with two") << QByteArray("qubes-agent-version") << QByteArray("4..3") << false;
    QTest::newRow("agent with a word") << QByteArray("qubes-agent-version") << QByteArray("4.3-rc1") << false;
    QTest::newRow("system") << QByteArray("os") << QByteArray("Linux") << true;
    QTest::newRow("another system") << QByteArray("os") << QByteArray("BeOS") << false;
    QTest::newRow("distribution") << QByteArray("os-distribution") << QByteArray("debian") << true;
    QTest::newRow("no distribution") << QByteArray("os-distribution") << QByteArray() << false;
    QTest::newRow("long distribution") << QByteArray("os-distribution") << tooLong << false;
    QTest::newRow("version") << QByteArray("os-version") << QByteArray("13.2") << true;
    QTest::newRow("version's name") << QByteArray("os-version") << QByteArray("trixie") << false;
    QTest::newRow("end of life") << QByteArray("os-eol") << QByteArray("2028-02-29") << true;
    QTest::newRow("no such day") << QByteArray("os-eol") << QByteArray("2027-02-29") << false;
    QTest::newRow("not a day") << QByteArray("os-eol") << QByteArray("2027-2-029") << false;
    QTest::newRow("a service") << QByteArray("supported-service.cups") << QByteArray("1") << true;
    QTest::newRow("a service, but how") << QByteArray("supported-service.cups") << QByteArray("0") << false;
    QTest::newRow("a service without name") << QByteArray("supported-service.") << QByteArray("1") << false;
    QTest::newRow("a service with a slash") << QByteArray("supported-service.a/b") << QByteArray("1") << false;
    for (const char *const name : {"service.clocksync",
                                   "internal",
                                   "vm-config.x",
                                   "servicevm",
                                   "prohibit-start",
                                   "ipv6",
                                   "deferred-netvm-original",
                                   "preload-dispvm-max",
                                   "tag-created-vm-with"}) {
        QTest::newRow(name) << QByteArray(name) << QByteArray("1") << false;
    }
}

void AnnouncementsTest::S_176_onlyListedValuesAreTaken()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(bool, taken);
    const std::string expected = taken ? QByteArray(name + '=' + value).toStdString() : std::string();
    QCOMPARE(judge("base", {{name.toStdString(), value.toStdString()}}), expected);
}

void AnnouncementsTest::model_037_whatWasSaidOnceStays()
{
    QCOMPARE(judge("base", {{"qrexec", "0"}}), std::string("qrexec="));
    m_models->setFeature("base", "qrexec", "1");
    m_models->setFeature("base", "gui", "");
    m_models->setFeature("base", "vmexec", "1");
    QCOMPARE(judge("base", {{"qrexec", "0"}, {"gui", "1"}, {"vmexec", "0"}}), std::string("vmexec="));
    m_models->setFeature("base", "os", "Linux");
    QCOMPARE(judge("base", {{"os", "Linux"}}), std::string()); // nothing changes
}

void AnnouncementsTest::model_038_familiesAreReplacedAsSets()
{
    m_models->setFeature("base", "supported-service.old", "1");
    m_models->setFeature("base", "supported-feature.kept", "1");
    m_models->setFeature("base", "supported-service.apparmor", "1");
    m_models->setFeature("base", "apparmor", "1");
    QCOMPARE(judge("base", {{"supported-service.new", "1"}}),
             std::string("-supported-service.apparmor -supported-service.old supported-service.new=1 -apparmor"));
    QCOMPARE(judge("base", {{"os", "Linux"}}), std::string("os=Linux"));
    m_models->add("other", QubeClass::TemplateVM);
    QCOMPARE(judge("other", {{"supported-service.apparmor", "1"}}),
             std::string("supported-service.apparmor=1 apparmor=1"));
}

void AnnouncementsTest::model_040_windowsGetsWhatItNeeds()
{
    m_models->add("windows", QubeClass::StandaloneVM);
    m_models->setFeature("windows", "timezone", "0");
    const auto outcome = judgeFeatureRequest(
        m_models->model, m_models->get("windows"), {{"os", "Windows"}, {"qrexec", "1"}, {"gui", "1"}});
    QCOMPARE(spelled(outcome),
             std::string("qrexec=1 gui=1 os=Windows rpc-clipboard=1 stubdom-qrexec=1 audio-model=ich6 "
                         "no-monitor-layout=1"));
    QCOMPARE(outcome.properties, (TextMap{{"maxmem", "0"}, {"qrexec_timeout", "6000"}}));
    QVERIFY(judgeFeatureRequest(m_models->model, m_models->get("windows"), {{"os", "Windows"}}).properties.empty());
}

void AnnouncementsTest::bootModes_data()
{
    QTest::addColumn<Requested>("requested");
    QTest::addColumn<QByteArray>("taken");
    QTest::newRow("a mode") << Requested{{"boot-mode.kernelopts.safe", "nomodeset"}, {"boot-mode.name.safe", "Safe"}}
                            << QByteArray("boot-mode.kernelopts.safe=nomodeset boot-mode.name.safe=Safe");
    QTest::newRow("a name without its mode") << Requested{{"boot-mode.name.safe", "Safe"}} << QByteArray();
    QTest::newRow("the default has a name only")
        << Requested{{"boot-mode.name.default", "Usual"}, {"boot-mode.kernelopts.default", "x"}}
        << QByteArray("boot-mode.name.default=Usual");
    QTest::newRow("two of one name") << Requested{{"boot-mode.kernelopts.a", "x"},
                                                  {"boot-mode.kernelopts.b", "x"},
                                                  {"boot-mode.name.a", "Same"},
                                                  {"boot-mode.name.b", "Same"}}
                                     << QByteArray();
    QTest::newRow("a fourth part") << Requested{{"boot-mode.kernelopts.a.b", "x"}} << QByteArray();
    QTest::newRow("the mode to begin with") << Requested{{"boot-mode.kernelopts.a", "x"}, {"boot-mode.active", "a"}}
                                            << QByteArray("boot-mode.kernelopts.a=x boot-mode.active=a");
    QTest::newRow("one that is not there") << Requested{{"boot-mode.active", "b"}} << QByteArray();
    Requested many;
    for (int i = 0; i < 65; ++i) {
        many.emplace(formatted("boot-mode.kernelopts.{}", i), "x");
    }
    QTest::newRow("65 of them") << many << QByteArray();
}

void AnnouncementsTest::bootModes()
{
    QFETCH(Requested, requested);
    QFETCH(QByteArray, taken);
    QCOMPARE(judge("base", requested), taken.toStdString());
}

void AnnouncementsTest::aQubeWithATemplateTellsItsServicesAlone()
{
    QCOMPARE(
        judge(
            "work",
            {{"qrexec", "1"}, {"os", "Linux"}, {"supported-service.cups", "1"}, {"supported-rpc.qubes.Filecopy", "1"}}),
        std::string("supported-rpc.qubes.Filecopy=1"));
}

void AnnouncementsTest::S_176_aFloodOfNamesIsNoFamily()
{
    Requested requested;
    for (std::size_t i = 0; i <= MaxAnnouncedOfAFamily; ++i) {
        requested.emplace(formatted("supported-rpc.s{}", i), "1");
    }
    QCOMPARE(judge("work", requested), std::string());
}

void AnnouncementsTest::model_039_theFirstQrexecEndsTheInstallation()
{
    const auto stream = m_core->subscribe("base");
    const auto endings = [&] {
        return stream->events().count(u"base|template-postinstall"_s);
    };
    startWith("base", {{"/features-request/qrexec", "1"}, {"/features-request/supported-rpc.x", "1"}});
    QCOMPARE(say("base", "qubes.FeaturesRequest"), success());
    QCOMPARE(feature("base", "qrexec"), QByteArray("1"));
    QCOMPARE(feature("base", "supported-rpc.x"), QByteArray("1"));
    QVERIFY(eventually([&] {
        return endings() == 1;
    }));
    QVERIFY(stream->events().contains(u"base|domain-feature-set:qrexec|feature=qrexec|value=1"_s));
    QCOMPARE(say("base", "qubes.FeaturesRequest"), success());
    QVERIFY(m_core->call("admin.vm.List", "dom0").startsWith(success())); // later than any event of the above
    QCOMPARE(endings(), 1);
}

void AnnouncementsTest::adminapi_160_oneBadValueSpoilsTheRequest()
{
    startWith("base", {{"/features-request/qrexec", "1"}, {"/features-request/os-distribution", "deb;ian"}});
    QCOMPARE(say("base", "qubes.FeaturesRequest"), QByteArray());
    QCOMPARE(feature("base", "qrexec"), QByteArray("QubesFeatureNotFoundError"));
}

void AnnouncementsTest::tools_areTakenAsARequest()
{
    startWith("base",
              {{"/qubes-tools/qrexec", "1"},
               {"/qubes-tools/gui", "0"},
               {"/qubes-tools/os", "Linux"},
               {"/qubes-tools/default-user", "someone"}});
    QCOMPARE(say("base", "qubes.NotifyTools"), success());
    QCOMPARE(feature("base", "qrexec"), QByteArray("1"));
    QCOMPARE(feature("base", "os"), QByteArray("Linux"));
    QCOMPARE(feature("base", "gui"), QByteArray("QubesFeatureNotFoundError"));
    QVERIFY(!m_core->call("admin.vm.property.Get+default_user", "base").contains("someone"));
}

void AnnouncementsTest::request_isAboutTheCallerAlone()
{
    QCOMPARE(say("base", "qubes.FeaturesRequest"), QByteArray()); // it does not run
    QCOMPARE(say("dom0", "qubes.FeaturesRequest"), QByteArray());
    startWith("work", {{"/features-request/supported-rpc.x", "1"}});
    QCOMPARE(say("work", "qubes.FeaturesRequest"), success());
    QCOMPARE(feature("work", "supported-rpc.x"), QByteArray("1"));
    QCOMPARE(feature("base", "supported-rpc.x"), QByteArray("QubesFeatureNotFoundError"));
}

void AnnouncementsTest::writeInQube(ScriptedDb &qube, std::string_view name, const Requested &keys)
{
    for (const auto &[path, value] : keys) {
        qube.say(dbWrite(path, value));
    }
    const Qid id = m_core->daemon->registry().model().find(name)->id;
    QVERIFY(eventually([&] {
        return std::ranges::all_of(keys, [&](const auto &key) {
            const auto *const entry = m_core->daemon->databases().databaseOf(id)->find(key.first);
            return entry != nullptr && entry->value.text() == key.second;
        });
    }));
}

void AnnouncementsTest::qubesdb_041_keysAreReadOnlyWhenTheQubeAsks()
{
    m_core = std::make_unique<CoreFixture>(AdminApi::Server::Options{}, &m_channels);
    m_core->addTemplate("base");
    const auto stream = m_core->subscribe("base");
    const QByteArray none("QubesFeatureNotFoundError");
    QCOMPARE(m_core->call("admin.vm.Start", "base"), success());
    ScriptedDb qube(m_channels.take());
    qube.say(QubesDb::MultiRead{});

    writeInQube(qube, "base", {{"/features-request/os", "Linux"}, {"/features-request", ""}});
    QCOMPARE(feature("base", "os"), none);
    QCOMPARE(say("base", "qubes.FeaturesRequest"), success());
    QCOMPARE(feature("base", "os"), QByteArray("Linux"));

    writeInQube(qube, "base", {{"/features-request/os", "Windows"}, {"/features-request/os-version", "11"}});
    QCOMPARE(feature("base", "os"), QByteArray("Linux"));
    QCOMPARE(feature("base", "os-version"), none);
    QCOMPARE(stream->events().filter(u"domain-feature-set"_s).size(), 1);
    QVERIFY(stream->events().filter(u"domain-qdb-change"_s).isEmpty());
    QCOMPARE(say("base", "qubes.FeaturesRequest"), success());
    QCOMPARE(feature("base", "os"), QByteArray("Windows"));
    QCOMPARE(feature("base", "os-version"), QByteArray("11"));
}

QTEST_GUILESS_MAIN(AnnouncementsTest)
#include "announcementstest.moc"
