// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/acceptor.h"

#include "base/log.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace Bulkhead::AdminApi
{

namespace
{

constexpr LogCategory Log("bulkhead.core.adminapi");

/// Others have closed something by then, or it is tried once a second.
constexpr std::chrono::seconds Rest{1};

} // namespace

Acceptor::Acceptor(Listener listener, Poller &poller, OnConnection onConnection)
    : m_listener(std::move(listener))
    , m_poller(poller)
    , m_onConnection(std::move(onConnection))
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(Rest);
    connect(&m_rest, &QTimer::timeout, this, [this] {
        m_poller.change(m_listener.fd(), EPOLLIN);
    });
}

Acceptor::~Acceptor()
{
    m_poller.forget(m_listener.fd());
}

Result<std::unique_ptr<Acceptor>>
Acceptor::open(const std::filesystem::path &path, Access access, Poller &poller, OnConnection onConnection)
{
    BH_TRY(Listener listener, Listener::open(path, access));
    auto acceptor = std::unique_ptr<Acceptor>(new Acceptor(std::move(listener), poller, std::move(onConnection)));
    BH_CHECK(poller.watch(acceptor->m_listener.fd(), EPOLLIN, [raw = acceptor.get()](std::uint32_t) {
        raw->accept();
    }));
    return acceptor;
}

void Acceptor::accept()
{
    for (;;) {
        UniqueFd fd(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd) {
            m_onConnection(std::move(fd));
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            rest();
            return;
        }
        if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

void Acceptor::rest()
{
    Log.warning("out of file descriptors; clients wait until others are done");
    m_poller.change(m_listener.fd(), 0);
    m_rest.start();
}

void Acceptor::resume()
{
    if (m_rest.isActive()) {
        m_rest.stop();
        m_poller.change(m_listener.fd(), EPOLLIN);
    }
}

} // namespace Bulkhead::AdminApi
