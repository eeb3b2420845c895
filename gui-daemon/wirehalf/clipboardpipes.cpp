// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/wirehalf/clipboardpipes.h"

#include "vchan-io/wire/clipboardmessages.h"

#include <string.h> // explicit_bzero()
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

bool isOnlyLate(ssize_t count)
{
    return count < 0 && (errno == EAGAIN || errno == EINTR);
}

bool sendSign(const UniqueFd &socket, std::byte sign)
{
    return ::send(socket.get(), &sign, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

} // namespace

ClipboardPipes::ClipboardPipes(EventLoop &loop, OnText onText)
    : m_loop(loop)
    , m_onText(std::move(onText))
{
}

ClipboardPipes::~ClipboardPipes()
{
    forgetOutgoing();
    forgetIncoming();
}

void ClipboardPipes::expect(UniqueFd answer)
{
    m_expected = std::move(answer);
}

bool ClipboardPipes::answer(std::span<const std::byte> text)
{
    if (!m_expected) {
        return false;
    }
    forgetOutgoing();
    Outgoing &outgoing = m_outgoing.emplace();
    outgoing.socket = std::exchange(m_expected, {}); // one answer, and it is used up
    const auto header = Clipboard::buildAnswerHeader(static_cast<std::uint32_t>(text.size()));
    outgoing.bytes.reserve(header.size() + text.size());
    outgoing.bytes.insert(outgoing.bytes.end(), header.begin(), header.end());
    outgoing.bytes.insert(outgoing.bytes.end(), text.begin(), text.end());
    auto watch = m_loop.watch(outgoing.socket.get(), Readiness::Write, [this] {
        write();
    });
    if (watch) {
        outgoing.watch = *std::move(watch);
        write();
    } else {
        forgetOutgoing();
    }
    return true;
}

void ClipboardPipes::write()
{
    const auto rest = std::span(m_outgoing->bytes).subspan(m_outgoing->written);
    const ssize_t count = ::send(m_outgoing->socket.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (isOnlyLate(count)) {
        return;
    }
    if (count < 0) {
        forgetOutgoing(); // the gesture is over, and late is silent
        return;
    }
    m_outgoing->written += static_cast<std::size_t>(count);
    if (m_outgoing->written == m_outgoing->bytes.size()) {
        forgetOutgoing();
    }
}

void ClipboardPipes::take(WindowId window, UniqueFd source, std::size_t length)
{
    forgetIncoming();
    Incoming &incoming = m_incoming.emplace();
    incoming.window = window;
    incoming.socket = std::move(source);
    incoming.bytes.resize(length);
    auto watch = m_loop.watch(incoming.socket.get(), Readiness::Read, [this] {
        read();
    });
    if (watch && sendSign(incoming.socket, Clipboard::ReadyForText)) {
        incoming.watch = *std::move(watch);
    } else {
        forgetIncoming();
    }
}

void ClipboardPipes::read()
{
    const auto room = std::span(m_incoming->bytes).subspan(m_incoming->read);
    const ssize_t count = ::recv(m_incoming->socket.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (isOnlyLate(count)) {
        return;
    }
    if (count <= 0) {
        forgetIncoming(); // given up on the other side
        return;
    }
    m_incoming->read += static_cast<std::size_t>(count);
    if (m_incoming->read < m_incoming->bytes.size()) {
        return;
    }
    if (m_onText(m_incoming->window, m_incoming->bytes)) {
        (void)sendSign(m_incoming->socket, Clipboard::TextDelivered);
    }
    forgetIncoming();
}

void ClipboardPipes::forgetOutgoing()
{
    if (m_outgoing) {
        explicit_bzero(m_outgoing->bytes.data(), m_outgoing->bytes.size());
        m_outgoing.reset();
    }
}

void ClipboardPipes::forgetIncoming()
{
    if (m_incoming) {
        explicit_bzero(m_incoming->bytes.data(), m_incoming->bytes.size());
        m_incoming.reset();
    }
}

} // namespace Bulkhead
