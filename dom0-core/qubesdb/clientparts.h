// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/qubesdb/keys.h"
#include "dom0-core/qubesdb/qubestore.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::QubesDb
{

/// What net qubes' databases say of their clients: a part for each client, computed anew for that one alone when
/// something about it changed, and the list of what all of them see.
class ClientParts
{
public:
    using Stores = std::map<Qid, std::unique_ptr<QubeStore>>;

    /// @param stores  of the qubes that run; outlives the object
    ClientParts(std::vector<ClientKeyProvider> providers, Stores &stores);

    /// Of a qube whose database has just been made, or that may have become a net qube or ceased to be one.
    void follow(const Model &model, const Qube &qube);
    /// The qube's database is about to go.
    void end(Qid provider);
    /// What is said of one client: in its net qube as the model has it now, and in no other.
    void update(const Model &model, Qid client);
    /// Writes the lists that update() and follow() have changed.
    void writeLists();
    /// The group is written anew with the client's next update().
    void forgetGroup(Qid client, std::string_view trigger);

    /// Clients that are said something of and are no qubes any more.
    [[nodiscard]] std::set<Qid> strangers(const Model &model) const;

private:
    /// What a client sees as its addresses.
    struct Seen {
        std::string address;
        std::string address6;
        friend bool operator==(const Seen &, const Seen &) = default;
    };

    [[nodiscard]] const Qube *holderOf(const Model &model, const Qube *client) const;
    void leave(Qid client);

    std::vector<ClientKeyProvider> m_providers;
    Stores &m_stores;
    std::map<Qid, std::map<Qid, Seen>> m_seen; ///< by net qube and client
    std::map<Qid, Qid> m_holders;              ///< whose database says something of a client
    std::set<Qid> m_stale;                     ///< net qubes whose list must be written
};

} // namespace Bulkhead::QubesDb
