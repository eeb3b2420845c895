// SPDX-License-Identifier: GPL-2.0-or-later
// A call of a service of dom0's whose caller takes its time, by a clock that the test moves.
#include "qrexec/daemon/dom0call.h"

#include "tests/support/testclock.h"
#include "vchan-io/transport/backend.h"

#include <QTest>

#include <sys/eventfd.h>

#include <chrono>
#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::chrono_literals;

namespace
{

/// A channel whose other end never comes.
class LonelyChannel final : public Channel
{
public:
    [[nodiscard]] int pollFd() const noexcept override
    {
        return m_fd.get();
    }

    [[nodiscard]] Result<ChannelState> takeEvent() override
    {
        return ChannelState::Waiting;
    }

    [[nodiscard]] ChannelState state() const noexcept override
    {
        return ChannelState::Waiting;
    }

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> /*into*/) override
    {
        return 0;
    }

    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> /*from*/) override
    {
        return fail(Errc::WrongState, "nobody is there");
    }

    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override
    {
        return 0;
    }

    void close() noexcept override
    {
    }

private:
    UniqueFd m_fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

class LonelyBackend final : public Backend
{
public:
    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId /*peer*/, Port /*port*/, RingSizes /*sizes*/) override
    {
        return fail(Errc::Unsupported, "nobody is served");
    }

    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId /*peer*/, Port /*port*/) override
    {
        return std::make_unique<LonelyChannel>();
    }

    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId /*peer*/) override
    {
        return fail(Errc::Unsupported, "no pages");
    }

    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId /*peer*/) override
    {
        return fail(Errc::Unsupported, "no pages");
    }
};

} // namespace

class Dom0CallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callerThatDoesNotCome_isWaitedForFiveSeconds();
};

void Dom0CallTest::callerThatDoesNotCome_isWaitedForFiveSeconds()
{
    TestClock clock;
    const auto loop = *EventLoop::create(clock);
    LonelyBackend backend;
    bool isReady = false;
    int ends = 0;
    Dom0Call call(*loop,
                  backend,
                  {.domain = DomId{3}, .port = Port{513}},
                  {.onReady = [&isReady]() -> Result<void> {
                       isReady = true;
                       return {};
                   },
                   .onOver =
                       [&ends] {
                           ++ends;
                       }});
    QVERIFY(call.start().has_value());
    clock.advance(5s - 1ms);
    loop->runUntilIdle();
    QCOMPARE(ends, 0);
    clock.advance(1ms);
    loop->runUntilIdle();
    QCOMPARE(ends, 1);
    QVERIFY(!isReady); // no service was started for nobody
}

QTEST_GUILESS_MAIN(Dom0CallTest)
#include "dom0calltest.moc"
