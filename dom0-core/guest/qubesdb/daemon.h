// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/qubesdb/mirrorclient.h"
#include "dom0-core/qubesdb/engine/localserver.h"

#include <functional>
#include <memory>

namespace Bulkhead::QubesDb
{

/// bulkhead-qubesdb without its main(): the qube's copy of its database. Its sockets appear once everything of dom0's
/// has come, so that nobody in the qube reads too early, and stay from then on.
class GuestDaemon
{
public:
    /// @param ready  the sockets answer; called once
    /// @param failed  the sockets cannot be made; called at most once, instead
    GuestDaemon(EventLoop &loop,
                Backend &backend,
                SocketPaths paths,
                std::move_only_function<void()> ready,
                std::move_only_function<void(Error)> failed);

    void start();

    [[nodiscard]] Database &database() noexcept
    {
        return m_database;
    }

private:
    void onSynchronised();

    EventLoop &m_loop;
    SocketPaths m_paths;
    std::move_only_function<void()> m_ready;
    std::move_only_function<void(Error)> m_failed;
    Database m_database;
    std::unique_ptr<LocalServer> m_server;
    MirrorClient m_mirror;
};

} // namespace Bulkhead::QubesDb
