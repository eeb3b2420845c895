// SPDX-License-Identifier: GPL-2.0-or-later
// What net qubes' databases say of their clients, one client at a time.
#include "dom0-core/qubesdb/clientparts.h"

#include "base/clock.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using namespace Bulkhead::Test;

namespace
{

/// Notes what is written or removed.
struct Writes final : Database::Watcher {
    void onChanged(const Path &changed) override
    {
        paths.push_back(changed.text());
    }

    std::vector<std::string> paths;
};

using Names = std::vector<std::string>;

} // namespace

class ClientPartsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void qubesdb_034_listNamesHaltedClients();
    void list_isThereWithoutAClient();
    void client_isToldToItsOwnNetQubeOnly();
    void client_thatChangesIsComputedAlone();
    void client_thatIsRemovedLeavesNothing();
    void clients_ofOneAddressKeepWhatTheOtherOneHas();
    void netQube_thatIsNoneAnyMoreForgetsItsClients();

private:
    void addClient(const char *name, const char *provider);

    void update(std::string_view qube)
    {
        m_parts->update(m_builder->model, m_builder->get(qube).id);
        m_parts->writeLists();
    }

    [[nodiscard]] Database &database(std::string_view qube)
    {
        // As a program of dom0 would.
        return const_cast<Database &>(m_stores.at(m_builder->get(qube).id)->database()); // NOLINT(*-const-cast)
    }

    [[nodiscard]] std::string read(std::string_view qube, std::string_view path)
    {
        const auto *const entry = database(qube).find(path);
        return entry == nullptr ? "(none)" : entry->value.text();
    }

    BootClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::optional<ModelBuilder> m_builder;
    ClientParts::Stores m_stores;
    std::optional<ClientParts> m_parts;
    Names m_computed; ///< clients, one each time that the rules of one are looked at
};

void ClientPartsTest::init()
{
    m_loop = EventLoop::create(m_clock).value();
    m_builder.emplace();
    auto providers = standardClientProviders();
    providers.emplace_back([this](const Model &, const Qube &client, Keys &) {
        m_computed.push_back(client.name.text());
    });
    m_parts.emplace(std::move(providers), m_stores);
    for (const char *const name : {"net", "other"}) {
        m_builder->add(name, QubeClass::AppVM);
        m_builder->set(name, "netvm", "");
        m_builder->set(name, "provides_network", "True");
        const Qube &qube = m_builder->get(name);
        m_stores.emplace(qube.id, std::make_unique<QubeStore>(*m_loop, qube.name));
        m_parts->follow(m_builder->model, qube);
    }
    m_parts->writeLists();
}

void ClientPartsTest::cleanup()
{
    m_parts.reset();
    m_stores.clear();
    m_loop.reset();
    m_computed.clear();
}

void ClientPartsTest::addClient(const char *name, const char *provider)
{
    m_builder->add(name, QubeClass::AppVM);
    m_builder->set(name, "netvm", provider);
    update(name);
}

void ClientPartsTest::qubesdb_034_listNamesHaltedClients()
{
    addClient("work", "net");
    addClient("second", "net");
    m_builder->setPower("second", PowerState::Running);
    update("second");
    QVERIFY(m_builder->get("work").isHalted());
    QCOMPARE(read("net", "/connected-ips"), std::string("10.137.0.3 10.137.0.4"));
    QCOMPARE(read("net", "/connected-ips6"), std::string());
    m_builder->setFeature("work", "net.fake-ip", "192.168.1.2");
    update("work");
    QCOMPARE(read("net", "/connected-ips"), std::string("192.168.1.2 10.137.0.4"));
    m_builder->setFeature("net", "ipv6", "1");
    update("work");
    QCOMPARE(read("net", "/connected-ips6"), std::string("fd09:24ef:4179::a89:3"));
}

void ClientPartsTest::list_isThereWithoutAClient()
{
    QCOMPARE(read("net", "/connected-ips"), std::string());
    addClient("work", "net");
    m_builder->set("work", "netvm", "");
    update("work");
    QCOMPARE(read("net", "/connected-ips"), std::string());
}

void ClientPartsTest::client_isToldToItsOwnNetQubeOnly()
{
    addClient("work", "net");
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.3"), std::string("(none)")); // it does not run
    m_builder->setPower("work", PowerState::Running);
    update("work");
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.3/0000"), std::string("action=accept"));
    QCOMPARE(read("other", "/qubes-firewall/10.137.0.3"), std::string("(none)"));
    m_builder->set("work", "netvm", "other");
    update("work");
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.3"), std::string("(none)"));
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.3/0000"), std::string("(none)"));
    QCOMPARE(read("net", "/connected-ips"), std::string());
    QCOMPARE(read("other", "/qubes-firewall/10.137.0.3/0000"), std::string("action=accept"));
    QCOMPARE(read("other", "/connected-ips"), std::string("10.137.0.3"));
    m_builder->setPower("work", PowerState::Halted);
    update("work");
    QCOMPARE(read("other", "/qubes-firewall/10.137.0.3"), std::string("(none)"));
    QCOMPARE(read("other", "/connected-ips"), std::string("10.137.0.3"));
}

void ClientPartsTest::client_thatChangesIsComputedAlone()
{
    for (int i = 0; i < 50; ++i) {
        addClient(formatted("client{}", i).c_str(), "net");
        m_builder->setPower(formatted("client{}", i), PowerState::Running);
        update(formatted("client{}", i));
    }
    m_computed.clear();
    Writes writes;
    QVERIFY(database("net").addWatch(writes, Path::parse("/").value()));
    m_builder->setPower("client7", PowerState::Halted);
    update("client7");
    m_builder->setPower("client7", PowerState::Running);
    update("client7");
    database("net").forget(writes);
    QCOMPARE(m_computed, (Names{"client7", "client7"}));
    // Its rules go, and come; the list of all is as it was.
    const std::string rules = "/qubes-firewall/" + readText(m_builder->model, m_builder->get("client7"), "ip");
    QCOMPARE(writes.paths, (Names{rules + "/", rules, rules + "/0000", rules + "/policy", rules}));
}

void ClientPartsTest::client_thatIsRemovedLeavesNothing()
{
    addClient("work", "net");
    m_builder->setPower("work", PowerState::Running);
    update("work");
    const Qid id = m_builder->get("work").id;
    QVERIFY(m_parts->strangers(m_builder->model).empty());
    m_builder->model.apply(Change::RemoveQube{.id = id});
    QCOMPARE(m_parts->strangers(m_builder->model), std::set{id});
    m_parts->update(m_builder->model, id);
    m_parts->writeLists();
    QVERIFY(m_parts->strangers(m_builder->model).empty());
    QCOMPARE(read("net", "/connected-ips"), std::string());
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.3"), std::string("(none)"));
}

void ClientPartsTest::clients_ofOneAddressKeepWhatTheOtherOneHas()
{
    for (const char *const name : {"work", "twin"}) {
        addClient(name, "net");
        m_builder->set(name, "ip", "10.137.0.50"); // as a store of elsewhere may have it
        m_builder->setPower(name, PowerState::Running);
        update(name);
    }
    m_builder->setPower("work", PowerState::Halted);
    update("work");
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.50/0000"), std::string("action=accept"));
    m_builder->setPower("twin", PowerState::Halted);
    update("twin");
    QCOMPARE(read("net", "/qubes-firewall/10.137.0.50/0000"), std::string("(none)"));
}

void ClientPartsTest::netQube_thatIsNoneAnyMoreForgetsItsClients()
{
    addClient("work", "net");
    m_builder->set("net", "provides_network", "False");
    m_parts->follow(m_builder->model, m_builder->get("net"));
    m_parts->writeLists();
    QCOMPARE(read("net", "/connected-ips"), std::string("(none)"));
    m_builder->set("net", "provides_network", "True");
    m_parts->follow(m_builder->model, m_builder->get("net"));
    m_parts->writeLists();
    QCOMPARE(read("net", "/connected-ips"), std::string("10.137.0.3"));
}

QTEST_GUILESS_MAIN(ClientPartsTest)
#include "clientpartstest.moc"
