// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/torgateway.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/firewall/filter.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.tor");

constexpr auto RetryDelay = std::chrono::seconds(10);

Result<void> ensureData(const TorGateway::Options &options)
{
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd *found = nullptr;
    if (::getpwnam_r(options.account.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return fail(
            Errc::NotFound,
            formatted("there is no account {}: Debian's package tor is not in this qube's template", options.account));
    }
    if (::mkdir(options.data.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return failErrno(errno, formatted("Tor's folder {} cannot be made", options.data.string()));
    }
    if (::lchown(options.data.c_str(), found->pw_uid, found->pw_gid) != 0) {
        return failErrno(errno, formatted("Tor's folder {} cannot be given away", options.data.string()));
    }
    return {};
}

} // namespace

TorGateway::TorGateway(EventLoop &loop, Options options)
    : m_loop(loop)
    , m_options(std::move(options))
{
}

Result<std::unique_ptr<TorGateway>> TorGateway::create(EventLoop &loop, Options options)
{
    BH_CHECK(ensureData(options));
    auto gateway = std::unique_ptr<TorGateway>(new TorGateway(loop, std::move(options)));
    gateway->startProgram();
    return gateway;
}

/// Each client has circuits of its own, and so has each place it calls by another protocol. Names of onion services are
/// addresses that Tor makes up.
ProgramCall TorGateway::callOf(const Options &options)
{
    return {.path = options.program,
            .words = {"-f", "-"},
            .input = formatted("User {}\n"
                               "DataDirectory {}\n"
                               "Log notice stderr\n"
                               "SocksPort 0\n"
                               "TransPort 0.0.0.0:{} IsolateClientAddr IsolateDestPort\n"
                               "DNSPort 0.0.0.0:{} IsolateClientAddr\n"
                               "AutomapHostsOnResolve 1\n"
                               "VirtualAddrNetworkIPv4 10.192.0.0/10\n"
                               "ClientRejectInternalAddresses 1\n",
                               options.account,
                               options.data.string(),
                               Firewall::TorConnectionPort,
                               Firewall::TorNamePort),
            .isLasting = true};
}

void TorGateway::startProgram()
{
    m_program = std::make_unique<ProgramRun>(m_loop, callOf(m_options), [this](const Result<std::string> &outcome) {
        Log.warning("Tor has ended and is started again; nothing of the clients passes meanwhile: {}",
                    outcome ? std::string("it ended by itself") : outcome.error().text());
        m_retry = m_loop.after(RetryDelay, [this] {
            startProgram();
        });
    });
}

} // namespace Bulkhead::GuestNetwork
