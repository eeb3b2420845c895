// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/bulkheadd/memorysocket.h"
#include "dom0-core/memory/balancer.h"

#include <QObject>

#include <filesystem>
#include <memory>

namespace Bulkhead
{

/// The balancer with what belongs to it: the hypervisor it looks at, and the socket on which programs of dom0 ask it.
class MemoryBalancing : public QObject
{
    Q_OBJECT

public:
    /// @param run       as DaemonPaths::run
    /// @param settings  the file of Memory::readSettings()
    /// @errors as MemorySocket::open() and makeRunDirectories()
    [[nodiscard]] static Result<std::unique_ptr<MemoryBalancing>> start(std::unique_ptr<Memory::MemoryHost> host,
                                                                        const std::filesystem::path &run,
                                                                        const std::filesystem::path &settings);

    [[nodiscard]] Memory::Balancer &balancer() noexcept
    {
        return m_balancer;
    }

private:
    MemoryBalancing(std::unique_ptr<Memory::MemoryHost> host, Memory::Balancer::Options options);

    std::unique_ptr<Memory::MemoryHost> m_host;
    Memory::Balancer m_balancer;
    std::unique_ptr<AdminApi::Poller> m_poller;
    std::unique_ptr<MemorySocket> m_socket;
};

} // namespace Bulkhead
