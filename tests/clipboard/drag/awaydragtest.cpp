// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/awaydrag.h"

#include "base/formatted.h"
#include "tests/clipboard/drag/policypeer.h"
#include "tests/support/testclock.h"

#include <QTest>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;
using namespace std::chrono_literals;

namespace
{

const QubeName Work = *QubeName::parse("work");
const QubeName Personal = *QubeName::parse("personal");
const QubeName Vault = *QubeName::parse("vault");

ShownWindow windowOf(std::uint64_t id, Rect rect, std::optional<QubeName> qube)
{
    return {.id = id, .rect = rect, .owner = qube.transform([id](const QubeName &name) {
                return QubeWindow{.qube = name, .window = WindowId{static_cast<std::uint32_t>(id + 100)}};
            })};
}

/// A drag from work on a desktop with a window each of work, personal and dom0, side by side.
class Rig
{
public:
    Rig()
        : policy(*loop)
    {
        policy.verdicts = {{Personal, Verdict::Allow}};
    }

    Rig(const Rig &) = delete;
    Rig &operator=(const Rig &) = delete;

    ~Rig()
    {
        drag.reset();
    }

    void begin()
    {
        drag.emplace(*loop,
                     policy.path(),
                     Work,
                     AwayDrag::Handlers{.readDesktop =
                                            [this] {
                                                return windows;
                                            },
                                        .show =
                                            [this](const std::string &line) {
                                                shown.push_back(line);
                                            }});
        settle();
    }

    void settle() const
    {
        loop->runUntilIdle();
    }

    void advance(Duration by)
    {
        clock.advance(by);
        settle();
    }

    [[nodiscard]] int timesShown(std::string_view kind) const
    {
        return static_cast<int>(std::ranges::count_if(shown, [kind](const std::string &line) {
            return line.contains(formatted(R"("kind": "{}")", kind));
        }));
    }

    [[nodiscard]] std::string lastOf(std::string_view kind) const
    {
        for (auto line = shown.rbegin(); line != shown.rend(); ++line) {
            if (line->contains(formatted(R"("kind": "{}")", kind))) {
                return *line;
            }
        }
        return {};
    }

    Test::TestClock clock;
    std::unique_ptr<EventLoop> loop = EventLoop::create(clock).value();
    Test::PolicyPeer policy;
    std::vector<ShownWindow> windows{windowOf(1, {0, 0, 100, 100}, Work),
                                     windowOf(2, {100, 0, 100, 100}, Personal),
                                     windowOf(3, {200, 0, 100, 100}, std::nullopt)};
    std::vector<std::string> shown;
    std::optional<AwayDrag> drag;
};

constexpr Point InWork{50, 50};
constexpr Point InPersonal{150, 50};
constexpr Point InDom0{250, 50};
constexpr Point OnTheDesktop{350, 50};

} // namespace

class DragAwayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void releaseWhereNothingFits_landsNowhere()
    {
        Rig rig;
        rig.begin();
        for (const Point place : {InWork, InDom0, OnTheDesktop}) {
            rig.drag->movePointer(place);
            rig.advance(Rest::Needed);
            QVERIFY(!rig.drag->landing());
        }
    }

    void landsOnlyAfterItsRest()
    {
        Rig rig;
        rig.begin();
        rig.drag->movePointer(InPersonal);
        rig.advance(Rest::Needed - 1ms);
        QVERIFY(!rig.drag->landing()->isRested);
        rig.advance(1ms);
        const auto landing = rig.drag->landing();
        QVERIFY(landing->isRested);
        QVERIFY(landing->target.qube == Personal);
        QVERIFY(landing->target.window == WindowId{102});
        QCOMPARE(landing->shown, 2U);
        QVERIFY(landing->place == InPersonal);
        QVERIFY(landing->judgement.verdict == Verdict::Allow);
        QVERIFY(rig.lastOf("pointer").contains(R"("full": true)"));
    }

    void ui_080_windowThatPopsUp_startsTheRestAgain()
    {
        Rig rig;
        rig.begin();
        rig.drag->movePointer(InPersonal);
        rig.advance(Rest::Needed);
        rig.windows.insert(rig.windows.begin(), windowOf(4, {140, 40, 20, 20}, Vault));
        rig.drag->onDesktopChanged();
        rig.settle();
        QVERIFY(rig.drag->landing()->target.qube == Vault);
        QVERIFY(!rig.drag->landing()->isRested);
        rig.windows.erase(rig.windows.begin());
        rig.drag->onDesktopChanged();
        QVERIFY(!rig.drag->landing()->isRested); // as if it had just come
        rig.advance(Rest::Needed);
        QVERIFY(rig.drag->landing()->isRested);
    }

    void overARefusal_noRingFills()
    {
        Rig rig;
        rig.policy.verdicts = {{Personal, Verdict::Deny}};
        rig.begin();
        rig.drag->movePointer(InPersonal);
        rig.advance(Rest::Needed);
        QVERIFY(!rig.drag->landing()->isRested);
        const Judgement judgement{.verdict = Verdict::Deny, .rule = "30-user.policy:7", .ruleText = "a \"rule\""};
        QVERIFY(rig.drag->landing()->judgement == judgement);
        QVERIFY(rig.lastOf("pointer").contains(R"("ring": -1, "full": false)"));
        QVERIFY(rig.lastOf("sheets").contains(R"("verdict": "deny", "rule": "30-user.policy:7")"));
    }

    void answersOfThePolicy_data()
    {
        QTest::addColumn<std::string>("answer");
        QTest::addColumn<int>("verdict");
        QTest::newRow("allow") << std::string("result=allow\noutcome=allow\nrule=f:1\nrule_text=x")
                               << int(Verdict::Allow);
        QTest::newRow("ask") << std::string("result=deny\noutcome=ask\nrule=f:1\nrule_text=x") << int(Verdict::Ask);
        QTest::newRow("deny") << std::string("result=deny\noutcome=deny") << int(Verdict::Deny);
        QTest::newRow("nothing") << std::string() << int(Verdict::Deny);
        QTest::newRow("without a reason") << std::string("result=allow") << int(Verdict::Deny);
        QTest::newRow("at odds") << std::string("result=deny\noutcome=allow") << int(Verdict::Deny);
        QTest::newRow("twice") << std::string("result=allow\noutcome=allow\nresult=allow") << int(Verdict::Deny);
        QTest::newRow("no line") << std::string("result=allow\noutcome=allow\nx") << int(Verdict::Deny);
    }

    void answersOfThePolicy()
    {
        QFETCH(const std::string, answer);
        QFETCH(const int, verdict);
        QCOMPARE(int(judgementIn(answer).verdict), verdict);
    }

    void policyIsAskedOnceADrag()
    {
        Rig rig;
        rig.begin();
        const auto asked = rig.policy.questions.size();
        QVERIFY(asked > 0);
        rig.windows.push_back(windowOf(5, {100, 100, 50, 50}, Personal));
        rig.drag->onDesktopChanged();
        rig.drag->movePointer(InPersonal);
        rig.settle();
        QCOMPARE(rig.policy.questions.size(), asked);
        QVERIFY(!rig.policy.questions.back().contains("chosen")); // nobody has let go
        rig.windows.push_back(windowOf(6, {150, 100, 50, 50}, Vault));
        rig.drag->onDesktopChanged();
        rig.settle();
        QVERIFY(rig.policy.questions.size() > asked);
    }

    void overlayIsDrawnAtOnceAndGoesAtTheEnd()
    {
        Rig rig;
        rig.windows = {windowOf(1, {0, 0, 100, 100}, Work)};
        rig.begin();
        QCOMPARE(rig.timesShown("sheets"), 1); // of none, with the source
        QVERIFY(rig.shown.front().contains(R"("qube": "work")"));
        rig.drag->onDesktopChanged(); // nothing is otherwise
        QCOMPARE(rig.timesShown("sheets"), 1);
        rig.drag.reset();
        QVERIFY(rig.shown.back().contains(R"("kind": "hide")"));
    }
};

QTEST_GUILESS_MAIN(DragAwayTest)
#include "awaydragtest.moc"
