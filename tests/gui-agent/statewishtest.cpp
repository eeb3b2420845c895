// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/statewish.h"

#include <QTest>

using namespace Bulkhead;
using GuiAgent::StateWish;
using Action = GuiAgent::StateWish::Action;

namespace
{

constexpr Gui::StateFlags Fullscreen{.fullscreen = true};
constexpr Gui::StateFlags Attention{.demandsAttention = true};

} // namespace

class StateWishTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requests_add();
    void laterRequest_countsAlone();
    void toggle_turnsWhatIs();
    void toggle_turnsWhatIsWished();
    void actions_areThree();
};

void StateWishTest::requests_add()
{
    StateWish wish;
    QVERIFY(wish.none());
    wish.request(Action::Add, Fullscreen, {});
    wish.request(Action::Remove, Attention, {});
    QCOMPARE(wish.set, Fullscreen);
    QCOMPARE(wish.unset, Attention);
}

void StateWishTest::laterRequest_countsAlone()
{
    StateWish wish;
    wish.request(Action::Add, Fullscreen, {});
    wish.request(Action::Remove, Fullscreen, {});
    QVERIFY(wish.set.none());
    QCOMPARE(wish.unset, Fullscreen);
}

void StateWishTest::toggle_turnsWhatIs()
{
    StateWish wish;
    wish.request(Action::Toggle, {.fullscreen = true, .demandsAttention = true}, Fullscreen);
    QCOMPARE(wish.set, Attention);
    QCOMPARE(wish.unset, Fullscreen);
}

void StateWishTest::toggle_turnsWhatIsWished()
{
    StateWish wish;
    wish.request(Action::Toggle, Fullscreen, {});
    wish.request(Action::Toggle, Fullscreen, {});
    QVERIFY(wish.set.none());
    QCOMPARE(wish.unset, Fullscreen);
}

void StateWishTest::actions_areThree()
{
    QCOMPARE(StateWish::actionOf(1), std::optional(Action::Add));
    QCOMPARE(StateWish::actionOf(3), std::nullopt);
}

QTEST_GUILESS_MAIN(StateWishTest)
#include "statewishtest.moc"
