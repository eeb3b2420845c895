// SPDX-License-Identifier: GPL-2.0-or-later
// The rules of who gets network from whom, and by which addresses, without any I/O.
#include "base/formatted.h"
#include "dom0-core/lifecycle/domainconfig.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertyevents.h"
#include "dom0-core/model/qubefeatures.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class ModelNetworkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void model_074_addresses_data();
    void model_074_addresses();
    void model_075_disposablesHaveAddressesOfTheirOwn();
    void model_076_address6NeedsTheFeatureOnTheChain();
    void whatAQubeSees();
    void hiddenAddressesAreChecked_data();
    void hiddenAddressesAreChecked();
    void hiddenAddressesComeFromTheTemplate();
    void addressesOfOneNetQubeDiffer();
    void S_158_model_077_loopsAreRefused();
    void S_158_tooDeepIsRefused();
    void model_077_loopByDefaultIsRefused();
    void model_079_netQubeWithClientsStaysOne();

private:
    std::optional<ModelBuilder> m_builder;
};

void ModelNetworkTest::init()
{
    m_builder.emplace();
    m_builder->host.kernels["6.12"] = "";
    m_builder->add("base", QubeClass::TemplateVM);
    m_builder->add("work", QubeClass::AppVM);
    m_builder->set("work", "template", "base");
}

void ModelNetworkTest::model_074_addresses_data()
{
    QTest::addColumn<quint32>("number");
    QTest::addColumn<std::string>("address");
    QTest::newRow("5") << 5U << std::string("10.137.0.5");
    QTest::newRow("254") << 254U << std::string("10.137.0.254");
    QTest::newRow("255") << 255U << std::string("10.137.1.1");
    QTest::newRow("508") << 508U << std::string("10.137.1.254");
    QTest::newRow("509") << 509U << std::string("10.137.2.1");
    QTest::newRow("9999") << 9999U << std::string("10.137.39.93");
}

void ModelNetworkTest::model_074_addresses()
{
    QFETCH(quint32, number);
    QFETCH(std::string, address);
    QCOMPARE(addressFor("10.137", number), address);
}

void ModelNetworkTest::model_075_disposablesHaveAddressesOfTheirOwn()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->setFeature("net", "ipv6", "1");
    m_builder->add("brief", QubeClass::DispVM);
    m_builder->set("brief", "netvm", "net");
    m_builder->set("brief", "dispid", "0");
    QCOMPARE(m_builder->read("brief", "ip"), std::string("10.138.0.0"));
    QCOMPARE(m_builder->read("brief", "ip6"), std::string("fd09:24ef:4179::a8a:0"));
    m_builder->set("brief", "dispid", "9999");
    QCOMPARE(m_builder->read("brief", "ip"), std::string("10.138.39.93"));
}

void ModelNetworkTest::model_076_address6NeedsTheFeatureOnTheChain()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->add("x", QubeClass::AppVM, Qid(5));
    m_builder->set("x", "label", "red");
    m_builder->set("x", "netvm", "net");
    QCOMPARE(m_builder->read("x", "ip6"), std::string("(unset)"));
    m_builder->setFeature("net", "ipv6", "1");
    QCOMPARE(m_builder->read("x", "ip6"), std::string("fd09:24ef:4179::a89:5"));
    QCOMPARE(m_builder->read("x", "visible_gateway6"), std::string("fd09:24ef:4179::a89:3"));
}

void ModelNetworkTest::whatAQubeSees()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->set("work", "netvm", "net");
    QCOMPARE(m_builder->read("work", "ip"), std::string("10.137.0.2"));
    QCOMPARE(m_builder->read("work", "visible_ip"), std::string("10.137.0.2"));
    QCOMPARE(m_builder->read("work", "visible_gateway"), std::string("10.137.0.3"));
    QCOMPARE(m_builder->read("work", "visible_netmask"), std::string("255.255.255.255"));
    QCOMPARE(m_builder->read("work", "dns"), std::string("10.139.1.1 10.139.1.2"));
    QCOMPARE(m_builder->read("work", "gateway"), std::string("(unset)"));
    QCOMPARE(m_builder->read("net", "gateway"), std::string("10.137.0.3"));
    m_builder->setFeature("base", "net.fake-ip", "192.168.1.2");
    m_builder->setFeature("work", "net.fake-gateway", "rubbish");
    QCOMPARE(m_builder->read("work", "visible_ip"), std::string("192.168.1.2"));
    QCOMPARE(m_builder->read("work", "visible_gateway"), std::string("10.137.0.3"));
}

void ModelNetworkTest::hiddenAddressesAreChecked_data()
{
    QTest::addColumn<QString>("feature");
    QTest::addColumn<QString>("property");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("seen"); ///< empty: it cannot be set, and one in the store is taken for missing

    const auto ip = QStringLiteral("net.fake-ip");
    const auto gateway = QStringLiteral("net.fake-gateway");
    const auto mask = QStringLiteral("net.fake-netmask");
    QTest::newRow("address") << ip << "visible_ip" << "192.168.1.2" << "192.168.1.2";
    QTest::newRow("highest address") << ip << "visible_ip" << "223.255.255.255" << "223.255.255.255";
    QTest::newRow("multicast") << ip << "visible_ip" << "224.0.0.1" << "";
    QTest::newRow("loopback") << ip << "visible_ip" << "127.0.0.1" << "";
    QTest::newRow("nobody's address") << ip << "visible_ip" << "0.0.0.0" << "";
    QTest::newRow("with a prefix") << ip << "visible_ip" << "192.168.1.2/24" << "";
    QTest::newRow("IPv6") << ip << "visible_ip" << "fd00::2" << "";
    QTest::newRow("a command") << ip << "visible_ip" << "192.168.1.2; flush ruleset" << "";
    QTest::newRow("gateway") << gateway << "visible_gateway" << "192.168.1.1" << "192.168.1.1";
    QTest::newRow("a name for a gateway") << gateway << "visible_gateway" << "router" << "";
    QTest::newRow("netmask") << mask << "visible_netmask" << "255.255.240.0" << "255.255.240.0";
    QTest::newRow("number of ones") << mask << "visible_netmask" << "24" << "255.255.255.0";
    QTest::newRow("no ones") << mask << "visible_netmask" << "0" << "0.0.0.0";
    QTest::newRow("all ones") << mask << "visible_netmask" << "32" << "255.255.255.255";
    QTest::newRow("too many ones") << mask << "visible_netmask" << "33" << "";
    QTest::newRow("a hole in the netmask") << mask << "visible_netmask" << "255.0.255.0" << "";
}

void ModelNetworkTest::hiddenAddressesAreChecked()
{
    QFETCH(const QString, feature);
    QFETCH(const QString, property);
    QFETCH(const QString, value);
    QFETCH(const QString, seen);
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->set("work", "netvm", "net");
    const std::string before = m_builder->read("work", property.toStdString());
    const auto checked = checkFeature(feature.toStdString(), value.toStdString());
    QCOMPARE(checked.has_value(), !seen.isEmpty());
    if (!checked) {
        QCOMPARE(checked.error().kind, RefusalKind::BadValue);
    }
    m_builder->setFeature("work", feature.toStdString(), value.toStdString());
    QCOMPARE(m_builder->read("work", property.toStdString()), seen.isEmpty() ? before : seen.toStdString());
}

void ModelNetworkTest::hiddenAddressesComeFromTheTemplate()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->set("work", "netvm", "net");
    m_builder->setFeature("base", "net.fake-ip", "192.168.1.2");
    m_builder->setFeature("base", "net.fake-gateway", "192.168.1.1");
    m_builder->setFeature("base", "net.fake-netmask", "24");
    QCOMPARE(m_builder->read("work", "visible_ip"), std::string("192.168.1.2"));
    QCOMPARE(m_builder->read("work", "visible_gateway"), std::string("192.168.1.1"));
    QCOMPARE(m_builder->read("work", "visible_netmask"), std::string("255.255.255.0"));
    QCOMPARE(m_builder->read("work", "ip"), std::string("10.137.0.2"));
    m_builder->model.setRun(m_builder->get("net").id,
                            {.power = PowerState::Running, .domain = DomId{7}, .started = {}});
    const auto link = networkLinkOf(m_builder->model, m_builder->get("work")).value();
    QCOMPARE(link.address, std::string("10.137.0.2"));
    QCOMPARE(link.gateway, m_builder->read("net", "ip"));
    QCOMPARE(link.seenAddress(), std::string("192.168.1.2"));
    QCOMPARE(link.seenGateway(), std::string("192.168.1.1"));
    QCOMPARE(int{link.visiblePrefix}, 24);
    QCOMPARE(ownAddressOf(m_builder->model, m_builder->get("work")), std::string("192.168.1.2"));
    QCOMPARE(ownAddressOf(m_builder->model, m_builder->get("base")), std::string()); // it has no network
    QVERIFY(checkFeature("net.fake-ip", "").has_value());                            // no template's counts behind it
    m_builder->setFeature("work", "net.fake-ip", "");
    QCOMPARE(m_builder->read("work", "visible_ip"), std::string("10.137.0.2"));
    // Whoever shows these properties hears of it from the template's feature.
    const auto events = derivedFeatureEvents(m_builder->model, m_builder->get("base"), "net.fake-netmask");
    QVERIFY(std::ranges::any_of(events, [](const Event &event) {
        return event.subject->text() == "work" && event.name == "property-reset:visible_ip";
    }));
}

void ModelNetworkTest::addressesOfOneNetQubeDiffer()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->add("other", QubeClass::AppVM);
    m_builder->set("work", "netvm", "net");
    QCOMPARE(m_builder->check("work", "ip", "10.137.0.4"), std::string("10.137.0.4"));
    m_builder->set("other", "netvm", "net");
    QCOMPARE(m_builder->check("work", "ip", "10.137.0.4"), std::string("QubesPropertyValueError"));
}

void ModelNetworkTest::S_158_model_077_loopsAreRefused()
{
    // A chain n0 ← n1 ← … ← n49, each getting its network from the one before.
    constexpr int Length = 50;
    for (int i = 0; i < Length; ++i) {
        m_builder->add(formatted("n{}", i), QubeClass::AppVM);
        m_builder->set(formatted("n{}", i), "provides_network", "True");
        if (i > 0) {
            const auto previous = formatted("n{}", i - 1);
            QCOMPARE(m_builder->check(formatted("n{}", i), "netvm", previous), previous);
            m_builder->set(formatted("n{}", i), "netvm", previous);
        }
    }
    for (const char *provider : {"n0", "n1", "n49"}) { // circles of 1, 2 and 50
        QCOMPARE(m_builder->check("n0", "netvm", provider), std::string("QubesPropertyValueError"));
        const auto refused =
            checkValue(m_builder->model, m_builder->get("n0"), *findProperty(QubeClass::AppVM, "netvm"), provider);
        QVERIFY(refused.error().message.contains("circle"));
    }
}

void ModelNetworkTest::S_158_tooDeepIsRefused()
{
    std::string previous;
    std::string refusal;
    for (int i = 0; i < 100 && refusal.empty(); ++i) {
        const std::string name = formatted("n{}", i);
        m_builder->add(name, QubeClass::AppVM);
        m_builder->set(name, "provides_network", "True");
        if (const auto checked = m_builder->check(name, "netvm", previous); checked != previous) {
            refusal = checked;
            QCOMPARE(i, static_cast<int>(MaxNetworkDepth) + 1);
        }
        m_builder->set(name, "netvm", previous);
        previous = name;
    }
    QCOMPARE(refusal, std::string("QubesPropertyValueError"));
}

void ModelNetworkTest::model_077_loopByDefaultIsRefused()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    // net follows the default itself, so it would become its own net qube.
    QCOMPARE(m_builder->checkGlobal("default_netvm", "net"), std::string("QubesPropertyValueError"));
    m_builder->set("net", "netvm", "");
    QCOMPARE(m_builder->checkGlobal("default_netvm", "net"), std::string("net"));
    m_builder->setGlobal("default_netvm", "net");
    const Qube &net = m_builder->get("net");
    const auto reset = checkReset(m_builder->model, net, *findProperty(net.klass, "netvm"));
    QCOMPARE(reset.error().kind, RefusalKind::BadPropertyValue);
}

void ModelNetworkTest::model_079_netQubeWithClientsStaysOne()
{
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    QCOMPARE(m_builder->check("net", "provides_network", "False"), std::string("False"));
    m_builder->set("work", "netvm", "net");
    QCOMPARE(m_builder->check("net", "provides_network", "False"), std::string("QubesVMInUseError"));
    const Qube &net = m_builder->get("net");
    QVERIFY(!checkReset(m_builder->model, net, *findProperty(net.klass, "provides_network")));
}

QTEST_GUILESS_MAIN(ModelNetworkTest)
#include "modelnetworktest.moc"
