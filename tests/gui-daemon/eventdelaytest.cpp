// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/eventdelay.h"

#include "tests/support/testclock.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Screen;
using namespace std::chrono_literals;
namespace ToAgent = Gui::FromDaemon;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};

Event key(std::uint8_t code, WindowId window = Window)
{
    return ToAgent::Key{
        .window = window, .action = ToAgent::Press::Pressed, .position = {}, .state = 0, .keycode = code};
}

/// Draws what a test lists, in whole nanoseconds.
EventDelay delayDrawing(std::chrono::milliseconds most, std::vector<std::uint64_t> numbers)
{
    return EventDelay(most, [numbers = std::move(numbers), next = std::size_t{0}]() mutable {
        return numbers.at(next++);
    });
}

std::uint64_t nanoseconds(Duration duration)
{
    return static_cast<std::uint64_t>(duration.count());
}

} // namespace

class EventDelayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_118_S_080_onlyWhatAPersonDoesWaits()
    {
        const EventDelay delay = delayDrawing(100ms, {});
        for (const Event &act : {key(38),
                                 Event(ToAgent::Button{.window = Window}),
                                 Event(ToAgent::Motion{.window = Window}),
                                 Event(ToAgent::Crossing{.window = Window}),
                                 Event(ToAgent::Focus{.window = Window}),
                                 Event(ToAgent::Keymap{}),
                                 Event(ToAgent::Close{.window = Window}),
                                 Event(ToAgent::ChangeState{.window = Window})}) {
            QVERIFY(delay.holds(act));
        }
        for (const Event &place : {Event(ToAgent::Configure{.window = Window}),
                                   Event(ToAgent::Map{.window = Window}),
                                   Event(Painted{.window = Window}),
                                   Event(Visibility{.window = Window}),
                                   Event(Forgotten{.window = Window})}) {
            QVERIFY(!delay.holds(place));
        }
        QVERIFY(!delayDrawing(0ms, {}).holds(key(38))); // switched off
    }

    void gui_118_S_080_eachWaitsAsLongAsWasDrawn_andNoneOvertakes()
    {
        Test::TestClock clock;
        // The second is drawn shorter than the first, which it must not overtake.
        EventDelay delay = delayDrawing(100ms, {nanoseconds(50ms), nanoseconds(10ms), nanoseconds(100ms)});
        const TimePoint start = clock.now();
        for (const std::uint8_t code : std::to_array<std::uint8_t>({1, 2, 3})) {
            delay.add(key(code), start);
        }
        QVERIFY(delay.nextDue() == start + 50ms);
        QVERIFY(!delay.take(start + 50ms - 1ns));
        QVERIFY(delay.take(start + 50ms) == key(1));
        QVERIFY(delay.take(start + 50ms) == key(2));
        QVERIFY(!delay.take(start + 100ms - 1ns));
        QVERIFY(delay.take(start + 100ms) == key(3));
        QVERIFY(!delay.nextDue());
    }

    void S_080_tenThousandAtOnce_keepOrderAndBounds()
    {
        Test::TestClock clock;
        std::mt19937_64 source(1);
        EventDelay delay(200ms, [&source] {
            return source();
        });
        const TimePoint start = clock.now();
        constexpr int Count = 10000;
        for (int i = 0; i < Count; ++i) {
            delay.add(key(static_cast<std::uint8_t>(i % 256)), start);
        }
        for (int i = 0; i < Count; ++i) {
            QVERIFY(*delay.nextDue() >= start && *delay.nextDue() <= start + 200ms);
            QVERIFY(delay.take(start + 200ms) == key(static_cast<std::uint8_t>(i % 256)));
        }
    }

    void S_080_delaysAreSpreadOverAllOfTheRange()
    {
        std::mt19937_64 source(2);
        EventDelay delay(100ms, [&source] {
            return source();
        });
        // One at a time, so that none waits for another.
        std::vector<int> quarters(4);
        TimePoint now{1h};
        for (int i = 0; i < 4000; ++i) {
            delay.add(key(1), now);
            const Duration waits = *delay.nextDue() - now;
            QVERIFY(waits >= 0ms && waits <= 100ms);
            ++quarters.at(std::min<std::size_t>(3, static_cast<std::size_t>(waits / 25ms)));
            now = *delay.nextDue();
            QVERIFY(delay.take(now).has_value());
        }
        QVERIFY(std::ranges::all_of(quarters, [](int count) {
            return count > 800 && count < 1200;
        }));
    }

    void S_080_clockThatJumps_losesNothing()
    {
        Test::TestClock clock;
        EventDelay delay = delayDrawing(100ms, {nanoseconds(100ms), nanoseconds(30ms)});
        const TimePoint start = clock.now();
        delay.add(key(1), start);
        delay.add(key(2), start - 30min); // a clock that was set back lets nothing overtake
        QVERIFY(!delay.take(start));
        QVERIFY(delay.take(start + 24h) == key(1)); // and one that was set forward, or slept, holds nothing back
        QVERIFY(delay.take(start + 24h) == key(2));
    }

    void drawnNumbers_mayBeAny()
    {
        EventDelay delay = delayDrawing(5000ms, {0, std::numeric_limits<std::uint64_t>::max()});
        const TimePoint now{1h};
        delay.add(key(1), now);
        QVERIFY(delay.take(now) == key(1));
        delay.add(key(2), now);
        QVERIFY(*delay.nextDue() <= now + 5000ms);
    }

    void windowThatGoes_takesItsEventsAlong()
    {
        EventDelay delay = delayDrawing(100ms, {0, 0, 0});
        const TimePoint now{1h};
        delay.add(key(1), now);
        delay.add(key(2, Other), now);
        delay.add(ToAgent::Keymap{}, now);
        delay.forget(Window);
        QVERIFY(delay.take(now) == key(2, Other));
        QVERIFY(delay.take(now) == Event(ToAgent::Keymap{}));
        QVERIFY(!delay.take(now));
    }
};

QTEST_GUILESS_MAIN(EventDelayTest)
#include "eventdelaytest.moc"
