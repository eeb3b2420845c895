// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead.Traffic over a real subscription, with a net qube whose database a test writes as its programs would.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/qubesdbrig.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <algorithm>
#include <map>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class AdminTrafficTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void netQubes_countOnlyWhileSomebodyListens();
    void netQubes_hearANewInterval();
    void netQubes_thatRanBeforeTheDaemonAreToldThatNobodyListens();
    void rates_areToldOfEachClient();
    void rates_areToldToWhoComesLater();
    void whoIsUnpluggedOrHasEnded_isNotToldAnyMore();
    void S_171_ofItsOwnClientsAloneANetQubeIsBelieved();

private:
    [[nodiscard]] std::unique_ptr<RawClient> listen() const;
    /// dom0's word to a net qube, as its database has it.
    [[nodiscard]] std::string intervalIn(std::string_view qube) const;
    [[nodiscard]] bool hears(const char *provider, const std::string &message);
    /// The program in a net qube that counts: each time it says more.
    void count(const QByteArray &client, std::uint64_t sent, std::uint64_t received, const char *provider = "net");
    /// Rates that the stream told of a qube, oldest first: `sent|received`.
    [[nodiscard]] static QStringList rates(const RawClient &stream, const QString &qube);

    FakeChannels m_channels;
    std::unique_ptr<CoreFixture> m_core;
    std::map<std::string, std::unique_ptr<ScriptedDb>> m_peers; ///< the net qubes
    std::map<QByteArray, std::string> m_addresses; ///< of the clients; one that is unplugged has none any more
    std::map<QByteArray, std::pair<std::uint64_t, std::uint64_t>> m_totals;
};

void AdminTrafficTest::init()
{
    m_core = std::make_unique<CoreFixture>(AdminApi::Server::Options{}, &m_channels);
    m_core->addTemplate("base");
    for (const QByteArray net : {"net", "othernet"}) {
        m_core->addAppVm(net, "base");
        QCOMPARE(m_core->call("admin.vm.property.Set+provides_network", net, "True"), success());
        QCOMPARE(m_core->call("admin.vm.property.Set+netvm", net, ""), success());
    }
    for (const QByteArray client : {"work", "personal"}) {
        m_core->addAppVm(client, "base");
        QCOMPARE(m_core->call("admin.vm.property.Set+netvm", client, "net"), success());
        const QByteArray address = m_core->call("admin.vm.property.Get+ip", client);
        m_addresses[client] = address.mid(address.lastIndexOf(' ') + 1).toStdString();
    }
    QCOMPARE(m_core->call("admin.property.Set+stats_interval", "dom0", "1"), success());
    for (const char *qube : {"net", "othernet", "work", "personal"}) {
        QCOMPARE(m_core->call("admin.vm.Start", qube), success());
        auto &peer = m_peers[qube];
        peer = std::make_unique<ScriptedDb>(m_channels.take());
        peer->say(QubesDb::MultiRead{});
        QVERIFY(eventually([&] {
            const auto heard = peer->heard();
            return !heard.empty() && heard.back() == "11 =";
        }));
    }
}

void AdminTrafficTest::cleanup()
{
    m_peers.clear();
    m_core.reset();
    m_channels.waiting.clear();
    m_totals.clear();
}

std::unique_ptr<RawClient> AdminTrafficTest::listen() const
{
    auto stream = std::make_unique<RawClient>(m_core->runDirectory() + "/bulkhead/core.sock");
    stream->write(QByteArray("bulkhead.Traffic dom0 name dom0\0", 32));
    stream->halfClose();
    (void)eventually([&] {
        return stream->events().value(0) == u"|connection-established"_s;
    });
    return stream;
}

std::string AdminTrafficTest::intervalIn(std::string_view qube) const
{
    const Qid id = m_core->daemon->registry().model().find(qube)->id;
    const auto *const entry = m_core->daemon->databases().databaseOf(id)->find("/bulkhead-traffic-interval");
    return entry == nullptr ? "(none)" : entry->value.text();
}

bool AdminTrafficTest::hears(const char *provider, const std::string &message)
{
    return eventually([&] {
        return std::ranges::contains(m_peers.at(provider)->heard(), message);
    });
}

void AdminTrafficTest::count(const QByteArray &client, std::uint64_t sent, std::uint64_t received, const char *provider)
{
    auto &[allSent, allReceived] = m_totals[client];
    allSent += sent;
    allReceived += received;
    m_peers.at(provider)->say(
        QubesDb::buildTraffic({.client = m_addresses.at(client), .sent = allSent, .received = allReceived}));
}

QStringList AdminTrafficTest::rates(const RawClient &stream, const QString &qube)
{
    QStringList rates;
    for (const QString &event : stream.events()) {
        if (event.startsWith(qube + u"|bulkhead-traffic|"_s)) {
            rates << event.section(u"sent="_s, 1).section(u'|', 0, 0) + u'|' + event.section(u"received="_s, 1);
        }
    }
    return rates;
}

void AdminTrafficTest::netQubes_countOnlyWhileSomebodyListens()
{
    const auto says = [this](const char *qube, const std::string &value) {
        return eventually([&] {
            return intervalIn(qube) == value;
        });
    };
    QVERIFY(says("net", "(none)"));
    const auto one = listen();
    QVERIFY(says("net", "1") && says("othernet", "1"));
    QCOMPARE(intervalIn("work"), std::string("(none)")); // it has no clients
    QVERIFY(hears("net", "1 /bulkhead-traffic-interval=1"));
    const auto two = listen();
    one->close();
    QVERIFY(eventually([&] {
        return m_core->daemon->server().connectionCount() == 1;
    }));
    QCOMPARE(intervalIn("net"), std::string("1"));
    two->close();
    QVERIFY(says("net", "(none)") && says("othernet", "(none)"));
    QVERIFY(hears("net", "4 /bulkhead-traffic-interval="));
}

void AdminTrafficTest::netQubes_hearANewInterval()
{
    const auto stream = listen();
    QCOMPARE(m_core->call("admin.property.Set+stats_interval", "dom0", "30"), success());
    QVERIFY(eventually([&] {
        return intervalIn("net") == "30";
    }));
    QCOMPARE(m_core->call("admin.vm.Kill", "othernet"), success());
    QCOMPARE(m_core->call("admin.vm.Start", "othernet"), success());
    QCOMPARE(intervalIn("othernet"), std::string("30")); // also who starts meanwhile
}

void AdminTrafficTest::netQubes_thatRanBeforeTheDaemonAreToldThatNobodyListens()
{
    const auto stream = listen();
    m_core->restart(); // as if it had died: the net qube was not told that nobody listens any more
    QCOMPARE(intervalIn("net"), std::string("0"));
    QCOMPARE(intervalIn("work"), std::string("(none)"));
    const auto again = listen();
    QVERIFY(eventually([&] {
        return intervalIn("net") == "1";
    }));
    again->close();
    QVERIFY(eventually([&] {
        return intervalIn("net") == "0";
    }));
}

void AdminTrafficTest::rates_areToldOfEachClient()
{
    const auto stream = listen();
    QVERIFY(eventually([&] {
        count("work", 10, 30);
        count("personal", 0, 0);
        return !rates(*stream, u"work"_s).isEmpty();
    }));
    const QStringList first = rates(*stream, u"work"_s).first().split(u'|');
    const qulonglong sent = first.at(0).toULongLong();
    const qulonglong received = first.at(1).toULongLong();
    QVERIFY2(sent > 0 && received >= 3 * sent && received <= 3 * sent + 3,
             qPrintable(first.join(u' '))); // rounded down
    QVERIFY(eventually([&] {
        count("work", 0, 0); // it has fallen silent
        return rates(*stream, u"work"_s).last() == u"0|0"_s;
    }));
    QVERIFY(rates(*stream, u"personal"_s).isEmpty()); // it was silent all along
    QVERIFY(rates(*stream, u"net"_s).isEmpty());
}

void AdminTrafficTest::rates_areToldToWhoComesLater()
{
    const auto stream = listen();
    QVERIFY(eventually([&] {
        count("work", 10, 30);
        count("personal", 0, 0);
        return !rates(*stream, u"work"_s).isEmpty();
    }));
    const auto late = listen();
    QVERIFY(eventually([&] {
        return !rates(*late, u"work"_s).isEmpty();
    }));
    QVERIFY(rates(*stream, u"work"_s).contains(rates(*late, u"work"_s).first()));
    QVERIFY(rates(*late, u"personal"_s).isEmpty());
}

void AdminTrafficTest::whoIsUnpluggedOrHasEnded_isNotToldAnyMore()
{
    const auto stream = listen();
    const auto bothCount = [&] {
        count("work", 10, 30);
        count("personal", 20, 10);
    };
    QVERIFY(eventually([&] {
        bothCount();
        return !rates(*stream, u"work"_s).isEmpty() && !rates(*stream, u"personal"_s).isEmpty();
    }));
    QCOMPARE(m_core->call("admin.vm.Kill", "work"), success());
    const qsizetype told = rates(*stream, u"work"_s).size();
    qsizetype before = rates(*stream, u"personal"_s).size();
    std::uint64_t faster = 20;
    QVERIFY(eventually([&] {
        count("work", 10, 30);
        count("personal", faster++, 10);
        return rates(*stream, u"personal"_s).size() >= before + 2;
    }));
    QCOMPARE(rates(*stream, u"work"_s).size(), told);
    QCOMPARE(m_core->call("admin.vm.property.Set+netvm", "personal", ""), success());
    QCOMPARE(m_core->call("admin.vm.Start", "work"), success());
    before = rates(*stream, u"personal"_s).size();
    QVERIFY(eventually([&] {
        count("work", faster++, 10);
        count("personal", faster++, 10);
        return rates(*stream, u"work"_s).size() >= told + 2;
    }));
    QCOMPARE(rates(*stream, u"personal"_s).size(), before);
}

void AdminTrafficTest::S_171_ofItsOwnClientsAloneANetQubeIsBelieved()
{
    const auto stream = listen();
    std::uint64_t faster = 10;
    QVERIFY(eventually([&] {
        count("work", faster++, 10, "othernet"); // is nothing of its
        m_peers.at("net")->sayRaw(1, "/bulkhead-traffic/" + m_addresses.at("work"), "no numbers");
        m_peers.at("net")->sayRaw(1, "/bulkhead-traffic/0.0.0.0", "1 1");
        count("personal", faster++, 10);
        return rates(*stream, u"personal"_s).size() >= 2;
    }));
    QVERIFY(rates(*stream, u"work"_s).isEmpty());
    // Nor does it write what dom0 has said.
    m_peers.at("net")->say(dbWrite("/bulkhead-traffic-interval", "86400"));
    QVERIFY(hears("net", "9 /bulkhead-traffic-interval="));
    QCOMPARE(intervalIn("net"), std::string("1"));
}

QTEST_GUILESS_MAIN(AdminTrafficTest)
#include "admintraffictest.moc"
