// SPDX-License-Identifier: GPL-2.0-or-later
// What net qubes are told of their clients' rules, as a function of the model.
#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/qubesdb/keys.h"
#include "tests/dom0-core/modelbuilder.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class FirewallKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void freshClient_maySendEverything();
    void qubesdb_036_oldTreeGoesAndTheTriggerComesLast();
    void qubesdb_037_rulesOfAFamilyStandBelowItsAddress();
    void qubesdb_038_expiredRulesAreLeftOut();
    void haltedClient_hasNoKeys();

private:
    void setRules(std::string_view rules)
    {
        m_builder->model.apply(
            Change::SetFirewall{.id = m_builder->get("work").id, .rules = Firewall::parseRules(rules).value()});
    }

    [[nodiscard]] QubesDb::Keys keysOf(std::string_view qube) const
    {
        QubesDb::Keys keys;
        for (const Qube *const client : clientsOf(m_builder->model, m_builder->get(qube))) {
            QubesDb::addFirewallKeys(m_builder->model, *client, keys);
        }
        return keys;
    }

    /// `leaf=value`, sorted; nothing if there is no such group.
    [[nodiscard]] QStringList group(std::string_view trigger) const;

    std::unique_ptr<ModelBuilder> m_builder;
};

void FirewallKeysTest::init()
{
    m_builder = std::make_unique<ModelBuilder>();
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "netvm", "");
    m_builder->set("net", "provides_network", "True");
    m_builder->add("work", QubeClass::AppVM);
    m_builder->set("work", "netvm", "net");
    m_builder->set("work", "ip", "10.137.0.50");
    m_builder->setPower("net", PowerState::Running);
    m_builder->setPower("work", PowerState::Running);
}

QStringList FirewallKeysTest::group(std::string_view trigger) const
{
    const auto keys = keysOf("net");
    const auto place = keys.groups().find(QubesDb::Key::parse(trigger).value());
    QStringList lines;
    if (place != keys.groups().end()) {
        for (const auto &[leaf, value] : place->second) {
            lines << QString::fromStdString(leaf) + u'=' + QString::fromStdString(value.text());
        }
    }
    return lines;
}

void FirewallKeysTest::freshClient_maySendEverything()
{
    QCOMPARE(group("/qubes-firewall/10.137.0.50"),
             (QStringList{QStringLiteral("0000=action=accept"), QStringLiteral("policy=drop")}));
    QCOMPARE(QubesDb::firewallTriggersOf(m_builder->model, m_builder->get("work")),
             std::vector<std::string>{"/qubes-firewall/10.137.0.50"});
}

void FirewallKeysTest::qubesdb_036_oldTreeGoesAndTheTriggerComesLast()
{
    const auto before = keysOf("net");
    setRules("action=drop proto=tcp\naction=accept comment=rest\n");
    const auto steps = QubesDb::changesBetween(before, keysOf("net"));
    QStringList paths;
    for (const QubesDb::Step &step : steps) {
        const auto *const written = std::get_if<QubesDb::Write>(&step);
        paths << QString::fromStdString(written != nullptr ? written->key.text()
                                                           : std::get<QubesDb::Remove>(step).path.text());
    }
    const QString root = QStringLiteral("/qubes-firewall/10.137.0.50");
    QCOMPARE(paths.size(), 5);
    QCOMPARE(paths.first(), root + u'/');
    QCOMPARE(paths.last(), root);
    QVERIFY(paths.contains(root + u"/policy"));
    QVERIFY(paths.contains(root + u"/0000"));
    QVERIFY(paths.contains(root + u"/0001"));
}

void FirewallKeysTest::qubesdb_037_rulesOfAFamilyStandBelowItsAddress()
{
    m_builder->setFeature("net", "ipv6", "1");
    m_builder->set("work", "ip6", "fd09:24ef:4179::a89:50");
    setRules("action=drop dst6=2001:db8::/32\naction=drop dst4=192.0.2.0/24\n");
    QCOMPARE(group("/qubes-firewall/10.137.0.50"),
             (QStringList{QStringLiteral("0000=action=drop dst4=192.0.2.0/24"), QStringLiteral("policy=drop")}));
    QCOMPARE(group("/qubes-firewall/fd09:24ef:4179::a89:50"),
             (QStringList{QStringLiteral("0000=action=drop dst6=2001:db8::/32"), QStringLiteral("policy=drop")}));
}

void FirewallKeysTest::qubesdb_038_expiredRulesAreLeftOut()
{
    const auto now = m_builder->host.time.time_since_epoch().count();
    setRules(formatted("action=accept expire={}\naction=drop\n", now + 1));
    QCOMPARE(group("/qubes-firewall/10.137.0.50").size(), 3);
    m_builder->host.time += std::chrono::seconds(1);
    QCOMPARE(group("/qubes-firewall/10.137.0.50"),
             (QStringList{QStringLiteral("0000=action=drop"), QStringLiteral("policy=drop")}));
}

void FirewallKeysTest::haltedClient_hasNoKeys()
{
    m_builder->setPower("work", PowerState::Halted);
    QVERIFY(keysOf("net").groups().empty());
}

QTEST_GUILESS_MAIN(FirewallKeysTest)
#include "firewallkeystest.moc"
