// SPDX-License-Identifier: GPL-2.0-or-later
// What a qube without a network gets hold of through others, worked out and shown.
#include "manager/topology/reachclosure.h"

#include "tests/manager/fakepolicy.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QDirIterator>
#include <QLabel>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::running;

class ReachClosureTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void S_159_offlineQube_getsHoldOfNothingUnlessGranted_data();
    void S_159_offlineQube_getsHoldOfNothingUnlessGranted();
    void S_159_shippedPolicy_leavesNothingButDisposablesThatAreNamed();
    void closure_goesOnFromQubeToQubeByTheShortestWay();
    void closure_endsInCirclesAndAtDom0();
    void disposable_callsAsWhatItWouldBe();
    void S_159_pane_showsTheClosureAndItsRules();

private:
    void know(const QString &defaultDisposable);
    void ship();
    [[nodiscard]] QStringList reachedBy(const QString &qube) const;
    [[nodiscard]] QStringList shown() const; ///< lines of the pane

    Test::FakePolicy m_policy;
};

/// The small network, a template of disposables with a network and one without.
void ReachClosureTest::know(const QString &defaultDisposable)
{
    QubeInfo online = client(u"default-dvm"_s, u"sys-firewall"_s);
    QubeInfo offline = client(u"offline-dvm"_s, {});
    online.kind = QubeKind::DisposableTemplate;
    offline.kind = QubeKind::DisposableTemplate;
    m_source->load(Test::smallNetwork() << online << offline);
    m_policy.system = {};
    m_policy.system.add({.name = "dom0", .type = "AdminVM", .powerState = "Running"});
    for (const QubeInfo &qube : m_source->list) {
        const bool makesDisposables = qube.kind == QubeKind::DisposableTemplate;
        m_policy.system.add({.name = qube.name.toStdString(),
                             .type = "AppVM",
                             .tags = makesDisposables ? std::vector<std::string>{"created-by-vault", "dvm"}
                                                      : std::vector<std::string>{},
                             .isDisposableTemplate = makesDisposables,
                             .defaultDispvm = defaultDisposable.isEmpty()
                                 ? std::nullopt
                                 : std::optional(defaultDisposable.toStdString()),
                             .guivm = "dom0",
                             .powerState = isUp(qube.state) ? "Running" : "Halted"});
    }
}

void ReachClosureTest::ship()
{
    Test::FakeFiles files;
    const QDir folder(QStringLiteral(SHIPPED_POLICY));
    QDirIterator each(folder.path(), QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        QFile file(each.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        files.put(Test::PolicyDirectory + '/' + folder.relativeFilePath(file.fileName()).toStdString(),
                  file.readAll().toStdString());
    }
    m_policy.take(files);
    QVERIFY(m_policy.rules() != nullptr);
}

QStringList ReachClosureTest::reachedBy(const QString &qube) const
{
    QStringList names;
    const NetworkGraph graph = Test::graphOf(m_source->list);
    for (const Reached &reached : closureOf(*m_policy.rules(), m_policy.system, graph, qube)) {
        names << reached.qube;
    }
    return names;
}

void ReachClosureTest::S_159_offlineQube_getsHoldOfNothingUnlessGranted_data()
{
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<QStringList>("reached");

    QTest::newRow("no rule") << QByteArray("") << QStringList();
    QTest::newRow("somebody is asked") << QByteArray("qubes.Filecopy * @anyvm @anyvm ask\n") << QStringList();
    QTest::newRow("denied before") << QByteArray("x * vault @anyvm deny\nx * @anyvm @anyvm allow\n") << QStringList();
    QTest::newRow("dom0 answers") << QByteArray("qubes.GetDate * @anyvm @anyvm allow target=dom0\n") << QStringList();
    QTest::newRow("a call") << QByteArray("my.Service +x vault work allow\n") << QStringList{u"work"_s};
    QTest::newRow("one that is led elsewhere")
        << QByteArray("my.Service * vault @default allow target=vpn\n") << QStringList{u"vpn"_s};
    QTest::newRow("any service") << QByteArray("* * vault work allow\n") << QStringList{u"work"_s};
    QTest::newRow("a start") << QByteArray("admin.vm.Start * vault vpn allow target=dom0\n") << QStringList{u"vpn"_s};
    QTest::newRow("a look") << QByteArray("admin.vm.property.Get * vault vpn allow target=dom0\n"
                                          "admin.vm.List * vault dom0 allow target=dom0\n")
                            << QStringList();
    QTest::newRow("the system") << QByteArray("admin.vm.Create.AppVM * vault dom0 allow\n") << QStringList{u"dom0"_s};
    QTest::newRow("disposables") << QByteArray("qubes.VMShell * vault @dispvm allow\n")
                                 << QStringList{u"@dispvm:default-dvm"_s};
    QTest::newRow("disposables of a template")
        << QByteArray("qubes.VMShell * vault @dispvm:offline-dvm allow\n") << QStringList{u"@dispvm:offline-dvm"_s};
}

void ReachClosureTest::S_159_offlineQube_getsHoldOfNothingUnlessGranted()
{
    QFETCH(const QByteArray, policy);
    QFETCH(const QStringList, reached);
    know(u"default-dvm"_s);
    m_policy.write(policy.toStdString());
    QVERIFY(m_policy.rules() != nullptr);
    QCOMPARE(reachedBy(u"vault"_s), reached);
}

void ReachClosureTest::S_159_shippedPolicy_leavesNothingButDisposablesThatAreNamed()
{
    know({});
    ship();
    for (const QString &qube : {u"vault"_s, u"work"_s, u"offline-dvm"_s}) {
        QCOMPARE(reachedBy(qube), QStringList());
    }
    know(u"offline-dvm"_s); // somebody named a template: its disposables may be made, and have no network either
    QCOMPARE(reachedBy(u"vault"_s), QStringList{u"@dispvm:offline-dvm"_s});
    QCOMPARE(closureSummary(u"vault"_s,
                            closureOf(*m_policy.rules(), m_policy.system, Test::graphOf(m_source->list), u"vault"_s)),
             QString());
}

void ReachClosureTest::closure_goesOnFromQubeToQubeByTheShortestWay()
{
    know({});
    m_policy.write("a * vault personal allow\nb * personal untrusted allow\nc * untrusted work allow\n"
                   "d * personal work allow\n");
    const NetworkGraph graph = Test::graphOf(m_source->list);
    const QList<Reached> closure = closureOf(*m_policy.rules(), m_policy.system, graph, u"vault"_s);
    QCOMPARE(reachedBy(u"vault"_s), (QStringList{u"personal"_s, u"untrusted"_s, u"work"_s}));
    QCOMPARE(closure.last().way.size(), 2);
    QCOMPARE(stepWords(closure.last().way.last()),
             u"personal may call d in work.\n30-user.policy:4:  d * personal work allow"_s);
    QCOMPARE(reachedWords(closure.last()),
             u"work, which reaches the outside: work → sys-firewall → sys-net → outside"_s);
    QCOMPARE(closureSummary(u"vault"_s, closure), u"But vault gets hold of 3 qubes that reach the outside."_s);
}

void ReachClosureTest::closure_endsInCirclesAndAtDom0()
{
    know({});
    m_policy.write("a * vault personal allow\na * personal vault allow\n"
                   "policy.Replace * personal dom0 allow\n* * dom0 @anyvm allow\n");
    QCOMPARE(reachedBy(u"vault"_s), (QStringList{u"personal"_s, u"dom0"_s}));
    QCOMPARE(reachedBy(u"nobody"_s), QStringList());
}

void ReachClosureTest::disposable_callsAsWhatItWouldBe()
{
    know(u"offline-dvm"_s);
    m_policy.write("qubes.VMShell * vault @dispvm allow\n"
                   "a * @type:DispVM personal deny\na * @anyvm personal allow\n"
                   "b * @tag:disp-created-by-vault work allow\n"
                   "c * @tag:created-by-vault vpn allow\n"
                   "d * @tag:dvm untrusted allow\n"
                   "a * vault personal deny\n");
    // What the template's maker may do, its disposables may not; what is said of disposables holds.
    QVERIFY(!reachedBy(u"vault"_s).contains(u"vpn"_s));
    QVERIFY(reachedBy(u"vault"_s).contains(u"work"_s));
    QVERIFY(reachedBy(u"vault"_s).contains(u"untrusted"_s));
}

QStringList ReachClosureTest::shown() const
{
    QStringList lines;
    for (QTreeWidgetItemIterator it(child<QTreeWidget>(u"proof.tree"_s)); *it != nullptr; ++it) {
        lines << (*it)->text(0);
    }
    return lines;
}

void ReachClosureTest::S_159_pane_showsTheClosureAndItsRules()
{
    know(u"default-dvm"_s);
    m_policy.forget();
    m_page->setPolicy(&m_policy);
    QVERIFY(!m_policy.isWatched);
    child<QToolButton>(u"topology.proof.toggle"_s)->click();
    m_page->select({u"vault"_s});
    QVERIFY(m_policy.isWatched);
    QVERIFY2(shown().contains(u"Reading the policy…"_s), qPrintable(shown().join(u'\n')));
    m_policy.write("qubes.VMShell * vault @dispvm ask\n");
    QTRY_VERIFY2(
        shown().contains(u"Nothing: the policy lets vault call, start and make no other qube while nobody is asked."_s),
        qPrintable(shown().join(u'\n')));
    const auto *summary = child<QLabel>(u"proof.summary"_s);
    QCOMPARE(summary->text(), u"vault has no network interface: no packet leaves it."_s);
    keepPicture(u"proof-offline"_s);

    m_policy.write("qubes.VMShell * vault @dispvm allow\nmy.Service * vault personal allow\n");
    QTRY_VERIFY2(shown().contains(u"new disposable (default-dvm), which reaches the outside: new disposable "
                                  "(default-dvm) → sys-firewall → sys-net → outside"_s),
                 qPrintable(shown().join(u'\n')));
    QVERIFY(shown().contains(u"vault may call qubes.VMShell in new disposable (default-dvm).\n"
                             "30-user.policy:1:  qubes.VMShell * vault @dispvm allow"_s));
    QCOMPARE(summary->text(),
             u"vault has no network interface: no packet leaves it. But vault gets hold of 2 qubes that reach the "
             "outside."_s);
    QCoreApplication::processEvents(); // lays out what grew
    keepPicture(u"proof-offline-granted"_s);

    m_source->change(client(u"personal"_s, {})); // its way out is part of what is said
    QTRY_VERIFY2(shown().contains(u"personal, which does not reach the outside itself"_s),
                 qPrintable(shown().join(u'\n')));
    m_page->select({u"work"_s}); // whoever reaches the outside needs nobody for it
    QVERIFY(!shown().contains(u"Through others, without you"_s));
    child<QToolButton>(u"topology.proof.toggle"_s)->click();
    QVERIFY(!m_policy.isWatched);
}

QTEST_MAIN(ReachClosureTest)

#include "reachclosuretest.moc"
