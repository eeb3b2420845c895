// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/localinput.h"

#include <QTest>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

/// A pipe that holds a text and has no writer any more.
UniqueFd endedPipe(std::string_view text)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return {};
    }
    const UniqueFd writer(ends[1]);
    return ::write(writer.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? UniqueFd(ends[0])
                                                                                                : UniqueFd();
}

} // namespace

class LocalInputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void end_isToldOnceAndAfterAllBytes();
    void move_inTheTurnThatSawTheEnd_goesOn();

private:
    void read(UniqueFd fd);

    BootClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<LocalInput> m_input;
    std::string m_text;
    int m_ends = 0;
};

void LocalInputTest::init()
{
    m_loop = EventLoop::create(m_clock).value();
    m_text.clear();
    m_ends = 0;
}

void LocalInputTest::cleanup()
{
    m_input.reset();
    m_loop.reset();
}

void LocalInputTest::read(UniqueFd fd)
{
    m_input = std::make_unique<LocalInput>(
        *m_loop,
        StreamFd(std::move(fd)),
        [this](std::span<const std::byte> bytes) {
            m_text.append(reinterpret_cast<const char *>(bytes.data()), bytes.size()); // NOLINT: bytes as text
        },
        [this] {
            ++m_ends;
            m_loop->quit();
        });
    m_input->resume();
}

void LocalInputTest::end_isToldOnceAndAfterAllBytes()
{
    read(endedPipe("all"));
    m_loop->run();
    QCOMPARE(m_text, std::string("all"));
    QCOMPARE(m_ends, 1);
    QVERIFY(m_input->hasEnded());
}

void LocalInputTest::move_inTheTurnThatSawTheEnd_goesOn()
{
    read(endedPipe({}));
    // Ready after the end is, and handled in the same turn: as the signal of a program that ended right after it.
    const UniqueFd signal(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    EventLoop::Handle watch;
    watch = m_loop
                ->watch(signal.get(),
                        Readiness::Read,
                        [&] {
                            watch.reset();
                            m_input->moveTo(StreamFd(endedPipe("from elsewhere")));
                        })
                .value();
    m_loop->run();
    QCOMPARE(m_text, std::string("from elsewhere"));
    QCOMPARE(m_ends, 1);
}

QTEST_GUILESS_MAIN(LocalInputTest)

#include "localinputtest.moc"
