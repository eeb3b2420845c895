// SPDX-License-Identifier: GPL-2.0-or-later
// The shelf: which qubes it has, when it is there, what becomes of files that are let go over it, and the same by keys.
// With BULKHEAD_PICTURES=DIR in the environment it is saved there to be looked at.
#include "manager/files/droprows.h"
#include "manager/tray/drag/dragdisplay.h"
#include "manager/tray/shelf/shelfcontrol.h"
#include "tests/manager/fakesource.h"
#include "tests/manager/playedpolicyd.h"

#include <KColorScheme>
#include <QApplication>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QScreen>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <memory>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore\nleak:libfontconfig";
}

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class ShelfTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void shelf_hasTheEightMostUsed();
    void use_isKeptAndFades();
    void shelf_isThereWhileFilesAreDragged();
    void shelf_isWhereThePersonWantsIt();
    void shelf_doesNotChangeUnderTheHand();
    void shelf_tellsBulkheadDragItsRows();
    void filesOfDom0_areCopiedAndSaid();
    void drop_whereThePolicyDeniesDoesNothing();
    void more_asksAmongAll();
    void menu_doesTheSameByKeys();
    void bubble_cancels();
    void shelf_looks_data();
    void shelf_looks();

private:
    void copyBy(const QByteArray &script) const;
    [[nodiscard]] QByteArray wordsOf(const QString &program) const;
    bool drop(QWidget *on, const QPoint &at, bool mayGo = true) const;
    void drag(Shelf::From from) const;

    [[nodiscard]] Shelf &shelf() const
    {
        return m_control->shelf();
    }

    [[nodiscard]] QListView *list() const
    {
        return shelf().findChild<QListView *>(u"shelf.list"_s);
    }

    /// Titles of the bubbles.
    [[nodiscard]] QStringList said() const;

    QString m_style;
    QPalette m_palette;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Test::PlayedPolicyd> m_policyd;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<DragDisplay> m_display;
    std::unique_ptr<ShelfControl> m_control;
    KSharedConfig::Ptr m_settings;
};

void ShelfTest::initTestCase()
{
    QApplication::setStyle(u"breeze"_s);
    m_palette = QApplication::palette();
}

void ShelfTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_policyd = std::make_unique<Test::PlayedPolicyd>();
    m_policyd->answer = "result=allow\noutcome=allow";
    m_settings = KSharedConfig::openConfig(m_folder->filePath(u"settings"_s), KConfig::SimpleConfig);
    m_source = std::make_unique<Test::FakeSource>();
    m_display = std::make_unique<DragDisplay>([] {
        return SheetWidget::Blending::None;
    });
    copyBy("exit 0");
    m_control = std::make_unique<ShelfControl>(
        m_source.get(),
        ShelfControl::Programs{.copy = m_folder->filePath(u"copy"_s), .chooser = m_folder->filePath(u"chooser"_s)},
        m_policyd->path(),
        m_settings);
    connect(m_control.get(), &ShelfControl::told, m_display.get(), &DragDisplay::tell);
    connect(m_display.get(), &DragDisplay::arrived, m_control.get(), &ShelfControl::onArrived);
    connect(m_display.get(), &DragDisplay::acted, m_control.get(), &ShelfControl::onAct);
    QubeInfo dom0 = running(makeQube(u"dom0"_s), 0);
    dom0.kind = QubeKind::Admin;
    QubeInfo net = running(makeQube(u"sys-net"_s));
    net.providesNetwork = true;
    QubeInfo form = makeQube(u"debian-13"_s, u"black"_s);
    form.kind = QubeKind::Template;
    m_source->load({makeQube(u"banking"_s, u"green"_s),
                    form,
                    dom0,
                    makeQube(u"mail"_s, u"blue"_s),
                    running(makeQube(u"personal"_s, u"yellow"_s)),
                    makeQube(u"photos"_s, u"orange"_s),
                    net,
                    makeQube(u"travel"_s, u"purple"_s),
                    running(makeQube(u"untrusted"_s)),
                    makeQube(u"vault"_s, u"black"_s),
                    running(makeQube(u"work"_s, u"blue"_s))});
}

void ShelfTest::cleanup()
{
    m_control.reset();
    m_display.reset();
    m_source.reset();
    m_policyd.reset();
    m_settings.reset();
    m_folder.reset();
    QApplication::setPalette(m_palette);
}

void ShelfTest::copyBy(const QByteArray &script) const
{
    for (const QString &name : {u"copy"_s, u"chooser"_s}) {
        QFile program(m_folder->filePath(name));
        QVERIFY(program.open(QIODevice::WriteOnly | QIODevice::Truncate));
        program.write("#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.new\"; mv \"$0.new\" \"$0.words\"\n" + script + '\n');
        QVERIFY(program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }
}

QByteArray ShelfTest::wordsOf(const QString &program) const
{
    QFile words(m_folder->filePath(program + u".words"_s));
    return words.open(QIODevice::ReadOnly) ? words.readAll() : QByteArray();
}

/// @param mayGo  what is to be said of it once the policy has answered
bool ShelfTest::drop(QWidget *on, const QPoint &at, bool mayGo) const
{
    QMimeData data;
    data.setUrls({QUrl(u"file:///home/user/a"_s), QUrl(u"file:///home/user/b"_s)});
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &enter);
    // The policy is asked as soon as the files come there.
    const bool isAsked = QTest::qWaitFor([this] {
        return !m_policyd->asked.isEmpty();
    });
    const bool isJudged = QTest::qWaitFor([&] {
        QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(on, &move);
        return move.isAccepted() == mayGo;
    });
    // What it would do is said beside the shelf, whose next row it would hide.
    const auto *text = shelf().findChild<QLabel *>(u"list.pointer"_s);
    const bool isTold = on != list()->viewport()
        || (text->isVisible() && text->isWindow() && !text->geometry().intersects(shelf().geometry()));
    QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(on, &drop);
    return isAsked && isJudged && isTold && enter.isAccepted() && drop.isAccepted();
}

void ShelfTest::drag(Shelf::From from) const
{
    m_control->onDrag(from, true);
    QVERIFY(shelf().isVisible());
    QTRY_VERIFY(shelf().x() >= 0); // its rows have been told of
}

QStringList ShelfTest::said() const
{
    QStringList titles;
    for (const DragBubble *bubble : m_display->bubbles()) {
        titles << bubble->shownText().title;
    }
    return titles;
}

void ShelfTest::shelf_hasTheEightMostUsed()
{
    // Before anything was used: what runs and is for work, then what is for work, then the rest.
    QCOMPARE(shelf().qubes(),
             (QStringList{u"personal"_s,
                          u"untrusted"_s,
                          u"work"_s,
                          u"sys-net"_s,
                          u"banking"_s,
                          u"mail"_s,
                          u"photos"_s,
                          u"travel"_s}));
    m_control->onArrived(u"vault"_s);
    m_control->onArrived(u"work"_s);
    m_control->onArrived(u"work"_s);
    QCOMPARE(shelf().qubes().size(), Shelf::MostQubes);
    QCOMPARE(shelf().qubes().first(3), (QStringList{u"work"_s, u"vault"_s, u"personal"_s}));
    m_source->remove(u"work"_s);
    QCOMPARE(shelf().qubes().first(2), (QStringList{u"vault"_s, u"personal"_s}));
}

void ShelfTest::use_isKeptAndFades()
{
    QubeUse use(m_settings);
    for (int count = 0; count <= QubeUse::Most; ++count) {
        use.note(u"old"_s);
    }
    const QList<QubeInfo> qubes{makeQube(u"old"_s), makeQube(u"new"_s), makeQube(u"a"_s)};
    QCOMPARE(use.mostUsed(qubes, 8), (QStringList{u"old"_s, u"a"_s, u"new"_s}));
    for (int count = 0; count <= QubeUse::Most / 2; ++count) {
        use.note(u"new"_s);
    }
    const QubeUse again(KSharedConfig::openConfig(m_settings->name(), KConfig::SimpleConfig)); // of the next session
    QCOMPARE(again.mostUsed(qubes, 2), (QStringList{u"new"_s, u"old"_s}));
}

void ShelfTest::shelf_isThereWhileFilesAreDragged()
{
    QVERIFY(!shelf().isVisible());
    drag(Shelf::From::Dom0);
    QVERIFY(shelf().findChild<QToolButton *>(u"shelf.more"_s)->isVisible());
    QCOMPARE(shelf().width(), Shelf::Width + 2 * shelf().frameWidth());
    QVERIFY(shelf().windowFlags().testFlag(Qt::WindowDoesNotAcceptFocus));
    m_control->onDrag(Shelf::From::Qube, true); // dom0's files over a qube's window
    m_control->onDrag(Shelf::From::Qube, false);
    QVERIFY(shelf().isVisible());
    m_control->onDrag(Shelf::From::Dom0, false);
    QVERIFY(!shelf().isVisible());
    drag(Shelf::From::Qube);
    QVERIFY(!shelf().findChild<QToolButton *>(u"shelf.more"_s)->isVisible()); // dom0 takes no files of qubes
}

void ShelfTest::shelf_isWhereThePersonWantsIt()
{
    const QRect area = shelf().screen()->availableGeometry();
    drag(Shelf::From::Dom0);
    QTRY_COMPARE(shelf().geometry().right(), area.right());
    QMenu menu;
    m_control->addTo(menu);
    const auto choices = menu.findChild<QMenu *>(u"tray.shelf"_s)->actions();
    QCOMPARE(choices.size(), 3);
    QVERIFY(choices.at(2)->isChecked());
    choices.at(1)->trigger();
    QVERIFY(!shelf().isVisible());
    drag(Shelf::From::Dom0);
    QTRY_COMPARE(shelf().geometry().left(), area.left());
    choices.at(0)->trigger();
    m_control->onDrag(Shelf::From::Dom0, true);
    QVERIFY(!shelf().isVisible());
    // And in the next session.
    const ShelfControl next(m_source.get(), {}, m_policyd->path(), m_settings);
    QCOMPARE(const_cast<ShelfControl &>(next).shelf().edge(), Shelf::Edge::None);
}

void ShelfTest::shelf_doesNotChangeUnderTheHand()
{
    drag(Shelf::From::Dom0);
    const QStringList before = shelf().qubes();
    m_control->onArrived(u"vault"_s);
    m_source->change(running(makeQube(u"aaa"_s)));
    QCOMPARE(shelf().qubes(), before);
    m_control->onDrag(Shelf::From::Dom0, false);
    QCOMPARE(shelf().qubes().first(2), (QStringList{u"vault"_s, u"aaa"_s}));
}

void ShelfTest::shelf_tellsBulkheadDragItsRows()
{
    drag(Shelf::From::Qube);
    const auto *rows = shelf().findChild<DropRows *>();
    const QByteArrayList lines = rows->text().trimmed().split('\n');
    QCOMPARE(lines.size(), Shelf::MostQubes);
    QVERIFY2(lines.first().endsWith(" personal"), lines.first().constData());
    QVERIFY2(lines.last().endsWith(" travel"), lines.last().constData());
    QCOMPARE(lines.first().split(' ').at(2).toInt(), Shelf::Width);
}

void ShelfTest::filesOfDom0_areCopiedAndSaid()
{
    drag(Shelf::From::Dom0);
    const QModelIndex work = list()->model()->index(2, 0);
    QVERIFY(drop(list()->viewport(), list()->visualRect(work).center()));
    QCOMPARE(said(), QStringList{u"Copying to work"_s});
    QTRY_COMPARE(said(), QStringList{u"2 files arrived in work"_s});
    QCOMPARE(wordsOf(u"copy"_s),
             QByteArray("--without-progress\n--progress-fd=1\n--by-policy\nwork\n--\n/home/user/a\n/home/user/b\n"));
    m_control->onDrag(Shelf::From::Dom0, false);
    QCOMPARE(shelf().qubes().first(), u"work"_s); // it was used
}

void ShelfTest::drop_whereThePolicyDeniesDoesNothing()
{
    m_policyd->answer = "result=deny\noutcome=deny\nrule=/p/30-user.policy:7";
    drag(Shelf::From::Dom0);
    const QModelIndex work = list()->model()->index(2, 0);
    QVERIFY(!drop(list()->viewport(), list()->visualRect(work).center(), false));
    QVERIFY(!shelf().findChild<QLabel *>(u"list.pointer"_s)->isVisible());
    QCOMPARE(said(), QStringList());
    QVERIFY(wordsOf(u"copy"_s).isEmpty());
}

void ShelfTest::more_asksAmongAll()
{
    m_policyd->asked << QByteArray(); // nobody is asked here
    drag(Shelf::From::Dom0);
    auto *more = shelf().findChild<QToolButton *>(u"shelf.more"_s);
    QVERIFY(drop(more, more->rect().center()));
    QTRY_COMPARE(wordsOf(u"chooser"_s), QByteArray("--\n/home/user/a\n/home/user/b\n"));
}

void ShelfTest::menu_doesTheSameByKeys()
{
    QMenu menu;
    m_control->addTo(menu);
    auto *copies = menu.findChild<QMenu *>(u"tray.copyfiles"_s);
    Q_EMIT copies->aboutToShow();
    QStringList words;
    for (const QAction *action : copies->actions()) {
        if (!action->isSeparator()) {
            words << action->text();
        }
    }
    QCOMPARE(words, shelf().qubes() + QStringList{u"&More…"_s});
    const auto choose = [&](qsizetype at) {
        copies->actions().at(at)->trigger();
        QFileDialog *dialog = nullptr;
        for (QWidget *window : QApplication::topLevelWidgets()) {
            dialog = window->objectName() == u"tray.files" ? qobject_cast<QFileDialog *>(window) : dialog;
        }
        QVERIFY(dialog != nullptr);
        Q_EMIT dialog->filesSelected({u"/home/user/a"_s});
        delete dialog;
    };
    choose(2);
    QTRY_COMPARE(said(), QStringList{u"1 file arrived in work"_s});
    choose(copies->actions().size() - 1);
    QTRY_COMPARE(wordsOf(u"chooser"_s), QByteArray("--\n/home/user/a\n"));
}

void ShelfTest::bubble_cancels()
{
    copyBy("exec sleep 600");
    drag(Shelf::From::Dom0);
    QVERIFY(drop(list()->viewport(), list()->visualRect(list()->model()->index(2, 0)).center()));
    QCOMPARE(said(), QStringList{u"Copying to work"_s});
    Q_EMIT m_display->acted("cancel 1\n"); // of bulkhead-drag
    QCOMPARE(said(), QStringList{u"Copying to work"_s});
    m_display->bubbles().first()->findChild<QPushButton *>(u"drag.bubble.action"_s)->click();
    QCOMPARE(said(), QStringList{u"Cancelled"_s});
}

void ShelfTest::shelf_looks_data()
{
    QTest::addColumn<QString>("colors");
    QTest::newRow("light") << u"BreezeLight"_s;
    QTest::newRow("dark") << u"BreezeDark"_s;
}

void ShelfTest::shelf_looks()
{
    QFETCH(const QString, colors);
    QApplication::setPalette(KColorScheme::createApplicationPalette(
        KSharedConfig::openConfig(u"/usr/share/color-schemes/%1.colors"_s.arg(colors), KConfig::SimpleConfig)));
    drag(Shelf::From::Dom0);
    const QImage picture = shelf().grab().toImage();
    if (qEnvironmentVariableIsSet("BULKHEAD_PICTURES")) {
        const QDir pictures(qEnvironmentVariable("BULKHEAD_PICTURES"));
        QVERIFY(
            picture.save(pictures.filePath(u"shelf-"_s + QString::fromLatin1(QTest::currentDataTag()) + u".png"_s)));
    }
    // Whole rows, and nothing that would have to be scrolled.
    const QModelIndex last = list()->model()->index(list()->model()->rowCount() - 1, 0);
    QVERIFY(list()->viewport()->rect().contains(list()->visualRect(last)));
    QCOMPARE(picture.pixelColor(4, 4), QApplication::palette().color(QPalette::Base));
}

QTEST_MAIN(ShelfTest)

#include "shelftest.moc"
