// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/filedrop.h"

#include "manager/files/filedrag.h"
#include "manager/files/filepolicy.h"
#include "manager/models/qubemodel.h"
#include "tests/manager/fakesource.h"
#include "tests/manager/playedpolicyd.h"

#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QRubberBand>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>
#include <QTreeView>
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

/// A list of qubes over which files are held and let go.
class FileDropTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void urls_areLocalFilesOrNothing_data();
    void urls_areLocalFilesOrNothing();
    void drop_onARunningQubeIsAskedFor();
    void drop_onAHaltedQubeSaysThatItStarts();
    void move_saysWhyNot_data();
    void move_saysWhyNot();
    void move_saysHowManyAreTooMany();
    void enter_takesNothingElseThanFiles();
    void enter_takesNothingThatIsToBeMoved();
    void policy_eachAnswerIsSaid_data();
    void policy_eachAnswerIsSaid();
    void policy_isAskedOnceADrag();
    void policy_thatDoesNotAnswerIsADenial();
    void ui_075_leaveAndReleaseOnNothing_copyNothing();
    void drop_looksAgainWhatTheQubeIs();
    void edge_scrollsUnderAStillPointer();

private:
    void add(const QubeInfo &qube);
    [[nodiscard]] QPoint placeOf(int row) const;
    bool enter(const QPoint &at, Qt::DropActions actions = Qt::CopyAction | Qt::MoveAction) const;
    bool move(const QPoint &at) const;
    bool drop(const QPoint &at) const;
    void leave() const;

    [[nodiscard]] QLabel *text() const
    {
        return m_view->findChild<QLabel *>(u"list.pointer"_s);
    }

    [[nodiscard]] QRubberBand *mark() const
    {
        return m_view->findChild<QRubberBand *>(u"list.droprow"_s);
    }

    std::unique_ptr<QStandardItemModel> m_model;
    std::unique_ptr<QTreeView> m_view;
    std::unique_ptr<FileDrop> m_drop;
    std::unique_ptr<QSignalSpy> m_dropped;
    std::unique_ptr<QMimeData> m_data;
};

void FileDropTest::init()
{
    m_model = std::make_unique<QStandardItemModel>();
    m_view = std::make_unique<QTreeView>();
    m_view->setModel(m_model.get());
    m_view->setRootIsDecorated(false);
    m_view->resize(400, 300);
    m_drop = std::make_unique<FileDrop>(m_view.get());
    m_dropped = std::make_unique<QSignalSpy>(m_drop.get(), &FileDrop::filesDropped);
    m_data = std::make_unique<QMimeData>();
    m_data->setUrls({QUrl(u"file:///home/user/a%20b"_s), QUrl(u"file://localhost/home/user/c"_s)});
    QubeInfo dom0 = running(makeQube(u"dom0"_s), 0);
    dom0.kind = QubeKind::Admin;
    QubeInfo paused = running(makeQube(u"asleep"_s));
    paused.state = QubeState::Paused;
    for (const QubeInfo &qube : {running(makeQube(u"work"_s)), makeQube(u"vault"_s), paused, dom0}) {
        add(qube);
    }
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
}

void FileDropTest::cleanup()
{
    leave();
    m_dropped.reset();
    m_drop.reset();
    m_view.reset();
    m_model.reset();
    m_data.reset();
}

void FileDropTest::add(const QubeInfo &qube)
{
    auto item = std::make_unique<QStandardItem>(qube.name);
    item->setData(QVariant::fromValue(qube), QubeModel::QubeRole);
    m_model->appendRow(item.release()); // the model's
}

QPoint FileDropTest::placeOf(int row) const
{
    return m_view->visualRect(m_model->index(row, 0)).center();
}

bool FileDropTest::enter(const QPoint &at, Qt::DropActions actions) const
{
    QDragEnterEvent event(at, actions, m_data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &event);
    return event.isAccepted();
}

bool FileDropTest::move(const QPoint &at) const
{
    QDragMoveEvent event(at, Qt::CopyAction | Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &event);
    return event.isAccepted() && event.dropAction() == Qt::CopyAction;
}

bool FileDropTest::drop(const QPoint &at) const
{
    QDropEvent event(at, Qt::CopyAction | Qt::MoveAction, m_data.get(), Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &event);
    return event.isAccepted() && event.dropAction() == Qt::CopyAction;
}

void FileDropTest::leave() const
{
    QDragLeaveEvent event;
    QCoreApplication::sendEvent(m_view->viewport(), &event);
}

void FileDropTest::urls_areLocalFilesOrNothing_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QStringList>("paths");
    QTest::newRow("one") << QByteArray("file:///a/b%20c%23") << QStringList{u"/a/b c#"_s};
    QTest::newRow("several") << QByteArray("file:///a\r\nfile:///b\r\n") << QStringList{u"/a"_s, u"/b"_s};
    QTest::newRow("this computer by its name") << QByteArray("file://localhost/a") << QStringList{u"/a"_s};
    QTest::newRow("another computer") << QByteArray("file://example.org/a") << QStringList();
    QTest::newRow("the web") << QByteArray("https://example.org/a") << QStringList();
    QTest::newRow("one of two") << QByteArray("file:///a\r\nhttps://example.org/a\r\n") << QStringList();
    QTest::newRow("relative") << QByteArray("file:a") << QStringList();
    QTest::newRow("a byte that no name has") << QByteArray("file:///a%00b") << QStringList();
    QTest::newRow("nothing") << QByteArray() << QStringList();
}

void FileDropTest::urls_areLocalFilesOrNothing()
{
    QFETCH(const QByteArray, list);
    QFETCH(const QStringList, paths);
    QMimeData data;
    data.setData(u"text/uri-list"_s, list);
    QCOMPARE(localFiles(&data), paths);
    QCOMPARE(localFiles(nullptr), QStringList());
}

void FileDropTest::drop_onARunningQubeIsAskedFor()
{
    QVERIFY(enter(placeOf(0)));
    QVERIFY(move(placeOf(0)));
    QVERIFY(text()->isVisible());
    QCOMPARE(text()->text(), u"+  Copy 2 files to work"_s);
    QVERIFY(mark()->isVisible());
    QVERIFY(mark()->geometry().contains(placeOf(0)));
    QVERIFY(drop(placeOf(0)));
    QCOMPARE(m_dropped->size(), 1);
    QCOMPARE(m_dropped->first().at(0).toString(), u"work"_s);
    QCOMPARE(m_dropped->first().at(1).toStringList(), (QStringList{u"/home/user/a b"_s, u"/home/user/c"_s}));
    QVERIFY(!text()->isVisible());
    QVERIFY(!mark()->isVisible());
}

void FileDropTest::drop_onAHaltedQubeSaysThatItStarts()
{
    QVERIFY(enter(placeOf(1)));
    QVERIFY(move(placeOf(1)));
    QCOMPARE(text()->text(), u"+  Start vault and copy 2 files to it"_s);
    QVERIFY(drop(placeOf(1)));
    QCOMPARE(m_dropped->size(), 1);
    QCOMPARE(m_dropped->first().at(0).toString(), u"vault"_s);
}

void FileDropTest::move_saysWhyNot_data()
{
    QTest::addColumn<int>("row");
    QTest::addColumn<QString>("words");
    QTest::newRow("paused") << 2 << u"×  asleep is paused."_s;
    QTest::newRow("dom0") << 3 << u"×  Files are in dom0 already."_s;
}

void FileDropTest::move_saysWhyNot()
{
    QFETCH(const int, row);
    QFETCH(const QString, words);
    QVERIFY(enter(placeOf(0)));
    QVERIFY(!move(placeOf(row)));
    QVERIFY(text()->isVisible());
    QCOMPARE(text()->text(), words);
    QVERIFY(!mark()->isVisible());
    QVERIFY(!drop(placeOf(row)));
    QCOMPARE(m_dropped->size(), 0);
}

void FileDropTest::move_saysHowManyAreTooMany()
{
    QList<QUrl> urls;
    for (qsizetype i = 0; i <= MostFilesAtOnce; ++i) {
        urls << QUrl(u"file:///tmp/%1"_s.arg(i));
    }
    m_data->setUrls(urls);
    QVERIFY(enter(placeOf(0)));
    QVERIFY(!move(placeOf(0)));
    QVERIFY2(text()->text().contains(u"files at once"_s), qPrintable(text()->text()));
}

void FileDropTest::enter_takesNothingElseThanFiles()
{
    m_data->setUrls({QUrl(u"file:///home/user/a"_s), QUrl(u"http://example.org/"_s)});
    QVERIFY(!enter(placeOf(0)));
    QVERIFY(!text()->isVisible());
    m_data->clear();
    m_data->setText(u"file:///home/user/a"_s);
    QVERIFY(!enter(placeOf(0)));
    QVERIFY(!text()->isVisible());
}

void FileDropTest::enter_takesNothingThatIsToBeMoved()
{
    QVERIFY(!enter(placeOf(0), Qt::MoveAction));
    QVERIFY(!text()->isVisible());
}

void FileDropTest::policy_eachAnswerIsSaid_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("allow") << QByteArray("result=allow\noutcome=allow\nrule=/p/90-default.policy:20\nrule_text=a")
                           << u"+  Copy 2 files to work"_s << true;
    QTest::newRow("ask") << QByteArray("result=deny\noutcome=ask\nrule=/p/30-user.policy:7\nrule_text=a")
                         << u"?  Copy 2 files to work – will ask"_s << true;
    QTest::newRow("deny") << QByteArray("result=deny\noutcome=deny\nrule=/p/30-user.policy:7\nrule_text=a")
                          << u"×  Not allowed: dom0 may not send to work: 30-user.policy, line 7"_s << false;
    const QString denied = u"×  Not allowed: dom0 may not send to work"_s;
    QTest::newRow("no rule") << QByteArray("result=deny\noutcome=deny") << denied << false;
    QTest::newRow("not explained") << QByteArray("result=allow") << denied << false;
    QTest::newRow("contradiction") << QByteArray("result=allow\noutcome=ask") << denied << false;
    QTest::newRow("twice") << QByteArray("result=allow\noutcome=allow\nresult=allow") << denied << false;
    QTest::newRow("nothing") << QByteArray() << denied << false;
}

void FileDropTest::policy_eachAnswerIsSaid()
{
    QFETCH(const QByteArray, answer);
    QFETCH(const QString, words);
    QFETCH(const bool, isTaken);
    Test::PlayedPolicyd policyd;
    policyd.answer = answer;
    FilePolicy policy(policyd.path());
    m_drop->setPolicy(&policy);
    QVERIFY(enter(placeOf(0)));
    QCOMPARE(text()->text(), u"+  Looking up the policy…"_s);
    QTRY_COMPARE(text()->text(), words); // under a still pointer
    QCOMPARE(mark()->isVisible(), isTaken);
    QCOMPARE(move(placeOf(0)), isTaken);
    QCOMPARE(drop(placeOf(0)), isTaken);
    QCOMPARE(m_dropped->size(), isTaken ? 1 : 0);
}

void FileDropTest::policy_isAskedOnceADrag()
{
    Test::PlayedPolicyd policyd;
    policyd.answer = "result=allow\noutcome=allow";
    FilePolicy policy(policyd.path());
    m_drop->setPolicy(&policy);
    QVERIFY(enter(placeOf(0)));
    QTRY_COMPARE(text()->text(), u"+  Copy 2 files to work"_s);
    QVERIFY(!move(placeOf(2))); // paused: the policy need not be asked
    QVERIFY(move(placeOf(1)));
    QTRY_COMPARE(text()->text(), u"+  Start vault and copy 2 files to it"_s);
    QVERIFY(move(placeOf(0)));
    QCOMPARE(policyd.asked,
             (QByteArrayList{"source=dom0\nintended_target=work\nservice_and_arg=qubes.Filecopy\n"
                             "just_evaluate=yes\nexplain=yes\n\n",
                             "source=dom0\nintended_target=vault\nservice_and_arg=qubes.Filecopy\n"
                             "just_evaluate=yes\nexplain=yes\n\n"}));
    leave();
    policyd.answer = "result=deny\noutcome=deny"; // since
    QVERIFY(enter(placeOf(0)));
    QTRY_COMPARE(text()->text(), u"×  Not allowed: dom0 may not send to work"_s);
    QCOMPARE(policyd.asked.size(), 3);
}

void FileDropTest::policy_thatDoesNotAnswerIsADenial()
{
    FilePolicy policy(u"/nonexistent/policy.sock"_s);
    m_drop->setPolicy(&policy);
    QVERIFY(enter(placeOf(0)));
    QTRY_COMPARE(text()->text(), u"×  Not allowed: dom0 may not send to work"_s);
    QVERIFY(!drop(placeOf(0)));
    QVERIFY(enter(placeOf(0)));
    leave(); // with a question under way
    QCoreApplication::processEvents();
    QVERIFY(!text()->isVisible());
}

void FileDropTest::ui_075_leaveAndReleaseOnNothing_copyNothing()
{
    QVERIFY(enter(placeOf(0)));
    QVERIFY(move(placeOf(0)));
    leave(); // as Escape does
    QVERIFY(!text()->isVisible());
    QVERIFY(!mark()->isVisible());

    const QPoint ground(100, m_view->viewport()->height() - EdgeScroll::Margin - 2);
    QVERIFY(!m_view->indexAt(ground).isValid());
    QVERIFY(enter(placeOf(0)));
    QVERIFY(!move(ground));
    QVERIFY(!text()->isVisible());
    QVERIFY(!drop(ground));
    QCOMPARE(m_dropped->size(), 0);
}

void FileDropTest::drop_looksAgainWhatTheQubeIs()
{
    QVERIFY(enter(placeOf(0)));
    QVERIFY(move(placeOf(0)));
    auto paused = running(makeQube(u"work"_s));
    paused.state = QubeState::Paused; // since the last move
    m_model->item(0)->setData(QVariant::fromValue(paused), QubeModel::QubeRole);
    QVERIFY(!drop(placeOf(0)));
    QCOMPARE(m_dropped->size(), 0);
}

void FileDropTest::edge_scrollsUnderAStillPointer()
{
    for (int i = 0; i < 60; ++i) {
        add(running(makeQube(u"q%1"_s.arg(i))));
    }
    QTRY_VERIFY(m_view->verticalScrollBar()->maximum() > 4);
    const QPoint low(100, m_view->viewport()->height() - EdgeScroll::Margin / 2);
    QVERIFY(enter(low));
    QVERIFY(move(low));
    const QString before = text()->text();
    QTRY_VERIFY(m_view->verticalScrollBar()->value() > 2);
    QVERIFY(text()->text() != before); // another row is under the pointer
    QVERIFY(text()->isVisible());
    QVERIFY(move(QPoint(100, m_view->viewport()->height() / 2)));
}

QTEST_MAIN(FileDropTest)

#include "filedroptest.moc"
