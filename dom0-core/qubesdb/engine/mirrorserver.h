// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "dom0-core/qubesdb/engine/database.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/messagelink.h"

#include <memory>
#include <string>

namespace Bulkhead::QubesDb
{

/// dom0's end of the mirror to one qube: offered, and offered anew whenever it ended, until this is destroyed. Whatever
/// the qube sends ends at most its own connection; whether it reads is its own affair.
/// @source spec qubesdb, section 3
class MirrorServer final : public Database::Mirror
{
public:
    /// All but `name` outlive the server.
    /// @param name  of the qube, for the log
    MirrorServer(EventLoop &loop, Backend &backend, DomId domain, Database &database, std::string name);
    ~MirrorServer() override;

    /// Offers the channel.
    void start();

    /// The qube has asked for the entries on this connection, so changes go to it.
    [[nodiscard]] bool isSynchronised() const noexcept
    {
        return m_isSynchronised;
    }

    void forward(const Write &change) override;
    void forward(const Remove &change) override;

private:
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    void onEnd(const Error &error);
    void offerLater(Duration delay);

    [[nodiscard]] Result<void> on(const Write &change);
    [[nodiscard]] Result<void> on(const Remove &change);
    [[nodiscard]] Result<void> on(const MultiRead &request);
    [[nodiscard]] Result<void> on(const Malformed &message);
    [[nodiscard]] Result<void> on(const Acknowledged &message);
    [[nodiscard]] Result<void> on(const PeerFailed &message);

    EventLoop &m_loop;
    Backend &m_backend;
    DomId m_domain;
    Database &m_database;
    std::string m_name;
    std::unique_ptr<MessageLink> m_link;
    EventLoop::Handle m_retry;
    bool m_isSynchronised = false;
};

} // namespace Bulkhead::QubesDb
