// SPDX-License-Identifier: GPL-2.0-or-later
// What stands beside the picture: recipes, and the proof with its test.
#include "manager/topology/topologyscene.h"
#include "tests/manager/networks.h"
#include "tests/manager/seentext.h"
#include "tests/manager/topologyrig.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QGraphicsItem>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStyle>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>
#include <QUrl>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::running;

class TopologyPanesTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void recipe_isShownMadeAndTakenBack();
    void recipe_thatIsRefusedStaysOpenWithTheReason();
    void recipe_ofTorSaysWhatTwoQubesGoThrough();
    void recipe_isDroppedOntoALink();
    void files_areDroppedOntoANodeThatRuns();
    void proof_saysWhatLeaksAndDrawsWhatWasTested();
    void S_169_hostileNamesAndRules_areSeenLetterByLetter();
    void pictures_areDrawn_data();
    void pictures_areDrawn();

private:
    void keepDialog(const QString &key, const QString &place, const QString &name);
    void keepProof(const QString &name);
};

void TopologyPanesTest::recipe_isShownMadeAndTakenBack()
{
    m_page->openRecipe(u"vpn"_s, u"personal"_s);
    auto *dialog = child<QDialog>(u"recipe"_s);
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QCOMPARE(dialog->findChild<QLineEdit *>(u"recipe.name"_s)->text(), u"sys-vpn"_s);
    QVERIFY(!dialog->findChild<QPlainTextEdit *>(u"recipe.destinations"_s)->isVisible());
    const QString steps = dialog->findChild<QLabel *>(u"recipe.steps"_s)->text();
    QVERIFY2(steps.contains(u"• Let sys-vpn forward packets into its tunnel only.\n"_s), qPrintable(steps));
    const QString check = dialog->findChild<QLabel *>(u"recipe.check"_s)->text();
    QVERIFY2(check.contains(u"• personal → sys-vpn → sys-firewall → sys-net → outside\n"_s), qPrintable(check));
    QVERIFY2(check.contains(u"The tunnel of sys-vpn fails: Nothing passes"_s), qPrintable(check));
    for (const auto *widget :
         dialog->findChildren<QWidget *>(QRegularExpression(u"^recipe\\.(name|label|prov|cl|dest)"_s))) {
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    }
    QSignalSpy hints(m_page.get(), &TopologyPage::hint);
    dialog->findChild<QPushButton *>(u"recipe.make"_s)->click();
    for (const QString &asked : {u"create sys-vpn"_s,
                                 u"feature sys-vpn service.bulkhead-tunnel=1"_s,
                                 u"provides sys-vpn yes"_s,
                                 u"network personal sys-vpn"_s}) {
        QCOMPARE(m_source->asked.size(), 1U);
        QVERIFY2(m_source->askedFor().first().startsWith(asked), qPrintable(m_source->askedFor().first()));
        m_source->answer();
    }
    QCOMPARE(hints.size(), 1);
    QVERIFY(hints.first().first().toString().contains(u"vpn/wireguard.conf"_s));
    m_source->change(Test::provider(u"sys-vpn"_s, u"sys-firewall"_s));
    m_source->change(client(u"personal"_s, u"sys-vpn"_s));
    QCOMPARE(m_page->editor().undoStack().undoText(), u"VPN That Fails Closed: sys-vpn"_s);
    m_page->editor().undo();
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal sys-firewall"_s});
}

void TopologyPanesTest::recipe_thatIsRefusedStaysOpenWithTheReason()
{
    m_page->openRecipe(u"vault"_s);
    auto *dialog = child<QDialog>(u"recipe"_s);
    auto *name = dialog->findChild<QLineEdit *>(u"recipe.name"_s);
    auto *make = dialog->findChild<QPushButton *>(u"recipe.make"_s);
    auto *problems = dialog->findChild<QLabel *>(u"recipe.problems"_s);
    name->setText(u"work"_s);
    QVERIFY(!make->isEnabled());
    QCOMPARE(problems->text(), u"There is a qube “work” already."_s);
    name->setText(u"safe"_s);
    QVERIFY(!problems->isVisible());
    make->click();
    QVERIFY(!make->isEnabled());
    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"The disk is full."_s}));
    QVERIFY(dialog->isVisible());
    QCOMPARE(problems->text(), u"Nothing was made: safe was refused. The disk is full."_s);
    QVERIFY(make->isEnabled()); // to be tried again
    QVERIFY(m_source->asked.empty());
}

void TopologyPanesTest::recipe_ofTorSaysWhatTwoQubesGoThrough()
{
    m_page->openRecipe(u"tor"_s, {});
    auto *dialog = child<QDialog>(u"recipe"_s);
    QVERIFY(dialog != nullptr && dialog->isVisible());
    const QString steps = dialog->findChild<QLabel *>(u"recipe.steps"_s)->text();
    QVERIFY2(steps.contains(u"• Let sys-tor take what its clients send into Tor only.\n"_s), qPrintable(steps));
    QVERIFY2(steps.contains(u"• Make anon-tor of debian-13, label red, network through sys-tor."_s), qPrintable(steps));
    const QString check = dialog->findChild<QLabel *>(u"recipe.check"_s)->text();
    QVERIFY2(check.contains(u"• anon-tor → sys-tor → sys-firewall → sys-net → outside\n"_s), qPrintable(check));
    QVERIFY2(check.contains(u"Tor in sys-tor fails: Nothing passes"_s), qPrintable(check));
    // A name of one's own is the first qube's; the second stays behind it.
    dialog->findChild<QLineEdit *>(u"recipe.name"_s)->setText(u"sys-onion"_s);
    QVERIFY(dialog->findChild<QLabel *>(u"recipe.steps"_s)->text().contains(u"network through sys-onion."_s));
    dialog->findChild<QLineEdit *>(u"recipe.name"_s)->setText(u"anon-tor"_s);
    QVERIFY(!dialog->findChild<QPushButton *>(u"recipe.make"_s)->isEnabled());
}

void TopologyPanesTest::recipe_isDroppedOntoALink()
{
    auto *palette = child<QListWidget>(u"topology.recipes"_s);
    QVERIFY(!palette->isVisible());
    child<QToolButton>(u"topology.recipes.toggle"_s)->click();
    QVERIFY(palette->isVisible());
    QCOMPARE(palette->count(), 5);
    TopologyView *view = m_page->view();
    QMimeData data;
    data.setData(u"application/x-bulkhead-recipe"_s, "firewall");
    const QPoint at = view->mapFromScene(view->topology()->link(u"work"_s)->path().pointAtPercent(0.2));
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(view->viewport(), &enter);
    QVERIFY(enter.isAccepted());
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(view->viewport(), &move);
    QCOMPARE(child<QLabel>(u"topology.pointer"_s)->text(), u"+  Filtering Firewall, between work and sys-firewall"_s);
    QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(view->viewport(), &drop);
    auto *dialog = child<QDialog>(u"recipe"_s);
    QVERIFY(dialog != nullptr);
    QCOMPARE(dialog->findChild<QComboBox *>(u"recipe.provider"_s)->currentText(), u"sys-firewall"_s);
    QVERIFY(dialog->findChild<QLabel *>(u"recipe.steps"_s)->text().contains(u"Connect work through sys-filter."_s));
}

void TopologyPanesTest::files_areDroppedOntoANodeThatRuns()
{
    TopologyView *view = m_page->view();
    TopologyScene *scene = view->topology();
    QSignalSpy dropped(m_page.get(), &TopologyPage::filesDropped);
    QMimeData data;
    data.setUrls({QUrl(u"file:///home/user/a"_s), QUrl(u"file:///home/user/b"_s)});
    const auto placeOf = [view, scene](const QString &node) {
        return view->mapFromScene(scene->node(node)->sceneBoundingRect().center());
    };
    const auto enter = [view, &data](const QPoint &at) {
        QDragEnterEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view->viewport(), &event);
        return event.isAccepted();
    };
    const auto move = [view, &data](const QPoint &at) {
        QDragMoveEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view->viewport(), &event);
        return event.isAccepted();
    };
    const auto drop = [view, &data](const QPoint &at) {
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view->viewport(), &event);
        return event.isAccepted();
    };
    const auto *text = child<QLabel>(u"topology.pointer"_s);
    QVERIFY(enter(placeOf(u"vault"_s)));
    QVERIFY(move(placeOf(u"vault"_s)));
    QCOMPARE(text->text(), u"+  Start vault and copy 2 files to it"_s);
    QVERIFY(!move(placeOf({}))); // the outside
    QVERIFY(!text->isVisible());
    QVERIFY2(!move(view->mapFromScene(scene->link(u"work"_s)->path().pointAtPercent(0.5))), "a link is no qube");
    QVERIFY(move(placeOf(u"work"_s)));
    QCOMPARE(text->text(), u"+  Copy 2 files to work"_s);
    QVERIFY(scene->node(u"work"_s)->attention().isUnderDrag);
    QVERIFY(!scene->node(u"vault"_s)->attention().fit);
    QVERIFY(drop(placeOf(u"work"_s)));
    QCOMPARE(dropped.size(), 1);
    QCOMPARE(dropped.first().at(0).toString(), u"work"_s);
    QCOMPARE(dropped.first().at(1).toStringList(), (QStringList{u"/home/user/a"_s, u"/home/user/b"_s}));
    QVERIFY(!scene->node(u"work"_s)->attention().fit);
    QVERIFY(!text->isVisible());

    data.setUrls({QUrl(u"http://example.org/a"_s)});
    QVERIFY(!enter(placeOf(u"work"_s)));

    FilePolicy policy(u"/nonexistent/policy.sock"_s); // whose silence is a denial
    view->setFilePolicy(&policy);
    data.setUrls({QUrl(u"file:///home/user/a"_s)});
    QVERIFY(enter(placeOf(u"work"_s)));
    QTRY_COMPARE(text->text(), u"×  Not allowed: dom0 may not send to work"_s);
    QCOMPARE(scene->node(u"work"_s)->attention().fit, std::optional(Fit::No));
    QVERIFY(!drop(placeOf(u"work"_s)));
    QCOMPARE(dropped.size(), 1);
}

void TopologyPanesTest::proof_saysWhatLeaksAndDrawsWhatWasTested()
{
    QStringList run;
    m_page->setProbes(
        [&run](const Probe &probe, ProbeRunner::Ended ended) {
            run << probe.qube + u" to "_s + probe.hop;
            ended(probe.hop == u"sys-net"_s ? 1 : 0);
        },
        u"198.51.100.1"_s);
    m_source->firewalls.insert(u"work"_s, {u"action=accept dst4=192.0.2.7"_s, u"action=drop"_s});
    child<QToolButton>(u"topology.proof.toggle"_s)->click();
    auto *summary = child<QLabel>(u"proof.summary"_s);
    QCOMPARE(summary->text(), u"Select one qube to see what it can reach."_s);
    auto *test = child<QPushButton>(u"proof.test"_s);
    QVERIFY(!test->isEnabled());
    m_page->select({u"work"_s});
    QTRY_COMPARE(summary->text(), u"work reaches what the rules on its way let through."_s);
    QStringList lines;
    for (QTreeWidgetItemIterator it(child<QTreeWidget>(u"proof.tree"_s)); *it != nullptr; ++it) {
        lines << (*it)->text(0);
    }
    QVERIFY2(lines.contains(u"let through: everything to 192.0.2.7"_s), qPrintable(lines.join(u'\n')));
    const QString both = QLocale().createSeparatedList({u"sys-firewall"_s, u"sys-net"_s});
    QVERIFY2(lines.contains(QString(u"As it sends them: "_s + both)), qPrintable(lines.join(u'\n')));
    QVERIFY(test->isEnabled());
    test->click();
    QCOMPARE(run, (QStringList{u"work to sys-firewall"_s, u"work to sys-net"_s, u"work to "_s}));
    const TopologyScene *scene = m_page->view()->topology();
    QVERIFY(scene->link(u"work"_s)->look().isReached == true);
    QVERIFY(scene->link(u"sys-firewall"_s)->look().isReached == false);
    QVERIFY(scene->link(u"sys-net"_s)->look().isReached == true);
    m_source->change(running(client(u"work"_s, u"sys-net"_s))); // what was tested is not there any more
    QVERIFY(!scene->link(u"work"_s)->look().isReached);
}

void TopologyPanesTest::S_169_hostileNamesAndRules_areSeenLetterByLetter()
{
    const QString name = u"<b>evil</b>&x"_s;
    const QString comment = u"<i>note</i>"_s;
    m_source->firewalls.insert(name, {QString(u"action=accept odd="_s + comment), u"action=drop"_s});
    m_source->change(client(name, u"sys-firewall"_s));
    m_source->change(client(u"behind"_s, name));
    child<QToolButton>(u"topology.proof.toggle"_s)->click();
    m_page->select({name});
    auto *tree = child<QTreeWidget>(u"proof.tree"_s);
    QTRY_VERIFY(!tree->findItems(u"note"_s, Qt::MatchContains | Qt::MatchRecursive).isEmpty());

    Test::PlainTextCheck names(u"evil"_s, name);
    Test::PlainTextCheck rules(u"note"_s, comment);
    for (auto *check : {&names, &rules}) {
        check->judgeWidgets(*m_page);
        for (const auto *view : m_page->findChildren<QAbstractItemView *>()) {
            if (view->model() != nullptr) {
                check->judgeToolTips(*view->model());
            }
        }
        for (const QGraphicsItem *item : m_page->view()->scene()->items()) {
            check->judge(u"picture"_s, Test::seenOf(item->toolTip()));
        }
        QVERIFY2(check->wrong().isEmpty(), qPrintable(check->wrong().join(u'\n')));
        QVERIFY(check->found() > 1); // both as an item and as a tool tip
    }
}

void TopologyPanesTest::pictures_areDrawn_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<bool>("isMirrored");
    QTest::newRow("light") << false << false;
    QTest::newRow("dark") << true << false;
    QTest::newRow("rtl") << false << true;
}

void TopologyPanesTest::pictures_areDrawn()
{
    QFETCH(const bool, isDark);
    QFETCH(const bool, isMirrored);
    dress(8, isDark, isMirrored);
    const QString kind = QString::fromLatin1(QTest::currentDataTag());
    keepDialog(u"vpn"_s, u"personal"_s, u"recipe-vpn-"_s + kind);
    keepDialog(u"tor"_s, {}, u"recipe-tor-"_s + kind);
    keepDialog(u"firewall"_s, u"work"_s, u"recipe-firewall-"_s + kind);
    child<QToolButton>(u"topology.recipes.toggle"_s)->click();
    QCoreApplication::processEvents();
    keepPicture(u"palette-"_s + kind);
    QVERIFY2(cutOff().isEmpty(), qPrintable(cutOff().join(u'\n')));
    child<QToolButton>(u"topology.recipes.toggle"_s)->click();
    keepProof(u"proof-"_s + kind);
    QVERIFY2(cutOff().isEmpty(), qPrintable(cutOff().join(u'\n')));
    QVERIFY(QDir().mkpath(QStringLiteral(TOPOLOGY_PICTURES)));
    const QString numbered = QStringLiteral(TOPOLOGY_PICTURES) + u"/numbered-"_s + kind;
    for (const QString &ending : {u".png"_s, u".svg"_s}) {
        m_page->exportPictureTo(numbered + ending, ExportedNames::Numbered);
        QVERIFY(QFile::exists(numbered + ending));
    }
}

/// A recipe's page, filled in for a place, as it opens.
void TopologyPanesTest::keepDialog(const QString &key, const QString &place, const QString &name)
{
    m_page->openRecipe(key, place);
    auto *dialog = child<QDialog>(u"recipe"_s);
    QVERIFY(dialog != nullptr);
    QCoreApplication::processEvents();
    keepPicture(name, dialog);
    for (const auto *label : dialog->findChildren<QLabel *>()) {
        QVERIFY2(!label->isVisible() || label->height() >= label->heightForWidth(label->width()),
                 qPrintable(label->objectName()));
    }
    delete dialog;
}

/// The pane of a qube whose way leads through rules and a tunnel, with the results of a test.
void TopologyPanesTest::keepProof(const QString &name)
{
    m_page->setProbes(
        [](const Probe &probe, ProbeRunner::Ended ended) {
            ended(probe.kind == Probe::Kind::StayShut || probe.hop == u"sys-net"_s ? 1 : 0);
        },
        u"198.51.100.1"_s);
    m_source->firewalls.insert(u"untrusted"_s,
                               {u"action=accept dst4=192.0.2.7 proto=tcp dstports=443"_s,
                                u"action=accept specialtarget=dns"_s,
                                u"action=drop"_s});
    m_source->features.insert(u"vpn"_s, {u"service.bulkhead-tunnel"_s});
    m_source->change(running(Test::provider(u"vpn"_s, u"sys-firewall"_s)));
    child<QToolButton>(u"topology.proof.toggle"_s)->click();
    m_page->select({u"untrusted"_s});
    auto *test = child<QPushButton>(u"proof.test"_s);
    QTRY_VERIFY(test->isEnabled());
    test->click();
    m_page->view()->fit();
    QCoreApplication::processEvents();
    keepPicture(name);
    auto *tree = child<QTreeWidget>(u"proof.tree"_s);
    const int margins = 2 * (tree->style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, tree) + 1);
    int lines = 0;
    for (QTreeWidgetItemIterator item(tree); *item != nullptr; ++item) {
        const QRect row = tree->visualItemRect(*item);
        const QRect words =
            tree->fontMetrics().boundingRect(QRect(0, 0, row.width() - margins, 1), Qt::TextWordWrap, (*item)->text(0));
        QVERIFY2(row.height() >= words.height(), qPrintable((*item)->text(0)));
        lines += words.height() / tree->fontMetrics().height();
    }
    QVERIFY(lines > 25); // some are longer than a line
}

QTEST_MAIN(TopologyPanesTest)

#include "topologypanestest.moc"
