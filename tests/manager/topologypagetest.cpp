// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologypage.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/minimap.h"
#include "manager/topology/outline.h"
#include "manager/topology/planpane.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"

#include <QAccessible>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <memory>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore\nleak:libfontconfig";
}

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::running;

/// The page as a person uses it, by pointer and by keys.
class TopologyPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void gesture_isPreviewedAndDoneOnApply();
    void sheet_withAWarningHasNoDefault();
    void ui_061_refusal_springsBackWithItsWords();
    void keys_walkAlongTheLinks();
    void keys_doEveryDeed();
    void keys_menuSaysWhatDraggingSays();
    void ui_063_delete_onAQubeIsAHint();
    void ui_053_tidy_isOneUndoStepAndLeavesPinnedNodes();
    void ui_054_bigSystem_foldsAndUnfoldsByKeyAndPointer();
    void sheet_outdatedMeanwhileChangesNothing();
    void plan_isCollectedShownAndKept();
    void outline_isTheSameTree();
    void accessibleTree_hasEachNodeAndLinkWithItsWords();
    void miniMap_standsThereWhileNotEverythingFits();
    void text_isExportedComparedAndApplied();
    void pointer_clicksAndDrags();
    void names_areThereForEveryControl();

private:
    void build();
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;
    [[nodiscard]] QDialog *sheet() const;
    void applySheet() const;
    [[nodiscard]] QString current() const;
    void accept(const QString &qube, const QString &netQube) const;

    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_page->findChild<Widget *>(name);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<TopologyPage> m_page;
};

void TopologyPageTest::build()
{
    m_page.reset();
    m_model.reset();
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_page = std::make_unique<TopologyPage>(m_source.get(), m_model.get(), m_folder.filePath(u"topology.json"_s));
    m_page->resize(1000, 640);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
}

void TopologyPageTest::init()
{
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    build();
    m_source->load(Test::smallNetwork());
}

void TopologyPageTest::cleanup()
{
    m_page.reset();
    m_model.reset();
    m_source.reset();
}

void TopologyPageTest::press(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QTest::keyClick(m_page->view(), key, modifiers);
}

QDialog *TopologyPageTest::sheet() const
{
    for (auto *dialog : m_page->findChildren<QDialog *>(u"preview"_s)) {
        if (dialog->isVisible()) {
            return dialog;
        }
    }
    return nullptr;
}

void TopologyPageTest::applySheet() const
{
    QVERIFY(sheet() != nullptr);
    sheet()->findChild<QPushButton *>(u"preview.apply"_s)->click();
}

QString TopologyPageTest::current() const
{
    return m_page->view()->current().value_or(u"(none)"_s);
}

void TopologyPageTest::accept(const QString &qube, const QString &netQube) const
{
    m_source->answer();
    for (QubeInfo info : m_source->list) {
        if (info.name == qube) {
            info.netQube = netQube;
            m_source->change(info);
            return;
        }
    }
}

void TopologyPageTest::gesture_isPreviewedAndDoneOnApply()
{
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    QStringList paths;
    for (const auto *label : sheet()->findChildren<QLabel *>(u"preview.path"_s)) {
        paths << label->text();
    }
    QCOMPARE(paths,
             (QStringList{u"personal → sys-firewall → sys-net → outside"_s,
                          u"personal → vpn → sys-firewall → sys-net → outside"_s}));
    QVERIFY(m_source->asked.empty());
    sheet()->findChild<QPushButton *>(u"preview.cancel"_s)->click();
    QVERIFY(m_source->asked.empty());
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    QTest::keyClick(sheet(), Qt::Key_Return); // without a warning Apply is the default
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
}

void TopologyPageTest::sheet_withAWarningHasNoDefault()
{
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, u"sys-net"_s));
    QCOMPARE(sheet()->findChildren<QLabel *>(u"preview.warning"_s).size(), 1);
    QCOMPARE(sheet()->findChild<QLabel *>(u"preview.effect"_s)->text(),
             u"One running qube will lose its connections for a moment."_s);
    QVERIFY(!sheet()->findChild<QPushButton *>(u"preview.apply"_s)->isDefault());
    QTest::keyClick(sheet(), Qt::Key_Return);
    QVERIFY(m_source->asked.empty());
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, u"sys-net"_s));
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-net"_s});
}

void TopologyPageTest::ui_061_refusal_springsBackWithItsWords()
{
    QSignalSpy failed(m_page.get(), &TopologyPage::failed);
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    applySheet();
    QVERIFY(m_page->view()->topology()->wantedLink(u"personal"_s) != nullptr);
    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"The core says so."_s}));
    QVERIFY(m_page->view()->topology()->wantedLink(u"personal"_s) == nullptr);
    QCOMPARE(m_page->view()->topology()->link(u"personal"_s)->target(), u"sys-firewall"_s);
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(1).toString(), u"The network of personal stays as it is. The core says so."_s);
}

void TopologyPageTest::keys_walkAlongTheLinks()
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

void TopologyPageTest::keys_doEveryDeed()
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

void TopologyPageTest::keys_menuSaysWhatDraggingSays()
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

void TopologyPageTest::ui_063_delete_onAQubeIsAHint()
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

void TopologyPageTest::ui_053_tidy_isOneUndoStepAndLeavesPinnedNodes()
{
    Picture *picture = m_page->view()->topology()->picture();
    const Places first = picture->places();
    Places moved = first;
    for (QPointF &place : moved) {
        place += QPointF(400, place.y() / 2);
    }
    picture->move(moved);
    picture->setPinned(u"work"_s, true);
    child<QToolButton>(u"topology.tidy"_s)->click();
    QCOMPARE(picture->placeOf(u"work"_s), moved.value(u"work"_s));
    QCOMPARE(picture->placeOf(u"vpn"_s), first.value(u"vpn"_s));
    QCOMPARE(m_page->editor().undoStack().count(), 1);
    m_page->editor().undo();
    QCOMPARE(picture->places(), moved);
    QVERIFY(m_source->asked.empty());
}

void TopologyPageTest::ui_054_bigSystem_foldsAndUnfoldsByKeyAndPointer()
{
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    build();
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    m_source->load(Test::network(60));
    TopologyScene *scene = m_page->view()->topology();
    const QString stack = stackName(u"sys-firewall"_s);
    QVERIFY(scene->node(stack) != nullptr);
    QVERIFY(scene->node(u"sys-vpn-2"_s) != nullptr);
    m_page->view()->setCurrent(stack);
    press(Qt::Key_F);
    QVERIFY(scene->node(stack) == nullptr);
    QCOMPARE(current(), u"sys-firewall"_s);
    press(Qt::Key_F);
    QVERIFY(scene->node(stack) != nullptr);
    m_page->view()->centerOn(scene->node(stack));
    QTest::mouseDClick(m_page->view()->viewport(),
                       Qt::LeftButton,
                       Qt::NoModifier,
                       m_page->view()->mapFromScene(scene->node(stack)->pos()));
    QVERIFY(scene->node(stack) == nullptr);
}

void TopologyPageTest::sheet_outdatedMeanwhileChangesNothing()
{
    QSignalSpy failed(m_page.get(), &TopologyPage::failed);
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_source->change(client(u"personal"_s, u"sys-net"_s)); // from the command line
    applySheet();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(failed.first().at(1).toString(),
             u"Nothing was changed. personal goes through sys-net now: somebody else changed it."_s);
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_source->remove(u"vpn"_s);
    applySheet();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(failed.size(), 2);
}

void TopologyPageTest::plan_isCollectedShownAndKept()
{
    QVERIFY(!child<PlanPane>(u"plan"_s)->isVisible());
    child<QToolButton>(u"topology.plan.toggle"_s)->click();
    QVERIFY(child<PlanPane>(u"plan"_s)->isVisible());
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, {}));
    QVERIFY(sheet() == nullptr);
    QVERIFY(m_source->asked.empty());
    QCOMPARE(child<QListWidget>(u"plan.steps"_s)->count(), 2);
    QCOMPARE(m_page->view()->topology()->wantedLink(u"personal"_s)->target(), u"vpn"_s);
    QCOMPARE(PlanPane::commandsOf(m_page->editor()), u"qvm-prefs work netvm none\nqvm-prefs personal netvm vpn\n"_s);

    build(); // the window is closed and opened again
    m_source->load(Test::smallNetwork());
    QCOMPARE(m_page->editor().plan().size(), 2);
    QVERIFY(child<QToolButton>(u"topology.plan.toggle"_s)->isChecked());
    m_source->remove(u"vpn"_s);
    QVERIFY(!child<QPushButton>(u"plan.apply"_s)->isEnabled());
    QVERIFY(child<QListWidget>(u"plan.steps"_s)->item(1)->text().contains(u"no longer possible"_s));
    child<QListWidget>(u"plan.steps"_s)->setCurrentRow(1);
    child<QPushButton>(u"plan.remove"_s)->click();
    child<QPushButton>(u"plan.apply"_s)->click();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work none"_s});
    accept(u"work"_s, {});
    QVERIFY(m_page->editor().plan().isEmpty());
}

void TopologyPageTest::outline_isTheSameTree()
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

void TopologyPageTest::accessibleTree_hasEachNodeAndLinkWithItsWords()
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

void TopologyPageTest::miniMap_standsThereWhileNotEverythingFits()
{
    auto *map = child<MiniMap>(u"topology.minimap"_s);
    QVERIFY(!map->isVisible());
    m_page->view()->setZoom(3);
    QVERIFY(map->isVisible());
    const QPointF before = m_page->view()->mapToScene(m_page->view()->viewport()->rect().center());
    QTest::mouseClick(map, Qt::LeftButton, Qt::NoModifier, QPoint(2, 2));
    QVERIFY(m_page->view()->mapToScene(m_page->view()->viewport()->rect().center()) != before);
    QCOMPARE(map->focusPolicy(), Qt::NoFocus);
    m_page->view()->fit();
    QVERIFY(!map->isVisible());
    m_page->view()->setZoom(100);
    QCOMPARE(m_page->view()->zoom(), TopologyView::MostZoom);
    m_page->view()->setZoom(0.001);
    QCOMPARE(m_page->view()->zoom(), TopologyView::LeastZoom);
}

void TopologyPageTest::text_isExportedComparedAndApplied()
{
    const QString path = m_folder.filePath(u"network.topology"_s);
    m_page->exportTextTo(path);
    QSignalSpy hints(m_page.get(), &TopologyPage::hint);
    QSignalSpy failed(m_page.get(), &TopologyPage::failed);
    m_page->importTextFrom(path);
    QCOMPARE(hints.size(), 1); // nothing to change
    QVERIFY(sheet() == nullptr);

    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("bulkhead-topology 1\npersonal -> vpn\n");
    file.close();
    m_page->importTextFrom(path);
    QCOMPARE(sheet()->findChild<QLabel *>(u"preview.note"_s)->text(),
             u"6 qubes are not in the file and stay as they are."_s);
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
    accept(u"personal"_s, u"vpn"_s);

    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("bulkhead-topology 1\npersonal -> work\n");
    file.close();
    m_page->importTextFrom(path);
    QVERIFY(!sheet()->findChild<QPushButton *>(u"preview.apply"_s)->isEnabled());
    QCOMPARE(sheet()->findChild<QLabel *>(u"preview.problem"_s)->text(), u"work does not provide network."_s);
    sheet()->reject();
    QVERIFY(failed.isEmpty());
    m_page->importTextFrom(u"/nonexistent"_s);
    QCOMPARE(failed.size(), 1);
}

void TopologyPageTest::pointer_clicksAndDrags()
{
    TopologyView *view = m_page->view();
    const auto at = [view](const QString &node) {
        return view->mapFromScene(view->topology()->node(node)->pos());
    };
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, at(u"work"_s));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, at(u"vault"_s));
    QCOMPARE(m_page->selection(), (QStringList{u"work"_s, u"vault"_s}));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ControlModifier, at(u"vault"_s));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});

    const NodeItem *item = view->topology()->node(u"work"_s);
    const QPoint handle = view->mapFromScene(item->pos() + item->handle().center() - QPointF(3, 0));
    QTest::mousePress(view->viewport(), Qt::LeftButton, Qt::NoModifier, handle);
    QTest::mouseMove(view->viewport(), (handle + at(u"sys-net"_s)) / 2);
    QTest::mouseMove(view->viewport(), at(u"sys-net"_s));
    auto *text = child<QLabel>(u"topology.pointer"_s);
    QVERIFY(text->isVisible());
    QVERIFY2(text->text().endsWith(u"Connect work through sys-net."_s), qPrintable(text->text()));
    QCOMPARE(text->textFormat(), Qt::PlainText);
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, Qt::NoModifier, at(u"sys-net"_s));
    QVERIFY(!text->isVisible());
    QVERIFY(sheet() != nullptr);
    sheet()->reject();

    QTest::mouseClick(view->viewport(),
                      Qt::LeftButton,
                      Qt::NoModifier,
                      view->mapFromScene(view->topology()->link(u"personal"_s)->plug()));
    QVERIFY(sheet() != nullptr); // the plug: offline
    sheet()->reject();
    QVERIFY(m_source->asked.empty());
}

void TopologyPageTest::names_areThereForEveryControl()
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

QTEST_MAIN(TopologyPageTest)

#include "topologypagetest.moc"
