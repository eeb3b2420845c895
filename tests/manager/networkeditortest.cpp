// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkeditor.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/graphmodel.h"
#include "tests/manager/networks.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::provider;
using Test::running;

/// The editor over a source that a test answers by hand.
class NetworkEditorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void ui_055_connect_isOneCallAndIsShownAsAskedFor();
    void undo_isTheReverseCallAndTheStackFollowsTheCore();
    void undo_afterAForeignChangeAsks();
    void ui_059_insert_undoesBothLinksInOneStep();
    void refusal_takesBackWhatWasDone();
    void start_comesFirstAndItsFailureEndsIt();
    void offline_remembersTheNetQube();
    void plan_sendsNothingUntilItIsApplied();
    void ui_064_plan_ofManyKindsIsDoneInAnOrderThatHolds();
    void ui_065_plan_thatStopsLeavesTheChoice_data();
    void ui_065_plan_thatStopsLeavesTheChoice();
    void ui_065_plan_tellsWhatCouldNotBeTakenBack();
    void plan_foldsStepsOfOneQube();
    void ui_066_plan_marksStepsOfAnyKind();
    void plan_marksStepsThatAreNoLongerPossible();
    void plan_tellsOfItsProblemsOnlyWhenTheyAreOthers();

private:
    [[nodiscard]] NetworkChange toVpn() const
    {
        return connectChange(m_editor->base(), {u"personal"_s}, u"vpn"_s);
    }

    /// As the core does it: the answer, and the event.
    void accept(const QString &qube, const QString &netQube)
    {
        m_source->answer();
        QubeInfo info = *m_graph->graph().find(qube);
        info.netQube = netQube;
        m_source->change(info);
    }

    [[nodiscard]] static std::expected<void, AdminError> refusal()
    {
        return std::unexpected(
            AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"Not today."_s});
    }

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<GraphModel> m_graph;
    std::unique_ptr<NetworkEditor> m_editor;
};

void NetworkEditorTest::init()
{
    m_editor.reset();
    m_graph.reset();
    m_model.reset();
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_graph = std::make_unique<GraphModel>(m_model.get());
    m_editor = std::make_unique<NetworkEditor>(m_source.get(), m_graph.get());
    m_source->load(Test::smallNetwork());
}

void NetworkEditorTest::ui_055_connect_isOneCallAndIsShownAsAskedFor()
{
    QVERIFY(!m_editor->wanted(u"personal"_s).has_value());
    m_editor->submit(toVpn());
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
    QCOMPARE(m_editor->wanted(u"personal"_s).value(), u"vpn"_s);
    QVERIFY(!m_editor->undoStack().canUndo()); // nothing is done yet

    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_editor->submit(toVpn());
    QCOMPARE(failed.size(), 1); // one at a time
    accept(u"personal"_s, u"vpn"_s);
    QVERIFY(!m_editor->wanted(u"personal"_s).has_value());
    QCOMPARE(m_editor->undoStack().undoText(), u"personal to vpn"_s);
    QVERIFY(m_source->asked.empty());
}

void NetworkEditorTest::undo_isTheReverseCallAndTheStackFollowsTheCore()
{
    m_editor->submit(toVpn());
    accept(u"personal"_s, u"vpn"_s);
    m_editor->undo();
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal sys-firewall"_s});
    QVERIFY(m_editor->undoStack().canUndo());
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_source->answer(refusal());
    QCOMPARE(failed.size(), 1);
    QVERIFY2(failed.first().at(1).toString().contains(u"Not today."_s), "the core's words");
    QVERIFY(m_editor->undoStack().canUndo()); // it was not taken back
    m_editor->undo();
    accept(u"personal"_s, u"sys-firewall"_s);
    QVERIFY(!m_editor->undoStack().canUndo());
    m_editor->redo();
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
    accept(u"personal"_s, u"vpn"_s);
    QVERIFY(m_editor->undoStack().canUndo());
}

void NetworkEditorTest::undo_afterAForeignChangeAsks()
{
    m_editor->submit(toVpn());
    accept(u"personal"_s, u"vpn"_s);
    m_source->change(client(u"personal"_s, u"sys-net"_s)); // from the command line
    QSignalSpy conflicted(m_editor.get(), &NetworkEditor::conflicted);
    m_editor->undo();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(conflicted.size(), 1);
    QCOMPARE(conflicted.first().at(1).toString(),
             u"The net qube of personal is now sys-net (changed elsewhere). Set it back to sys-firewall?"_s);
}

void NetworkEditorTest::ui_059_insert_undoesBothLinksInOneStep()
{
    m_source->change(running(provider(u"tor"_s, {})));
    m_editor->submit(insertChange(m_editor->base(), u"tor"_s, u"work"_s));
    accept(u"tor"_s, u"sys-firewall"_s);
    QCOMPARE(m_source->askedFor(), QStringList{u"network work tor"_s});
    accept(u"work"_s, u"tor"_s);
    QCOMPARE(m_graph->graph().chainOf(u"work"_s).hops.size(), 4);
    m_editor->undo();
    accept(u"work"_s, u"sys-firewall"_s);
    accept(u"tor"_s, {});
    QCOMPARE(m_graph->graph().chainOf(u"work"_s).hops, (QStringList{u"work"_s, u"sys-firewall"_s, u"sys-net"_s}));
    QVERIFY(!m_editor->undoStack().canUndo());
}

void NetworkEditorTest::refusal_takesBackWhatWasDone()
{
    m_source->change(running(provider(u"tor"_s, {})));
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_editor->submit(insertChange(m_editor->base(), u"tor"_s, u"work"_s));
    accept(u"tor"_s, u"sys-firewall"_s);
    m_source->answer(refusal()); // work
    QCOMPARE(m_source->askedFor(), QStringList{u"network tor none"_s});
    m_source->answer();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(1).toString(), u"The net qube of work stays the same. Not today."_s);
    QVERIFY(!m_editor->undoStack().canUndo());

    m_source->change(running(provider(u"tor"_s, {}))); // the event of it
    m_editor->submit(insertChange(m_editor->base(), u"tor"_s, u"work"_s));
    m_source->answer();
    m_source->answer(refusal());
    m_source->answer(refusal()); // not even taking back works
    QCOMPARE(failed.size(), 2);
    QVERIFY2(failed.last().at(1).toString().contains(u"could not be taken back for: tor"_s),
             qPrintable(failed.last().at(1).toString()));
}

void NetworkEditorTest::start_comesFirstAndItsFailureEndsIt()
{
    m_editor->submit(connectChange(m_editor->base(), {u"work"_s}, u"vpn"_s));
    QCOMPARE(m_source->askedFor(), QStringList{u"start vpn"_s});
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_source->answer(refusal());
    QVERIFY(m_source->asked.empty());
    QCOMPARE(failed.first().at(1).toString(), u"vpn could not be started. Not today."_s);
    m_editor->submit(connectChange(m_editor->base(), {u"work"_s}, u"vpn"_s));
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work vpn"_s});
}

void NetworkEditorTest::offline_remembersTheNetQube()
{
    m_editor->submit(m_editor->toggled(u"work"_s));
    QCOMPARE(m_source->askedFor(), QStringList{u"network work none"_s});
    accept(u"work"_s, {});
    QCOMPARE(m_editor->remembered().value(u"work"_s), u"sys-firewall"_s);
    m_editor->submit(m_editor->toggled(u"work"_s));
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-firewall"_s});
    accept(u"work"_s, u"sys-firewall"_s);
    QVERIFY(m_editor->remembered().isEmpty());
    QVERIFY(m_editor->toggled(u"vault"_s).steps.isEmpty()); // never had one
}

void NetworkEditorTest::plan_sendsNothingUntilItIsApplied()
{
    for (int i = 0; i < 20; ++i) {
        m_source->change(provider(u"p%1"_s.arg(i), u"sys-firewall"_s));
    }
    m_editor->setPlanning(true);
    for (int i = 1; i < 20; ++i) { // each through the one before, asked for from the far end on
        const int number = 20 - i;
        m_editor->submit(connectChange(m_editor->base(), {u"p%1"_s.arg(number)}, u"p%1"_s.arg(number - 1)));
    }
    m_editor->submit(m_editor->toggled(u"personal"_s));
    QVERIFY(m_source->asked.empty());
    QCOMPARE(m_editor->plan().size(), 20);
    QCOMPARE(m_editor->wanted(u"personal"_s).value(), QString());
    QCOMPARE(m_editor->judge({u"p0"_s}, u"p19"_s).fit, Fit::No); // judged in the network as planned

    m_editor->applyPlan();
    for (int done = 0; done < 20; ++done) {
        QCOMPARE(m_source->asked.size(), std::size_t{1});
        const QStringList words = m_source->askedFor().first().split(u' ');
        const QString where = words.at(2) == u"none"_s ? QString() : words.at(2);
        QCOMPARE(judgeLink(m_graph->graph(), {words.at(1)}, where).fit, Fit::Fits); // valid when it is done
        accept(words.at(1), where);
    }
    QVERIFY(m_source->asked.empty());
    QVERIFY(m_editor->plan().isEmpty());
    QCOMPARE(m_editor->undoStack().count(), 1);
    QCOMPARE(m_graph->graph().chainOf(u"p19"_s).hops.size(), 22);
}

namespace
{

CreateStep newQube(const QString &name)
{
    return {.qube = {.name = name,
                     .label = u"red"_s,
                     .templateName = u"debian-13"_s,
                     .network = NewQube::Network::Provider,
                     .netQube = u"sys-firewall"_s}};
}

QubeInfo someTemplate()
{
    QubeInfo qube = client(u"debian-13"_s, {});
    qube.kind = QubeKind::Template;
    qube.templateName.clear();
    return qube;
}

} // namespace

void NetworkEditorTest::ui_064_plan_ofManyKindsIsDoneInAnOrderThatHolds()
{
    m_source->change(someTemplate());
    for (int i = 0; i < 5; ++i) {
        m_source->change(provider(u"p%1"_s.arg(i), u"sys-firewall"_s));
        m_source->change(client(u"old%1"_s.arg(i), u"p%1"_s.arg(i)));
        m_source->change(client(u"c%1"_s.arg(i), u"p%1"_s.arg(i)));
    }
    m_editor->setPlanning(true);
    for (int i = 0; i < 5; ++i) { // from the far end on: what is last is said first
        QVERIFY(m_editor->collect(DeleteStep{.qube = u"old%1"_s.arg(i)}));
        m_editor->submit(connectChange(m_editor->base(), {u"c%1"_s.arg(i)}, u"vpn"_s));
        QVERIFY(m_editor->collect(LabelStep{.qube = u"c%1"_s.arg(i), .before = u"red"_s, .after = u"green"_s}));
        QVERIFY(m_editor->collect(newQube(u"new%1"_s.arg(i))));
    }
    QCOMPARE(m_editor->wholePlan().size(), 20);
    QVERIFY(m_source->asked.empty());
    QVERIFY(!m_editor->hasPlanProblems());
    QSignalSpy stopped(m_editor.get(), &NetworkEditor::planStopped);

    m_editor->applyPlan();
    QStringList order;
    while (!m_source->asked.empty()) {
        QCOMPARE(m_source->asked.size(), std::size_t{1}); // one after the other
        order << m_source->askedFor().first();
        m_source->answer();
    }
    const auto rank = [](const QString &words) {
        return words.startsWith("create"_L1) ? 0
            : words.startsWith("label"_L1)   ? 1
            : words.startsWith("network"_L1) ? 2
                                             : 3;
    };
    QCOMPARE(order.size(), 20);
    QVERIFY(std::ranges::is_sorted(order, {}, rank)); // what is needed is there, what goes is not needed any more
    QCOMPARE(order.first(), u"create new0 red debian-13"_s);
    QCOMPARE(order.last(), u"delete old4"_s);
    QVERIFY(order.contains(u"label c3 green"_s) && order.contains(u"network c3 vpn"_s));
    QVERIFY(m_editor->wholePlan().isEmpty());
    QVERIFY(stopped.isEmpty());
}

void NetworkEditorTest::ui_065_plan_thatStopsLeavesTheChoice_data()
{
    QTest::addColumn<bool>("isKept");
    QTest::newRow("what was done is kept") << true;
    QTest::newRow("what was done is taken back") << false;
}

void NetworkEditorTest::ui_065_plan_thatStopsLeavesTheChoice()
{
    QFETCH(const bool, isKept);
    m_source->change(someTemplate());
    m_editor->setPlanning(true);
    QVERIFY(m_editor->collect(newQube(u"fresh"_s)));
    QVERIFY(m_editor->collect(LabelStep{.qube = u"vault"_s, .before = u"red"_s, .after = u"black"_s}));
    m_editor->submit(toVpn());
    QVERIFY(m_editor->collect(DeleteStep{.qube = u"vault"_s})); // its label need not be changed any more
    QVERIFY(m_editor->collect(LabelStep{.qube = u"work"_s, .before = u"red"_s, .after = u"black"_s}));
    const QList<PlanStep> plan = m_editor->wholePlan();
    QCOMPARE(plan.size(), 4);
    QSignalSpy stopped(m_editor.get(), &NetworkEditor::planStopped);
    m_editor->applyPlan();
    m_source->answer(); // create fresh
    m_source->answer(); // label work
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
    m_source->answer(refusal());
    QVERIFY2(m_source->asked.empty(), "it stops there");
    QCOMPARE(stopped.size(), 1);
    const QString text = stopped.first().first().toString();
    QVERIFY2(text.startsWith(u"The plan stopped at “personal: sys-firewall → vpn”."_s), qPrintable(text));
    QVERIFY2(text.endsWith(u"2 steps were done before."_s), qPrintable(text));
    QCOMPARE(m_editor->wholePlan(), plan); // nothing is dropped silently
    m_editor->applyPlan();
    QVERIFY(m_source->asked.empty()); // not before somebody chose

    if (isKept) {
        m_editor->keepDone();
        QVERIFY(m_source->asked.empty());
        QCOMPARE(m_editor->wholePlan(), plan.sliced(2));
        return;
    }
    m_editor->undoDone();
    QVERIFY(m_editor->isBusy());
    QCOMPARE(m_source->askedFor(), QStringList{u"label work red"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"delete fresh"_s});
    m_source->answer();
    QVERIFY(m_source->asked.empty() && !m_editor->isBusy());
    QCOMPARE(m_editor->wholePlan(), plan);
    QVERIFY(!m_editor->undoStack().canUndo());
}

void NetworkEditorTest::ui_065_plan_tellsWhatCouldNotBeTakenBack()
{
    m_editor->setPlanning(true);
    m_editor->submit(toVpn());
    QVERIFY(m_editor->collect(DeleteStep{.qube = u"vault"_s}));
    m_source->change(client(u"second"_s, {}));
    QVERIFY(m_editor->collect(DeleteStep{.qube = u"second"_s}));
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_editor->applyPlan();
    m_source->answer(); // network
    m_source->answer(); // delete vault
    m_source->answer(refusal());
    m_editor->undoDone();
    m_source->answer(refusal()); // the network does not come back either
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(1).toString(),
             u"What the plan did could not be taken back for: vault, personal. Look at them."_s);
}

void NetworkEditorTest::plan_foldsStepsOfOneQube()
{
    m_editor->setPlanning(true);
    const auto label = [this](const QString &before, const QString &after) {
        QVERIFY(m_editor->collect(LabelStep{.qube = u"work"_s, .before = before, .after = after}));
    };
    label(u"red"_s, u"green"_s);
    label(u"red"_s, u"black"_s);
    QCOMPARE(m_editor->wholePlan(),
             QList<PlanStep>{(LabelStep{.qube = u"work"_s, .before = u"red"_s, .after = u"black"_s})});
    label(u"red"_s, u"red"_s); // as it is
    QVERIFY(m_editor->wholePlan().isEmpty());
    QVERIFY(m_editor->collect(newQube(u"fresh"_s)));
    QVERIFY(m_editor->collect(DeleteStep{.qube = u"fresh"_s})); // never made
    QVERIFY(m_editor->wholePlan().isEmpty());
    m_editor->setPlanning(false);
    QVERIFY2(!m_editor->collect(DeleteStep{.qube = u"vault"_s}), "it is to be done at once");
    QVERIFY(m_editor->wholePlan().isEmpty());
}

void NetworkEditorTest::ui_066_plan_marksStepsOfAnyKind()
{
    m_source->change(someTemplate());
    m_editor->setPlanning(true);
    const LabelStep label{.qube = u"personal"_s, .before = u"red"_s, .after = u"green"_s};
    const DeleteStep gone{.qube = u"vpn"_s};
    const CreateStep fresh = newQube(u"fresh"_s);
    QVERIFY(m_editor->collect(label) && m_editor->collect(gone) && m_editor->collect(fresh));
    QCOMPARE(m_editor->planProblem(gone), u"untrusted goes through vpn. Move it elsewhere first."_s);
    m_editor->submit(connectChange(m_editor->base(), {u"untrusted"_s}, u"sys-firewall"_s));
    QVERIFY(!m_editor->hasPlanProblems()); // the plan itself moves it

    QubeInfo other = client(u"personal"_s, u"sys-firewall"_s);
    other.label = u"black"_s;
    m_source->change(other);
    QCOMPARE(m_editor->planProblem(label), u"The label of personal is black now: somebody else changed it."_s);
    m_source->change(running(provider(u"vpn"_s, u"sys-firewall"_s)));
    QCOMPARE(m_editor->planProblem(gone), u"vpn is running. Shut it down first."_s);
    m_source->change(client(u"fresh"_s, {}));
    QCOMPARE(m_editor->planProblem(fresh), u"There is a qube “fresh” already."_s);
    m_source->remove(u"vpn"_s);
    QCOMPARE(m_editor->planProblem(gone), u"There is no qube “vpn”."_s);
    QCOMPARE(m_editor->wholePlan().size(), 4); // marked, never dropped
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_editor->applyPlan();
    QCOMPARE(failed.size(), 1);
    QVERIFY(m_source->asked.empty());
    m_editor->removePlanned(label);
    m_editor->removePlanned(gone);
    m_editor->removePlanned(fresh);
    QVERIFY(!m_editor->hasPlanProblems());
}

void NetworkEditorTest::plan_marksStepsThatAreNoLongerPossible()
{
    m_editor->setPlanning(true);
    m_editor->submit(toVpn());
    QSignalSpy changed(m_editor.get(), &NetworkEditor::planProblemsChanged);
    m_source->remove(u"vpn"_s);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_editor->planProblems().value(u"personal"_s), u"There is no qube “vpn”."_s);
    QSignalSpy failed(m_editor.get(), &NetworkEditor::failed);
    m_editor->applyPlan();
    QVERIFY(m_source->asked.empty());
    QCOMPARE(failed.size(), 1);
    QCOMPARE(m_editor->plan().size(), 1);

    m_source->change(provider(u"vpn"_s, u"sys-firewall"_s));
    m_source->change(client(u"personal"_s, u"sys-net"_s));
    QCOMPARE(m_editor->planProblems().value(u"personal"_s),
             u"personal goes through sys-net now: somebody else changed it."_s);
    m_editor->removePlanned(m_editor->plan().first());
    QVERIFY(m_editor->plan().isEmpty());
}

void NetworkEditorTest::plan_tellsOfItsProblemsOnlyWhenTheyAreOthers()
{
    m_editor->setPlanning(true);
    m_editor->submit(toVpn());
    QSignalSpy told(m_editor.get(), &NetworkEditor::planProblemsChanged);
    QSignalSpy changed(m_editor.get(), &NetworkEditor::planChanged);
    m_source->change(running(provider(u"vpn"_s, u"sys-firewall"_s)));
    m_source->change(client(u"work"_s, u"sys-net"_s));
    m_source->remove(u"untrusted"_s);
    QVERIFY(told.isEmpty());
    QCOMPARE(m_editor->judge({u"work"_s}, u"vpn"_s).fit, Fit::Fits); // as it is now, not as it was when it was planned

    m_source->remove(u"vpn"_s);
    QCOMPARE(told.size(), 1);
    m_source->change(provider(u"vpn"_s, {})); // it comes back without a link, and nobody goes through it
    QCOMPARE(told.size(), 2);
    QVERIFY(m_editor->planProblems().isEmpty());
    QVERIFY(changed.isEmpty());

    m_editor->setPlan({{.qube = u"personal"_s,
                        .before = settingOf(*m_graph->graph().find(u"personal"_s)),
                        .after = {.kind = NewQube::Network::Default, .provider = {}}}});
    QVERIFY(m_editor->planProblems().isEmpty());
    m_source->standard.netQube = u"vault"_s;
    Q_EMIT m_source->defaultsChanged();
    QCOMPARE(m_editor->planProblems().value(u"personal"_s), u"vault does not provide network."_s);
    QCOMPARE(told.size(), 3);
}

QTEST_GUILESS_MAIN(NetworkEditorTest)

#include "networkeditortest.moc"
