// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/policyserver.h"

#include "base/formatted.h"
#include "base/log.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.policyd");

/// Root's group, and the desktop's user, whose daemons ask. Source: spec qrexec, section 6.
constexpr mode_t SocketMode = 0660;

constexpr std::size_t MaxNoticeReply = 1024;
constexpr Duration NoticeDeadline = std::chrono::seconds(10);

/// Sources whose lines are counted apart; there are no more qubes that run.
constexpr std::size_t MaxLogLimits = 1024;

} // namespace

PolicyServer::PolicyServer(EventLoop &loop, LivePolicy &policy, PolicyPeers peers)
    : m_loop(loop)
    , m_policy(policy)
    , m_peers(std::move(peers))
{
}

PolicyServer::~PolicyServer() = default;

Result<void> PolicyServer::listen(const std::string &path)
{
    BH_TRY(m_listener, UnixListener::create(m_loop, path, {}, SocketMode, [this](UniqueFd socket, uid_t /*peer*/) {
               onConnection(std::move(socket));
           }));
    return {};
}

void PolicyServer::onConnection(UniqueFd socket)
{
    if (m_calls.size() >= MaxCalls) {
        Log.warning("too many calls wait for a decision; this one is denied");
        return;
    }
    const Id id = m_next++;
    auto call = std::make_unique<PolicyCall>(m_loop,
                                             m_policy,
                                             m_peers,
                                             m_chosen,
                                             std::move(socket),
                                             PolicyCall::Handlers{
                                                 .onEnd =
                                                     [this, id] {
                                                         removeLater(id);
                                                     },
                                                 .onNotice =
                                                     [this](std::string notice) {
                                                         notify(std::move(notice));
                                                     },
                                                 .onLog =
                                                     [this](const std::string &source, const std::string &line) {
                                                         log(source, line);
                                                     },
                                             });
    if (auto started = call->start(); !started) {
        Log.warning("{}", started.error().text());
        return;
    }
    m_calls.emplace(id, std::move(call));
}

void PolicyServer::removeLater(Id call)
{
    // The call is still at work when it says that it is over.
    m_loop.defer([this, call] {
        m_calls.erase(call);
    });
}

void PolicyServer::notify(std::string notice)
{
    if (m_notices.size() >= MaxNotices) {
        return;
    }
    const Id id = m_next++;
    auto exchange = SocketExchange::start(m_loop,
                                          m_peers.notice,
                                          std::move(notice),
                                          {.answer = MaxNoticeReply, .deadline = NoticeDeadline},
                                          [this, id](const Result<std::string> &) {
                                              m_loop.defer([this, id] {
                                                  m_notices.erase(id);
                                              });
                                          });
    if (!exchange) {
        Log.debug("the person is not told: {}", exchange.error().text()); // the call goes on without
        return;
    }
    m_notices.emplace(id, *std::move(exchange));
}

void PolicyServer::log(const std::string &source, const std::string &line)
{
    if (!m_logLimits.contains(source) && m_logLimits.size() >= MaxLogLimits) {
        m_logLimits.clear();
    }
    if (const auto leftOut = m_logLimits[source].allow(m_loop.clock().now())) {
        Log.info("{}{}", line, *leftOut > 0 ? formatted(" ({} more before)", *leftOut) : "");
    }
}

} // namespace Bulkhead::Qrexec
