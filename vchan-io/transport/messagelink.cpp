// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/messagelink.h"

#include <utility>

namespace Bulkhead
{

namespace
{

/// Messages handled before everything else in the program has its turn.
constexpr int MessagesPerTurn = 64;

} // namespace

MessageLink::MessageLink(
    EventLoop &loop, std::unique_ptr<Channel> channel, HeaderRule rule, Handlers handlers, StreamLimits limits)
    : m_loop(loop)
    , m_stream(std::move(channel), std::move(rule), loop.clock(), limits)
    , m_handlers(std::move(handlers))
{
}

MessageLink::~MessageLink() = default;

Result<void> MessageLink::start()
{
    BH_TRY(m_watch, m_loop.watch(m_stream.channel().pollFd(), Readiness::Read, [this] {
        onReadable();
    }));
    // It may be open already, and then nothing wakes us for that.
    m_continue = m_loop.after(Duration::zero(), [this] {
        onReadable();
    });
    return {};
}

void MessageLink::send(std::span<const std::byte> message)
{
    send(message, {});
}

void MessageLink::send(std::span<const std::byte> header, std::span<const std::byte> body)
{
    if (m_isOver) {
        return;
    }
    if (auto sent = m_stream.send(header, body); !sent) {
        end(std::move(sent).error());
        return;
    }
    if (!m_flush) {
        m_flush = m_loop.after(Duration::zero(), [this] {
            flush();
        });
    }
}

void MessageLink::flush()
{
    m_flush.reset();
    if (m_isOver) {
        return;
    }
    if (auto flushed = m_stream.flush(); !flushed) {
        end(std::move(flushed).error());
        return;
    }
    m_wasWaiting = m_stream.pendingOut() > 0;
}

void MessageLink::pauseReading()
{
    m_isPaused = true;
}

void MessageLink::resumeReading()
{
    if (std::exchange(m_isPaused, false) && !m_isOver) {
        m_continue = m_loop.after(Duration::zero(), [this] {
            process();
        });
    }
}

void MessageLink::close()
{
    m_isOver = true;
    m_watch.reset();
    m_deadline.reset();
    m_flush.reset();
    m_continue.reset();
    m_end.reset();
    m_stream.channel().close();
}

void MessageLink::onReadable()
{
    if (m_isOver) {
        return;
    }
    const auto state = m_stream.takeEvent();
    if (!state && state.error().code != Errc::PeerGone) {
        end(state.error());
        return;
    }
    // A peer that wrote and closed before we looked has been there all the same.
    if (!m_isOpen && state && *state != ChannelState::Waiting) {
        m_isOpen = true;
        if (auto opened = m_handlers.onOpen(); !opened) {
            end(std::move(opened).error());
            return;
        }
    }
    if (m_stream.pendingOut() == 0 && std::exchange(m_wasWaiting, false)) {
        m_handlers.onDrained();
    }
    if (m_isOpen) {
        process();
    }
}

void MessageLink::process()
{
    for (int count = 0; count < MessagesPerTurn; ++count) {
        if (m_isOver || m_isPaused) {
            return;
        }
        auto next = m_stream.next();
        if (!next) {
            end(std::move(next).error());
            return;
        }
        const auto message = *std::move(next);
        if (!message) {
            armDeadline();
            return;
        }
        if (auto handled = m_handlers.onMessage(*message); !handled) {
            end(std::move(handled).error());
            return;
        }
    }
    m_continue = m_loop.after(Duration::zero(), [this] {
        process();
    });
}

void MessageLink::armDeadline()
{
    m_deadline.reset();
    if (const auto deadline = m_stream.deadline()) {
        m_deadline = m_loop.after(*deadline - m_loop.clock().now(), [this] {
            process();
        });
    }
}

void MessageLink::end(Error error)
{
    if (m_isOver) {
        return;
    }
    close();
    m_end = m_loop.after(Duration::zero(), [this, reason = std::move(error)]() mutable {
        auto onEnd = std::move(m_handlers.onEnd); // it may destroy this link
        onEnd(std::move(reason));
    });
}

} // namespace Bulkhead
