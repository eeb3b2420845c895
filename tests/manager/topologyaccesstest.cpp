// SPDX-License-Identifier: GPL-2.0-or-later
// The page without a pointer and without eyes: keys, the outline, the tree of a screen reader.
#include "manager/topology/outline.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QAccessible>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::running;

class TopologyAccessTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void keys_walkAlongTheLinks();
    void keys_doEveryDeed();
    void keys_menuSaysWhatDraggingSays();
    void ui_063_delete_onAQubeIsAHint();
    void outline_isTheSameTree();
    void accessibleTree_hasEachNodeAndLinkWithItsWords();
    void names_areThereForEveryControl();
};

void TopologyAccessTest::keys_walkAlongTheLinks()
{
    press(Qt::Key_Home);
    QCOMPARE(current(), outsideName());
    press(Qt::Key_Left);
    QCOMPARE(current(), u"sys-net"_s);
    press(Qt::Key_Left);
    QCOMPARE(current(), u"sys-firewall"_s);
    press(Qt::Key_Left);
    const QString client = current();
    QVERIFY(QStringList({u"work"_s, u"personal"_s, u"vpn"_s}).contains(client));
    press(Qt::Key_L);
    QVERIFY(m_page->view()->isAtLink());
    press(Qt::Key_Right);
    QCOMPARE(current(), u"sys-firewall"_s);
    press(Qt::Key_End);
    press(Qt::Key_Space);
    QCOMPARE(m_page->selection(), QStringList{u"sys-firewall"_s});
    press(Qt::Key_Escape);
    QVERIFY(m_page->selection().isEmpty());
    // Every node can be reached.
    QSet<QString> reached;
    for (const QString &start : m_page->view()->topology()->nodes()) {
        for (const Qt::Key key : {Qt::Key_Up, Qt::Key_Down, Qt::Key_Left, Qt::Key_Right}) {
            m_page->view()->setCurrent(start);
            press(key);
            reached.insert(current());
        }
    }
    QCOMPARE(reached.size(), m_page->view()->topology()->nodes().size());
}

void TopologyAccessTest::keys_doEveryDeed()
{
    TopologyView *view = m_page->view();
    view->setCurrent(u"work"_s);
    press(Qt::Key_O); // offline
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work none"_s});
    accept(u"work"_s, {});
    press(Qt::Key_O); // and back
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-firewall"_s});
    accept(u"work"_s, u"sys-firewall"_s);
    press(Qt::Key_L);
    press(Qt::Key_Delete); // on its link
    QVERIFY(sheet() != nullptr);
    sheet()->reject();

    view->setCurrent(u"vpn"_s);
    const QPointF before = view->topology()->picture()->placeOf(u"vpn"_s);
    press(Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(view->topology()->picture()->placeOf(u"vpn"_s), snapped(before + QPointF(0, GridStep)));
    m_page->editor().undo();
    QCOMPARE(view->topology()->picture()->placeOf(u"vpn"_s), before);
    press(Qt::Key_P);
    QVERIFY(view->topology()->picture()->isPinned(u"vpn"_s));
    const double zoom = view->zoom();
    press(Qt::Key_Plus);
    QVERIFY(view->zoom() > zoom);
    press(Qt::Key_0);
    QCOMPARE(view->zoom(), zoom);
    view->setCurrent(u"untrusted"_s); // its net qube is off
    QSignalSpy hints(m_page.get(), &TopologyPage::hint);
    press(Qt::Key_W);
    QCOMPARE(hints.last().first().toString(), u"vpn does not run, so nothing reaches the outside."_s);
    press(Qt::Key_Return);
    QCOMPARE(child<QLabel>(u"topology.path"_s)->text(), u"untrusted → vpn → sys-firewall → sys-net → outside"_s);
}

void TopologyAccessTest::keys_menuSaysWhatDraggingSays()
{
    m_page->view()->setCurrent(u"sys-firewall"_s);
    press(Qt::Key_N);
    auto *menu = child<QMenu>(u"topology.networkmenu"_s);
    QVERIFY(menu != nullptr);
    int refused = 0;
    for (const QAction *action : menu->actions()) {
        if (action->isSeparator()) {
            continue;
        }
        const LinkVerdict verdict = m_page->editor().judge({u"sys-firewall"_s}, action->data().toString());
        QCOMPARE(action->text(), verdict.text);
        QCOMPARE(action->isEnabled(), verdict.fit != Fit::No);
        refused += verdict.fit == Fit::No ? 1 : 0;
    }
    QCOMPARE(refused, 3); // itself, its present one, and the one behind it
    menu->close();
    m_page->view()->setCurrent(u"work"_s);
    press(Qt::Key_I);
    auto *insert = child<QMenu>(u"topology.insertmenu"_s);
    QVERIFY(insert != nullptr);
    for (QAction *action : insert->actions()) {
        if (action->data().toString() == u"vpn"_s) {
            action->trigger();
        }
    }
    insert->close();
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"start vpn"_s});
}

void TopologyAccessTest::ui_063_delete_onAQubeIsAHint()
{
    QSignalSpy hints(m_page.get(), &TopologyPage::hint);
    m_page->view()->setCurrent(u"work"_s);
    m_page->select({u"work"_s});
    press(Qt::Key_Delete);
    QCOMPARE(hints.size(), 1);
    QCOMPARE(hints.first().first().toString(), u"Deleting is in the menu: Qube → Delete…"_s);
    QVERIFY(m_source->asked.empty());
    QVERIFY(sheet() == nullptr);
    QVERIFY(m_page->view()->topology()->node(u"work"_s) != nullptr);
}

void TopologyAccessTest::outline_isTheSameTree()
{
    auto *outline = child<Outline>(u"topology.outline"_s);
    QVERIFY(!outline->isVisible());
    child<QToolButton>(u"topology.outline.toggle"_s)->click();
    QVERIFY(outline->isVisible());
    const auto find = [outline](const QString &node) {
        const QModelIndexList found = outline->model()->match(
            outline->model()->index(0, 0), Outline::NodeRole, node, 1, Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QModelIndex() : found.first();
    };
    QTRY_VERIFY(find(u"work"_s).isValid()); // many events are one tree, a moment later
    for (const QubeInfo &qube : m_source->list) {
        QVERIFY2(find(qube.name).isValid(), qPrintable(qube.name));
        if (!qube.netQube.isEmpty()) {
            QCOMPARE(find(qube.name).parent().data().toString(), qube.netQube);
        }
    }
    QVERIFY2(find(u"work"_s).data(Qt::AccessibleDescriptionRole).toString().contains(u"network through sys-firewall"_s),
             "the words of a screen reader");
    outline->setCurrentIndex(find(u"work"_s));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});
    QTest::keyClick(outline, Qt::Key_O);
    QVERIFY(sheet() != nullptr);
    sheet()->reject();
    m_source->change(running(client(u"work"_s, u"vpn"_s)));
    QTRY_COMPARE(find(u"work"_s).parent().data().toString(), u"vpn"_s);
    m_source->remove(u"work"_s);
    QTRY_VERIFY(!find(u"work"_s).isValid());
}

void TopologyAccessTest::accessibleTree_hasEachNodeAndLinkWithItsWords()
{
    TopologyView *view = m_page->view();
    QAccessibleInterface *tree = QAccessible::queryAccessibleInterface(view);
    QVERIFY(tree != nullptr);
    QCOMPARE(tree->role(), QAccessible::Tree);
    QCOMPARE(tree->childCount(), m_source->list.size() + 1);
    m_page->select({u"work"_s});
    QStringList names;
    for (int i = 0; i < tree->childCount(); ++i) {
        QAccessibleInterface *node = tree->child(i);
        QCOMPARE(node->role(), QAccessible::TreeItem);
        QCOMPARE(tree->indexOfChild(node), i);
        QVERIFY(node->parent() == tree);
        QVERIFY(!node->rect().isEmpty());
        if (const LinkItem *link = m_page->view()->topology()->link(node->text(QAccessible::Name))) {
            const QPoint plug = m_page->view()->mapFromScene(link->plug());
            const QPoint told = node->child(0)->rect().center();
            QVERIFY((told - m_page->view()->viewport()->mapToGlobal(plug)).manhattanLength() <= 2);
        }
        names << node->text(QAccessible::Name);
        QCOMPARE(node->state().selected != 0, names.last() == u"work"_s);
        if (names.last() == u"work"_s) {
            QVERIFY2(node->text(QAccessible::Description).contains(u"running"_s),
                     qPrintable(node->text(QAccessible::Description)));
            QCOMPARE(node->childCount(), 1);
            QCOMPARE(node->child(0)->text(QAccessible::Name), u"link, work to sys-firewall, connected"_s);
            QVERIFY(node->child(0)->parent() == node);
            QCOMPARE(node->actionInterface()->actionNames(),
                     (QStringList{QAccessibleActionInterface::pressAction(),
                                  u"change network"_s,
                                  QAccessibleActionInterface::showMenuAction()}));
            node->actionInterface()->doAction(u"change network"_s);
        }
    }
    QCOMPARE(names.first(), u"Internet and local network"_s);
    QVERIFY(names.indexOf(u"sys-net"_s) < names.indexOf(u"sys-firewall"_s)); // in path order
    QVERIFY(names.indexOf(u"sys-firewall"_s) < names.indexOf(u"work"_s));
    auto *menu = child<QMenu>(u"topology.networkmenu"_s);
    QVERIFY(menu != nullptr);
    menu->close();
    QVERIFY(tree->focusChild() != nullptr);
    QCOMPARE(tree->focusChild()->text(QAccessible::Name), u"work"_s);
    QAccessibleInterface *gone = tree->child(tree->childCount() - 1);
    m_source->remove(gone->text(QAccessible::Name));
    QVERIFY(!gone->isValid());
    QCOMPARE(gone->text(QAccessible::Name), QString());
}

void TopologyAccessTest::names_areThereForEveryControl()
{
    for (const QString &name : {u"topology.view"_s,
                                u"topology.outline"_s,
                                u"topology.filter.label"_s,
                                u"topology.grouping"_s,
                                u"plan.steps"_s}) {
        QVERIFY2(!child<QWidget>(name)->accessibleName().isEmpty(), qPrintable(name));
    }
    for (const auto *button : m_page->findChildren<QToolButton *>()) {
        if (button->objectName().startsWith(u"topology."_s)) {
            QVERIFY2(!button->accessibleName().isEmpty() && !button->toolTip().isEmpty(),
                     qPrintable(button->objectName()));
        }
    }
}

QTEST_MAIN(TopologyAccessTest)

#include "topologyaccesstest.moc"
