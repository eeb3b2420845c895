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
        // A terminal that hung up or a broken disk ends the stream like its end does.
        close();
        m_onEnd();
    }
}

} // namespace Bulkhead::Qrexec
