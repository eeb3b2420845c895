// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/console/consolebridge.h"

#include <poll.h>

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

bool hasHungUp(int fd)
{
    pollfd look{.fd = fd, .events = POLLRDHUP, .revents = 0};
    return ::poll(&look, 1, 0) > 0;
}

} // namespace

Result<std::unique_ptr<ConsoleBridge>>
ConsoleBridge::start(EventLoop &loop, RawTerminal terminal, StreamFd input, StreamFd output, OnEnd onEnd)
{
    Terminal ends;
    BH_TRY(ends.read, terminal.duplicate());
    BH_TRY(ends.write, terminal.duplicate());
    return std::unique_ptr<ConsoleBridge>(new ConsoleBridge(
        loop, std::move(terminal), std::move(ends), std::move(input), std::move(output), std::move(onEnd)));
}

ConsoleBridge::ConsoleBridge(
    EventLoop &loop, RawTerminal terminal, Terminal ends, StreamFd input, StreamFd output, OnEnd onEnd)
    : m_loop(loop)
    , m_terminal(std::move(terminal))
    , m_onEnd(std::move(onEnd))
    , m_input(input.get())
    , m_toTerminal(loop,
                   std::move(ends.write),
                   [this] {
                       onTerminalChanged();
                   })
    , m_toCaller(loop,
                 std::move(output),
                 [this] {
                     onCallerChanged();
                 })
    , m_fromTerminal(
          loop,
          std::move(ends.read),
          [this](std::span<const std::byte> bytes) {
              m_toCaller.write(bytes);
              if (m_toCaller.isCongested()) {
                  m_fromTerminal.pause();
              }
          },
          [this] {
              m_toCaller.finish();
          })
    , m_fromCaller(
          loop,
          std::move(input),
          [this](std::span<const std::byte> bytes) {
              m_toTerminal.write(bytes);
              if (m_toTerminal.isCongested()) {
                  m_fromCaller.pause();
                  lookAfterCaller();
              }
          },
          [this] {
              onCallersEnd();
          })
{
    m_fromTerminal.resume();
    m_fromCaller.resume();
}

/// What was sent last still goes to the console, if that takes it soon.
void ConsoleBridge::onCallersEnd()
{
    lookAfterCaller();
    m_toTerminal.finish();
}

/// While the console takes nothing, the caller is not read from: that it has gone is to be noticed all the same.
void ConsoleBridge::lookAfterCaller()
{
    m_patience = m_loop.after(LastWords, [this] {
        if (m_fromCaller.hasEnded() || hasHungUp(m_input)) {
            end();
        } else if (m_toTerminal.isCongested()) {
            lookAfterCaller();
        }
    });
}

void ConsoleBridge::onTerminalChanged()
{
    if (!m_toTerminal.isClosed()) {
        m_fromCaller.resume();
    } else if (m_fromCaller.hasEnded()) {
        end();
    }
    // Otherwise it hung up: what it said before still goes to the caller, and then that is closed.
}

void ConsoleBridge::onCallerChanged()
{
    if (m_toCaller.isClosed()) {
        end();
    } else {
        m_fromTerminal.resume();
    }
}

void ConsoleBridge::end()
{
    m_fromTerminal.close();
    m_fromCaller.close();
    if (auto tell = std::exchange(m_onEnd, nullptr)) {
        tell();
    }
}

} // namespace Bulkhead::Qrexec
