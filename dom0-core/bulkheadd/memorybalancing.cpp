// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/memorybalancing.h"

#include "dom0-core/bulkheadd/rundirectory.h"
#include "dom0-core/memory/settingsfile.h"

#include <utility>

namespace Bulkhead
{

Result<std::unique_ptr<MemoryBalancing>> MemoryBalancing::start(std::unique_ptr<Memory::MemoryHost> host,
                                                                const std::filesystem::path &run,
                                                                const std::filesystem::path &settings)
{
    const auto files = run / "qubes";
    BH_CHECK(makeRunDirectories(run));
    auto balancing =
        std::unique_ptr<MemoryBalancing>(new MemoryBalancing(std::move(host),
                                                             {.settings = Memory::readSettings(settings),
                                                              .suspendFile = files / "do-not-membalance",
                                                              .availableFile = files / "qmemman-avail-mem"}));
    BH_TRY(balancing->m_poller, AdminApi::Poller::create());
    BH_TRY(balancing->m_socket,
           MemorySocket::open(files / "qmemman.sock", balancing->m_balancer, *balancing->m_poller));
    return balancing;
}

MemoryBalancing::MemoryBalancing(std::unique_ptr<Memory::MemoryHost> host, Memory::Balancer::Options options)
    : m_host(std::move(host))
    , m_balancer(*m_host, std::move(options))
{
}

} // namespace Bulkhead
