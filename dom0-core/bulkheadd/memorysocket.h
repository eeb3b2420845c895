// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/acceptor.h"
#include "dom0-core/adminapi/poller.h"
#include "dom0-core/memory/balancer.h"

#include <QObject>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead
{

/// The socket on which programs of dom0 ask the balancer for memory: one line, one answer, and until the client goes
/// nothing else is moved. A second line ends the connection. Main thread only, never blocks.
/// @source spec qube-model, 14.4
class MemorySocket : public QObject
{
    Q_OBJECT

public:
    /// @param balancer, poller  outlive it
    /// @errors as Acceptor::open()
    [[nodiscard]] static Result<std::unique_ptr<MemorySocket>>
    open(const std::filesystem::path &path, Memory::Balancer &balancer, AdminApi::Poller &poller);
    MemorySocket(const MemorySocket &) = delete;
    MemorySocket &operator=(const MemorySocket &) = delete;
    ~MemorySocket() override;

private:
    struct Client {
        UniqueFd fd;
        std::string line = {};
        bool hasAsked = false;
        Memory::Balancer::Ticket ticket = 0; ///< of what it asked for
        std::optional<Memory::Balancer::Hold> hold = {};
    };

    MemorySocket(Memory::Balancer &balancer, AdminApi::Poller &poller);

    void admit(UniqueFd connection);
    void onReadable(std::uint64_t id);
    void onLine(std::uint64_t id, const std::string &line);
    void onDone(std::uint64_t id, const Result<void> &outcome, Memory::Balancer::Hold hold);
    void drop(std::uint64_t id);

    Memory::Balancer &m_balancer;
    AdminApi::Poller &m_poller;
    std::unique_ptr<AdminApi::Acceptor> m_acceptor;
    std::map<std::uint64_t, Client> m_clients; ///< by numbers that are not used again
    std::uint64_t m_lastId = 0;
};

} // namespace Bulkhead
