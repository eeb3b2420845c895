// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/incomingtext.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace Bulkhead::Clipboard
{

Result<std::pair<std::unique_ptr<IncomingText>, UniqueFd>>
IncomingText::start(EventLoop &loop, SecretText &into, std::uint32_t limit, OnEnd onEnd)
{
    BH_ASSERT(limit <= into.capacity());
    into.wipe();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return failErrno(errno, "a stream for a text");
    }
    UniqueFd theirs(ends[1]);
    std::unique_ptr<IncomingText> text(new IncomingText(UniqueFd(ends[0]), into, limit, std::move(onEnd)));
    BH_TRY(text->m_watch, loop.watch(text->m_socket.get(), Readiness::Read, [&self = *text] {
        self.onReadable();
    }));
    text->m_deadline = loop.after(Patience, [&self = *text] {
        self.end(Outcome::Failed);
    });
    return std::pair(std::move(text), std::move(theirs));
}

IncomingText::IncomingText(UniqueFd socket, SecretText &into, std::uint32_t limit, OnEnd onEnd)
    : m_socket(std::move(socket))
    , m_into(into)
    , m_limit(limit)
    , m_onEnd(std::move(onEnd))
{
}

void IncomingText::onReadable()
{
    const auto outcome = m_headerSize < m_header.size() ? readHeader() : readText();
    if (outcome) {
        end(*outcome);
    }
}

std::optional<IncomingText::Outcome> IncomingText::readHeader()
{
    const auto count = read(std::span(m_header).subspan(m_headerSize));
    if (!count) {
        return Outcome::Failed;
    }
    m_headerSize += *count;
    if (m_headerSize < m_header.size()) {
        return std::nullopt;
    }
    const auto length = parseAnswerHeader(m_header);
    if (!length) {
        return Outcome::Failed; // no wire half of ours
    }
    m_length = *length;
    if (m_length == 0) {
        return Outcome::Empty;
    }
    return m_length > m_limit ? std::optional(Outcome::TooLarge) : std::nullopt;
}

std::optional<IncomingText::Outcome> IncomingText::readText()
{
    const auto count = read(m_into.room().first(m_length - m_into.size()));
    if (!count) {
        return Outcome::Failed;
    }
    m_into.grow(*count);
    return m_into.size() == m_length ? std::optional(Outcome::Whole) : std::nullopt;
}

Result<std::size_t> IncomingText::read(std::span<std::byte> into) const
{
    const ssize_t count = ::recv(m_socket.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (count <= 0) {
        return fail(Errc::PeerGone, "the answer ends early");
    }
    return static_cast<std::size_t>(count);
}

void IncomingText::end(Outcome outcome)
{
    m_watch.reset();
    m_deadline.reset();
    m_socket.reset();
    auto tell = std::move(m_onEnd); // it may destroy this
    tell(outcome, m_length);
}

} // namespace Bulkhead::Clipboard
