// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/engine/mirrorserver.h"

#include "base/log.h"

#include <ranges>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr LogCategory Log("bulkhead.core.qubesdb");

/// Source: spec qubesdb, section 3.1.
constexpr RingSizes MirrorRings{.toServer = 4096, .toClient = 4096};
/// Everything once, and the changes and answers that a qube leaves unread for a while.
constexpr StreamLimits Limits{.outgoing = std::size_t{8} << 20};
/// A daemon that was restarted is there again at once; one that breaks the format may do so a few times a minute.
constexpr Duration AfterGoing = std::chrono::milliseconds(200);
constexpr Duration AfterFault = std::chrono::seconds(10);

} // namespace

MirrorServer::MirrorServer(EventLoop &loop, Backend &backend, DomId domain, Database &database, std::string name)
    : m_loop(loop)
    , m_backend(backend)
    , m_domain(domain)
    , m_database(database)
    , m_name(std::move(name))
{
    m_database.setMirror(this);
}

MirrorServer::~MirrorServer()
{
    m_database.setMirror(nullptr);
}

void MirrorServer::start()
{
    auto channel = m_backend.serve(m_domain, MirrorPort, MirrorRings);
    if (!channel) {
        Log.warning("{}: offering its database: {}", m_name, channel.error().text());
        offerLater(AfterFault);
        return;
    }
    m_link = std::make_unique<MessageLink>(m_loop,
                                           *std::move(channel),
                                           HeaderRule{.headerSize = HeaderSize, .bodyLength = fromQubeData},
                                           MessageLink::Handlers{.onMessage =
                                                                     [this](StreamMessage message) {
                                                                         return onMessage(message);
                                                                     },
                                                                 .onEnd =
                                                                     [this](const Error &error) {
                                                                         onEnd(error);
                                                                     }},
                                           Limits);
    if (auto started = m_link->start(); !started) {
        onEnd(started.error());
    }
}

void MirrorServer::offerLater(Duration delay)
{
    m_retry = m_loop.after(delay, [this] {
        start();
    });
}

void MirrorServer::forward(const Write &change)
{
    // Before the qube asks for everything it gets nothing, and then everything.
    if (m_isSynchronised) {
        m_link->send(build(change));
    }
}

void MirrorServer::forward(const Remove &change)
{
    if (m_isSynchronised) {
        m_link->send(build(change));
    }
}

Result<void> MirrorServer::onMessage(StreamMessage message)
{
    BH_TRY(const FromQube parsed, parseFromQube(message.header, message.body));
    return std::visit(
        [this](const auto &content) {
            return on(content);
        },
        parsed);
}

void MirrorServer::onEnd(const Error &error)
{
    m_isSynchronised = false;
    m_link.reset();
    if (error.code == Errc::PeerGone) {
        Log.debug("{}: its database's daemon has gone", m_name);
        offerLater(AfterGoing);
        return;
    }
    Log.warning("{}: its connection to the database was ended: {}", m_name, error.text());
    offerLater(AfterFault);
}

Result<void> MirrorServer::on(const Write &change)
{
    if (!m_database.write(change, Database::Origin::Peer)) {
        m_link->send(build(Answer{.type = MessageType::Failed, .path = change.key.path()}));
        return {};
    }
    m_link->send(build(Answer{.type = MessageType::Ok, .path = change.key.path()}));
    m_database.announce(change.key.path());
    return {};
}

Result<void> MirrorServer::on(const Remove &change)
{
    const bool wasThere = m_database.remove(change, Database::Origin::Peer);
    // Ok even if nothing was there: the field's daemons end at any other answer.
    m_link->send(build(Answer{.type = MessageType::Ok, .path = change.path}));
    if (wasThere) {
        m_database.announce(change.path);
    }
    return {};
}

Result<void> MirrorServer::on(const MultiRead & /*request*/)
{
    if (m_isSynchronised) {
        return fail(Errc::WrongState, "it asked for everything a second time");
    }
    for (const auto &[path, entry] : m_database.entries() | std::views::reverse) {
        m_link->send(build(Entry{.key = Key::parse(path).value(), .value = entry.value}));
    }
    m_link->send(build(EntriesEnd{}));
    m_isSynchronised = true;
    return {};
}

Result<void> MirrorServer::on(const Malformed & /*message*/)
{
    m_link->send(build(Answer{.type = MessageType::Failed}));
    return {};
}

Result<void> MirrorServer::on(const Acknowledged & /*message*/)
{
    return {};
}

Result<void> MirrorServer::on(const PeerFailed & /*message*/)
{
    Log.debug("{}: its daemon refused a change", m_name); // debug: a qube could fill the log
    return {};
}

} // namespace Bulkhead::QubesDb
