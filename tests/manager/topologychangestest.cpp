// SPDX-License-Identifier: GPL-2.0-or-later
// Changes of the network by the page: previewed, planned, taken from a file, refused.
#include "manager/topology/planpane.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::running;

class TopologyChangesTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void gesture_isPreviewedAndDoneOnApply();
    void plug_isOfflineAndBack();
    void sheet_withAWarningHasNoDefault();
    void ui_061_refusal_springsBackWithItsWords();
    void sheet_outdatedMeanwhileChangesNothing();
    void ui_066_plan_isCollectedShownAndKept();
    void ui_065_plan_asksWhatStaysWhenItStops_data();
    void ui_065_plan_asksWhatStaysWhenItStops();
    void plan_rowsStayUnlessTheirWordsAreOthers();
    void text_isExportedComparedAndApplied();
};

void TopologyChangesTest::gesture_isPreviewedAndDoneOnApply()
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

void TopologyChangesTest::plug_isOfflineAndBack()
{
    TopologyView *view = m_page->view();
    const auto click = [view](const LinkItem *link) {
        QVERIFY(link != nullptr);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::NoModifier, view->mapFromScene(link->plug()));
    };
    click(view->topology()->link(u"work"_s));
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work none"_s});
    accept(u"work"_s, {});
    QVERIFY(view->topology()->link(u"work"_s) == nullptr);
    const QString offline = view->topology()->description(u"work"_s);
    QVERIFY2(offline.contains(u"offline, remembers sys-firewall"_s), qPrintable(offline));

    click(view->topology()->wantedLink(u"work"_s)); // drawn to the net qube it had
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-firewall"_s});
    accept(u"work"_s, u"sys-firewall"_s);
    QVERIFY(view->topology()->wantedLink(u"work"_s) == nullptr);
    QVERIFY(view->topology()->description(u"work"_s).contains(u"network through sys-firewall"_s));
}

void TopologyChangesTest::sheet_withAWarningHasNoDefault()
{
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, u"sys-net"_s));
    const auto warnings = sheet()->findChildren<QLabel *>(u"preview.warning"_s);
    QCOMPARE(warnings.size(), 2);
    QCOMPARE(warnings.last()->text(), u"One running qube will lose its connections for a moment."_s);
    QVERIFY(!sheet()->findChild<QPushButton *>(u"preview.apply"_s)->isDefault());
    QTest::keyClick(sheet(), Qt::Key_Return);
    QVERIFY(m_source->asked.empty());
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, u"sys-net"_s));
    applySheet();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-net"_s});
}

void TopologyChangesTest::ui_061_refusal_springsBackWithItsWords()
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
    QCOMPARE(failed.first().at(1).toString(), u"The net qube of personal stays the same. The core says so."_s);
}

void TopologyChangesTest::sheet_outdatedMeanwhileChangesNothing()
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

void TopologyChangesTest::ui_066_plan_isCollectedShownAndKept()
{
    QVERIFY(!child<PlanPane>(u"plan"_s)->isVisible());
    child<QToolButton>(u"topology.plan.toggle"_s)->click();
    QVERIFY(child<PlanPane>(u"plan"_s)->isVisible());
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, {}));
    QVERIFY(sheet() == nullptr);
    QVERIFY(m_source->asked.empty());
    QVERIFY(m_page->editor().collect(LabelStep{.qube = u"vault"_s, .before = u"red"_s, .after = u"black"_s}));
    const CreateStep fresh{.qube = {.name = u"fresh"_s,
                                    .label = u"red"_s,
                                    .templateName = u"personal"_s, // which is not asked here
                                    .network = NewQube::Network::None,
                                    .netQube = {}}};
    QVERIFY(m_page->editor().collect(fresh));
    QVERIFY(m_page->editor().collect(DeleteStep{.qube = u"untrusted"_s}));
    QVERIFY(m_source->asked.empty());
    const QList<PlanStep> plan = m_page->editor().wholePlan();
    QCOMPARE(child<QListWidget>(u"plan.steps"_s)->count(), 5);
    QCOMPARE(child<QListWidget>(u"plan.steps"_s)->item(1)->text(), u"vault: label red → black"_s);
    QCOMPARE(m_page->view()->topology()->wantedLink(u"personal"_s)->target(), u"vpn"_s);
    QCOMPARE(PlanPane::commandsOf(m_page->editor()),
             u"qvm-create --template personal --label red fresh\nqvm-prefs fresh netvm none\n"
             "qvm-prefs vault label black\nqvm-prefs work netvm none\nqvm-prefs personal netvm vpn\n"
             "qvm-remove --force untrusted\n"_s);

    build(); // the window is closed and opened again
    m_source->load(Test::smallNetwork());
    QCOMPARE(m_page->editor().wholePlan(), plan);
    QVERIFY(child<QToolButton>(u"topology.plan.toggle"_s)->isChecked());
    for (const PlanStep &step : m_page->editor().otherPlan() + QList<PlanStep>()) {
        m_page->editor().removePlanned(step);
    }
    QCOMPARE(m_page->editor().wholePlan().size(), 2);
    m_source->remove(u"vpn"_s);
    QTRY_VERIFY(!child<QPushButton>(u"plan.apply"_s)->isEnabled()); // many events are one look, a moment later
    QVERIFY(child<QListWidget>(u"plan.steps"_s)->item(1)->text().contains(u"no longer possible"_s));
    child<QListWidget>(u"plan.steps"_s)->setCurrentRow(1);
    child<QPushButton>(u"plan.remove"_s)->click();
    child<QPushButton>(u"plan.apply"_s)->click();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work none"_s});
    accept(u"work"_s, {});
    QVERIFY(m_page->editor().plan().isEmpty());
}

void TopologyChangesTest::ui_065_plan_asksWhatStaysWhenItStops_data()
{
    QTest::addColumn<QString>("choice");
    QTest::addColumn<QStringList>("asked");
    QTest::addColumn<qsizetype>("planned");
    QTest::newRow("kept") << u"Keep Them"_s << QStringList() << qsizetype{1};
    QTest::newRow("undone") << u"Undo the Steps Done"_s << QStringList{u"network work sys-firewall"_s} << qsizetype{2};
}

void TopologyChangesTest::ui_065_plan_asksWhatStaysWhenItStops()
{
    QFETCH(const QString, choice);
    QFETCH(const QStringList, asked);
    QFETCH(const qsizetype, planned);
    child<QToolButton>(u"topology.plan.toggle"_s)->click();
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, {}));
    child<QPushButton>(u"plan.apply"_s)->click();
    m_source->answer();
    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"The core says so."_s}));
    auto *question = m_page->window()->findChild<QMessageBox *>(u"plan.stopped"_s);
    QVERIFY(question != nullptr && question->isVisible());
    QVERIFY2(question->text().contains(u"The core says so. One step was done before."_s), qPrintable(question->text()));
    for (QAbstractButton *button : question->buttons()) {
        if (button->text() == choice) {
            button->click();
        }
    }
    QCOMPARE(m_source->askedFor(), asked);
    QCOMPARE(m_page->editor().wholePlan().size(), planned);
}

void TopologyChangesTest::plan_rowsStayUnlessTheirWordsAreOthers()
{
    child<QToolButton>(u"topology.plan.toggle"_s)->click();
    m_page->propose(connectChange(m_page->editor().base(), {u"personal"_s}, u"vpn"_s));
    m_page->propose(connectChange(m_page->editor().base(), {u"work"_s}, {}));
    const auto *steps = child<QListWidget>(u"plan.steps"_s);
    QSignalSpy changed(steps->model(), &QAbstractItemModel::dataChanged);
    QSignalSpy added(steps->model(), &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(steps->model(), &QAbstractItemModel::rowsRemoved);
    m_source->change(running(Test::provider(u"vpn"_s, u"sys-firewall"_s)));
    m_source->remove(u"vpn"_s); // there again before anybody could see it
    m_source->change(Test::provider(u"vpn"_s, u"sys-firewall"_s));
    QCoreApplication::processEvents();
    QVERIFY(changed.isEmpty());
    m_source->remove(u"vpn"_s);
    QTRY_VERIFY(!changed.isEmpty());
    for (const QList<QVariant> &change : std::as_const(changed)) {
        QCOMPARE(change.first().toModelIndex().row(), 1); // the other step is as it was
    }
    QVERIFY(added.isEmpty() && removed.isEmpty());
    m_page->editor().removePlanned(m_page->editor().wholePlan().first());
    QCOMPARE(steps->count(), 1);
    QVERIFY(steps->item(0)->text().startsWith(u"personal: sys-firewall → vpn (no longer possible"_s));
    QVERIFY(!steps->item(0)->icon().isNull() || QIcon::fromTheme(u"dialog-warning"_s).isNull());
    child<QPushButton>(u"plan.discard"_s)->click();
    QCOMPARE(steps->count(), 0);
}

void TopologyChangesTest::text_isExportedComparedAndApplied()
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

QTEST_MAIN(TopologyChangesTest)

#include "topologychangestest.moc"
