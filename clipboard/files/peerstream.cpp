// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/peerstream.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t BufferSize = std::size_t{256} * 1024;

std::unexpected<Error> refusal(const Reply &reply)
{
    const Code code = reply.outcome().code;
    return fail(code == Code::Exists ? Errc::Exists : Errc::Refused, explain(code, reply.lastName()));
}

} // namespace

PeerStream::PeerStream(UniqueFd output, UniqueFd replies, std::chrono::milliseconds silence)
    : m_output(std::move(output))
    , m_replies(std::move(replies))
    , m_silence(silence)
    , m_buffer(BufferSize)
{
}

Result<PeerStream> PeerStream::create(UniqueFd output, UniqueFd replies, std::chrono::milliseconds silence)
{
    BH_CHECK(makeNonBlocking(output.get()));
    BH_CHECK(makeNonBlocking(replies.get()));
    return PeerStream(std::move(output), std::move(replies), silence);
}

Result<std::span<std::byte>> PeerStream::room()
{
    if (m_used == m_buffer.size()) {
        BH_CHECK(flush());
    }
    return std::span(m_buffer).subspan(m_used);
}

void PeerStream::sent(std::size_t size) noexcept
{
    m_used += size;
}

Result<void> PeerStream::send(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        BH_TRY(const std::span<std::byte> place, room());
        const auto part = bytes.first(std::min(place.size(), bytes.size()));
        std::ranges::copy(part, place.begin());
        sent(part.size());
        bytes = bytes.subspan(part.size());
    }
    return {};
}

Result<void> PeerStream::flush()
{
    std::span<const std::byte> left = std::span(m_buffer).first(std::exchange(m_used, 0));
    m_checksum.add(left);
    while (!left.empty()) {
        BH_TRY(const bool hasReply, waitFor(true));
        if (hasReply) {
            return failEarly();
        }
        BH_CHECK(writeSome(left));
    }
    return {};
}

/// As much as goes without waiting.
Result<void> PeerStream::writeSome(std::span<const std::byte> &left)
{
    while (!left.empty()) {
        const ssize_t written = ::write(m_output.get(), left.data(), left.size());
        if (written >= 0) {
            left = left.subspan(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            return {};
        } else if (errno != EINTR) {
            return errno == EPIPE ? failEarly() : failErrno(errno, "sending");
        }
    }
    return {};
}

/// @return whether an answer, or the end of answers, is there
Result<bool> PeerStream::waitFor(bool wantsToWrite)
{
    std::array watched{
        pollfd{.fd = m_replies.get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = m_job != nullptr ? m_job->pollFd() : -1, .events = POLLIN, .revents = 0},
        pollfd{.fd = m_output.get(), .events = POLLOUT, .revents = 0},
    };
    const int ready = ::poll(watched.data(), wantsToWrite ? 3 : 2, static_cast<int>(m_silence.count()));
    if (ready == 0) {
        return fail(Errc::TimedOut, "the other qube does not go on");
    }
    if (watched[1].revents != 0 && m_job->isCancelled()) {
        return fail(Errc::PeerGone, "cancelled");
    }
    return ready > 0 && watched[0].revents != 0;
}

/// The receiver does not answer before the end marker unless something is wrong.
Result<void> PeerStream::failEarly()
{
    BH_CHECK(awaitReply());
    if (m_reply.outcome().code == Code::Done) {
        return fail(Errc::WrongState, "the other qube says that it is done before it could be");
    }
    return refusal(m_reply);
}

Result<void> PeerStream::awaitReply()
{
    while (m_reply.state() != Reply::State::Complete) {
        BH_TRY(const bool isThere, waitFor(false));
        if (isThere) {
            BH_CHECK(readReply());
        }
        if (m_reply.state() == Reply::State::Broken) {
            return fail(Errc::PeerGone, "the other qube ended the transfer without a word");
        }
    }
    return {};
}

Result<void> PeerStream::readReply()
{
    std::array<std::byte, 4096> piece{};
    const ssize_t size = ::read(m_replies.get(), piece.data(), piece.size());
    if (size > 0) {
        m_reply.add(std::span(piece).first(static_cast<std::size_t>(size)));
    } else if (size == 0) {
        m_reply.end();
    } else if (errno != EAGAIN && errno != EINTR) {
        return failErrno(errno, "reading the answer");
    }
    return {};
}

Result<void> PeerStream::finish()
{
    BH_CHECK(flush());
    m_output.reset(); // whoever still reads sees that nothing more comes
    BH_CHECK(awaitReply());
    const Outcome outcome = m_reply.outcome();
    if (outcome.code != Code::Done) {
        return refusal(m_reply);
    }
    if (outcome.checksum != m_checksum.value()) {
        return fail(Errc::BadField, "checksum mismatch: what the other qube got is not what was sent");
    }
    return {};
}

void PeerStream::close() noexcept
{
    m_output.reset();
    m_replies.reset();
}

} // namespace Bulkhead::FileCopy
