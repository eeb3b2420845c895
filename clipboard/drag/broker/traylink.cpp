// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/traylink.h"

#include "base/log.h"
#include "base/unixaddress.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

constexpr std::size_t LongestLine = 256;

} // namespace

TrayLink::TrayLink(EventLoop &loop, std::string path, OnAct onAct)
    : m_loop(loop)
    , m_path(std::move(path))
    , m_onAct(std::move(onAct))
{
}

bool TrayLink::ensure()
{
    if (m_socket) {
        return true;
    }
    auto socket = connectToUnixSocket(m_path, SOCK_STREAM | SOCK_NONBLOCK);
    if (!socket) {
        return false;
    }
    auto watch = m_loop.watch(socket->get(), Readiness::Read, [this] {
        onReady();
    });
    if (!watch) {
        return false;
    }
    m_socket = *std::move(socket);
    m_watch = *std::move(watch);
    m_awaitsWrite = false;
    return true;
}

void TrayLink::tell(const std::string &line)
{
    if (!ensure()) {
        Log.debug("nobody draws");
        return;
    }
    m_unsent += line;
    if (m_unsent.size() > MostWaiting) {
        Log.warning("the tray does not read what it is to draw");
        lose();
        return;
    }
    write();
}

void TrayLink::write()
{
    while (m_socket && !m_unsent.empty()) {
        const ssize_t size = ::send(m_socket.get(), m_unsent.data(), m_unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                lose();
                return;
            }
            break;
        }
        m_unsent.erase(0, static_cast<std::size_t>(size));
    }
    const bool awaits = !m_unsent.empty();
    if (m_socket && awaits != m_awaitsWrite) {
        m_awaitsWrite = awaits;
        m_watch.reset();
        auto watch = m_loop.watch(m_socket.get(), awaits ? Readiness::ReadWrite : Readiness::Read, [this] {
            onReady();
        });
        if (!watch) {
            lose();
            return;
        }
        m_watch = *std::move(watch);
    }
}

void TrayLink::onReady()
{
    if (!read()) {
        lose();
        return;
    }
    write();
}

bool TrayLink::read()
{
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        return size < 0 && (errno == EAGAIN || errno == EINTR);
    }
    m_received.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::size_t end = m_received.find('\n'); end != std::string::npos; end = m_received.find('\n')) {
        const std::string line = m_received.substr(0, end);
        m_received.erase(0, end + 1);
        if (const auto act = parseAct(line)) {
            m_onAct(*act);
        }
    }
    return m_received.size() <= LongestLine;
}

void TrayLink::lose()
{
    m_watch.reset();
    m_socket.reset();
    m_unsent.clear();
    m_received.clear();
}

} // namespace Bulkhead::Drag
