// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/handover.h"

#include "tests/clipboard/drag/policypeer.h"
#include "tests/support/testclock.h"

#include <QTest>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;
using namespace std::chrono_literals;

namespace
{

const QubeName Work = *QubeName::parse("work");
const QubeName Personal = *QubeName::parse("personal");
const QubeName Other = *QubeName::parse("untrusted");
constexpr Token OurToken{5};

/// One drop from work onto personal, both agents, the policy and the person, with a clock that only the test moves.
class Rig
{
public:
    Rig()
    {
        m_loop = EventLoop::create(clock).value();
        m_policy = std::make_unique<Test::PolicyPeer>(*m_loop);
    }

    Rig(const Rig &) = delete;
    Rig &operator=(const Rig &) = delete;

    ~Rig()
    {
        handOver.reset(); // before the loop
    }

    void start(bool withControl = false)
    {
        m_policy->verdicts = {{Personal, verdict}};
        handOver = std::make_unique<HandOver>(*m_loop,
                                              m_policy->path(),
                                              Drop{.token = OurToken,
                                                   .source = Work,
                                                   .target = Personal,
                                                   .window = WindowId{9},
                                                   .shown = 77,
                                                   .place = {3, 4},
                                                   .withControl = withControl},
                                              HandOver::Handlers{
                                                  .tellAgent =
                                                      [this](const QubeName &qube, const ToAgent &message) {
                                                          said.emplace_back(qube, message);
                                                          return qube != without;
                                                      },
                                                  .show =
                                                      [this](const Bubble &bubble) {
                                                          bubbles.push_back(bubble);
                                                      },
                                                  .letGo =
                                                      [this] {
                                                          ++letGo;
                                                      },
                                                  .isStillThere =
                                                      [this](const Drop &) {
                                                          return isStillThere;
                                                      },
                                                  .onEnd =
                                                      [this] {
                                                          hasEnded = true;
                                                      },
                                              });
        handOver->start();
        settle();
    }

    void hear(const QubeName &qube, const FromAgent &message)
    {
        handOver->onMessage(qube, message);
        settle();
    }

    void settle() const
    {
        m_loop->runUntilIdle();
    }

    void advance(Duration by)
    {
        clock.advance(by);
        settle();
    }

    template<typename Message> [[nodiscard]] int told(const QubeName &qube) const
    {
        return static_cast<int>(std::ranges::count_if(said, [&qube](const auto &entry) {
            return entry.first == qube && std::holds_alternative<Message>(entry.second);
        }));
    }

    [[nodiscard]] BubbleCode lastBubble() const
    {
        return bubbles.back().code;
    }

    /// Up to the copy that has begun.
    void reachCopy(bool withControl = false)
    {
        start(withControl);
        hear(Work, Listed{.token = OurToken, .files = 3, .bytes = 1000});
        hear(Personal, Room{.token = OurToken, .bytes = 5000});
        advance(HandOver::Grace);
        QCOMPARE(told<Send>(Work), 1);
    }

    [[nodiscard]] const Test::PolicyPeer &policy() const
    {
        return *m_policy;
    }

    Test::TestClock clock;
    std::unique_ptr<HandOver> handOver;
    std::vector<std::pair<QubeName, ToAgent>> said;
    std::vector<Bubble> bubbles;
    Verdict verdict = Verdict::Allow;
    std::optional<QubeName> without; ///< this qube has no agent
    bool isStillThere = true;
    bool hasEnded = false;
    int letGo = 0;

private:
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<Test::PolicyPeer> m_policy;
};

} // namespace

class DragHandOverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void allowed_isCopiedAfterAMomentAndHandedOver()
    {
        Rig rig;
        rig.start();
        QCOMPARE(rig.told<List>(Work), 1);
        QCOMPARE(rig.letGo, 0); // the program must still answer
        rig.hear(Work, Listed{.token = OurToken, .files = 3, .bytes = 1000});
        QCOMPARE(rig.letGo, 1);
        QCOMPARE(rig.told<Expect>(Personal), 1);
        rig.hear(Personal, Room{.token = OurToken, .bytes = 1000});
        QVERIFY(rig.lastBubble() == BubbleCode::Starting);
        rig.advance(HandOver::Grace - 1ms);
        QCOMPARE(rig.told<Send>(Work), 0);
        rig.advance(1ms);
        QCOMPARE(rig.told<Send>(Work), 1);
        rig.hear(Work, Progress{.token = OurToken, .bytes = 400});
        QVERIFY(rig.lastBubble() == BubbleCode::Copying);
        QCOMPARE(rig.bubbles.back().copied, 400U);
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole});
        QCOMPARE(rig.told<Offer>(Personal), 1);
        rig.hear(Personal, Offered{.token = OurToken, .isTaken = true});
        QVERIFY(rig.lastBubble() == BubbleCode::HandedOver);
        QVERIFY(rig.hasEnded);
        QCOMPARE(rig.letGo, 1);
    }

    void asked_isLeftToTheQuestion()
    {
        Rig rig;
        rig.verdict = Verdict::Ask;
        rig.start();
        rig.hear(Work, Listed{.token = OurToken, .files = 1, .bytes = 10});
        rig.hear(Personal, Room{.token = OurToken, .bytes = 1000});
        QVERIFY(rig.lastBubble() == BubbleCode::Asking);
        QCOMPARE(rig.told<Send>(Work), 1);
        QVERIFY(rig.policy().questions.back().contains("chosen=yes")); // the prompt has the target chosen
        rig.advance(5min);                                             // the person thinks
        rig.hear(Work, Progress{.token = OurToken, .bytes = 5});
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole});
        QCOMPARE(rig.told<Offer>(Personal), 1); // the copy itself was quick
    }

    void denied_nothingIsSent()
    {
        Rig rig;
        rig.verdict = Verdict::Deny;
        rig.start();
        rig.hear(Work, Listed{.token = OurToken, .files = 1, .bytes = 10});
        QVERIFY(rig.lastBubble() == BubbleCode::Denied);
        QCOMPARE(rig.bubbles.back().rule, "30-user.policy:7");
        const std::string_view escaped = "\"ruleText\": \"a \\\"rule\\\"\"";
        QVERIFY(buildBubble(rig.bubbles.back()).contains(escaped));
        QCOMPARE(rig.told<Send>(Work), 0);
        QCOMPARE(rig.told<Expect>(Personal), 0);
        QVERIFY(rig.hasEnded);
    }

    void whatIsSlowOrCoveredOrUnwanted_isNotHandedOver_data()
    {
        QTest::addColumn<bool>("slow");
        QTest::addColumn<bool>("covered");
        QTest::addColumn<bool>("control");
        QTest::newRow("slow") << true << false << false;
        QTest::newRow("another window is there") << false << true << false;
        QTest::newRow("Ctrl was held") << false << false << true;
    }

    void whatIsSlowOrCoveredOrUnwanted_isNotHandedOver()
    {
        QFETCH(const bool, slow);
        QFETCH(const bool, covered);
        QFETCH(const bool, control);
        Rig rig;
        rig.isStillThere = !covered;
        rig.reachCopy(control);
        rig.advance(slow ? HandOver::QuickCopy + 1ms : HandOver::QuickCopy);
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole});
        QCOMPARE(rig.told<Offer>(Personal), 0);
        QVERIFY(rig.lastBubble() == BubbleCode::Copied);
    }

    void failureToHandOver_isNoError()
    {
        Rig rig;
        rig.reachCopy();
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole});
        rig.advance(HandOver::OfferPatience);
        QVERIFY(rig.lastBubble() == BubbleCode::Copied);
    }

    void notEnoughRoom_isSaidBeforeTheFirstByte()
    {
        Rig rig;
        rig.start();
        rig.hear(Work, Listed{.token = OurToken, .files = 1, .bytes = 1001});
        rig.hear(Personal, Room{.token = OurToken, .bytes = 1000});
        QVERIFY(rig.lastBubble() == BubbleCode::NoRoom);
        QCOMPARE(rig.bubbles.back().bytes, 1001U);
        QCOMPARE(rig.bubbles.back().room, 1000U);
        QCOMPARE(rig.told<Send>(Work), 0);
    }

    void cancel_endsWhatRuns()
    {
        Rig rig;
        rig.reachCopy();
        rig.handOver->cancel();
        rig.settle();
        QCOMPARE(rig.told<Forget>(Work), 1);
        QCOMPARE(rig.told<Forget>(Personal), 1);
        QVERIFY(rig.lastBubble() == BubbleCode::Cancelled);
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole}); // late
        QVERIFY(rig.lastBubble() == BubbleCode::Cancelled);
        QCOMPARE(rig.told<Offer>(Personal), 0);
    }

    void S_103_answersOfOthersAndOutOfTurn_changeNothing()
    {
        Rig rig;
        rig.start();
        rig.hear(Personal, Listed{.token = OurToken, .files = 1, .bytes = 1}); // the target is not asked
        rig.hear(Other, Listed{.token = OurToken, .files = 1, .bytes = 1});
        rig.hear(Work, Listed{.token = Token{6}, .files = 1, .bytes = 1});
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole}); // nothing was sent
        rig.hear(Work, Offered{.token = OurToken, .isTaken = true});
        rig.hear(Work, Progress{.token = OurToken, .bytes = 9});
        QVERIFY(rig.bubbles.empty());
        QCOMPARE(rig.told<Expect>(Personal), 0);
        rig.hear(Work, Listed{.token = OurToken, .files = 1, .bytes = 1});
        rig.hear(Work, Listed{.token = OurToken, .files = 4000, .bytes = 1}); // once is once
        rig.hear(Work, Room{.token = OurToken, .bytes = 0});                  // the source has no say there
        rig.hear(Personal, Room{.token = OurToken, .bytes = 100});
        QVERIFY(rig.lastBubble() == BubbleCode::Starting);
        QCOMPARE(rig.bubbles.back().files, 1U);
        // Whoever copies, the target is the one under the pointer.
        rig.advance(HandOver::Grace);
        QVERIFY(rig.said.back() == std::pair(Work, ToAgent(Send{.token = OurToken, .target = Personal})));
    }

    void nameThatIsThereAlready_isSaid()
    {
        Rig rig;
        rig.reachCopy();
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Exists});
        QVERIFY(rig.lastBubble() == BubbleCode::Exists);
        QCOMPARE(rig.told<Offer>(Personal), 0);
    }

    void silentSource_endsWithAWordAndLetsGo()
    {
        Rig rig;
        rig.start();
        rig.advance(HandOver::ListPatience);
        QVERIFY(rig.lastBubble() == BubbleCode::NoFiles);
        QCOMPARE(rig.letGo, 1);
    }

    void targetWithoutAnAgent_getsItsFilesAllTheSame()
    {
        Rig rig;
        rig.without = Personal;
        rig.start();
        rig.hear(Work, Listed{.token = OurToken, .files = 1, .bytes = 10});
        rig.advance(HandOver::Grace);
        QCOMPARE(rig.told<Send>(Work), 1);
        rig.hear(Work, Sent{.token = OurToken, .outcome = SendOutcome::Whole});
        QVERIFY(rig.lastBubble() == BubbleCode::Copied);
    }

    void sourceThatGoes_endsIt()
    {
        Rig rig;
        rig.reachCopy();
        rig.handOver->onAgentGone(Personal); // the receiver is another program
        QVERIFY(!rig.hasEnded);
        rig.handOver->onAgentGone(Work);
        rig.settle();
        QVERIFY(rig.lastBubble() == BubbleCode::Ended);
    }
};

QTEST_GUILESS_MAIN(DragHandOverTest)
#include "handovertest.moc"
