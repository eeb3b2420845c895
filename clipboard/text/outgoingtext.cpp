// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/outgoingtext.h"

#include "vchan-io/wire/clipboardmessages.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Clipboard
{

Result<std::pair<std::unique_ptr<OutgoingText>, UniqueFd>>
OutgoingText::start(EventLoop &loop, const SecretText &text, OnEnd onEnd)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return failErrno(errno, "a stream for a text");
    }
    UniqueFd theirs(ends[1]);
    std::unique_ptr<OutgoingText> outgoing(new OutgoingText(loop, UniqueFd(ends[0]), text, std::move(onEnd)));
    BH_CHECK(outgoing->watch(Readiness::Read));
    outgoing->m_deadline = loop.after(Patience, [&self = *outgoing] {
        self.end(Outcome::Failed);
    });
    return std::pair(std::move(outgoing), std::move(theirs));
}

OutgoingText::OutgoingText(EventLoop &loop, UniqueFd socket, const SecretText &text, OnEnd onEnd)
    : m_loop(loop)
    , m_socket(std::move(socket))
    , m_text(text)
    , m_onEnd(std::move(onEnd))
{
}

Result<void> OutgoingText::watch(Readiness readiness)
{
    m_watch.reset();
    BH_TRY(m_watch, m_loop.watch(m_socket.get(), readiness, [this] {
        onReady();
    }));
    return {};
}

void OutgoingText::onReady()
{
    if (!readSigns() || (m_isAwaited && !writeMore())) {
        end(Outcome::Failed);
    } else if (m_isDelivered) {
        end(Outcome::Delivered);
    } else {
        const bool isWriting = m_isAwaited && m_written < m_text.size();
        if (!watch(isWriting ? Readiness::ReadWrite : Readiness::Read)) {
            end(Outcome::Failed);
        }
    }
}

bool OutgoingText::readSigns()
{
    std::byte sign{};
    for (;;) {
        const ssize_t count = ::recv(m_socket.get(), &sign, 1, MSG_DONTWAIT);
        if (count < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (count == 0) {
            return m_isDelivered;
        }
        if (sign == ReadyForText && !m_isAwaited) {
            m_isAwaited = true;
        } else if (sign == TextDelivered && m_written == m_text.size()) {
            m_isDelivered = true;
        } else {
            return false;
        }
    }
}

bool OutgoingText::writeMore()
{
    const std::span<const std::byte> rest = m_text.bytes().subspan(m_written);
    if (rest.empty()) {
        return true;
    }
    const ssize_t count = ::send(m_socket.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    m_written += static_cast<std::size_t>(count);
    return true;
}

void OutgoingText::end(Outcome outcome)
{
    m_watch.reset();
    m_deadline.reset();
    m_socket.reset();
    auto tell = std::move(m_onEnd); // it may destroy this
    tell(outcome);
}

} // namespace Bulkhead::Clipboard
