// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/qubesdb/engine/database.h"
#include "vchan-io/transport/messagelink.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace Bulkhead::QubesDb
{

enum class Access : std::uint8_t { ReadWrite, ReadOnly };

/// One program on a local socket: answers its requests and tells it what it watches. A client that does not read its
/// answers is not asked for more; one that lets notices pile up is dropped.
/// @source spec qubesdb, section 2.4
class LocalClient final : public Database::Watcher
{
public:
    using OnEnd = std::move_only_function<void()>;

    /// @param database  outlives the client
    /// @param onEnd  may destroy the client
    LocalClient(EventLoop &loop, Database &database, std::unique_ptr<Channel> channel, Access access, OnEnd onEnd);
    ~LocalClient() override;

    /// @errors Io
    [[nodiscard]] Result<void> start();

    void onChanged(const Path &changed) override;

private:
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    void answer(MessageType type, Path path = {}, Value value = {});
    void holdBack();

    void on(const Read &request);
    void on(const Write &request);
    void on(const MultiRead &request);
    void on(const List &request);
    void on(const Remove &request);
    void on(const Watch &request);
    void on(const Unwatch &request);
    void on(const Malformed &request);

    Database &m_database;
    Access m_access;
    OnEnd m_onEnd;
    MessageLink m_link;
};

} // namespace Bulkhead::QubesDb
