// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/eventloop.h"

#include "tests/support/testclock.h"

#include <QTest>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <vector>

using namespace Bulkhead;
using namespace std::chrono_literals;

namespace
{

UniqueFd readyFd()
{
    return UniqueFd(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
}

void drain(const UniqueFd &fd)
{
    std::uint64_t count = 0;
    QCOMPARE(::read(fd.get(), &count, sizeof count), ssize_t(sizeof count));
}

auto openDescriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

} // namespace

class EventLoopTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void descriptorsAreReportedWhileReady();
    void writableAndReadableAreTold();
    void callbackMayRemoveItselfAndOthers();
    void timersRunInOrderOnceAndByTheClock();
    void timerSetByATimerWaitsForTheNextRound();
    void timerMayBeTakenBack();
    void deferredCallsRunAtTheEndOfTheirTurn();
    void runReturnsWhatQuitSays();
    void handlesMoveAndReset();
    void nothingStaysOpen();

private:
    Test::TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
};

void EventLoopTest::init()
{
    m_loop = EventLoop::create(m_clock).value();
}

void EventLoopTest::descriptorsAreReportedWhileReady()
{
    const UniqueFd fd = readyFd();
    int calls = 0;
    const auto watch = m_loop
                           ->watch(fd.get(),
                                   Readiness::Read,
                                   [&] {
                                       if (++calls == 3) {
                                           drain(fd);
                                       }
                                   })
                           .value();
    m_loop->turn(0ns);
    QCOMPARE(calls, 1);
    m_loop->runUntilIdle();
    QCOMPARE(calls, 3);
    QVERIFY(!m_loop->watch(fd.get(), Readiness::Read, [] { })); // one watch a descriptor
}

void EventLoopTest::writableAndReadableAreTold()
{
    std::array<int, 2> ends{};
    QCOMPARE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    int reads = 0;
    int writes = 0;
    const auto in = m_loop
                        ->watch(reading.get(),
                                Readiness::Read,
                                [&] {
                                    ++reads;
                                })
                        .value();
    auto out = m_loop
                   ->watch(writing.get(),
                           Readiness::Write,
                           [&] {
                               ++writes;
                           })
                   .value();
    m_loop->turn(0ns);
    QCOMPARE(reads, 0);
    QCOMPARE(writes, 1);
    out.reset();
    writing.reset(); // a hang-up counts as readable
    m_loop->turn(0ns);
    QCOMPARE(reads, 1);
    QCOMPARE(writes, 1);
}

void EventLoopTest::callbackMayRemoveItselfAndOthers()
{
    const std::array fds{readyFd(), readyFd(), readyFd()};
    std::vector<EventLoop::Handle> watches;
    std::vector<int> called;
    for (int i = 0; i < 3; ++i) {
        auto canary = std::make_unique<int>(i);
        watches.push_back(m_loop
                              ->watch(fds[static_cast<std::size_t>(i)].get(),
                                      Readiness::Read,
                                      [&watches, &called, canary = std::move(canary)] {
                                          watches.clear();
                                          called.push_back(*canary); // still alive, though removed
                                      })
                              .value());
    }
    m_loop->runUntilIdle();
    QCOMPARE(called.size(), 1U);
}

void EventLoopTest::timersRunInOrderOnceAndByTheClock()
{
    std::vector<int> order;
    const auto second = m_loop->after(2s, [&] {
        order.push_back(2);
    });
    const auto first = m_loop->after(1s, [&] {
        order.push_back(1);
    });
    const auto alsoSecond = m_loop->after(2s, [&] {
        order.push_back(3);
    });
    m_loop->runUntilIdle();
    QVERIFY(order.empty());
    m_clock.advance(2s - 1ns);
    m_loop->runUntilIdle();
    QCOMPARE(order, std::vector{1});
    m_clock.advance(1h);
    m_loop->runUntilIdle();
    QCOMPARE(order, (std::vector{1, 2, 3}));
}

void EventLoopTest::timerSetByATimerWaitsForTheNextRound()
{
    int calls = 0;
    EventLoop::Handle again;
    const auto timer = m_loop->after(0ns, [&] {
        ++calls;
        again = m_loop->after(-1s, [&] {
            ++calls;
        });
    });
    m_loop->turn(0ns);
    QCOMPARE(calls, 1);
    m_loop->turn(0ns);
    QCOMPARE(calls, 2);
}

void EventLoopTest::timerMayBeTakenBack()
{
    int calls = 0;
    EventLoop::Handle second;
    const auto first = m_loop->after(1s, [&] {
        ++calls;
        second.reset(); // due in the same round
    });
    second = m_loop->after(1s, [&] {
        ++calls;
    });
    m_clock.advance(1s);
    m_loop->runUntilIdle();
    QCOMPARE(calls, 1);
}

void EventLoopTest::deferredCallsRunAtTheEndOfTheirTurn()
{
    const UniqueFd fd = readyFd();
    std::vector<int> order;
    const auto watch = m_loop
                           ->watch(fd.get(),
                                   Readiness::Read,
                                   [&] {
                                       drain(fd);
                                       m_loop->defer([&] {
                                           order.push_back(3);
                                           m_loop->defer([&] {
                                               order.push_back(4);
                                           });
                                       });
                                       order.push_back(1);
                                   })
                           .value();
    const auto timer = m_loop->after(0ns, [&] {
        order.push_back(2);
    });
    m_loop->turn(0ns);
    QCOMPARE(order, (std::vector{1, 2, 3}));
    m_loop->turn(std::chrono::hours(1)); // does not wait: there is something deferred
    QCOMPARE(order, (std::vector{1, 2, 3, 4}));
}

void EventLoopTest::runReturnsWhatQuitSays()
{
    m_loop->defer([this] {
        m_loop->quit(7);
    });
    QCOMPARE(m_loop->run(), 7);
    m_loop->defer([this] {
        m_loop->quit();
    });
    QCOMPARE(m_loop->run(), 0);
}

void EventLoopTest::handlesMoveAndReset()
{
    int calls = 0;
    EventLoop::Handle handle = m_loop->after(1s, [&] {
        ++calls;
    });
    EventLoop::Handle other = std::move(handle);
    QVERIFY(!handle); // NOLINT(bugprone-use-after-move): that it is empty is what is tested
    QVERIFY(static_cast<bool>(other));
    other = m_loop->after(1s, [&] {
        calls += 10;
    }); // takes the first one back
    m_clock.advance(1s);
    m_loop->runUntilIdle();
    QCOMPARE(calls, 10);
    other.reset(); // long gone
}

void EventLoopTest::nothingStaysOpen()
{
    m_loop.reset();
    const auto before = openDescriptors();
    {
        const auto loop = EventLoop::create(m_clock).value();
        const UniqueFd fd = readyFd();
        const auto watch = loop->watch(fd.get(), Readiness::ReadWrite, [] { }).value();
        loop->turn(0ns);
    }
    QCOMPARE(openDescriptors(), before);
}

QTEST_GUILESS_MAIN(EventLoopTest)
#include "eventlooptest.moc"
