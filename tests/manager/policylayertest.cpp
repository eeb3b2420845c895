// SPDX-License-Identifier: GPL-2.0-or-later
// What of the policy is shown in the network's picture, without a window.
#include "manager/topology/policylayer.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/graphmodel.h"
#include "tests/manager/fakepolicy.h"
#include "tests/manager/networks.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Policy::Verdict;

class PolicyLayerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void answers_areThoseOfTheDaemon();
    void redirection_isDrawnToWhoIsCalled();
    void question_thatDoesNotOfferTheTargetIsADenial();
    void words_sayWhatHappensAndWhichLineSaysSo();
    void drawn_areNoDenialsUnlessAskedFor();
    void drawn_areNeverMoreThanCanBeSeen();
    void nobodySelected_inALargeSystemAsksToSelect();
    void change_ofThePolicyOrTheQubesIsFollowed();
    void nothing_isReadWhileNobodyLooks();
    void policy_thatCannotBeReadSaysWhy();

private:
    void load(const QList<QubeInfo> &qubes);
    [[nodiscard]] PolicyAnswer answer(const QString &source, const QString &target) const;

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<GraphModel> m_graph;
    std::unique_ptr<Test::FakePolicy> m_policy;
    std::unique_ptr<PolicyLayer> m_layer;
};

void PolicyLayerTest::init()
{
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_graph = std::make_unique<GraphModel>(m_model.get());
    m_policy = std::make_unique<Test::FakePolicy>();
    m_layer = std::make_unique<PolicyLayer>(m_graph.get());
}

void PolicyLayerTest::cleanup()
{
    m_layer.reset();
    m_policy.reset();
    m_graph.reset();
    m_model.reset();
    m_source.reset();
}

void PolicyLayerTest::load(const QList<QubeInfo> &qubes)
{
    m_source->load(qubes);
    m_policy->know(m_graph->graph().names());
    m_layer->setFacts(m_policy.get());
    m_layer->setShown(true);
}

PolicyAnswer PolicyLayerTest::answer(const QString &source, const QString &target) const
{
    const auto found = std::ranges::find_if(m_layer->answers(), [&](const PolicyAnswer &each) {
        return each.source == source && each.target == target;
    });
    return found == m_layer->answers().end() ? PolicyAnswer() : *found;
}

void PolicyLayerTest::answers_areThoseOfTheDaemon()
{
    const std::string text = "qubes.Filecopy * work vault allow\n"
                             "qubes.Filecopy * untrusted @anyvm deny\n"
                             "qubes.Filecopy * @anyvm @anyvm ask\n";
    m_policy->write(text);
    load(Test::smallNetwork());
    const QStringList names = m_graph->graph().names();
    m_layer->setSelection({u"work"_s});
    for (const QString &other : names) {
        if (other == u"work"_s) {
            continue;
        }
        for (const auto &[source, target] : {std::pair(u"work"_s, other), std::pair(other, u"work"_s)}) {
            const Policy::Request request{.source = source.toStdString(),
                                          .target = target.toStdString(),
                                          .service = "qubes.Filecopy",
                                          .argument = "+"};
            const Policy::Decision decision = Policy::decide(*m_policy->rules(), m_policy->qubes(), request);
            const Verdict expected = decision.isAllowed()                    ? Verdict::Allow
                : std::holds_alternative<Policy::Question>(decision.outcome) ? Verdict::Ask
                                                                             : Verdict::Deny;
            QVERIFY2(answer(source, target).verdict == expected, qPrintable(source + u" to "_s + target));
            QCOMPARE(answer(source, target).place,
                     u"30-user.policy:%1"_s.arg(expected == Verdict::Allow      ? 1
                                                    : expected == Verdict::Deny ? 2
                                                                                : 3));
        }
    }
    QCOMPARE(m_layer->answers().size(), 2 * (names.size() - 1) + 1); // and a new disposable
    QVERIFY(answer(u"untrusted"_s, u"work"_s).verdict == Verdict::Deny);
    QCOMPARE(m_layer->answersFrom(u"work"_s).first(), answer(u"work"_s, u"vault"_s)); // what is allowed first
}

void PolicyLayerTest::redirection_isDrawnToWhoIsCalled()
{
    m_policy->write("my.Service * work vault allow target=personal\nmy.Service * work untrusted allow target=dom0\n");
    load(Test::smallNetwork());
    m_layer->setService(u"my.Service"_s);
    m_layer->setSelection({u"work"_s});
    QCOMPARE(m_layer->drawn().size(), 1); // dom0 is not in the picture
    QCOMPARE(m_layer->drawn().first().reaches, u"personal"_s);
    QCOMPARE(answerWords(u"my.Service"_s, m_layer->drawn().first()),
             u"work may call my.Service in vault. The rule leads the call to personal."_s);
    QCOMPARE(answer(u"work"_s, u"untrusted"_s).reaches, u"dom0"_s);
}

void PolicyLayerTest::question_thatDoesNotOfferTheTargetIsADenial()
{
    m_policy->write("qubes.Filecopy * work vault ask target=personal\n");
    load(Test::smallNetwork());
    m_layer->setSelection({u"work"_s});
    QVERIFY(answer(u"work"_s, u"vault"_s).verdict == Verdict::Deny);
    QCOMPARE(ruleWords(answer(u"work"_s, u"vault"_s)),
             u"30-user.policy:1:  qubes.Filecopy * work vault ask target=personal\n"
             u"You are asked, but vault is not among what you can choose."_s);
}

void PolicyLayerTest::words_sayWhatHappensAndWhichLineSaysSo()
{
    m_policy->write("# mine\nqubes.ClipboardPaste * work vault ask\nqubes.OpenInVM * @anyvm @dispvm allow\n");
    load(Test::smallNetwork());
    m_layer->setService(u"qubes.ClipboardPaste"_s);
    m_layer->setSelection({u"work"_s});
    QCOMPARE(fullAnswerWords(m_layer->service(), answer(u"work"_s, u"vault"_s)),
             u"Text of work may be pasted into vault if you agree.\n"
             u"30-user.policy:2:  qubes.ClipboardPaste * work vault ask"_s);
    QCOMPARE(fullAnswerWords(m_layer->service(), answer(u"vault"_s, u"work"_s)),
             u"Text of vault may not be pasted into work.\nNo rule fits, and what no rule fits is denied."_s);
    m_layer->setService(u"qubes.OpenInVM"_s);
    QVERIFY2(m_layer->summary().contains(u"work may open files in a new disposable."_s),
             qPrintable(m_layer->summary()));
    m_layer->setService(u"my.Service+there"_s);
    QCOMPARE(answerWords(m_layer->service(), answer(u"work"_s, u"vault"_s)),
             u"work may not call my.Service+there in vault."_s);
}

void PolicyLayerTest::drawn_areNoDenialsUnlessAskedFor()
{
    m_policy->write("qubes.Filecopy * work vault ask\nqubes.Filecopy * work personal allow\n");
    load(Test::smallNetwork());
    m_layer->setSelection({u"work"_s});
    QCOMPARE(m_layer->drawn().size(), 2);
    QCOMPARE(m_layer->drawn().first().target, u"personal"_s);
    m_layer->setDeniedShown(true);
    QCOMPARE(m_layer->drawn().size(), 2 * (m_graph->graph().size() - 1));
    QVERIFY(m_layer->drawn().last().verdict == Verdict::Deny);
    QVERIFY2(m_layer->summary().startsWith(u"Allowed: 1, you are asked: 1, denied: 11."_s),
             qPrintable(m_layer->summary()));
}

void PolicyLayerTest::drawn_areNeverMoreThanCanBeSeen()
{
    m_policy->write("qubes.Filecopy * project-number-3 sys-net allow\nqubes.Filecopy * @anyvm @anyvm ask\n");
    load(Test::network(60));
    m_layer->setSelection({u"project-number-3"_s});
    QCOMPARE(m_layer->drawn().size(), PolicyLayer::MostArrows);
    QCOMPARE(m_layer->drawn().first().target, u"sys-net"_s); // what matters most is among them
    QVERIFY2(m_layer->summary().contains(u"Shown are 48 of 118 arrows"_s), qPrintable(m_layer->summary()));
    QCOMPARE(m_layer->answersFrom(u"project-number-3"_s).size(), 60); // the others and a new disposable
}

void PolicyLayerTest::nobodySelected_inALargeSystemAsksToSelect()
{
    m_policy->write("qubes.Filecopy * work @anyvm ask\n");
    load(Test::smallNetwork());
    QCOMPARE(m_layer->drawn().size(), m_graph->graph().size() - 1);
    m_policy->write("qubes.Filecopy * @anyvm @anyvm ask\n"); // 42 arrows of seven qubes
    QTRY_VERIFY(m_layer->drawn().isEmpty());
    QVERIFY(m_layer->summary().startsWith(u"Select a qube"_s));
    m_source->load(Test::network(40));
    m_policy->know(m_graph->graph().names());
    m_policy->write("qubes.Filecopy * sys-net sys-firewall allow\n");
    QTRY_VERIFY(m_layer->answers().isEmpty());
    QVERIFY(m_layer->summary().startsWith(u"Select a qube"_s));
}

void PolicyLayerTest::change_ofThePolicyOrTheQubesIsFollowed()
{
    m_policy->write("qubes.Filecopy * @anyvm @anyvm deny\n");
    load(Test::smallNetwork());
    m_layer->setSelection({u"work"_s});
    QVERIFY(m_layer->drawn().isEmpty());
    QSignalSpy changed(m_layer.get(), &PolicyLayer::changed);
    m_policy->write("qubes.Filecopy * work new allow\n");
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(m_layer->drawn().isEmpty());
    m_policy->know(QStringList{u"new"_s} + m_graph->graph().names());
    m_source->change(Test::client(u"new"_s, u"sys-firewall"_s));
    QTRY_COMPARE(m_layer->drawn().size(), 1);
    QCOMPARE(m_layer->drawn().first().target, u"new"_s);
    m_source->remove(u"new"_s);
    QTRY_VERIFY(m_layer->drawn().isEmpty());
}

void PolicyLayerTest::nothing_isReadWhileNobodyLooks()
{
    m_policy->write("qubes.Filecopy * @anyvm @anyvm allow\n");
    load(Test::smallNetwork());
    m_layer->setSelection({u"work"_s});
    QVERIFY(m_policy->isWatched);
    QVERIFY(!m_layer->drawn().isEmpty());
    m_layer->setShown(false);
    QVERIFY(!m_policy->isWatched);
    QVERIFY(m_layer->drawn().isEmpty() && m_layer->answers().isEmpty());
}

void PolicyLayerTest::policy_thatCannotBeReadSaysWhy()
{
    load(Test::smallNetwork());
    QCOMPARE(m_layer->summary(), u"Reading the policy…"_s);
    m_policy->trouble = u"The disk is gone."_s;
    QCOMPARE(m_layer->summary(), u"The disk is gone."_s);
    m_policy->write("qubes.Filecopy * work vault allow\n");
    m_layer->setSelection({u"work"_s});
    QVERIFY2(m_layer->summary().endsWith(u" The disk is gone."_s), qPrintable(m_layer->summary()));
    m_policy.reset();
    QCOMPARE(m_layer->summary(), u"The policy cannot be read here."_s);
}

QTEST_GUILESS_MAIN(PolicyLayerTest)

#include "policylayertest.moc"
