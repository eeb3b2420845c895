// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/qubesdb/engine/database.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/messagelink.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace Bulkhead::QubesDb
{

/// The qube's end of the mirror: asks dom0 for everything, follows its changes, and sends it those made here. A
/// connection that ended is made again, for ever; what was written here that dom0 does not know is then sent to it.
/// @source spec qubesdb, section 3
class MirrorClient final : public Database::Mirror
{
public:
    /// @param synchronised  called whenever everything of dom0's has come
    /// All outlive the client.
    MirrorClient(EventLoop &loop, Backend &backend, Database &database, std::move_only_function<void()> synchronised);
    ~MirrorClient() override;

    void start();

    void forward(const Write &change) override;
    void forward(const Remove &change) override;

private:
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    void onEnd(const Error &error);
    void connectLater(Duration delay);

    [[nodiscard]] Result<void> on(const Write &change);
    [[nodiscard]] Result<void> on(const Remove &change);
    [[nodiscard]] Result<void> on(const Entry &entry);
    [[nodiscard]] Result<void> on(const EntriesEnd &end);
    [[nodiscard]] Result<void> on(const Malformed &message);
    [[nodiscard]] Result<void> on(const Acknowledged &message);
    [[nodiscard]] Result<void> on(const PeerFailed &message);

    EventLoop &m_loop;
    Backend &m_backend;
    Database &m_database;
    std::move_only_function<void()> m_synchronised;
    std::unique_ptr<MessageLink> m_link;
    EventLoop::Handle m_retry;
    bool m_isSynchronised = false;
    std::set<std::string, std::less<>> m_known; ///< what dom0 has sent so far on this connection
};

} // namespace Bulkhead::QubesDb
