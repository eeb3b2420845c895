// SPDX-License-Identifier: GPL-2.0-or-later
// The network in the window: its picture beside the list, and the list's own menu of it.
#include "manager/app/qubepage.h"
#include "manager/app/startrequest.h"
#include "manager/topology/topologypage.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/windowrig.h"

#include <KAcceleratorManager>
#include <KActionMenu>
#include <QAction>
#include <QDialog>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <utility>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class WindowNetworkTest : public Test::WindowRig
{
    Q_OBJECT

private Q_SLOTS:
    void panesOfTheNetwork_areThereTheNextTime();
    void keysOfTheNetwork_areNotTakenByLettersForAlt();
    void views_shareSelectionSearchAndUndo();
    void network_ofTheListIsPreviewedPlannedAndUndone();
    void ui_073_picture_isExportedWithNamesOrWithout();
};

void WindowNetworkTest::panesOfTheNetwork_areThereTheNextTime()
{
    const auto toggle = [this](const QString &name) {
        return child<QToolButton>(u"topology.%1.toggle"_s.arg(name));
    };
    toggle(u"outline"_s)->click();
    toggle(u"recipes"_s)->click();
    reopen();
    QVERIFY(toggle(u"outline"_s)->isChecked());
    QVERIFY(toggle(u"recipes"_s)->isChecked());
    QVERIFY(!toggle(u"proof"_s)->isChecked());
    toggle(u"outline"_s)->click();
    toggle(u"recipes"_s)->click();
    reopen();
    QVERIFY(!toggle(u"outline"_s)->isChecked());
}

void WindowNetworkTest::keysOfTheNetwork_areNotTakenByLettersForAlt()
{
    m_source->load({makeQube(u"work"_s)});
    child<QubePage>(u"list.page"_s)->setViewKind(QubePage::ViewKind::Topology);
    KAcceleratorManager::manage(m_window.get()); // what a KDE desktop does of itself
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    for (const auto &[name, key] : {std::pair{u"outline"_s, Qt::Key_O},
                                    {u"plan"_s, Qt::Key_P},
                                    {u"rules"_s, Qt::Key_Y},
                                    {u"traffic"_s, Qt::Key_T}}) {
        auto *toggle = child<QToolButton>(u"topology.%1.toggle"_s.arg(name));
        QTest::keyClick(m_window->focusWidget(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY2(toggle->isChecked(), qPrintable(name));
        QTest::keyClick(m_window->focusWidget(), key, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY2(!toggle->isChecked(), qPrintable(name));
    }
}

void WindowNetworkTest::views_shareSelectionSearchAndUndo()
{
    QubeInfo firewall = running(makeQube(u"sys-firewall"_s));
    firewall.netQube.clear();
    firewall.providesNetwork = true;
    m_source->load({makeQube(u"mail"_s), firewall, makeQube(u"work"_s)});
    select(u"work"_s);
    action(u"view_topology"_s)->trigger();
    QCOMPARE(shown(), QubePage::Shown::Picture);
    auto *page = child<TopologyPage>(u"topology.page"_s);
    QVERIFY(page->isVisible());
    QCOMPARE(page->selection(), QStringList{u"work"_s});
    QVERIFY(action(u"qube_start"_s)->isEnabled());
    page->select({u"sys-firewall"_s});
    QVERIFY(!action(u"qube_start"_s)->isEnabled()); // the actions follow the picture's selection

    child<QLineEdit>(u"list.filter.search"_s)->setText(u"mail"_s);
    QCOMPARE(shown(), QubePage::Shown::Picture);
    QVERIFY(page->view()->topology()->node(u"work"_s)->attention().isDimmed);
    child<QLineEdit>(u"list.filter.search"_s)->clear();
    QVERIFY(!action(u"edit_undo"_s)->isEnabled());
    page->editor().submit(connectChange(page->editor().base(), {u"mail"_s}, {}));
    m_source->answer();
    QCOMPARE(action(u"edit_undo"_s)->text(), u"Undo: mail Offline"_s);
    action(u"view_list"_s)->trigger();
    QCOMPARE(shown(), QubePage::Shown::Rows);
    QCOMPARE(child<QubePage>(u"list.page"_s)->selection().first().name, u"sys-firewall"_s);

    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--view"_s, u"topology"_s}));
    QCOMPARE(shown(), QubePage::Shown::Picture);
    action(u"qube_delete"_s)->setEnabled(true);
    page->view()->setCurrent(u"work"_s);
    QTest::keyClick(page->view(), Qt::Key_Delete); // the window's own shortcut stands back
    QVERIFY(child<QDialog>(u"delete"_s) == nullptr);
}

void WindowNetworkTest::network_ofTheListIsPreviewedPlannedAndUndone()
{
    QubeInfo firewall = running(makeQube(u"sys-firewall"_s));
    firewall.netQube.clear();
    firewall.providesNetwork = true;
    QubeInfo hop = makeQube(u"vpn"_s);
    hop.netQube = firewall.name;
    hop.netQubeIsDefault = false;
    hop.providesNetwork = true;
    QubeInfo work = makeQube(u"work"_s);
    work.netQube = firewall.name;
    work.netQubeIsDefault = false;
    m_source->load({firewall, hop, work});
    const auto choose = [this](const QString &text) -> QAction * {
        QMenu *menu = qobject_cast<KActionMenu *>(action(u"qube_network"_s))->menu();
        Q_EMIT menu->aboutToShow();
        for (QAction *entry : menu->actions()) {
            if (entry->text() == text) {
                return entry;
            }
        }
        return nullptr;
    };
    select(u"vpn"_s);
    QVERIFY(choose(u"vpn"_s) == nullptr);
    QVERIFY(choose(u"Default (sys-firewall)"_s)->isEnabled()); // the same net qube, another setting
    select(u"work"_s);
    QVERIFY(!choose(u"sys-firewall"_s)->isEnabled());
    QCOMPARE(choose(u"sys-firewall"_s)->toolTip(), u"It is set so already."_s);
    choose(u"vpn"_s)->trigger();
    auto *sheet = child<QDialog>(u"preview"_s);
    QVERIFY(sheet != nullptr && sheet->isVisible());
    QVERIFY(m_source->asked.empty());
    sheet->accept();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work vpn"_s});
    m_source->answer();
    work.netQube = hop.name;
    m_source->change(work);
    QCOMPARE(action(u"edit_undo"_s)->text(), u"Undo: work to vpn"_s);
    action(u"edit_undo"_s)->trigger();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-firewall"_s});
    m_source->answer();
    work.netQube = firewall.name;
    m_source->change(work);

    auto *page = child<TopologyPage>(u"topology.page"_s);
    page->editor().setPlanning(true);
    choose(u"None"_s)->trigger();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(page->editor().plan().size(), 1);
}

void WindowNetworkTest::ui_073_picture_isExportedWithNamesOrWithout()
{
    m_source->load({makeQube(u"secret-project"_s)});
    QFile menus(u":/kxmlgui5/bulkhead-manager/bulkhead-managerui.rc"_s);
    QVERIFY(menus.open(QIODevice::ReadOnly));
    const QString inMenus = QString::fromUtf8(menus.readAll());
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"network.svg"_s);
    for (const auto &[name, hasNames] :
         {std::pair{u"network_export_picture"_s, true}, {u"network_export_numbered"_s, false}}) {
        QVERIFY2(action(name) != nullptr && inMenus.contains(u"\"%1\""_s.arg(name)), qPrintable(name));
        action(name)->trigger();
        const auto dialogs = m_window->findChildren<QFileDialog *>();
        QCOMPARE(dialogs.size(), 1);
        QCOMPARE(dialogs.first()->windowTitle().endsWith(u"without Names"_s), !hasNames);
        Q_EMIT dialogs.first()->fileSelected(path);
        dialogs.first()->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().contains("secret-project"), hasNames);
    }
}

QTEST_MAIN(WindowNetworkTest)

#include "windownetworktest.moc"
