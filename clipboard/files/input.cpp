// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/input.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t BufferSize = std::size_t{256} * 1024;

volatile std::sig_atomic_t s_isToEnd = 0; // NOLINT(*-avoid-non-const-global-variables): all that a handler may touch

extern "C" void onSignal(int /*signal*/)
{
    s_isToEnd = 1;
}

} // namespace

Input::Input(int fd, std::chrono::milliseconds silence)
    : m_fd(fd)
    , m_silence(silence)
    , m_buffer(BufferSize)
{
}

Verdict<std::span<const std::byte>> Input::next(std::size_t most)
{
    if (m_left.empty()) {
        if (const Code code = read(); code != Code::Done) {
            return std::unexpected(code);
        }
    }
    const auto taken = m_left.first(std::min(most, m_left.size()));
    m_left = m_left.subspan(taken.size());
    m_checksum.add(taken);
    return taken;
}

Verdict<std::size_t> Input::fill(std::span<std::byte> into)
{
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto piece = next(into.size() - filled);
        if (!piece) {
            return std::unexpected(piece.error());
        }
        if (piece->empty()) {
            break;
        }
        std::ranges::copy(*piece, into.subspan(filled).begin());
        filled += piece->size();
    }
    return filled;
}

Code Input::wait() const
{
    pollfd readable{.fd = m_fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(m_silence.count()));
    if (s_isToEnd != 0) {
        return Code::NoEnd;
    }
    return ready == 0 ? Code::Silence : Code::Done;
}

Code Input::read()
{
    for (;;) {
        if (const Code code = wait(); code != Code::Done) {
            return code;
        }
        const ssize_t size = ::read(m_fd, m_buffer.data(), m_buffer.size());
        if (size >= 0) {
            m_left = std::span(m_buffer).first(static_cast<std::size_t>(size));
            return Code::Done;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return codeOfErrno(errno);
        }
    }
}

void endInputOnSignals()
{
    struct sigaction action{};
    action.sa_handler = onSignal; // without SA_RESTART: waiting ends
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        (void)::sigaction(signal, &action, nullptr);
    }
}

} // namespace Bulkhead::FileCopy
