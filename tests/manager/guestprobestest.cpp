// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprobes.h"

#include "tests/manager/scriptedcore.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// Which address a real test tries for each hop of a way, with a core that answers by script and a program in place of
/// qrexec's client that notes what it is told.
class GuestProbesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void hop_isReachedByWhatTheOneBeforeItTakesForIt_data();
    void hop_isReachedByWhatTheOneBeforeItTakesForIt();
    void hop_thatANearerOneAnswersForIsNotTried();
    void hop_withoutAnAddressIsNotTried();
    void outside_isTheOneThatIsSet();

private:
    [[nodiscard]] QStringList told() const; ///< lines that the client was to run, by qube
    void tell(const QByteArray &qube, const QByteArray &gateway);
    void tell(const QByteArray &qube, const QByteArray &property, const QByteArray &value);
    std::optional<int> run(const Probe &probe);

    QTemporaryDir m_directory;
    std::unique_ptr<Test::ScriptedCore> m_core;
    std::unique_ptr<GuestProbes> m_probes;
};

void GuestProbesTest::init()
{
    QFile::remove(m_directory.filePath(u"told"_s));
    QFile script(m_directory.filePath(u"client"_s));
    QVERIFY(script.open(QIODevice::WriteOnly | QIODevice::Truncate));
    script.write("#!/bin/sh\nprintf '%s|%s|%s\\n' \"$@\" >>" + m_directory.filePath(u"told"_s).toLocal8Bit() + "\n");
    script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    script.close();
    m_core = std::make_unique<Test::ScriptedCore>();
    m_core->listen();
    m_probes = std::make_unique<GuestProbes>(script.fileName(), m_core->path(), u"198.51.100.1"_s);
}

QStringList GuestProbesTest::told() const
{
    QFile file(m_directory.filePath(u"told"_s));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts)
                                          : QStringList();
}

void GuestProbesTest::tell(const QByteArray &qube, const QByteArray &property, const QByteArray &value)
{
    m_core->answer("admin.vm.property.Get+" + property + ">" + qube, Test::success("default=True type=str " + value));
}

void GuestProbesTest::tell(const QByteArray &qube, const QByteArray &gateway)
{
    tell(qube, "visible_gateway", gateway);
}

std::optional<int> GuestProbesTest::run(const Probe &probe)
{
    bool isOver = false;
    std::optional<int> result;
    GuestProbes::runner(m_probes.get())(probe, [&](std::optional<int> status) {
        isOver = true;
        result = status;
    });
    return QTest::qWaitFor([&isOver] {
        return isOver;
    })
        ? result
        : std::optional(-1);
}

void GuestProbesTest::hop_isReachedByWhatTheOneBeforeItTakesForIt_data()
{
    QTest::addColumn<QStringList>("way");
    QTest::addColumn<QString>("hop");
    QTest::addColumn<QString>("address");

    QTest::newRow("who knows the truth") << QStringList{u"plain"_s} << u"sys-firewall"_s << u"10.137.0.5"_s;
    QTest::newRow("who is told another address") << QStringList{u"hidden"_s} << u"sys-firewall"_s << u"192.168.77.1"_s;
    QTest::newRow("the next hop has its own")
        << QStringList{u"hidden"_s, u"sys-firewall"_s} << u"sys-net"_s << u"10.137.0.4"_s;
    QTest::newRow("a hop that is told another one")
        << QStringList{u"plain"_s, u"sys-vpn"_s} << u"sys-firewall"_s << u"192.168.88.1"_s;
}

void GuestProbesTest::hop_isReachedByWhatTheOneBeforeItTakesForIt()
{
    QFETCH(const QStringList, way);
    QFETCH(const QString, hop);
    QFETCH(const QString, address);
    for (const auto &[qube, ip] : {std::pair("sys-firewall", "10.137.0.5"), {"sys-net", "10.137.0.4"}}) {
        tell(qube, "ip", ip); // what they are in truth
    }
    tell("plain", "10.137.0.5");
    tell("hidden", "192.168.77.1");
    tell("sys-firewall", "10.137.0.4");
    tell("sys-vpn", "192.168.88.1");
    QCOMPARE(run({.qube = way.first(), .hop = hop, .account = u"user"_s, .command = {}, .way = way}), 0);
    QCOMPARE(told(), QStringList{u"-d|%1|user:exec ping -q -c 1 -W 2 %2"_s.arg(way.first(), address)});
}

void GuestProbesTest::hop_thatANearerOneAnswersForIsNotTried()
{
    tell("hidden", "192.168.77.1");
    tell("sys-vpn", "192.168.77.1"); // the same, of another net qube
    const QStringList way{u"hidden"_s, u"sys-vpn"_s};
    QCOMPARE(run({.qube = u"hidden"_s, .hop = u"sys-firewall"_s, .account = u"user"_s, .command = {}, .way = way}),
             std::nullopt);
    QVERIFY(told().isEmpty());
}

void GuestProbesTest::hop_withoutAnAddressIsNotTried()
{
    tell("plain", "");
    for (const QString &qube : {u"plain"_s, u"gone"_s}) { // of the other the core knows nothing
        QCOMPARE(run({.qube = qube, .hop = u"sys-net"_s, .account = u"user"_s, .command = {}, .way = {qube}}),
                 std::nullopt);
    }
    QVERIFY(told().isEmpty());
}

void GuestProbesTest::outside_isTheOneThatIsSet()
{
    QCOMPARE(run({.qube = u"hidden"_s, .hop = {}, .account = u"user"_s, .command = {}}), 0);
    QCOMPARE(told(), QStringList{u"-d|hidden|user:exec ping -q -c 1 -W 2 198.51.100.1"_s});
    QVERIFY(m_core->requests.isEmpty());
}

QTEST_GUILESS_MAIN(GuestProbesTest)

#include "guestprobestest.moc"
