// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/engine/localclient.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

/// A whole database in one answer has room, and the notices of a client that is slow for a moment.
constexpr StreamLimits Limits{.outgoing = std::size_t{8} << 20};
/// With so much unread, requests wait.
constexpr std::size_t EnoughUnread = std::size_t{16} << 10;

} // namespace

LocalClient::LocalClient(
    EventLoop &loop, Database &database, std::unique_ptr<Channel> channel, Access access, OnEnd onEnd)
    : m_database(database)
    , m_access(access)
    , m_onEnd(std::move(onEnd))
    , m_link(loop,
             std::move(channel),
             HeaderRule{.headerSize = HeaderSize, .bodyLength = requestData},
             {.onMessage =
                  [this](StreamMessage message) {
                      return onMessage(message);
                  },
              .onDrained =
                  [this] {
                      m_link.resumeReading();
                  },
              .onEnd =
                  [this](const Error & /*reason*/) {
                      OnEnd tell = std::move(m_onEnd); // it may destroy this
                      tell();
                  }},
             Limits)
{
}

LocalClient::~LocalClient()
{
    m_database.forget(*this);
}

Result<void> LocalClient::start()
{
    return m_link.start();
}

void LocalClient::onChanged(const Path &changed)
{
    answer(MessageType::WatchAnswer, changed);
}

Result<void> LocalClient::onMessage(StreamMessage message)
{
    BH_TRY(const Request request, parseRequest(message.header, message.body));
    std::visit(
        [this](const auto &content) {
            on(content);
        },
        request);
    holdBack();
    if (const auto *const malformed = std::get_if<Malformed>(&request);
        malformed != nullptr && malformed->endsConnection) {
        m_link.flush();
        return fail(Errc::BadField, "a path that cannot have a value");
    }
    return {};
}

void LocalClient::answer(MessageType type, Path path, Value value)
{
    m_link.send(build(Answer{.type = type, .path = std::move(path), .value = std::move(value)}));
}

void LocalClient::holdBack()
{
    if (m_link.pendingOut() < EnoughUnread) {
        return;
    }
    m_link.flush();
    if (m_link.pendingOut() > 0) {
        m_link.pauseReading();
    }
}

void LocalClient::on(const Read &request)
{
    const Database::Entry *const entry = m_database.find(request.path.text());
    if (entry == nullptr) {
        answer(MessageType::NoEntry, request.path);
        return;
    }
    answer(MessageType::ReadAnswer, request.path, entry->value);
}

void LocalClient::on(const Write &request)
{
    if (m_access == Access::ReadOnly || !m_database.write(request, Database::Origin::Own)) {
        answer(MessageType::Failed, request.key.path());
        return;
    }
    answer(MessageType::Ok, request.key.path());
    m_database.announce(request.key.path());
}

void LocalClient::on(const MultiRead &request)
{
    const auto send = [this](Database::Entries::const_iterator place) {
        // An entry's path was a key when it was written.
        answer(MessageType::MultiReadAnswer, Path::parse(place->first).value(), place->second.value);
    };
    const auto found = m_database.entriesWith(request.prefix.text());
    if (request.prefix.text().empty()) {
        std::ranges::for_each(found | std::views::reverse, send); // as the field's daemons do
    } else {
        std::ranges::for_each(found, send);
    }
    answer(MessageType::MultiReadAnswer);
}

void LocalClient::on(const List &request)
{
    for (const auto place : m_database.entriesWith(request.prefix.text())) {
        answer(MessageType::ListAnswer, Path::parse(place->first).value());
    }
    answer(MessageType::ListAnswer);
}

void LocalClient::on(const Remove &request)
{
    if (m_access == Access::ReadOnly) {
        answer(MessageType::Failed, request.path);
        return;
    }
    if (!m_database.remove(request, Database::Origin::Own)) {
        answer(MessageType::NoEntry, request.path);
        return;
    }
    answer(MessageType::Ok, request.path);
    m_database.announce(request.path);
}

void LocalClient::on(const Watch &request)
{
    const bool isWatched = m_database.addWatch(*this, request.path).has_value();
    answer(isWatched ? MessageType::Ok : MessageType::Failed, request.path);
}

void LocalClient::on(const Unwatch &request)
{
    const bool wasWatched = m_database.removeWatch(*this, request.path);
    answer(wasWatched ? MessageType::Ok : MessageType::NoEntry, request.path);
}

void LocalClient::on(const Malformed &request)
{
    m_link.discard(request.skip);
    answer(MessageType::Failed);
}

} // namespace Bulkhead::QubesDb
