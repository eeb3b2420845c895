// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/wire/exchangemessages.h"

#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace Bulkhead
{

/// Arenas that one MapPages request is shown: a peer that starts anew more often than this must be asked for again. It
/// bounds the descriptors that wait for a mapper which does not take them.
inline constexpr std::size_t MaxArenasShown = 16;

/// Whoever made a request and waits for its answer.
class Asker
{
public:
    Asker() = default;
    Asker(const Asker &) = delete;
    Asker &operator=(const Asker &) = delete;
    virtual ~Asker() = default;

    /// May not call the broker back.
    /// @param fds  stay the broker's
    virtual void answer(Exchange::Answer answer, std::span<const int> fds) = 0;

    /// No further answer will come.
    virtual void done() = 0;
};

/// Brings together who offers a port and who asks for it, and keeps which arena belongs to which pair of domains. Knows
/// no sockets; who a request comes from is the caller's knowledge.
class Broker
{
public:
    /// dom0 is always there.
    Broker();

    void addDomain(DomId domain);
    /// Its requests, and those of others that name it, are answered with Gone.
    void removeDomain(DomId domain);

    [[nodiscard]] bool knows(DomId domain) const
    {
        return m_domains.contains(domain);
    }

    /// Takes a request. Its answer may come before this returns, or at any time until forget(asker).
    /// @param asker  makes no other request
    /// @param arena  that came with it; used only after it was checked
    void ask(Asker &asker, DomId who, const Exchange::Request &request, std::optional<UniqueFd> arena);

    /// The asker is going; nothing is answered any more.
    void forget(const Asker &asker);

    /// Requests that wait, for tests and for the log.
    [[nodiscard]] std::size_t waiting() const noexcept;

private:
    /// A port between two domains.
    struct Place {
        DomId server;
        DomId client;
        Port port;

        friend auto operator<=>(const Place &, const Place &) = default;
    };

    /// Pages that one domain shares with another.
    struct Sharing {
        DomId granter;
        DomId mapper;

        friend auto operator<=>(const Sharing &, const Sharing &) = default;
    };

    struct Offer {
        Asker *server;
        Exchange::Request request;
    };

    struct Mapper {
        Asker *asker;
        std::size_t shown = 0;
    };

    void offer(Asker &asker, DomId who, const Exchange::Request &request);
    void seek(Asker &asker, DomId who, const Exchange::Request &request);
    void connectWaiting(const Place &place);
    void grant(Asker &asker, const Sharing &sharing);
    void adopt(const Sharing &sharing, UniqueFd arena);
    void show(Mapper &mapper, const UniqueFd &arena);
    [[nodiscard]] std::vector<Asker *> takeThoseNaming(DomId domain);

    std::set<DomId> m_domains{Dom0};
    std::map<Place, std::deque<Offer>> m_offers; ///< first come, first served
    std::map<Place, std::deque<Asker *>> m_seekers;
    std::map<Sharing, UniqueFd> m_arenas; ///< the newest of each pair
    std::multimap<Sharing, Mapper> m_mappers;
};

} // namespace Bulkhead
