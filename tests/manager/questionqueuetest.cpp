// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/questionqueue.h"

#include <QSet>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Taken = QuestionQueue::Taken;
using Calls = QList<QuestionQueue::Call>;

namespace
{

constexpr TimePoint Start{1000s};

Question questionOf(const QString &source, const QString &service = u"qubes.Filecopy"_s)
{
    return {.source = source,
            .service = service,
            .argument = {},
            .targets = {u"personal"_s, u"vault"_s},
            .defaultTarget = {}};
}

} // namespace

class QuestionQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void one_isInFront();
    void S_132_callerIsLimited();
    void S_132_otherCallersHaveTheirTurn();
    void S_132_tenCallersAtOnce();
    void equalCalls_areOneQuestion();
    void allow_isForThoseThatWereSeen();
    void deny_isForAllThatAskTheSame();
    void ui_143_blockedCallerIsDenied();
    void ui_145_callerThatGoesTakesItsQuestion();
    void patience_ends();
    void often_isSaid();
    void qubeThatIsGone_asksNothing();
};

void QuestionQueueTest::one_isInFront()
{
    QuestionQueue queue;
    QVERIFY(!queue.front());
    QVERIFY(!queue.expiry());
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.front()->question, questionOf(u"work"_s));
    QCOMPARE(queue.front()->calls, 1);
    QCOMPARE(queue.front()->moreOfCaller, 0);
    const quint64 number = queue.front()->number;
    QCOMPARE(queue.add(2, questionOf(u"work"_s, u"other"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(3, questionOf(u"vault"_s), Start), Taken::Waits);
    QCOMPARE(queue.front()->number, number); // nothing changes under the hand
    QCOMPARE(queue.front()->moreOfCaller, 1);
    QCOMPARE(queue.front()->moreOfOthers, 1);
    QCOMPARE(queue.takeDenied(Start), Calls{1});
    QVERIFY(queue.front()->number != number);
}

void QuestionQueueTest::S_132_callerIsLimited()
{
    QuestionQueue queue;
    int waiting = 0;
    for (quint64 call = 0; call < 100; ++call) {
        waiting += queue.add(call, questionOf(u"work"_s, u"s%1"_s.arg(call)), Start) == Taken::Waits ? 1 : 0;
    }
    QCOMPARE(waiting, 9); // one in front, eight behind
    int answered = 0;
    for (quint64 call = 100; call < 200; ++call) {
        QCOMPARE(queue.takeDenied(Start).size(), 1);
        ++answered;
        if (queue.add(call, questionOf(u"work"_s, u"s%1"_s.arg(call)), Start + 59s) != Taken::Waits) {
            break;
        }
    }
    QCOMPARE(answered, 12); // eleven more make twenty within the minute; the next is denied
    QCOMPARE(queue.add(300, questionOf(u"personal"_s), Start + 59s), Taken::Waits);
    QCOMPARE(queue.add(301, questionOf(u"work"_s, u"later"_s), Start + 60s), Taken::Waits);
}

void QuestionQueueTest::S_132_otherCallersHaveTheirTurn()
{
    QuestionQueue queue;
    for (quint64 call = 0; call < 9; ++call) {
        QCOMPARE(queue.add(call, questionOf(u"work"_s, u"s%1"_s.arg(call)), Start), Taken::Waits);
    }
    QCOMPARE(queue.add(100, questionOf(u"vault"_s), Start), Taken::Waits);
    QCOMPARE(queue.takeDenied(Start), Calls{0});
    QCOMPARE(queue.front()->question.source, u"vault"_s);
    QCOMPARE(queue.takeDenied(Start), Calls{100});
    QCOMPARE(queue.front()->question.source, u"work"_s);
}

void QuestionQueueTest::S_132_tenCallersAtOnce()
{
    QuestionQueue queue;
    for (quint64 call = 0; call < 100; ++call) {
        QCOMPARE(queue.add(call, questionOf(u"q%1"_s.arg(call % 10), u"s%1"_s.arg(call)), Start),
                 call <= 80 ? Taken::Waits : Taken::TooMany);
    }
    QSet<QString> seen; // nine wait of the one in front, eight of each other
    for (int turn = 0; turn < 10; ++turn) {
        seen.insert(queue.front()->question.source);
        QCOMPARE(queue.takeDenied(Start).size(), 1);
    }
    QVERIFY(seen.size() > 1);
}

void QuestionQueueTest::equalCalls_areOneQuestion()
{
    QuestionQueue queue;
    for (quint64 call = 0; call < 100; ++call) {
        QCOMPARE(queue.add(call, questionOf(u"work"_s), Start), Taken::Waits);
    }
    QCOMPARE(queue.front()->calls, 100);
    QCOMPARE(queue.front()->moreOfCaller, 0);
    QCOMPARE(queue.add(100, questionOf(u"work"_s, u"other"_s), Start), Taken::Waits);
    QCOMPARE(queue.front()->moreOfCaller, 1);
}

void QuestionQueueTest::allow_isForThoseThatWereSeen()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"work"_s), Start + 5s), Taken::Waits);
    QCOMPARE(queue.add(3, questionOf(u"work"_s), Start + 5500ms), Taken::Waits);
    const quint64 number = queue.front()->number;
    QCOMPARE(queue.takeAllowed(Start + 5s, Start + 6s), (Calls{1, 2}));
    QCOMPARE(queue.front()->calls, 1); // asked on its own, and waited for anew
    QVERIFY(queue.front()->number != number);
    QCOMPARE(queue.takeAllowed(Start + 4s, Start + 7s), Calls{});
    QCOMPARE(queue.takeDenied(Start + 7s), Calls{3});
}

void QuestionQueueTest::deny_isForAllThatAskTheSame()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"work"_s, u"other"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(3, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.takeDenied(Start), (Calls{1, 3}));
    QCOMPARE(queue.front()->question.service, u"other"_s);
}

void QuestionQueueTest::ui_143_blockedCallerIsDenied()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"vault"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(3, questionOf(u"work"_s, u"other"_s), Start), Taken::Waits);
    QCOMPARE(queue.block(Start), (Calls{1, 3}));
    QCOMPARE(queue.front()->question.source, u"vault"_s);
    QCOMPARE(queue.add(4, questionOf(u"work"_s), Start + 9min), Taken::Blocked);
    QCOMPARE(queue.blocked(Start + 9min).keys(), QStringList{u"work"_s});
    queue.unblock(u"work"_s);
    QCOMPARE(queue.add(5, questionOf(u"work"_s), Start + 9min), Taken::Waits);
    QCOMPARE(queue.takeDenied(Start + 9min), Calls{2});
    QCOMPARE(queue.block(Start + 9min), Calls{5});
    QCOMPARE(queue.add(6, questionOf(u"work"_s), Start + 19min), Taken::Waits); // over by itself
    QVERIFY(queue.blocked(Start + 19min).isEmpty());
}

void QuestionQueueTest::ui_145_callerThatGoesTakesItsQuestion()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"work"_s), Start), Taken::Waits);
    const quint64 number = queue.front()->number;
    queue.remove(1, Start);
    QCOMPARE(queue.front()->number, number);
    QCOMPARE(queue.front()->calls, 1);
    queue.remove(2, Start);
    QVERIFY(!queue.front());
    queue.remove(7, Start); // was never there
}

void QuestionQueueTest::patience_ends()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"vault"_s), Start), Taken::Waits);
    QCOMPARE(queue.expiry(), std::optional(Start + 5min));
    QCOMPARE(queue.takeExpired(Start + 5min - 1ms), Calls{});
    QCOMPARE(queue.takeExpired(Start + 5min), Calls{1});
    QCOMPARE(queue.expiry(), std::optional(Start + 10min)); // its time begins when it is in front
}

void QuestionQueueTest::often_isSaid()
{
    QuestionQueue queue;
    for (quint64 call = 0; call < 5; ++call) {
        QCOMPARE(queue.add(call, questionOf(u"work"_s, u"s%1"_s.arg(call)), Start), Taken::Waits);
    }
    QVERIFY(!queue.front()->asksOften);
    QCOMPARE(queue.add(5, questionOf(u"work"_s, u"s5"_s), Start), Taken::Waits);
    QVERIFY(queue.front()->asksOften);
}

void QuestionQueueTest::qubeThatIsGone_asksNothing()
{
    QuestionQueue queue;
    QCOMPARE(queue.add(1, questionOf(u"work"_s), Start), Taken::Waits);
    QCOMPARE(queue.add(2, questionOf(u"vault"_s), Start), Taken::Waits);
    QCOMPARE(queue.takeOf(u"work"_s, Start), Calls{1});
    QCOMPARE(queue.takeOf(u"nobody"_s, Start), Calls{});
    QCOMPARE(queue.front()->question.source, u"vault"_s);
}

QTEST_GUILESS_MAIN(QuestionQueueTest)

#include "questionqueuetest.moc"
