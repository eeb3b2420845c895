// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/qubesdb/mirrorclient.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr LogCategory Log("bulkhead.guest.qubesdb");

/// Until dom0 is asked again, which may only be restarting its core.
constexpr Duration RetryDelay = std::chrono::milliseconds(500);

} // namespace

MirrorClient::MirrorClient(EventLoop &loop,
                           Backend &backend,
                           Database &database,
                           std::move_only_function<void()> synchronised)
    : m_loop(loop)
    , m_backend(backend)
    , m_database(database)
    , m_synchronised(std::move(synchronised))
{
    m_database.setMirror(this);
}

MirrorClient::~MirrorClient()
{
    m_database.setMirror(nullptr);
}

void MirrorClient::start()
{
    auto channel = m_backend.connect(Dom0, MirrorPort);
    if (!channel) {
        Log.warning("asking dom0 for the database: {}", channel.error().text());
        connectLater(RetryDelay);
        return;
    }
    m_link = std::make_unique<MessageLink>(m_loop,
                                           *std::move(channel),
                                           HeaderRule{.headerSize = HeaderSize, .bodyLength = fromDom0Data},
                                           MessageLink::Handlers{.onOpen = [this]() -> Result<void> {
                                                                     m_link->send(build(MultiRead{}));
                                                                     return {};
                                                                 },
                                                                 .onMessage =
                                                                     [this](StreamMessage message) {
                                                                         return onMessage(message);
                                                                     },
                                                                 .onEnd =
                                                                     [this](const Error &error) {
                                                                         onEnd(error);
                                                                     }});
    if (auto started = m_link->start(); !started) {
        onEnd(started.error());
    }
}

void MirrorClient::connectLater(Duration delay)
{
    m_retry = m_loop.after(delay, [this] {
        start();
    });
}

void MirrorClient::forward(const Write &change)
{
    if (m_isSynchronised) {
        m_link->send(build(change));
    }
}

void MirrorClient::forward(const Remove &change)
{
    if (m_isSynchronised) {
        m_link->send(build(change));
    }
}

Result<void> MirrorClient::onMessage(StreamMessage message)
{
    BH_TRY(const FromDom0 parsed, parseFromDom0(message.header, message.body));
    return std::visit(
        [this](const auto &content) {
            return on(content);
        },
        parsed);
}

void MirrorClient::onEnd(const Error &error)
{
    Log.info("the connection to dom0's database ended: {}", error.text());
    m_isSynchronised = false;
    m_known.clear();
    m_link.reset();
    connectLater(RetryDelay);
}

Result<void> MirrorClient::on(const Write &change)
{
    const bool isWritten = m_database.write(change, Database::Origin::Peer).has_value();
    m_link->send(build(Answer{.type = isWritten ? MessageType::Ok : MessageType::Failed, .path = change.key.path()}));
    if (isWritten) {
        m_database.announce(change.key.path());
    }
    return {};
}

Result<void> MirrorClient::on(const Remove &change)
{
    const bool wasThere = m_database.remove(change, Database::Origin::Peer);
    m_link->send(build(Answer{.type = MessageType::Ok, .path = change.path}));
    if (wasThere) {
        m_database.announce(change.path);
    }
    return {};
}

Result<void> MirrorClient::on(const Entry &entry)
{
    if (m_isSynchronised) {
        return fail(Errc::WrongState, "an entry that was not asked for");
    }
    m_known.insert(entry.key.text());
    const Database::Entry *const own = m_database.find(entry.key.text());
    if (own != nullptr && own->value == entry.value) {
        return {}; // whoever wrote it
    }
    if (m_database.write({.key = entry.key, .value = entry.value}, Database::Origin::Peer)) {
        m_database.announce(entry.key.path());
    }
    return {};
}

Result<void> MirrorClient::on(const EntriesEnd & /*end*/)
{
    if (m_isSynchronised) {
        return fail(Errc::WrongState, "an end of entries that were not asked for");
    }
    m_isSynchronised = true;
    // dom0's core was restarted and has forgotten what this qube told it, or could not be told.
    for (const auto &[path, entry] : m_database.entries()) {
        if (entry.origin == Database::Origin::Own && !m_known.contains(path)) {
            m_link->send(build(Write{.key = Key::parse(path).value(), .value = entry.value}));
        }
    }
    m_known.clear();
    Log.info("the database is here, {} entries", m_database.entries().size());
    m_synchronised();
    return {};
}

Result<void> MirrorClient::on(const Malformed & /*message*/)
{
    m_link->send(build(Answer{.type = MessageType::Failed}));
    return {};
}

Result<void> MirrorClient::on(const Acknowledged & /*message*/)
{
    return {};
}

Result<void> MirrorClient::on(const PeerFailed & /*message*/)
{
    Log.warning("dom0 refused a change of the database");
    return {};
}

} // namespace Bulkhead::QubesDb
