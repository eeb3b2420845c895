// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/firewallpassage.h"
#include "manager/topology/networkgraph.h"

#include <QHash>
#include <QList>
#include <QStringList>

namespace Bulkhead
{

/// What the core knows of qubes beside their links, as far as it was read.
struct ProofFacts {
    QHash<QString, QStringList> rules; ///< by qube: its firewall, one rule a line; missing: not read
    QSet<QString> tunnels;             ///< net qubes that forward into a tunnel or nowhere
    QSet<QString> tors = {};           ///< net qubes that take connections into Tor and forward nothing
};

/// One link of the way.
struct ProofHop {
    QString qube; ///< who sends
    QString next; ///< who gets it and enforces the rules; empty: the outside
    Passage passage = Passage::Unknown;
    QStringList rules = {}; ///< in words, in their order; only for Filtered
    bool isTunnel = false;
    bool isTor = false;

    friend bool operator==(const ProofHop &, const ProofHop &) = default;
};

/// What happens to the qube's packets when something on the way fails.
struct ProofFailure {
    QString what;    ///< "sys-vpn stops"
    QString outcome; ///< a sentence
    bool leaks = false;

    friend bool operator==(const ProofFailure &, const ProofFailure &) = default;
};

/// What can be said of a qube's network by its place and its rules alone. What a net qube does inside is its own: of
/// that only what dom0 told it is said, and a real test shows the rest.
struct NetworkProof {
    NetworkChain chain;
    QList<ProofHop> hops;
    QList<ProofFailure> failures;
    QStringList readers;  ///< net qubes that see the qube's packets as it sends them
    QStringList carriers; ///< net qubes behind a tunnel or Tor: they see its packets only
    QString summary;      ///< one sentence

    friend bool operator==(const NetworkProof &, const NetworkProof &) = default;
};

/// A qube that is not in the graph has an empty chain and a summary that says so.
[[nodiscard]] NetworkProof prove(const NetworkGraph &graph, const QString &qube, const ProofFacts &facts);

/// A rule in words for a person; the rule itself where it has parts that are not known here.
[[nodiscard]] QString ruleWords(const QString &rule);

} // namespace Bulkhead
