// SPDX-License-Identifier: GPL-2.0-or-later
// The calls on firewall rules, byte for byte, with their events and what is stored.
#include "tests/dom0-core/corefixture.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;

class AdminFirewallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_136_freshQubeAcceptsAll();
    void adminapi_024_dom0HasNone();
    void adminapi_137_adminapi_138_roundTrip();
    void set_ofNothingDropsAll();
    void adminapi_139_adminapi_140_badLinesChangeNothing_data();
    void adminapi_139_adminapi_140_badLinesChangeNothing();
    void adminapi_141_expiredRulesDisappear();
    void S_201_expiryIsToldByTimerAndStaysWhenTheClockGoesBack();
    void S_201_clockAYearForwardTakesOnlyWhatHasADate();
    void expiry_isCaughtUpAtTheStart();
    void adminapi_142_reloadOnlyTells();
    void S_145_nobodyButDom0LearnsAnything();
    void removal_takesTheRulesAlong();

private:
    [[nodiscard]] QByteArray get()
    {
        return m_core->call("admin.vm.firewall.Get", "work");
    }

    [[nodiscard]] QByteArray set(const QByteArray &rules)
    {
        return m_core->call("admin.vm.firewall.Set", "work", rules);
    }

    /// How often the event came.
    [[nodiscard]] static qsizetype changes(const RawClient &client)
    {
        return client.events().count(QStringLiteral("work|firewall-changed"));
    }

    [[nodiscard]] QByteArray inSeconds(int seconds) const
    {
        return QByteArray::number(qint64{m_core->host.time.time_since_epoch().count()} + seconds);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void AdminFirewallTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void AdminFirewallTest::cleanup()
{
    m_core.reset();
}

void AdminFirewallTest::adminapi_136_freshQubeAcceptsAll()
{
    QCOMPARE(get(), success("action=accept\n"));
}

void AdminFirewallTest::adminapi_024_dom0HasNone()
{
    for (const char *call : {"admin.vm.firewall.Get", "admin.vm.firewall.Set", "admin.vm.firewall.Reload"}) {
        QCOMPARE(m_core->call(call, "dom0"), QByteArray());
    }
}

void AdminFirewallTest::adminapi_137_adminapi_138_roundTrip()
{
    const auto client = m_core->subscribe();
    const QByteArray rules = "action=accept dst4=192.0.2.0/24 proto=tcp dstports=80-80 comment=the intranet, http\n"
                             "action=drop dsthost=example.com\n"
                             "action=accept specialtarget=dns\n"
                             "action=drop proto=icmp icmptype=8 comment=no ping\n"
                             "action=accept dst6=2001:db8::/32\n";
    QCOMPARE(set(rules), success());
    QVERIFY(eventually([&] {
        return changes(*client) == 1;
    }));
    QCOMPARE(get(), success(rules));
    QCOMPARE(set("dstports=443 proto=tcp action=accept"), success());
    QCOMPARE(get(), success("action=accept proto=tcp dstports=443-443\n"));
    m_core->restart();
    QCOMPARE(get(), success("action=accept proto=tcp dstports=443-443\n"));
}

void AdminFirewallTest::set_ofNothingDropsAll()
{
    QCOMPARE(set(""), success());
    QCOMPARE(get(), success());
    m_core->restart();
    QCOMPARE(get(), success());
}

void AdminFirewallTest::adminapi_139_adminapi_140_badLinesChangeNothing_data()
{
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QByteArray>("line");

    QTest::newRow("ports of ICMP") << QByteArray("action=drop\naction=accept proto=icmp dstports=1\n")
                                   << QByteArray("line 2");
    QTest::newRow("ICMP type of TCP") << QByteArray("action=accept proto=tcp icmptype=8\n") << QByteArray("line 1");
    QTest::newRow("not ASCII") << QByteArray("action=drop comment=\xc3\xa9\n") << QByteArray("line 1");
    QTest::newRow("NUL") << QByteArray("action=drop\naction=drop\naction=drop\0\n", 37) << QByteArray("line 3");
}

void AdminFirewallTest::adminapi_139_adminapi_140_badLinesChangeNothing()
{
    QFETCH(const QByteArray, rules);
    QFETCH(const QByteArray, line);
    QCOMPARE(set("action=drop comment=kept\n"), success());
    const auto client = m_core->subscribe();
    const QByteArray answer = set(rules);
    QCOMPARE(exceptionType(answer), "QubesValueError");
    QVERIFY(exceptionMessage(answer).contains(line));
    QCOMPARE(get(), success("action=drop comment=kept\n"));
    QCOMPARE(changes(*client), 0);
}

void AdminFirewallTest::adminapi_141_expiredRulesDisappear()
{
    QCOMPARE(set("action=accept expire=" + inSeconds(100) + "\naction=drop\n"), success());
    QCOMPARE(get(), success("action=accept expire=" + inSeconds(100) + "\naction=drop\n"));
    m_core->host.time += std::chrono::seconds(99);
    QVERIFY(get().contains("expire"));
    m_core->host.time += std::chrono::seconds(1);
    QCOMPARE(get(), success("action=drop\n"));
    QCOMPARE(set("action=accept expire=7\naction=drop\n"), success()); // long over
    QCOMPARE(get(), success("action=drop\n"));
}

void AdminFirewallTest::S_201_clockAYearForwardTakesOnlyWhatHasADate()
{
    const QByteArray undated = "action=accept dst4=192.0.2.0/24\naction=drop comment=kept\n";
    QCOMPARE(set("action=accept expire=" + inSeconds(100) + "\n" + undated), success());
    m_core->host.time += std::chrono::years(1);
    QCOMPARE(get(), success(undated));
    m_core->restart();
    QCOMPARE(get(), success(undated));
    m_core->host.time -= std::chrono::years(1) + std::chrono::hours(1);
    QCOMPARE(get(), success(undated));
    QCOMPARE(set("action=accept expire=" + inSeconds(100) + "\n" + undated), success());
    QVERIFY(get().contains("expire")); // it counts by the clock that is right now
}

void AdminFirewallTest::S_201_expiryIsToldByTimerAndStaysWhenTheClockGoesBack()
{
    QCOMPARE(set("action=accept expire=" + inSeconds(1) + "\n"), success());
    const auto client = m_core->subscribe();
    m_core->host.time += std::chrono::seconds(1);
    QVERIFY(eventually([&] {
        return changes(*client) == 1;
    }));
    m_core->host.time -= std::chrono::seconds(1); // the clock is set back: what is gone stays gone
    QCOMPARE(get(), success());
}

void AdminFirewallTest::expiry_isCaughtUpAtTheStart()
{
    QCOMPARE(set("action=accept expire=" + inSeconds(1000) + "\naction=drop\n"), success());
    m_core->host.time += std::chrono::seconds(1000);
    m_core->restart();
    m_core->host.time -= std::chrono::seconds(1000);
    QCOMPARE(get(), success("action=drop\n"));
}

void AdminFirewallTest::adminapi_142_reloadOnlyTells()
{
    QCOMPARE(set("action=drop\n"), success());
    const auto client = m_core->subscribe();
    QCOMPARE(m_core->call("admin.vm.firewall.Reload", "work"), success());
    QVERIFY(eventually([&] {
        return changes(*client) == 1;
    }));
    QCOMPARE(get(), success("action=drop\n"));
}

void AdminFirewallTest::S_145_nobodyButDom0LearnsAnything()
{
    for (const char *call : {"admin.vm.firewall.Get", "admin.vm.firewall.Reload"}) {
        QCOMPARE(m_core->callFrom("work", call, "work"), QByteArray());
    }
    // Refused before anybody is told what is wrong with the rules.
    QCOMPARE(m_core->callFrom("work", "admin.vm.firewall.Set", "work", "nonsense"), QByteArray());
    QCOMPARE(m_core->callFrom("work", "admin.vm.firewall.Set", "work", "action=drop"), QByteArray());
    QCOMPARE(get(), success("action=accept\n"));
}

void AdminFirewallTest::removal_takesTheRulesAlong()
{
    QCOMPARE(set("action=drop\n"), success());
    QCOMPARE(m_core->call("admin.vm.Remove", "work"), success());
    m_core->addAppVm("work", "base"); // the same name, and the same number
    QCOMPARE(get(), success("action=accept\n"));
    m_core->restart();
    QCOMPARE(get(), success("action=accept\n"));
}

QTEST_GUILESS_MAIN(AdminFirewallTest)
#include "adminfirewalltest.moc"
