// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/broker.h"

#include "base/log.h"
#include "vchan-io/transport/memfdchannel.h"
#include "vchan-io/transport/memfdpages.h"
#include "vchan-io/transport/sealedmemory.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.exchange.broker");

void refuse(Asker &asker, Exchange::Answer why)
{
    asker.answer(why, {});
    asker.done();
}

void hand(Asker &asker, const MemfdChannelEnd &end)
{
    const std::array fds{end.memory.get(), end.bell.fd()};
    asker.answer(Exchange::Answer::ChannelEnd, fds);
    asker.done();
}

/// Removes from a map of queues what `isOne` finds, and queues that became empty; gives what was removed to `removed`.
template<typename Queues, typename IsOne, typename Removed> void sweep(Queues &queues, IsOne isOne, Removed removed)
{
    for (auto place = queues.begin(); place != queues.end();) {
        auto &queue = place->second;
        std::erase_if(queue, [&](const auto &entry) {
            if (!isOne(place->first, entry)) {
                return false;
            }
            removed(entry);
            return true;
        });
        place = queue.empty() ? queues.erase(place) : std::next(place);
    }
}

} // namespace

Broker::Broker() = default;

void Broker::addDomain(DomId domain)
{
    m_domains.insert(domain);
}

void Broker::removeDomain(DomId domain)
{
    BH_ASSERT(domain != Dom0);
    m_domains.erase(domain);
    std::erase_if(m_arenas, [domain](const auto &entry) {
        return entry.first.granter == domain || entry.first.mapper == domain;
    });
    for (Asker *const asker : takeThoseNaming(domain)) {
        refuse(*asker, Exchange::Answer::Gone);
    }
}

std::vector<Asker *> Broker::takeThoseNaming(DomId domain)
{
    std::vector<Asker *> askers;
    const auto names = [domain](const Place &place, const auto &) {
        return place.server == domain || place.client == domain;
    };
    sweep(m_offers, names, [&askers](const Offer &offer) {
        askers.push_back(offer.server);
    });
    sweep(m_seekers, names, [&askers](Asker *seeker) {
        askers.push_back(seeker);
    });
    std::erase_if(m_mappers, [domain, &askers](const auto &entry) {
        if (entry.first.granter != domain && entry.first.mapper != domain) {
            return false;
        }
        askers.push_back(entry.second.asker);
        return true;
    });
    return askers;
}

void Broker::ask(Asker &asker, DomId who, const Exchange::Request &request, std::optional<UniqueFd> arena)
{
    BH_ASSERT(knows(who));
    if (request.peer == who) {
        refuse(asker, Exchange::Answer::Refused);
        return;
    }
    if (!knows(request.peer)) {
        refuse(asker, Exchange::Answer::Gone);
        return;
    }
    if (arena) {
        adopt({.granter = who, .mapper = request.peer}, std::move(*arena));
    }
    switch (request.ask) {
    case Exchange::Ask::Serve:
        offer(asker, who, request);
        break;
    case Exchange::Ask::Connect:
        seek(asker, who, request);
        break;
    case Exchange::Ask::GrantPages:
        grant(asker, {.granter = who, .mapper = request.peer});
        break;
    case Exchange::Ask::MapPages: {
        const Sharing sharing{.granter = request.peer, .mapper = who};
        Mapper &mapper = m_mappers.emplace(sharing, Mapper{.asker = &asker})->second;
        if (const auto found = m_arenas.find(sharing); found != m_arenas.end()) {
            show(mapper, found->second);
        }
        break;
    }
    }
}

void Broker::forget(const Asker &asker)
{
    const auto isIts = [&asker](const Place &, const auto &entry) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(entry)>, Offer>) {
            return entry.server == &asker;
        } else {
            return entry == &asker;
        }
    };
    sweep(m_offers, isIts, [](const Offer &) { });
    sweep(m_seekers, isIts, [](const Asker *) { });
    std::erase_if(m_mappers, [&asker](const auto &entry) {
        return entry.second.asker == &asker;
    });
}

std::size_t Broker::waiting() const noexcept
{
    std::size_t count = m_mappers.size();
    for (const auto &[place, offers] : m_offers) {
        count += offers.size();
    }
    for (const auto &[place, seekers] : m_seekers) {
        count += seekers.size();
    }
    return count;
}

void Broker::offer(Asker &asker, DomId who, const Exchange::Request &request)
{
    const Place place{.server = who, .client = request.peer, .port = request.port};
    m_offers[place].push_back({.server = &asker, .request = request});
    connectWaiting(place);
}

void Broker::seek(Asker &asker, DomId who, const Exchange::Request &request)
{
    const Place place{.server = request.peer, .client = who, .port = request.port};
    m_seekers[place].push_back(&asker);
    connectWaiting(place);
}

void Broker::connectWaiting(const Place &place)
{
    const auto offers = m_offers.find(place);
    const auto seekers = m_seekers.find(place);
    if (offers == m_offers.end() || seekers == m_seekers.end()) {
        return;
    }
    const Offer offer = offers->second.front();
    Asker *const seeker = seekers->second.front();
    forget(*offer.server);
    forget(*seeker);
    const auto ends = createMemfdChannelEnds({.toServer = offer.request.toServer, .toClient = offer.request.toClient});
    if (!ends) {
        // Both ask again after a pause; perhaps there is memory then.
        Log.warning("domains {} and {}: {}", place.server.value(), place.client.value(), ends.error().text());
        offer.server->done();
        seeker->done();
        return;
    }
    hand(*offer.server, ends->server);
    hand(*seeker, ends->client);
}

void Broker::grant(Asker &asker, const Sharing &sharing)
{
    auto arena = createPageArena();
    if (!arena) {
        Log.warning("domain {}: {}", sharing.granter.value(), arena.error().text());
        asker.done();
        return;
    }
    const UniqueFd writable = std::move(*arena);
    // Whoever waits to map is told first: the granter can name a page as soon as it has its answer.
    m_arenas.erase(sharing);
    if (auto readOnly = reopenReadOnly(writable)) {
        adopt(sharing, std::move(*readOnly));
    }
    const std::array fds{writable.get()};
    asker.answer(Exchange::Answer::Arena, fds);
    asker.done();
}

void Broker::adopt(const Sharing &sharing, UniqueFd arena)
{
    if (m_arenas.contains(sharing)) {
        return; // known already: only after a restart of ours is there something to learn
    }
    if (const auto sound = checkForeignMemory(arena, ArenaBytes, MemoryUse::ReadOnly); !sound) {
        Log.warning("domain {} offers pages: {}", sharing.granter.value(), sound.error().text());
        return;
    }
    auto readOnly = reopenReadOnly(arena);
    if (!readOnly) {
        Log.warning("domain {} offers pages: {}", sharing.granter.value(), readOnly.error().text());
        return;
    }
    const UniqueFd &kept = m_arenas.emplace(sharing, std::move(*readOnly)).first->second;
    const auto [first, last] = m_mappers.equal_range(sharing);
    for (auto &[pair, mapper] : std::ranges::subrange(first, last)) {
        show(mapper, kept);
    }
}

void Broker::show(Mapper &mapper, const UniqueFd &arena)
{
    if (mapper.shown == MaxArenasShown) {
        mapper.asker->done();
        return;
    }
    ++mapper.shown;
    const std::array fds{arena.get()};
    mapper.asker->answer(Exchange::Answer::Arena, fds);
}

} // namespace Bulkhead
