// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/engine/localserver.h"

#include "base/formatted.h"
#include "vchan-io/transport/localchannel.h"

#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

/// Who may write is said by the directory that the sockets lie in. Source: spec qubesdb, section 1.
constexpr mode_t ForEveryone = 0666;
constexpr int Backlog = 64;

} // namespace

SocketPaths SocketPaths::in(const std::string &directory, const std::string &name)
{
    if (name.empty()) {
        return {.readWrite = directory + "/qubesdb.sock", .readOnly = directory + "/qubesdb.ro.sock"};
    }
    return {.readWrite = formatted("{}/qubesdb.{}.sock", directory, name),
            .readOnly = formatted("{}/qubesdb.{}.ro.sock", directory, name)};
}

Result<std::unique_ptr<LocalServer>> LocalServer::listen(EventLoop &loop, Database &database, const SocketPaths &paths)
{
    auto server = std::unique_ptr<LocalServer>(new LocalServer(loop, database));
    BH_CHECK(server->add(paths.readOnly, paths.readOnlyLinks, ForEveryone, Access::ReadOnly));
    BH_CHECK(server->add(paths.readWrite, paths.readWriteLinks, ForEveryone, Access::ReadWrite));
    return server;
}

LocalServer::LocalServer(EventLoop &loop, Database &database) noexcept
    : m_loop(loop)
    , m_database(database)
{
}

Result<void>
LocalServer::add(const std::string &path, const std::vector<std::string> &links, mode_t mode, Access access)
{
    BH_TRY(UnixListener listener,
           UnixListener::create(
               m_loop,
               path,
               links,
               mode,
               [this, access](UniqueFd socket, uid_t /*peer*/) {
                   onConnection(std::move(socket), access);
               },
               Backlog));
    m_listeners.push_back(std::move(listener));
    return {};
}

void LocalServer::onConnection(UniqueFd socket, Access access)
{
    if (m_clients.size() >= MaxClients) {
        return; // it is closed, and the others go on
    }
    auto channel = LocalChannel::adopt(std::move(socket));
    if (!channel) {
        return;
    }
    const std::uint64_t id = m_nextClient++;
    auto client = std::make_unique<LocalClient>(m_loop, m_database, *std::move(channel), access, [this, id] {
        m_clients.erase(id);
    });
    if (client->start()) {
        m_clients.emplace(id, std::move(client));
    }
}

} // namespace Bulkhead::QubesDb
