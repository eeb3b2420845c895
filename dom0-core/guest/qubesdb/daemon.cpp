// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/qubesdb/daemon.h"

#include <utility>

namespace Bulkhead::QubesDb
{

GuestDaemon::GuestDaemon(EventLoop &loop,
                         Backend &backend,
                         SocketPaths paths,
                         std::move_only_function<void()> ready,
                         std::move_only_function<void(Error)> failed)
    : m_loop(loop)
    , m_paths(std::move(paths))
    , m_ready(std::move(ready))
    , m_failed(std::move(failed))
    , m_database(Database::Limits{})
    , m_mirror(loop, backend, m_database, [this] {
        onSynchronised();
    })
{
}

void GuestDaemon::start()
{
    m_mirror.start();
}

void GuestDaemon::onSynchronised()
{
    if (m_server) {
        return;
    }
    auto server = LocalServer::listen(m_loop, m_database, m_paths);
    if (!server) {
        m_failed(std::move(server).error());
        return;
    }
    m_server = *std::move(server);
    m_ready();
}

} // namespace Bulkhead::QubesDb
