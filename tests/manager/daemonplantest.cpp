// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonplan.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// The strategy alone: no process, no clock.
class DaemonPlanTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void start_isOnceAQube();
    void stop_followsTheQube();
    void restart_waitsLongerEachTime();
    void S_087_restart_endsAfterFiveWithinAMinute();
    void restart_hasNewChancesAfterAMinute();
    void restart_hasNewChancesWithANewDomain();
    void hopeless_isNotTriedAgain();
    void S_059_relabel_isAnotherDaemonAfterTheOldOne();
    void adopted_staysIfItIsRight();
    void adopted_goesIfNobodyWantsIt();
    void undecided_keepsWhatRuns();
    void identity_isReadBackFromArguments();
    void identity_needsARunningQubeWithWindowsHere_data();
    void identity_needsARunningQubeWithWindowsHere();
};

namespace
{

using Time = DaemonPlan::Time;
constexpr Time begin{1000s};

DaemonIdentity identity(const QString &qube, std::uint32_t domain = 3, LabelColor color = LabelColor(0xcc, 0, 0))
{
    return {.qube = qube, .domain = DomId(domain), .labelIndex = 1, .labelColor = color};
}

/// Ends the daemon `times` times, each as soon as it was started again; returns the time after the last end.
Time crash(DaemonPlan &plan, const QString &qube, int times, Time now)
{
    for (int i = 0; i < times; ++i) {
        plan.onEnded(qube, DaemonPlan::End::ByItself, now);
        const auto steps = plan.next(now);
        if (steps.wake) {
            now = *steps.wake;
            (void)plan.next(now);
        }
    }
    return now;
}

} // namespace

void DaemonPlanTest::start_isOnceAQube()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s), identity(u"mail"_s, 4)});
    QCOMPARE(plan.next(begin).start, (QList{identity(u"mail"_s, 4), identity(u"work"_s)}));
    plan.want({identity(u"work"_s), identity(u"mail"_s, 4)});
    const auto again = plan.next(begin + 1s);
    QVERIFY(again.start.isEmpty() && again.stop.isEmpty() && !again.wake);
}

void DaemonPlanTest::stop_followsTheQube()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    plan.want({});
    QCOMPARE(plan.next(begin).stop, QStringList{u"work"_s});
    QVERIFY2(plan.next(begin).stop.isEmpty(), "it is asked once");
    plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, begin);
    QVERIFY(plan.next(begin).start.isEmpty());
}

void DaemonPlanTest::restart_waitsLongerEachTime()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    Time now = begin;
    for (const auto pause : {500ms, 1000ms, 2000ms, 4000ms, 8000ms}) {
        plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, now);
        const auto waiting = plan.next(now);
        QVERIFY(waiting.start.isEmpty());
        QVERIFY(waiting.wake == now + pause);
        QVERIFY(plan.next(*waiting.wake - 1ms).start.isEmpty());
        now = *waiting.wake;
        QCOMPARE(plan.next(now).start, QList{identity(u"work"_s)});
    }
}

void DaemonPlanTest::S_087_restart_endsAfterFiveWithinAMinute()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s), identity(u"mail"_s, 4)});
    (void)plan.next(begin);
    const Time now = crash(plan, u"work"_s, 5, begin);
    plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, now);
    const auto steps = plan.next(now);
    QCOMPARE(steps.givenUp, QStringList{u"work"_s});
    QVERIFY(steps.start.isEmpty() && !steps.wake);
    const auto later = plan.next(now + 1h);
    QVERIFY2(later.start.isEmpty() && later.givenUp.isEmpty(), "it stays down, and that is said once");
    QVERIFY2(later.stop.isEmpty(), "the other qube's daemon is not touched");
}

void DaemonPlanTest::restart_hasNewChancesAfterAMinute()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    const Time now = crash(plan, u"work"_s, 5, begin) + DaemonPlan::RestartWindow;
    plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, now);
    const auto steps = plan.next(now);
    QVERIFY(steps.givenUp.isEmpty());
    QVERIFY(steps.wake == now + DaemonPlan::FirstPause);
}

void DaemonPlanTest::restart_hasNewChancesWithANewDomain()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    const Time now = crash(plan, u"work"_s, 6, begin);
    plan.want({identity(u"work"_s, 9)});
    QCOMPARE(plan.next(now).start, QList{identity(u"work"_s, 9)});
}

void DaemonPlanTest::hopeless_isNotTriedAgain()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    plan.onEnded(u"work"_s, DaemonPlan::End::Hopeless, begin);
    QCOMPARE(plan.next(begin).givenUp, QStringList{u"work"_s});
}

void DaemonPlanTest::S_059_relabel_isAnotherDaemonAfterTheOldOne()
{
    DaemonPlan plan;
    plan.want({identity(u"work"_s)});
    (void)plan.next(begin);
    const DaemonIdentity green = identity(u"work"_s, 3, LabelColor(0x73, 0xd2, 0x16));
    plan.want({green});
    const auto steps = plan.next(begin);
    QCOMPARE(steps.stop, QStringList{u"work"_s});
    QVERIFY2(steps.start.isEmpty(), "never two at once");
    plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, begin);
    QCOMPARE(plan.next(begin).start, QList{green}); // at once: it was our wish
}

void DaemonPlanTest::adopted_staysIfItIsRight()
{
    DaemonPlan plan;
    plan.adopt(identity(u"work"_s));
    plan.want({identity(u"work"_s)});
    const auto steps = plan.next(begin);
    QVERIFY(steps.start.isEmpty() && steps.stop.isEmpty());
    plan.onEnded(u"work"_s, DaemonPlan::End::ByItself, begin);
    QVERIFY(plan.next(begin).wake == begin + DaemonPlan::FirstPause);
}

void DaemonPlanTest::adopted_goesIfNobodyWantsIt()
{
    DaemonPlan plan;
    plan.adopt(identity(u"gone"_s));
    plan.adopt(identity(u"work"_s, 3));
    plan.want({identity(u"work"_s, 5)}); // started anew meanwhile
    QCOMPARE(plan.next(begin).stop, (QStringList{u"gone"_s, u"work"_s}));
}

void DaemonPlanTest::undecided_keepsWhatRuns()
{
    DaemonPlan plan;
    plan.adopt(identity(u"work"_s));
    plan.want({}, {u"work"_s, u"mail"_s});
    const auto steps = plan.next(begin);
    QVERIFY(steps.start.isEmpty() && steps.stop.isEmpty());
    plan.want({});
    QCOMPARE(plan.next(begin).stop, QStringList{u"work"_s});
}

void DaemonPlanTest::identity_isReadBackFromArguments()
{
    const DaemonIdentity work = identity(u"work"_s, 12, LabelColor(0x00, 0x0a, 0xff));
    QCOMPARE(identityArguments(work).join(u' '), u"--name work --domid 12 --label-index 1 --label-color 0x000aff"_s);
    QStringList line{u"/usr/bin/bulkhead-gui-daemon"_s, u"--demo"_s};
    line += identityArguments(work);
    QCOMPARE(identityFromArguments(line).value_or(DaemonIdentity{}), work);
    line.replaceInStrings(u"12"_s, u"0"_s);
    QVERIFY(!identityFromArguments(line));
    QVERIFY(!identityFromArguments({u"vim"_s, u"notes"_s}));
}

void DaemonPlanTest::identity_needsARunningQubeWithWindowsHere_data()
{
    QubeInfo qube;
    qube.name = u"work"_s;
    qube.kind = QubeKind::Application;
    qube.state = QubeState::Running;
    qube.hasDetails = true;
    qube.label = u"red"_s;
    qube.domId = 3;
    qube.guiQube = u"dom0"_s;
    const auto with = [&qube](auto change) {
        QubeInfo changed = qube;
        change(changed);
        return changed;
    };
    QTest::addColumn<QubeInfo>("qube");
    QTest::addColumn<bool>("has");
    QTest::addColumn<bool>("undecided");
    QTest::newRow("running") << qube << true << false;
    QTest::newRow("paused") << with([](QubeInfo &q) {
        q.state = QubeState::Paused;
    }) << true << false;
    QTest::newRow("halted") << with([](QubeInfo &q) {
        q.state = QubeState::Halted;
    }) << false << false;
    QTest::newRow("starting") << with([](QubeInfo &q) {
        q.state = QubeState::Starting;
    }) << false << false;
    QTest::newRow("dom0") << with([](QubeInfo &q) {
        q.kind = QubeKind::Admin;
    }) << false << false;
    QTest::newRow("no windows") << with([](QubeInfo &q) {
        q.hasGui = false;
    }) << false << false;
    QTest::newRow("another desktop") << with([](QubeInfo &q) {
        q.guiQube = u"sys-gui"_s;
    }) << false << false;
    QTest::newRow("no number yet") << with([](QubeInfo &q) {
        q.domId = -1;
    }) << false << true;
    QTest::newRow("no details yet") << with([](QubeInfo &q) {
        q.hasDetails = false;
    }) << false << true;
    QTest::newRow("a label not read yet") << with([](QubeInfo &q) {
        q.label = u"mauve"_s;
    }) << false << true;
}

void DaemonPlanTest::identity_needsARunningQubeWithWindowsHere()
{
    QFETCH(const QubeInfo, qube);
    QFETCH(const bool, has);
    QFETCH(const bool, undecided);
    const QList<LabelInfo> labels{{.name = u"red"_s, .index = 1, .color = LabelColor(0xcc, 0, 0)}};
    QCOMPARE(daemonFor(qube, labels).has_value(), has);
    QCOMPARE(isUndecided(qube, labels), undecided);
    if (has) {
        QCOMPARE(*daemonFor(qube, labels), identity(u"work"_s));
    }
}

QTEST_GUILESS_MAIN(DaemonPlanTest)

#include "daemonplantest.moc"
