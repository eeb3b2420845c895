// SPDX-License-Identifier: GPL-2.0-or-later
// What dom0 writes into databases: a function of the model, without any I/O.
#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/qubesdb/keys.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using namespace Bulkhead::Test;

namespace
{

/// `write PATH=VALUE` or `remove PATH`, as the steps come.
std::vector<std::string> spelled(const std::vector<Step> &steps)
{
    std::vector<std::string> words;
    for (const Step &step : steps) {
        if (const auto *const write = std::get_if<Write>(&step)) {
            words.push_back(formatted("write {}={}", write->key.text(), write->value.text()));
        } else {
            words.push_back("remove " + std::get<Remove>(step).path.text());
        }
    }
    return words;
}

using Words = std::vector<std::string>;

} // namespace

class QubesDbKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void qubesdb_027_everyKeyOfAnAppVm();
    void qubesdb_027_everyKeyOfANetQube();
    void qubesdb_027_persistenceAndOldTypeByClass_data();
    void qubesdb_027_persistenceAndOldTypeByClass();
    void qubesdb_027_settingsFromFeatures();
    void qubesdb_028_aDisposableKeepsNothing();
    void qubesdb_029_anonTimezoneHidesTheZone();
    void qubesdb_030_servicesFollowTheirFeatures();
    void qubesdb_031_applicationsOfDisposablesAreFoundByHash();
    void qubesdb_032_displayFollowsTheGuiDomain();
    void qubesdb_033_unpluggedQubesKeepTheirNetworkKeys();
    void mappedAddresses_areThoseThatDiffer();
    void changes_touchOnlyWhatDiffers();
    void qubesdb_036_aGroupIsReplacedAsAWhole();
    void whatCannotBeAKey_isLeftOut();
    void dependencies_followTheReferences();

private:
    [[nodiscard]] Keys keys(std::string_view qube) const
    {
        Keys all = keysOf(standardProviders(), m_builder->model, m_builder->get(qube));
        for (const Qube *const client : clientsOf(m_builder->model, m_builder->get(qube))) {
            for (const ClientKeyProvider &add : standardClientProviders()) {
                add(m_builder->model, *client, all);
            }
        }
        return all;
    }

    /// The value, or `(none)`.
    [[nodiscard]] std::string read(std::string_view qube, std::string_view path) const
    {
        const Keys all = keys(qube);
        const std::string *const value = all.find(path);
        return value == nullptr ? "(none)" : *value;
    }

    std::optional<ModelBuilder> m_builder;
};

void QubesDbKeysTest::init()
{
    m_builder.emplace();
    m_builder->host.zone = "Europe/Vienna";
    m_builder->add("base", QubeClass::TemplateVM); // 1
    m_builder->add("sys-net", QubeClass::AppVM);   // 2
    m_builder->add("work", QubeClass::AppVM);      // 3
    for (const char *name : {"sys-net", "work"}) {
        m_builder->set(name, "template", "base");
    }
    m_builder->set("sys-net", "netvm", "");
    m_builder->set("sys-net", "provides_network", "True");
    m_builder->set("work", "netvm", "sys-net");
}

void QubesDbKeysTest::qubesdb_027_everyKeyOfAnAppVm()
{
    m_builder->set("work", "guivm", "dom0");
    m_builder->set("work", "audiovm", "dom0");
    m_builder->set("work", "maxmem", "4000");
    m_builder->model.setRun(Dom0Qid, {.power = PowerState::Running, .domain = Dom0, .started = std::nullopt});
    const std::vector<std::pair<std::string, std::string>> expected{
        {"/default-user", "user"},
        {"/keyboard-layout", "us++"},
        {"/name", "work"},
        {"/qubes-audio-domain-xid", "0"},
        {"/qubes-base-template", "base"},
        {"/qubes-block-devices", ""},
        {"/qubes-debug-mode", "0"},
        {"/qubes-gateway", "10.137.0.2"},
        {"/qubes-gui-domain-xid", "0"},
        {"/qubes-gui-enabled", "True"},
        {"/qubes-ip", "10.137.0.3"},
        {"/qubes-iptables-error", ""},
        {"/qubes-mac", "00:16:3e:5e:6c:00"},
        {"/qubes-netmask", "255.255.255.255"},
        {"/qubes-primary-dns", "10.139.1.1"},
        {"/qubes-secondary-dns", "10.139.1.2"},
        {"/qubes-service/meminfo-writer", "1"},
        {"/qubes-timezone", "Europe/Vienna"},
        {"/qubes-usb-devices", ""},
        {"/qubes-vm-persistence", "rw-only"},
        {"/qubes-vm-type", "AppVM"},
        {"/qubes-vm-updateable", "False"},
        {"/type", "AppVM"},
    };
    std::vector<std::pair<std::string, std::string>> found;
    const Keys all = keys("work");
    for (const auto &[key, single] : all.singles()) {
        found.emplace_back(key.text(), single.value.text());
    }
    QCOMPARE(found, expected);
    QVERIFY(all.groups().empty());
    QVERIFY(all.leftOut().empty());
}

void QubesDbKeysTest::qubesdb_027_everyKeyOfANetQube()
{
    m_builder->setFeature("sys-net", "ipv6", "1");
    QCOMPARE(read("sys-net", "/qubes-vm-type"), std::string("NetVM"));
    QCOMPARE(read("sys-net", "/qubes-netvm-network"), std::string("10.137.0.2"));
    QCOMPARE(read("sys-net", "/qubes-netvm-gateway"), std::string("10.137.0.2"));
    QCOMPARE(read("sys-net", "/qubes-netvm-gateway6"), std::string("fd09:24ef:4179::a89:2"));
    QCOMPARE(read("sys-net", "/qubes-netvm-netmask"), std::string("255.255.255.255"));
    QCOMPARE(read("sys-net", "/qubes-netvm-primary-dns"), std::string("10.139.1.1"));
    QCOMPARE(read("sys-net", "/qubes-netvm-secondary-dns"), std::string("10.139.1.2"));
    QCOMPARE(read("sys-net", "/qubes-ip"), std::string("(none)"));
    QCOMPARE(read("work", "/qubes-ip6"), std::string("fd09:24ef:4179::a89:3"));
    QCOMPARE(read("work", "/qubes-gateway6"), std::string("fd09:24ef:4179::a89:2"));
    QCOMPARE(read("work", "/qubes-netvm-network"), std::string("(none)"));
}

void QubesDbKeysTest::qubesdb_027_persistenceAndOldTypeByClass_data()
{
    QTest::addColumn<QByteArray>("qube");
    QTest::addColumn<QByteArray>("persistence");
    QTest::addColumn<QByteArray>("updateable");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("oldType");

    using Text = QByteArray;
    QTest::newRow("template") << Text("base") << Text("full") << Text("True") << Text("TemplateVM")
                              << Text("TemplateVM");
    QTest::newRow("app") << Text("work") << Text("rw-only") << Text("False") << Text("AppVM") << Text("AppVM");
    QTest::newRow("standalone") << Text("alone") << Text("full") << Text("True") << Text("StandaloneVM")
                                << Text("AppVM");
    QTest::newRow("proxy") << Text("firewall") << Text("rw-only") << Text("False") << Text("AppVM") << Text("ProxyVM");
}

void QubesDbKeysTest::qubesdb_027_persistenceAndOldTypeByClass()
{
    QFETCH(const QByteArray, qube);
    QFETCH(const QByteArray, persistence);
    QFETCH(const QByteArray, updateable);
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, oldType);
    m_builder->add("alone", QubeClass::StandaloneVM);
    m_builder->add("firewall", QubeClass::AppVM);
    m_builder->set("firewall", "template", "base");
    m_builder->set("firewall", "provides_network", "True");
    m_builder->set("firewall", "netvm", "sys-net");
    const std::string name = qube.toStdString();
    QCOMPARE(read(name, "/qubes-vm-persistence"), persistence.toStdString());
    QCOMPARE(read(name, "/qubes-vm-updateable"), updateable.toStdString());
    QCOMPARE(read(name, "/type"), type.toStdString());
    QCOMPARE(read(name, "/qubes-vm-type"), oldType.toStdString());
}

void QubesDbKeysTest::qubesdb_027_settingsFromFeatures()
{
    m_builder->set("work", "debug", "True");
    m_builder->set("base", "default_user", "root");
    m_builder->set("work", "maxmem", "0");
    m_builder->setFeature("work", "vm-config.theme", "dark blue");
    m_builder->setFeature("work", "custom-persist.docs", "/home/user/docs");
    m_builder->setFeature("base", "gui-videoram-min", "12000");
    m_builder->setFeature("dom0", "gui-videoram-overhead", "300");
    m_builder->setFeature("work", "service.guivm", "1");
    QCOMPARE(read("work", "/qubes-debug-mode"), std::string("1"));
    QCOMPARE(read("work", "/default-user"), std::string("root"));
    QCOMPARE(read("work", "/qubes-service/meminfo-writer"), std::string("0"));
    QCOMPARE(read("work", "/vm-config/theme"), std::string("dark blue"));
    QCOMPARE(read("work", "/persist/docs"), std::string("/home/user/docs"));
    QCOMPARE(read("work", "/qubes-gui-videoram-min"), std::string("12000"));
    QCOMPARE(read("work", "/qubes-gui-videoram-overhead"), std::string("300"));
    QCOMPARE(read("work", "/guivm-windows-prefix"), std::string("GuiVM"));
    m_builder->setFeature("base", "boot-mode.kernelopts.admin", "x");
    m_builder->setFeature("base", "boot-mode.default-user.admin", "sysadmin");
    m_builder->set("work", "bootmode", "admin");
    QCOMPARE(read("work", "/default-user"), std::string("sysadmin"));
}

void QubesDbKeysTest::qubesdb_028_aDisposableKeepsNothing()
{
    m_builder->add("disp1", QubeClass::DispVM);
    QCOMPARE(read("disp1", "/qubes-vm-persistence"), std::string("none"));
}

void QubesDbKeysTest::qubesdb_029_anonTimezoneHidesTheZone()
{
    QCOMPARE(read("work", "/qubes-timezone"), std::string("Europe/Vienna"));
    const Keys before = keys("work");
    m_builder->setFeature("base", "anon-timezone", "1");
    QCOMPARE(spelled(changesBetween(before, keys("work"))), Words{"remove /qubes-timezone"});
    m_builder->setFeature("base", "anon-timezone", "");
    m_builder->host.zone.reset();
    QCOMPARE(read("work", "/qubes-timezone"), std::string("(none)"));
}

void QubesDbKeysTest::qubesdb_030_servicesFollowTheirFeatures()
{
    const Keys before = keys("work");
    m_builder->setFeature("work", "service.cups", "1");
    const Keys on = keys("work");
    QCOMPARE(spelled(changesBetween(before, on)), Words{"write /qubes-service/cups=1"});
    m_builder->setFeature("work", "service.cups", "");
    const Keys off = keys("work");
    QCOMPARE(spelled(changesBetween(on, off)), Words{"write /qubes-service/cups=0"});
    m_builder->model.apply(Change::RemoveFeature{.id = m_builder->get("work").id, .name = "service.cups"});
    QCOMPARE(spelled(changesBetween(off, keys("work"))), Words{"remove /qubes-service/cups"});
    const std::string longest(48, 's');
    m_builder->setFeature("work", "service." + longest, "1");
    m_builder->setFeature("work", "service.x" + longest, "1");
    QCOMPARE(read("work", "/qubes-service/" + longest), std::string("1"));
    QVERIFY(keys("work").leftOut().empty());
}

void QubesDbKeysTest::qubesdb_031_applicationsOfDisposablesAreFoundByHash()
{
    // SHA-256 of `abc` (FIPS 180-2, appendix B.1), in URL-safe base64.
    m_builder->setFeature("work", "service.app-dispvm.abc", "1");
    m_builder->setFeature("work", "service.app-dispvm.off", "");
    const std::string hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
    QCOMPARE(read("work", "/hash-app-dispvm/" + hash), std::string("abc"));
    int hashes = 0;
    const Keys all = keys("work");
    for (const auto &[key, single] : all.singles()) {
        hashes += key.text().starts_with("/hash-app-dispvm/") ? 1 : 0;
    }
    QCOMPARE(hashes, 1);
}

void QubesDbKeysTest::qubesdb_032_displayFollowsTheGuiDomain()
{
    m_builder->add("sys-gui", QubeClass::AppVM);
    m_builder->set("work", "guivm", "sys-gui");
    QCOMPARE(read("work", "/qubes-gui-domain-xid"), std::string("(none)"));
    QCOMPARE(read("work", "/qubes-gui-enabled"), std::string("True"));
    m_builder->model.setRun(m_builder->get("sys-gui").id,
                            {.power = PowerState::Running, .domain = DomId{5}, .started = std::nullopt});
    const Keys before = keys("work");
    QCOMPARE(read("work", "/qubes-gui-domain-xid"), std::string("5"));
    m_builder->model.setRun(m_builder->get("sys-gui").id,
                            {.power = PowerState::Running, .domain = DomId{9}, .started = std::nullopt});
    QCOMPARE(spelled(changesBetween(before, keys("work"))), Words{"write /qubes-gui-domain-xid=9"});
    m_builder->setFeature("work", "gui", "");
    QCOMPARE(read("work", "/qubes-gui-enabled"), std::string("False"));
    m_builder->set("work", "guivm", "");
    QCOMPARE(read("work", "/qubes-gui-enabled"), std::string("False"));
    QCOMPARE(read("work", "/qubes-gui-domain-xid"), std::string("(none)"));
    QCOMPARE(read("work", "/keyboard-layout"), std::string("(none)"));
}

void QubesDbKeysTest::qubesdb_033_unpluggedQubesKeepTheirNetworkKeys()
{
    m_builder->add("sys-other", QubeClass::AppVM);
    m_builder->set("sys-other", "provides_network", "True");
    m_builder->set("sys-other", "netvm", "");
    const Keys plugged = keys("work");
    m_builder->set("work", "netvm", "sys-other");
    const Keys elsewhere = keys("work");
    QCOMPARE(spelled(changesBetween(plugged, elsewhere)), Words{"write /qubes-gateway=10.137.0.4"});
    m_builder->set("work", "netvm", "");
    QCOMPARE(spelled(changesBetween(elsewhere, keys("work"))), Words{});
}

void QubesDbKeysTest::mappedAddresses_areThoseThatDiffer()
{
    QCOMPARE(read("sys-net", "/mapped-ip/10.137.0.3/visible-ip"), std::string("(none)"));
    m_builder->setFeature("work", "net.fake-ip", "192.168.1.2");
    m_builder->setFeature("work", "net.fake-gateway", "192.168.1.1");
    QCOMPARE(read("sys-net", "/mapped-ip/10.137.0.3/visible-ip"), std::string("(none)")); // it does not run
    m_builder->setPower("work", PowerState::Running);
    QCOMPARE(read("sys-net", "/mapped-ip/10.137.0.3/visible-ip"), std::string("192.168.1.2"));
    QCOMPARE(read("sys-net", "/mapped-ip/10.137.0.3/visible-gateway"), std::string("192.168.1.1"));
    QCOMPARE(read("work", "/qubes-ip"), std::string("192.168.1.2"));
    const Keys before = keys("sys-net");
    m_builder->model.apply(Change::RemoveFeature{.id = m_builder->get("work").id, .name = "net.fake-gateway"});
    QCOMPARE(spelled(changesBetween(before, keys("sys-net"))), Words{"remove /mapped-ip/10.137.0.3/visible-gateway"});
    const Keys running = keys("sys-net");
    m_builder->setPower("work", PowerState::Halted);
    QVERIFY(std::ranges::contains(spelled(changesBetween(running, keys("sys-net"))),
                                  std::string("remove /mapped-ip/10.137.0.3/visible-ip")));
}

void QubesDbKeysTest::changes_touchOnlyWhatDiffers()
{
    Keys shown;
    shown.set("/same", "x");
    shown.set("/other", "x");
    shown.set("/gone", "x");
    shown.set("/stays", "x", WhenGone::Stay);
    Keys wanted;
    wanted.set("/same", "x");
    wanted.set("/other", "y");
    wanted.set("/new", "");
    QCOMPARE(spelled(changesBetween(shown, wanted)), (Words{"remove /gone", "write /new=", "write /other=y"}));
    QCOMPARE(spelled(changesBetween(wanted, wanted)), Words{});
}

void QubesDbKeysTest::qubesdb_036_aGroupIsReplacedAsAWhole()
{
    Keys shown;
    shown.setGroup("/qubes-firewall/10.137.0.3", {{"policy", "drop"}, {"0000", "action=accept"}});
    shown.setGroup("/qubes-firewall/10.137.0.9", {{"policy", "drop"}});
    Keys wanted;
    wanted.setGroup("/qubes-firewall/10.137.0.3",
                    {{"policy", "drop"}, {"0000", "action=drop"}, {"0001", "action=accept"}});
    QCOMPARE(spelled(changesBetween(shown, wanted)),
             (Words{"remove /qubes-firewall/10.137.0.9/",
                    "remove /qubes-firewall/10.137.0.9",
                    "remove /qubes-firewall/10.137.0.3/",
                    "write /qubes-firewall/10.137.0.3/0000=action=drop",
                    "write /qubes-firewall/10.137.0.3/0001=action=accept",
                    "write /qubes-firewall/10.137.0.3/policy=drop",
                    "write /qubes-firewall/10.137.0.3="}));
    QCOMPARE(spelled(changesBetween(wanted, wanted)), Words{});
    Keys forgotten = wanted;
    forgotten.forgetGroup("/qubes-firewall/10.137.0.3");
    QCOMPARE(spelled(changesBetween(forgotten, wanted)).back(), std::string("write /qubes-firewall/10.137.0.3="));
}

void QubesDbKeysTest::whatCannotBeAKey_isLeftOut()
{
    m_builder->setFeature("work", "vm-config.with blank", "x");
    m_builder->setFeature("work", "vm-config.good", std::string(4000, 'v'));
    const Keys all = keys("work");
    QCOMPARE(all.leftOut(), (std::vector<std::string>{"/vm-config/good", "/vm-config/with blank"}));
    QVERIFY(all.find("/name") != nullptr);
    Keys group;
    group.setGroup("/qubes-firewall/10.137.0.3", {{"policy", "drop"}, {"a b", "x"}});
    QVERIFY(group.groups().empty());
    QCOMPARE(group.leftOut().size(), 1U);
}

void QubesDbKeysTest::dependencies_followTheReferences()
{
    m_builder->add("sys-gui", QubeClass::AppVM);
    m_builder->add("vault", QubeClass::AppVM);
    m_builder->set("vault", "netvm", "");
    m_builder->set("vault", "template", "base");
    m_builder->set("work", "guivm", "sys-gui");
    const auto depends = [this](std::string_view qube, std::string_view subject) {
        return dependsOn(m_builder->model, m_builder->get(qube), m_builder->get(subject));
    };
    QVERIFY(depends("work", "work"));
    QVERIFY(depends("work", "base"));
    QVERIFY(depends("work", "sys-net"));
    QVERIFY(depends("work", "sys-gui"));
    QVERIFY(depends("work", "dom0"));
    QVERIFY(!depends("sys-net", "work")); // what a net qube has about clients is theirs
    m_builder->add("net-base", QubeClass::TemplateVM);
    m_builder->set("sys-net", "template", "net-base");
    QVERIFY(depends("work", "net-base")); // of a net qube's address that is hidden from it
    QVERIFY(!depends("work", "vault"));
    QVERIFY(!depends("vault", "sys-net"));
    QVERIFY(!depends("vault", "sys-gui"));
}

QTEST_GUILESS_MAIN(QubesDbKeysTest)
#include "qubesdbkeystest.moc"
