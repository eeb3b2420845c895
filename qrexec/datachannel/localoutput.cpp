// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/localoutput.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

/// A pipe that was full once gets this much, so that each side works on for longer before it waits for the other. Those
/// that carry little, which are most, stay as small as they are.
constexpr int WidePipe = 256 << 10;

} // namespace

LocalOutput::LocalOutput(EventLoop &loop, StreamFd fd, Callback onChanged)
    : m_loop(loop)
    , m_fd(std::move(fd))
    , m_onChanged(std::move(onChanged))
{
}

LocalOutput::~LocalOutput() = default;

void LocalOutput::write(std::span<const std::byte> bytes)
{
    if (!m_fd || m_isFinishing) {
        return;
    }
    auto rest = m_queue.empty() ? writeSome(bytes) : bytes;
    if (!rest.empty() && m_fd && widen()) {
        rest = writeSome(rest);
    }
    if (rest.empty() || !m_fd) {
        return;
    }
    m_queue.insert(m_queue.end(), rest.begin(), rest.end());
    if (!m_watch) {
        auto watch = m_loop.watch(m_fd.get(), Readiness::Write, [this] {
            flushQueue();
        });
        if (!watch) {
            close(); // what cannot be waited for never makes us wait, so this is a descriptor that is no output
            return;
        }
        m_watch = *std::move(watch);
    }
}

void LocalOutput::finish()
{
    m_isFinishing = true;
    if (m_fd && m_queue.empty()) {
        closeGracefully();
    }
}

void LocalOutput::close()
{
    if (!m_fd) {
        return;
    }
    m_watch.reset();
    m_queue.clear();
    m_fd.reset();
    m_onChanged();
}

std::span<const std::byte> LocalOutput::writeSome(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_fd.get(), bytes.data(), bytes.size());
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            return bytes;
        } else if (errno != EINTR) {
            close(); // the reader has gone
            return {};
        }
    }
    return {};
}

/// @return whether a pipe has more room than before
bool LocalOutput::widen()
{
    if (m_isWide || !m_queue.empty()) {
        return false;
    }
    m_isWide = true;
    return ::fcntl(m_fd.get(), F_SETPIPE_SZ, WidePipe) > 0;
}

void LocalOutput::flushQueue()
{
    const auto rest = writeSome(m_queue);
    if (!m_fd) {
        return;
    }
    m_queue.erase(m_queue.begin(), m_queue.end() - static_cast<std::ptrdiff_t>(rest.size()));
    if (!m_queue.empty()) {
        return;
    }
    m_watch.reset();
    if (m_isFinishing) {
        closeGracefully();
    } else {
        m_onChanged();
    }
}

void LocalOutput::closeGracefully()
{
    // For a socket that others hold too (its reading side is one of them) closing alone would say nothing.
    (void)::shutdown(m_fd.get(), SHUT_WR);
    close();
}

} // namespace Bulkhead::Qrexec
