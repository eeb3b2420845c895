// SPDX-License-Identifier: GPL-2.0-or-later
// What speaks against a change, and what a person should know before it (spec ui 7.6), each made by a fixture.
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <functional>
#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::provider;
using Test::running;

namespace
{

using Change = std::function<void(QubeInfo &)>;

/// The small network with one qube as the change makes it.
QList<QubeInfo> withOne(const QString &name, const Change &change)
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    for (QubeInfo &qube : qubes) {
        if (qube.name == name) {
            change(qube);
        }
    }
    return qubes;
}

QubeInfo templateWith(const QString &netQube)
{
    QubeInfo qube = client(u"debian-13"_s, netQube);
    qube.kind = QubeKind::Template;
    return qube;
}

QubeInfo disposable(const QString &name, const QString &netQube, const QString &madeOf)
{
    QubeInfo qube = client(name, netQube);
    qube.kind = QubeKind::Disposable;
    qube.templateName = madeOf;
    return qube;
}

/// sys-net ← sys-firewall ← sys-tor ← anon, all running.
QList<QubeInfo> torNetwork(const Change &gateway, const Change &workstation = {})
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    QubeInfo tor = running(provider(u"sys-tor"_s, u"sys-firewall"_s));
    gateway(tor);
    qubes << tor << client(u"anon"_s, u"sys-tor"_s);
    if (workstation) {
        workstation(qubes.last());
    }
    return qubes;
}

void takesIntoTor(QubeInfo &qube)
{
    qube.traits.takesIntoTor = true;
}

} // namespace

class TopologyReasonsTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void ui_056_refusal_isSaidAtThePointerAndInTheList_data();
    void ui_056_refusal_isSaidAtThePointerAndInTheList();
    void ui_056_refusal_ofTheCoreIsQuoted();
    void ui_057_warning_isShownInThePreview_data();
    void ui_057_warning_isShownInThePreview();
    void ui_057_warning_isSaidAtThePointer();
    void ui_057_cleanNetwork_hasNoWarning_data();
    void ui_057_cleanNetwork_hasNoWarning();
    void warnings_lookLikeThis_data();
    void warnings_lookLikeThis();

private:
    /// Drags the end of the client's link onto another node and holds it there.
    [[nodiscard]] QString saidAtThePointer(const QString &client, const QString &target) const;
    [[nodiscard]] QStringList warnings() const;

    /// A line of the list of net qubes.
    struct Choice {
        QString text;
        bool isEnabled = false;
    };

    [[nodiscard]] std::optional<Choice> choice(const QString &client, const QString &provider);
};

QString TopologyReasonsTest::saidAtThePointer(const QString &client, const QString &target) const
{
    TopologyView *view = m_page->view();
    view->fit(); // nodes that the fixture added are in sight, too
    const NodeItem *item = view->topology()->node(client);
    const QPoint handle = view->mapFromScene(item->pos() + item->handle().center() - QPointF(3, 0));
    const QPoint end = view->mapFromScene(view->topology()->node(target)->pos());
    QTest::mousePress(view->viewport(), Qt::LeftButton, Qt::NoModifier, handle);
    QTest::mouseMove(view->viewport(), (handle + end) / 2);
    QTest::mouseMove(view->viewport(), end);
    const QString text = child<QLabel>(u"topology.pointer"_s)->text();
    QTest::keyClick(view, Qt::Key_Escape);
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, Qt::NoModifier, end);
    return text;
}

QStringList TopologyReasonsTest::warnings() const
{
    QStringList lines;
    for (const auto *label : sheet()->findChildren<QLabel *>(u"preview.warning"_s)) {
        lines << label->text();
    }
    return lines;
}

std::optional<TopologyReasonsTest::Choice> TopologyReasonsTest::choice(const QString &client, const QString &provider)
{
    m_page->view()->setCurrent(client);
    press(Qt::Key_N);
    const std::unique_ptr<QMenu> menu(child<QMenu>(u"topology.networkmenu"_s)); // the next one is another
    for (const QAction *action : menu->actions()) {
        if (!action->isSeparator() && action->data().toString() == provider) {
            return Choice{.text = action->text(), .isEnabled = action->isEnabled()};
        }
    }
    return std::nullopt;
}

void TopologyReasonsTest::ui_056_refusal_isSaidAtThePointerAndInTheList_data()
{
    QTest::addColumn<QList<QubeInfo>>("qubes");
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("reason");
    QTest::newRow("loop") << Test::smallNetwork() << u"sys-firewall"_s << u"vpn"_s
                          << u"This would make a loop: vpn reaches its own network through sys-firewall."_s;
    QTest::newRow("does not provide network")
        << Test::smallNetwork() << u"work"_s << u"personal"_s << u"personal does not provide network."_s;
    QTest::newRow("a template") << (Test::smallNetwork() << templateWith(u"sys-firewall"_s)) << u"debian-13"_s
                                << u"vpn"_s
                                << u"debian-13 is a template. Templates reach their updates through the update path."_s;
    const Change prohibited = [](QubeInfo &qube) {
        qube.traits.startProhibited = u"its disk is being checked"_s;
    };
    QTest::newRow("start is prohibited") << withOne(u"vpn"_s, prohibited) << u"work"_s << u"vpn"_s
                                         << u"vpn is off, and starting it is prohibited: its disk is being checked"_s;
    QList<QubeInfo> behind = withOne(u"vpn"_s, prohibited);
    behind << provider(u"relay"_s, u"vpn"_s);
    QTest::newRow("start of what is needed is prohibited")
        << behind << u"work"_s << u"relay"_s
        << u"vpn is off, and starting it is prohibited: its disk is being checked"_s;
}

void TopologyReasonsTest::ui_056_refusal_isSaidAtThePointerAndInTheList()
{
    QFETCH(const QList<QubeInfo>, qubes);
    QFETCH(const QString, client);
    QFETCH(const QString, target);
    QFETCH(const QString, reason);
    build();
    m_source->load(qubes);
    QCOMPARE(saidAtThePointer(client, target), QString(u"×  "_s + reason));
    QVERIFY(sheet() == nullptr);
    if (m_page->editor().base().find(target)->providesNetwork) {
        const auto listed = choice(client, target);
        QVERIFY(listed && !listed->isEnabled);
        QCOMPARE(listed->text, reason);
    } else {
        QVERIFY2(!choice(client, target), "the list is of net qubes");
    }
    // A net qube is in its own list, with the reason; a drag cannot lead there.
    const auto itself = choice(u"vpn"_s, u"vpn"_s);
    QVERIFY(itself && !itself->isEnabled);
    QCOMPARE(itself->text, u"vpn can not be its own net qube."_s);
    QVERIFY(m_source->asked.empty());
}

void TopologyReasonsTest::ui_056_refusal_ofTheCoreIsQuoted()
{
    QSignalSpy failed(m_page.get(), &TopologyPage::failed);
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    applySheet();
    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"Qube personal is in use."_s}));
    QCOMPARE(failed.size(), 1);
    QVERIFY(failed.first().at(1).toString().endsWith(u"Qube personal is in use."_s));
}

void TopologyReasonsTest::ui_057_warning_isShownInThePreview_data()
{
    QTest::addColumn<QList<QubeInfo>>("qubes");
    QTest::addColumn<QStringList>("clients");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QStringList>("warnings");
    const QString none;
    QTest::newRow("straight to the hardware")
        << Test::smallNetwork() << QStringList{u"personal"_s} << u"sys-net"_s
        << QStringList{u"sys-net faces the outside itself: no firewall qube would stand between."_s};
    const QStringList leaves{u"anon would leave Tor: whoever is reached would see from where."_s};
    QTest::newRow("out of Tor, by our feature")
        << torNetwork(takesIntoTor) << QStringList{u"anon"_s} << u"sys-firewall"_s << leaves;
    QTest::newRow("out of Tor, by the gateway's tag") << torNetwork([](QubeInfo &qube) {
        qube.traits.tags = QStringList{u"anon-gateway"_s};
    }) << QStringList{u"anon"_s} << u"sys-firewall"_s << leaves;
    QTest::newRow("out of Tor, by the gateway's template") << torNetwork([](QubeInfo &qube) {
        qube.templateName = u"whonix-gateway-17"_s;
    }) << QStringList{u"anon"_s} << u"sys-firewall"_s << leaves;
    QTest::newRow("made for Tor, and never behind it") << torNetwork([](QubeInfo &) {},
                                                                     [](QubeInfo &qube) {
                                                                         qube.netQube.clear();
                                                                         qube.traits.tags = QStringList{u"anon-vm"_s};
                                                                     })
                                                       << QStringList{u"anon"_s} << u"sys-firewall"_s << leaves;
    QList<QubeInfo> relayed = torNetwork(takesIntoTor);
    relayed << provider(u"relay"_s, u"sys-tor"_s) << client(u"mail"_s, u"relay"_s);
    QTest::newRow("out of Tor, with whoever stands behind")
        << relayed << QStringList{u"relay"_s} << u"sys-firewall"_s
        << QStringList{u"2 qubes would leave Tor: whoever is reached would see from where."_s};
    QTest::newRow("rules that are not applied") << withOne(u"personal"_s,
                                                           [](QubeInfo &qube) {
                                                               qube.traits.isFiltered = true;
                                                           })
            + QList{[] {
                                                       QubeInfo plain = provider(u"plain"_s, u"sys-firewall"_s);
                                                       plain.traits.appliesRules = false;
                                                       return plain;
                                                   }()}
                                                << QStringList{u"personal"_s} << u"plain"_s
                                                << QStringList{u"personal has firewall rules, and plain can not apply "
                                                               "them: nothing would be held back."_s};
    QTest::newRow("a disposable wider than who had it made")
        << (Test::smallNetwork() <<
            [] {
                QubeInfo made = disposable(u"disp1"_s, {}, u"debian-13-dvm"_s);
                made.traits.tags = QStringList{u"disp-created-by-vault"_s};
                return made;
            }())
        << QStringList{u"disp1"_s} << u"sys-firewall"_s
        << QStringList{u"disp1 is a disposable and would have a wider network than vault, where it comes from."_s};
    QTest::newRow("a disposable wider than what it is made of")
        << (Test::smallNetwork() << disposable(u"disp1"_s, u"vpn"_s, u"dvm"_s) << client(u"dvm"_s, u"vpn"_s))
        << QStringList{u"disp1"_s} << u"sys-firewall"_s
        << QStringList{u"disp1 is a disposable and would have a wider network than dvm, where it comes from."_s};
    QTest::newRow("a parent that loses its network")
        << (Test::smallNetwork() << disposable(u"disp1"_s, u"sys-firewall"_s, u"dvm"_s)
                                 << client(u"dvm"_s, u"sys-firewall"_s))
        << QStringList{u"dvm"_s} << none
        << QStringList{u"disp1 is a disposable and would have a wider network than dvm, where it comes from."_s};
    QTest::newRow("the net qube's own one is off")
        << withOne(u"vpn"_s,
                   [](QubeInfo &qube) {
                       qube = running(provider(u"vpn"_s, u"relay"_s));
                   })
            + QList{provider(u"relay"_s, u"sys-firewall"_s)}
        << QStringList{u"personal"_s} << u"vpn"_s << QStringList{u"relay, which vpn goes through, does not run."_s};
    QTest::newRow("the net qube leads nowhere") << withOne(u"vpn"_s, [](QubeInfo &qube) {
        qube.netQube.clear();
        qube.leadsOutside = false;
    }) << QStringList{u"personal"_s} << u"vpn"_s << QStringList{u"vpn does not reach the outside itself."_s};
    QTest::newRow("connections are cut") << Test::smallNetwork() << QStringList{u"work"_s} << none
                                         << QStringList{u"One running qube will lose its connections for a moment."_s};
    QTest::newRow("a template gets a network")
        << withOne(u"vpn"_s,
                   [](QubeInfo &qube) {
                       qube.netQube.clear();
                       qube.leadsOutside = false;
                   })
            + QList{templateWith(u"vpn"_s)}
        << QStringList{u"vpn"_s} << u"sys-firewall"_s
        << QStringList{u"debian-13 is a template and would get a network: everything "
                       "made of it could be changed from outside."_s,
                       u"One running qube will lose its connections for a moment."_s};
}

void TopologyReasonsTest::ui_057_warning_isShownInThePreview()
{
    QFETCH(const QList<QubeInfo>, qubes);
    QFETCH(const QStringList, clients);
    QFETCH(const QString, target);
    QFETCH(const QStringList, warnings);
    build();
    m_source->load(qubes);
    QVERIFY(m_page->editor().judge(clients, target).fit != Fit::No); // allowed all the same
    m_page->propose(connectChange(m_page->editor().base(), clients, target));
    QVERIFY(sheet() != nullptr);
    QCOMPARE(this->warnings(), warnings);
    QVERIFY(!sheet()->findChild<QPushButton *>(u"preview.apply"_s)->isDefault());
    applySheet();
    QVERIFY(!m_source->asked.empty());
}

void TopologyReasonsTest::ui_057_warning_isSaidAtThePointer()
{
    build();
    m_source->load(torNetwork(takesIntoTor));
    const QString said = saidAtThePointer(u"anon"_s, u"sys-firewall"_s);
    QCOMPARE(said,
             u"!  Connect anon through sys-firewall. anon would leave Tor: whoever is reached would see from where."_s);
    const auto listed = choice(u"anon"_s, u"sys-firewall"_s);
    QVERIFY(listed && listed->isEnabled);
    QCOMPARE(QString(u"!  "_s + listed->text), said);
}

void TopologyReasonsTest::ui_057_cleanNetwork_hasNoWarning_data()
{
    QTest::addColumn<QList<QubeInfo>>("qubes");
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("target");
    QTest::newRow("through another") << Test::smallNetwork() << u"personal"_s << u"vpn"_s;
    QTest::newRow("offline") << Test::smallNetwork() << u"personal"_s << QString();
    QTest::newRow("a net qube to the outermost") << Test::smallNetwork() << u"vpn"_s << u"sys-net"_s;
    QTest::newRow("into Tor") << (torNetwork(takesIntoTor) << client(u"mail"_s, u"sys-firewall"_s)) << u"mail"_s
                              << u"sys-tor"_s;
    QTest::newRow("out of Tor, offline") << torNetwork(takesIntoTor) << u"anon"_s << QString();
    QTest::newRow("Tor itself") << torNetwork(takesIntoTor, [](QubeInfo &qube) {
        qube.netQube.clear();
    }) << u"vault"_s << u"sys-tor"_s;
    QTest::newRow("rules that are applied") << withOne(u"personal"_s, [](QubeInfo &qube) {
        qube.traits.isFiltered = true;
    }) << u"personal"_s << u"vpn"_s;
    QTest::newRow("a disposable as wide as its parent")
        << (Test::smallNetwork() << disposable(u"disp1"_s, {}, u"dvm"_s) << client(u"dvm"_s, u"sys-firewall"_s))
        << u"disp1"_s << u"vpn"_s;
}

void TopologyReasonsTest::ui_057_cleanNetwork_hasNoWarning()
{
    QFETCH(QList<QubeInfo>, qubes);
    QFETCH(const QString, client);
    QFETCH(const QString, target);
    for (QubeInfo &qube : qubes) { // nothing behind the client runs, so nothing is cut
        if (qube.name == "untrusted"_L1) {
            qube.state = QubeState::Halted;
        }
    }
    build();
    m_source->load(qubes);
    QCOMPARE(m_page->editor().judge({client}, target).warnings, QStringList());
    m_page->propose(connectChange(m_page->editor().base(), {client}, target));
    QCOMPARE(warnings(), QStringList());
    QVERIFY(sheet()->findChild<QPushButton *>(u"preview.apply"_s)->isDefault());
}

void TopologyReasonsTest::warnings_lookLikeThis_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

/// For somebody to look at.
void TopologyReasonsTest::warnings_lookLikeThis()
{
    QFETCH(const bool, isDark);
    dress(8, isDark, false);
    m_source->load(torNetwork(takesIntoTor, [](QubeInfo &qube) {
        qube = running(qube);
        qube.traits.isFiltered = true;
    }));
    QubeInfo plain = running(provider(u"plain"_s, {}));
    plain.traits.appliesRules = false;
    m_source->change(plain);
    m_page->view()->fit();
    m_page->propose(connectChange(m_page->editor().base(), {u"anon"_s}, u"plain"_s));
    QCOMPARE(warnings().size(), 4);
    const QString mode = isDark ? u"dark"_s : u"light"_s;
    QCoreApplication::processEvents();
    keepPicture(u"warnings-"_s + mode, sheet());
    sheet()->reject();
    TopologyView *view = m_page->view();
    const NodeItem *item = view->topology()->node(u"anon"_s);
    const QPoint handle = view->mapFromScene(item->pos() + item->handle().center() - QPointF(3, 0));
    const QPoint end = view->mapFromScene(view->topology()->node(u"plain"_s)->pos());
    QTest::mousePress(view->viewport(), Qt::LeftButton, Qt::NoModifier, handle);
    QTest::mouseMove(view->viewport(), (handle + end) / 2);
    QTest::mouseMove(view->viewport(), end);
    const QLabel *text = child<QLabel>(u"topology.pointer"_s);
    QVERIFY(view->viewport()->rect().contains(text->geometry()));
    QVERIFY(text->height() >= text->heightForWidth(text->width()));
    keepPicture(u"warning-at-the-pointer-"_s + mode);
    QTest::keyClick(view, Qt::Key_Escape);
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, Qt::NoModifier, end);
}

QTEST_MAIN(TopologyReasonsTest)

#include "topologyreasonstest.moc"
