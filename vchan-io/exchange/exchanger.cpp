// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/exchanger.h"

#include "base/log.h"

#include <sys/socket.h>

#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.exchange");
constexpr mode_t Dom0SocketMode = 0660;

} // namespace

Exchanger::Exchanger(RunFolder folder, EventLoop &loop)
    : m_folder(std::move(folder))
    , m_loop(loop)
{
}

Result<void> Exchanger::serveDom0(const std::string &path, std::optional<gid_t> group)
{
    BH_TRY(UniqueFd listener, listenAt(path, SOCK_SEQPACKET, Dom0SocketMode, group));
    return serve(Dom0, std::move(listener), std::nullopt);
}

Result<void> Exchanger::adoptDomains()
{
    BH_TRY(const auto domains, m_folder.domains());
    for (const DomId domain : domains) {
        // One folder that cannot be served must not keep the others from being served.
        if (const auto adopted = adopt(domain); !adopted) {
            Log.warning("domain {}: {}", domain.value(), adopted.error().text());
        }
    }
    return {};
}

Result<void> Exchanger::adopt(DomId domain)
{
    BH_TRY(const auto users, m_folder.usersOf(domain));
    BH_TRY(UniqueFd listener, m_folder.listenFor(domain));
    return serve(domain, std::move(listener), users);
}

Result<void> Exchanger::add(DomId domain, std::optional<UserRange> users)
{
    if (domain == Dom0) {
        return fail(Errc::BadValue, "dom0 is always there");
    }
    BH_CHECK(m_folder.remember(domain, users));
    if (const auto known = m_sockets.find(domain); known != m_sockets.end()) {
        known->second->setUsers(users);
        return {};
    }
    BH_TRY(UniqueFd listener, m_folder.listenFor(domain));
    return serve(domain, std::move(listener), users);
}

Result<void> Exchanger::remove(DomId domain)
{
    if (domain == Dom0) {
        return fail(Errc::BadValue, "dom0 is always there");
    }
    m_broker.removeDomain(domain);
    m_sockets.erase(domain);
    return m_folder.remove(domain);
}

Result<void> Exchanger::serve(DomId domain, UniqueFd listener, std::optional<UserRange> users)
{
    BH_TRY(auto socket, DomainSocket::create(domain, std::move(listener), users, m_loop, m_broker));
    m_sockets.insert_or_assign(domain, std::move(socket));
    m_broker.addDomain(domain);
    return {};
}

} // namespace Bulkhead
