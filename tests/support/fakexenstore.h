// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/wire/xenstoremessages.h"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// A store as Xen's is, for one test: nodes with owners and rights, watches, transactions, domains that go. It answers
/// when the test lets it.
class FakeXenstore
{
public:
    struct Node {
        std::string value;
        std::vector<std::string> permissions; ///< `n5`, `r0`: as on the wire

        friend bool operator==(const Node &, const Node &) = default;
    };

    /// A connection of a domain, non-blocking, as /dev/xen/xenbus gives one.
    [[nodiscard]] UniqueFd connect(DomId domain);

    /// Answers all that was asked. @return whether there was anything
    bool settle();

    [[nodiscard]] std::optional<Node> find(const std::string &path) const;
    [[nodiscard]] std::size_t connections() const noexcept;
    /// Watches of every connection on paths that begin so.
    [[nodiscard]] std::size_t watches(std::string_view beginning) const;

    /// A domain writes a node of its own, as a hostile one may: any value, readable by `reader`.
    void write(DomId owner, DomId reader, const std::string &path, std::string value);
    void remove(const std::string &path);
    void releaseDomain(DomId domain);

    /// So many more transactions than do in fact meet another one at their end.
    int conflicts = 0;

private:
    struct Connection {
        DomId domain;
        UniqueFd socket;
        std::vector<std::byte> in;
        std::map<std::string, std::string> watches; ///< token → path
    };

    using Nodes = std::map<std::string, Node>;

    struct Answer {
        Xenstore::Kind kind;
        std::string body;
    };

    bool serve(Connection &connection);
    Answer answer(Connection &connection, Xenstore::Kind kind, std::uint32_t transaction, const std::string &body);
    Answer read(const Nodes &nodes, DomId who, const std::string &path) const;
    Answer list(const Nodes &nodes, const std::string &path) const;
    Answer endTransaction(std::uint32_t transaction);
    void commit(Nodes changed);
    void tell(const std::string &changedPath);
    static void send(const Connection &connection, const Answer &answer);

    std::list<Connection> m_connections;
    Nodes m_nodes;

    /// What a transaction sees and changes, and when it began.
    struct Transaction {
        Nodes nodes;
        std::uint64_t generation = 0;
    };

    std::map<std::uint32_t, Transaction> m_transactions;
    std::uint64_t m_generation = 0; ///< counts changes
    std::set<DomId> m_gone;
    std::uint32_t m_nextTransaction = 1;
};

} // namespace Bulkhead::Test
