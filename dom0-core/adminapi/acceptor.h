// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "dom0-core/adminapi/listener.h"
#include "dom0-core/adminapi/poller.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <memory>

namespace Bulkhead::AdminApi
{

/// Takes the connections that come on a socket with a path. Without a free descriptor it rests a while and lets them
/// wait: a waiting connection stays readable, and without a rest that would spin. Main thread only, never blocks.
class Acceptor : public QObject
{
    Q_OBJECT

public:
    /// Not blocking and closed on exec.
    using OnConnection = std::function<void(UniqueFd connection)>;

    /// @param poller  outlives it
    /// @errors as Listener::open(), Io
    [[nodiscard]] static Result<std::unique_ptr<Acceptor>>
    open(const std::filesystem::path &path, Access access, Poller &poller, OnConnection onConnection);
    Acceptor(const Acceptor &) = delete;
    Acceptor &operator=(const Acceptor &) = delete;
    ~Acceptor() override;

    /// A descriptor has just become free: a rest is over.
    void resume();

private:
    Acceptor(Listener listener, Poller &poller, OnConnection onConnection);

    void accept();
    void rest();

    Listener m_listener;
    Poller &m_poller;
    OnConnection m_onConnection;
    QTimer m_rest;
};

} // namespace Bulkhead::AdminApi
