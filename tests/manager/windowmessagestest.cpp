// SPDX-License-Identifier: GPL-2.0-or-later
// What the window says of itself: its messages, and names and words of others in it.
#include "manager/app/messagearea.h"
#include "manager/app/startrequest.h"
#include "tests/manager/seentext.h"
#include "tests/manager/windowrig.h"

#include <KMessageWidget>
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <utility>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class WindowMessagesTest : public Test::WindowRig
{
    Q_OBJECT

private Q_SLOTS:
    void messages_areTwoAtMost();
    void S_088_qubeWithoutWindows_isSaidWithTheReason();
    void S_088_whatTheSessionTells_isJudged_data();
    void S_088_whatTheSessionTells_isJudged();
    void S_169_hostileNames_areSeenLetterByLetter();
};

void WindowMessagesTest::messages_areTwoAtMost()
{
    MessageArea messages;
    messages.show(KMessageWidget::Error, u"one"_s, u"1"_s);
    messages.show(KMessageWidget::Error, u"two"_s, u"2"_s);
    messages.show(KMessageWidget::Error, u"three"_s, u"3"_s);
    messages.show(KMessageWidget::Error, u"four"_s, u"4"_s);
    QCOMPARE(messages.findChild<QLabel *>(u"messages.more"_s)->text(), u"2 more"_s);
    QCOMPARE(messages.texts().first(), u"four"_s);
    int shown = 0;
    for (const auto *message : messages.findChildren<KMessageWidget *>()) {
        shown += message->isVisibleTo(&messages) ? 1 : 0;
    }
    QCOMPARE(shown, MessageArea::MaxShown);
    messages.show(KMessageWidget::Error, u"four again"_s, u"4"_s);
    QCOMPARE(messages.texts(), (QStringList{u"four again"_s, u"three"_s, u"two"_s, u"one"_s}));
}

void WindowMessagesTest::S_088_qubeWithoutWindows_isSaidWithTheReason()
{
    const QTemporaryDir directory;
    const GivenUpDaemon evil{.qube = u"evil"_s, .domain = 7, .why = GivenUpDaemon::Why::EndedTooOften};
    const GivenUpDaemon old{.qube = u"work"_s, .domain = 3, .why = GivenUpDaemon::Why::EndedTooOften};
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {evil}));
    GivenUpWatch watch(directory.path());
    m_window->setGivenUp(&watch);
    auto *messages = child<MessageArea>(u"messages"_s);
    QVERIFY2(messages->texts().isEmpty(), "nothing is known of the qubes yet");
    m_source->load({running(makeQube(u"evil"_s), 7), running(makeQube(u"work"_s), 8)});
    QCOMPARE(messages->texts().size(), 1);
    const QString text = messages->texts().first();
    for (const QString &part : {u"“evil” runs"_s, u"ended six times within a minute"_s, u"Restart “evil”"_s}) {
        QVERIFY2(text.contains(part), qUtf8Printable(text));
    }
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {evil, old})); // of a run that is over
    QTRY_COMPARE(watch.daemons().size(), 2);
    QCOMPARE(messages->texts(), QStringList{text});

    m_source->change(running(makeQube(u"evil"_s), 9));
    QVERIFY2(messages->texts().isEmpty(), "it was started anew");
    QVERIFY(writeGivenUp(givenUpFile(directory.path()),
                         {{.qube = u"evil"_s, .domain = 9, .why = GivenUpDaemon::Why::Refused}}));
    QTRY_COMPARE(messages->texts().size(), 1);
    QVERIFY(messages->texts().first().contains(u"did not accept the settings"_s));
    QVERIFY(writeGivenUp(givenUpFile(directory.path()), {}));
    QTRY_VERIFY(messages->texts().isEmpty());
}

void WindowMessagesTest::S_088_whatTheSessionTells_isJudged_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no name") << QByteArray("<b>evil</b> 7 ended");
    QTest::newRow("no number") << QByteArray("evil x ended");
    QTest::newRow("dom0") << QByteArray("evil 0 ended");
    QTest::newRow("beyond every domain") << QByteArray("evil 4294967295 ended");
    QTest::newRow("another word") << QByteArray("evil 7 exploded");
    QTest::newRow("too few") << QByteArray("evil 7");
    QTest::newRow("too many") << QByteArray("evil 7 ended often");
}

void WindowMessagesTest::S_088_whatTheSessionTells_isJudged()
{
    QFETCH(const QByteArray, line);
    const QTemporaryDir directory;
    QFile file(givenUpFile(directory.path()));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(line + "\nwork 8 ended\n") > 0);
    file.close();
    QCOMPARE(readGivenUp(file.fileName()),
             (QList<GivenUpDaemon>{{.qube = u"work"_s, .domain = 8, .why = GivenUpDaemon::Why::EndedTooOften}}));
}

void WindowMessagesTest::S_169_hostileNames_areSeenLetterByLetter()
{
    const QString name = u"<b>evil</b>&x"_s;
    const QString templateName = u"<i>clone</i>&y"_s;
    const QString netQube = u"<img src=\"x\">gate"_s;
    QubeInfo hostile = running(makeQube(name, u"<u>label</u>"_s));
    hostile.templateName = templateName;
    hostile.netQube = netQube;
    hostile.state = QubeState::Unknown;
    hostile.stateText = u"<s>odd</s>"_s;
    hostile.kind = QubeKind::Unknown;
    hostile.className = u"<h1>kind</h1>"_s;
    QubeInfo provider = running(makeQube(netQube), 8);
    provider.providesNetwork = true;
    m_source->load({hostile, provider, makeQube(templateName)});
    select(name);
    m_window->carryOut(parseStartRequest({u"bulkhead-manager"_s, u"--qube"_s, name + u"2"_s}));
    select(netQube);
    for (const QString &menuAction : {u"qube_network"_s, u"qube_label"_s}) {
        if (QMenu *menu = action(menuAction)->menu(); menu != nullptr) {
            Q_EMIT menu->aboutToShow();
        }
    }

    for (const auto &[core, whole] :
         {std::pair(u"evil"_s, name), std::pair(u"clone"_s, templateName), std::pair(u"gate"_s, netQube)}) {
        Test::PlainTextCheck check(core, whole);
        check.judgeToolTips(*child<QTreeView>(u"list.view"_s)->model());
        check.judgeWidgets(*m_window);
        QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
        QVERIFY2(check.found() > 1, qPrintable(core));
    }
}

QTEST_MAIN(WindowMessagesTest)

#include "windowmessagestest.moc"
