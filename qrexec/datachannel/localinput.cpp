// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/localinput.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

LocalInput::LocalInput(EventLoop &loop, StreamFd fd, OnBytes onBytes, OnEnd onEnd)
    : m_loop(loop)
    , m_fd(std::move(fd))
    , m_onBytes(std::move(onBytes))
    , m_onEnd(std::move(onEnd))
    , m_buffer(InputChunk)
{
}

LocalInput::~LocalInput() = default;

void LocalInput::resume()
{
    m_isWanted = true;
    arm();
}

void LocalInput::pause()
{
    m_isWanted = false;
    m_watch.reset();
}

void LocalInput::moveTo(StreamFd fd)
{
    // A writer that does not stop keeps nobody here: it was told to write elsewhere.
    constexpr int MostChunks = 64;
    for (int i = 0; i < MostChunks && m_fd; ++i) {
        const ssize_t count = ::read(m_fd.get(), m_buffer.data(), m_buffer.size());
        if (count <= 0) {
            break;
        }
        m_onBytes(std::span(m_buffer).first(static_cast<std::size_t>(count)));
    }
    if (!m_fd) {
        return;
    }
    m_watch.reset();
    m_fd = std::move(fd);
    m_isAlwaysReady = false;
    if (m_isWanted) {
        arm();
    }
}

void LocalInput::close()
{
    m_watch.reset();
    m_fd.reset();
}

void LocalInput::arm()
{
    if (!m_fd || m_watch) {
        return;
    }
    if (!m_isAlwaysReady) {
        if (auto watch = m_loop.watch(m_fd.get(), Readiness::Read, [this] {
                readOnce();
            })) {
            m_watch = *std::move(watch);
            return;
        }
        m_isAlwaysReady = true; // a regular file: it cannot be watched and never keeps us waiting
    }
    // One chunk a turn, so that everything else has its turn too.
    m_watch = m_loop.after(Duration::zero(), [this] {
        m_watch.reset();
        readOnce();
        if (m_isWanted) {
            arm();
        }
    });
}

void LocalInput::readOnce()
{
    const ssize_t count = ::read(m_fd.get(), m_buffer.data(), m_buffer.size());
    if (count > 0) {
        m_onBytes(std::span(m_buffer).first(static_cast<std::size_t>(count)));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        // A terminal that hung up or a broken disk ends the stream like its end does. In a turn of its own: who writes
        // elsewhere from now on and ends at once has said so in this one, and moveTo() may be yet to come.
        m_watch = m_loop.after(Duration::zero(), [this] {
            close();
            m_onEnd();
        });
    }
}

} // namespace Bulkhead::Qrexec
