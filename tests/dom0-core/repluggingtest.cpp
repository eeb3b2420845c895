// SPDX-License-Identifier: GPL-2.0-or-later
// What becomes of running qubes when their net qube changes, and of the store where they cannot follow.
#include "dom0-core/driver/fake/fakedriver.h"
#include "dom0-core/driver/fake/fakepool.h"
#include "dom0-core/lifecycle/outsidewatch.h"
#include "dom0-core/lifecycle/propertyeditor.h"
#include "tests/dom0-core/fakehost.h"
#include "tests/support/eventually.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

QubeName nameOf(std::string_view text)
{
    return QubeName::parse(text).value();
}

} // namespace

class RepluggingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void change_isFollowed();
    void regress_failureLeavesEverythingAsItWas();
    void regress_failureBothWaysLeavesNoNetwork();
    void regress_resetThatCannotBeFollowedIsTakenBack();
    void failureToUnplug_changesNothing();
    void changedDefault_movesAllOrNone();
    void changeOfSomebodyElse_isNotTakenBack();
    void S_154_whatADaemonDiedInIsFinished();
    void regress_whoWasPausedIsPluggedInWhenItGoesOn();
    void regress_whatFailsWithNobodyWaitingIsTriedAgain();
    void outside_opensAgainWithoutANetQube();
    void outside_isToldAndItsChangesToo();

private:
    /// A qube that runs.
    Qid add(const std::string &name);
    void setStored(const char *qube, const char *property, const std::string &value, PropertyType type);
    /// The answer of the editor: empty, or the refusal's words.
    std::string setNetvm(const char *qube, const std::string &netvm);
    std::string resetNetvm(const char *qube);
    std::string setDefaultNetvm(const std::string &netvm);
    /// The value that was set; nothing: its default holds.
    [[nodiscard]] std::optional<std::string> storedNetvm(const char *qube) const;
    /// Whose client the driver has the qube for; empty: nobody's.
    [[nodiscard]] std::string provider(const char *qube) const;

    [[nodiscard]] const Qube &get(const char *qube) const
    {
        return *m_registry->model().find(qube);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    FakeHost m_host;
    std::unique_ptr<FakeDriver> m_driver;
    std::unique_ptr<FakePool> m_pool;
    std::unique_ptr<AgentWatch> m_agents;
    std::unique_ptr<Registry> m_registry;
    std::unique_ptr<Runner> m_runner;
    std::unique_ptr<PropertyEditor> m_editor;
    std::vector<std::string> m_events; ///< `subject name key=value …`
};

void RepluggingTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    const std::filesystem::path directory = m_directory->path().toStdString();
    m_driver = std::make_unique<FakeDriver>();
    m_pool = std::make_unique<FakePool>();
    m_agents = std::make_unique<AgentWatch>(directory);
    m_registry = Registry::open(directory / "store.sqlite", m_host).value();
    m_runner = std::make_unique<Runner>(*m_registry, *m_driver, *m_pool, *m_agents);
    m_editor = std::make_unique<PropertyEditor>(*m_registry, *m_runner);
    for (const char *const name : {"a", "b"}) {
        add(name);
        setStored(name, "provides_network", "True", PropertyType::Boolean);
        setStored(name, "netvm", "", PropertyType::Reference);
    }
    add("work");
    setStored("work", "netvm", "", PropertyType::Reference);
    QCOMPARE(setNetvm("work", "a"), std::string());
    m_events.clear();
    connect(m_registry.get(), &Registry::announced, this, [this](const Event &event) {
        std::string text = (event.subject ? event.subject->text() : std::string("dom0")) + ' ' + event.name;
        for (const auto &[key, value] : event.pairs) {
            text += ' ' + key + '=' + value;
        }
        m_events.push_back(text);
    });
}

void RepluggingTest::cleanup()
{
    m_editor.reset();
    m_runner.reset();
    m_registry.reset();
    m_agents.reset();
    m_pool.reset();
    m_driver.reset();
}

Qid RepluggingTest::add(const std::string &name)
{
    const Qid id = m_registry->model().freeQid().value();
    std::array<std::byte, 16> bytes{};
    bytes[0] = static_cast<std::byte>(id.value());
    const Uuid uuid = Uuid::fromRandom(bytes);
    if (const auto added = m_registry->commit(
            {Change::AddQube{.id = id, .name = nameOf(name), .uuid = uuid, .klass = QubeClass::StandaloneVM},
             Change::SetProperty{.id = id, .name = "label", .value = "red", .type = PropertyType::Label}});
        !added) {
        qFatal("%s", added.error().message.c_str());
    }
    const DomId domain(id.value() + 100U);
    m_driver->addRunning({.id = domain, .name = nameOf(name), .uuid = std::string(uuid.text())});
    m_registry->setRun(id, {.power = PowerState::Running, .domain = domain, .started = std::nullopt});
    return id;
}

void RepluggingTest::setStored(const char *qube, const char *property, const std::string &value, PropertyType type)
{
    QVERIFY(
        m_registry->commit({Change::SetProperty{.id = get(qube).id, .name = property, .value = value, .type = type}}));
}

namespace
{

/// Turns the loop until the answer is there.
std::string wordsOf(std::optional<Checked<void>> &answer)
{
    constexpr int Patience = 20000; // ms; a failing test's only
    const bool came = QTest::qWaitFor(
        [&answer] {
            return answer.has_value();
        },
        Patience);
    if (!came) {
        return "(no answer)";
    }
    return *answer ? std::string() : answer->error().message;
}

} // namespace

std::string RepluggingTest::setNetvm(const char *qube, const std::string &netvm)
{
    std::optional<Checked<void>> answer;
    m_editor->set(get(qube).id, *findProperty(QubeClass::StandaloneVM, "netvm"), netvm, [&](Checked<void> done) {
        answer = std::move(done);
    });
    return wordsOf(answer);
}

std::string RepluggingTest::resetNetvm(const char *qube)
{
    std::optional<Checked<void>> answer;
    m_editor->reset(get(qube).id, *findProperty(QubeClass::StandaloneVM, "netvm"), [&](Checked<void> done) {
        answer = std::move(done);
    });
    return wordsOf(answer);
}

std::string RepluggingTest::setDefaultNetvm(const std::string &netvm)
{
    std::optional<Checked<void>> answer;
    m_editor->setGlobal(*findGlobal("default_netvm"), netvm, [&](Checked<void> done) {
        answer = std::move(done);
    });
    return wordsOf(answer);
}

std::optional<std::string> RepluggingTest::storedNetvm(const char *qube) const
{
    const auto &properties = get(qube).properties;
    const auto place = properties.find("netvm");
    return place == properties.end() ? std::nullopt : std::optional(place->second);
}

std::string RepluggingTest::provider(const char *qube) const
{
    const auto link = m_driver->linkOf(nameOf(qube));
    return link ? std::string(link->provider.text()) : std::string();
}

void RepluggingTest::change_isFollowed()
{
    QCOMPARE(setNetvm("work", "b"), std::string());
    QCOMPARE(provider("work"), std::string("b"));
    QCOMPARE(m_events.back(), std::string("work property-set:netvm name=netvm newvalue=b oldvalue=a"));
    QCOMPARE(setNetvm("work", ""), std::string());
    QCOMPARE(provider("work"), std::string());
}

void RepluggingTest::regress_failureLeavesEverythingAsItWas()
{
    m_driver->refuseLink(nameOf("work"), nameOf("b"));
    QCOMPARE(setNetvm("work", "b"), std::string("work could not be plugged into b: the link cannot be made."));
    QCOMPARE(storedNetvm("work"), std::optional<std::string>("a"));
    QCOMPARE(provider("work"), std::string("a"));
    // Whoever read the new value in between learns of the old one.
    QVERIFY(std::ranges::contains(m_events, "work property-set:netvm name=netvm newvalue=a oldvalue=b"));
    QVERIFY(!std::ranges::contains(m_events, "work property-set:netvm name=netvm newvalue=b oldvalue=a"));

    m_driver->allowLink(nameOf("work"), nameOf("b"));
    QCOMPARE(setNetvm("work", "b"), std::string());
    QCOMPARE(provider("work"), std::string("b"));
}

void RepluggingTest::regress_failureBothWaysLeavesNoNetwork()
{
    m_driver->refuseLink(nameOf("work"), nameOf("a"));
    m_driver->refuseLink(nameOf("work"), nameOf("b"));
    QCOMPARE(
        setNetvm("work", "b"),
        std::string("work could not be plugged into b: the link cannot be made. Going back failed too, so work has "
                    "no network now: work could not be plugged into a: the link cannot be made."));
    QCOMPARE(storedNetvm("work"), std::optional<std::string>("a"));
    QCOMPARE(provider("work"), std::string());
}

void RepluggingTest::regress_resetThatCannotBeFollowedIsTakenBack()
{
    QCOMPARE(setDefaultNetvm("b"), std::string());
    m_driver->refuseLink(nameOf("work"), nameOf("b"));
    QVERIFY(!resetNetvm("work").empty());
    QCOMPARE(storedNetvm("work"), std::optional<std::string>("a"));
    QCOMPARE(provider("work"), std::string("a"));
}

void RepluggingTest::failureToUnplug_changesNothing()
{
    m_driver->failNextUnplug({.code = Errc::Driver, .detail = "the link stays"});
    QCOMPARE(setNetvm("work", "b"), std::string("work could not be unplugged: the link stays."));
    QCOMPARE(storedNetvm("work"), std::optional<std::string>("a"));
    QCOMPARE(provider("work"), std::string("a"));
}

void RepluggingTest::changedDefault_movesAllOrNone()
{
    QCOMPARE(setDefaultNetvm("a"), std::string());
    QCOMPARE(resetNetvm("work"), std::string());
    add("other");
    m_driver->attachNetwork(
        *get("other").run.domain,
        {.provider = nameOf("a"), .providerDomain = *get("a").run.domain, .address = {}, .gateway = {}, .mac = {}},
        [](const Result<void> &) { });
    m_driver->refuseLink(nameOf("work"), nameOf("b")); // the other one can be moved, and is before
    QVERIFY(!setDefaultNetvm("b").empty());
    QVERIFY(std::ranges::contains(m_driver->log(), "attach other b"));
    QCOMPARE(m_registry->model().globals().at("default_netvm"), std::string("a"));
    QCOMPARE(provider("work"), std::string("a"));
    QCOMPARE(provider("other"), std::string("a"));
}

void RepluggingTest::changeOfSomebodyElse_isNotTakenBack()
{
    m_driver->refuseLink(nameOf("work"), nameOf("b"));
    std::optional<Checked<void>> first;
    // Somebody holds the plug, so both changes are in the store before either is made.
    std::optional<QubeLock::Hold> held;
    m_runner->plugs().acquire(get("work").id, [&held](QubeLock::Hold hold) {
        held.emplace(std::move(hold));
    });
    QVERIFY(QTest::qWaitFor([&held] {
        return held.has_value(); // once the change before it has let go
    }));
    m_editor->set(get("work").id, *findProperty(QubeClass::StandaloneVM, "netvm"), "b", [&](Checked<void> done) {
        first = std::move(done);
    });
    std::optional<Checked<void>> second;
    m_editor->set(get("work").id, *findProperty(QubeClass::StandaloneVM, "netvm"), "", [&](Checked<void> done) {
        second = std::move(done);
    });
    held.reset();
    QCOMPARE(wordsOf(first), std::string()); // it is plugged as the store says by then
    QCOMPARE(wordsOf(second), std::string());
    QCOMPARE(storedNetvm("work"), std::optional<std::string>(""));
    QCOMPARE(provider("work"), std::string());
}

void RepluggingTest::S_154_whatADaemonDiedInIsFinished()
{
    // As if the store had been written, and nothing done yet.
    setStored("work", "netvm", "b", PropertyType::Reference);
    m_editor.reset();
    m_runner = std::make_unique<Runner>(*m_registry, *m_driver, *m_pool, *m_agents);
    QVERIFY(m_runner->adopt());
    constexpr int Patience = 20000; // ms; a failing test's only
    QVERIFY(QTest::qWaitFor(
        [this] {
            return provider("work") == "b";
        },
        Patience));
    QCOMPARE(std::ranges::count(m_driver->log(), "detach a"), 0); // who is plugged in as the model says is left alone
}

void RepluggingTest::regress_whoWasPausedIsPluggedInWhenItGoesOn()
{
    QVERIFY(m_runner->adopt());
    const Qid work = get("work").id;
    std::optional<Checked<void>> paused;
    m_runner->pause(work, [&paused](Checked<void> done) {
        paused = std::move(done);
    });
    QCOMPARE(wordsOf(paused), std::string());
    // What is left of it when its net qube ends and starts again meanwhile.
    m_driver->detachNetwork(*get("work").run.domain, [](const Result<void> &) { });
    QCOMPARE(provider("work"), std::string());
    std::optional<Checked<void>> goesOn;
    m_runner->unpause(work, [&goesOn](Checked<void> done) {
        goesOn = std::move(done);
    });
    QCOMPARE(wordsOf(goesOn), std::string());
    constexpr int Patience = 20000; // ms; a failing test's only
    QVERIFY(QTest::qWaitFor(
        [this] {
            return provider("work") == "a";
        },
        Patience));
    const auto attached = std::ranges::count(m_driver->log(), "attach work a");
    QCOMPARE(attached, 2); // at first, and now: once
}

void RepluggingTest::regress_whatFailsWithNobodyWaitingIsTriedAgain()
{
    setStored("work", "netvm", "b", PropertyType::Reference);
    m_driver->refuseLink(nameOf("work"), nameOf("b"));
    m_editor.reset();
    m_runner = std::make_unique<Runner>(*m_registry, *m_driver, *m_pool, *m_agents);
    QVERIFY(m_runner->adopt());
    BH_EVENTUALLY(provider("work").empty());
    m_driver->allowLink(nameOf("work"), nameOf("b"));
    BH_EVENTUALLY(provider("work") == "b");
}

void RepluggingTest::outside_opensAgainWithoutANetQube()
{
    QCOMPARE(setNetvm("a", "b"), std::string());
    QCOMPARE(m_driver->log().back(), std::string("attach a b"));
    QCOMPARE(setNetvm("a", ""), std::string());
    QCOMPARE(m_driver->log().back(), std::string("detach a")); // it was not started as one that leads outside
}

void RepluggingTest::outside_isToldAndItsChangesToo()
{
    OutsideWatch watch(*m_registry, *m_driver);
    watch.begin();
    m_registry->setRun(get("a").id, {});
    QVERIFY(!watch.leadsOutside(get("a")));
    QVERIFY(m_editor->setFeature(get("a").id, "bulkhead.outside", "1"));
    QVERIFY(watch.leadsOutside(get("a")));
    QCOMPARE(m_events.back(), std::string("a bulkhead-outside outside=True"));
    QVERIFY(m_editor->setFeature(get("b").id, "bulkhead.outside", "1"));
    QVERIFY2(!watch.leadsOutside(get("b")), "it runs, and was started without it");
    QVERIFY(m_editor->setFeature(get("work").id, "bulkhead.outside", "1"));
    QVERIFY2(!watch.leadsOutside(get("work")), "it provides no network");
    m_registry->setRun(get("b").id, {});
    QVERIFY(std::ranges::contains(m_events, "b bulkhead-outside outside=True"));
    QVERIFY(m_editor->removeFeature(get("a").id, "bulkhead.outside"));
    QCOMPARE(m_events.back(), std::string("a bulkhead-outside outside=False"));
}

QTEST_GUILESS_MAIN(RepluggingTest)
#include "repluggingtest.moc"
