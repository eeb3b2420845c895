// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/qubesdb/engine/localclient.h"
#include "vchan-io/transport/unixlistener.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::QubesDb
{

/// Most programs connected to one database at a time. Source: spec qubesdb, section 1.
inline constexpr std::size_t MaxClients = 256;

/// Where a database is reached: a socket to read and write, one to read, and further names for both.
struct SocketPaths {
    std::string readWrite;
    std::string readOnly;
    std::vector<std::string> readWriteLinks = {};
    std::vector<std::string> readOnlyLinks = {};

    /// `qubesdb.NAME.sock` and `qubesdb.NAME.ro.sock`, or without a name those that programs look for on their own
    /// side.
    /// @param name  empty: this side's own
    [[nodiscard]] static SocketPaths in(const std::string &directory, const std::string &name);
};

/// The local sockets of one database and who is connected to them.
class LocalServer
{
public:
    /// The sockets are there and answer when this returns.
    /// @param database  outlives the server
    /// @errors Io, BadValue (a path is too long)
    [[nodiscard]] static Result<std::unique_ptr<LocalServer>>
    listen(EventLoop &loop, Database &database, const SocketPaths &paths);

    LocalServer(const LocalServer &) = delete;
    LocalServer &operator=(const LocalServer &) = delete;
    ~LocalServer() = default;

    [[nodiscard]] std::size_t clientCount() const noexcept
    {
        return m_clients.size();
    }

private:
    LocalServer(EventLoop &loop, Database &database) noexcept;

    [[nodiscard]] Result<void>
    add(const std::string &path, const std::vector<std::string> &links, mode_t mode, Access access);
    void onConnection(UniqueFd socket, Access access);

    EventLoop &m_loop;
    Database &m_database;
    std::vector<UnixListener> m_listeners;
    std::map<std::uint64_t, std::unique_ptr<LocalClient>> m_clients;
    std::uint64_t m_nextClient = 1;
};

} // namespace Bulkhead::QubesDb
