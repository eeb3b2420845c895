// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkproof.h"

#include <KLocalizedString>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString destinationWords(const FirewallParts &parts)
{
    for (const QString &key : {u"dst4"_s, u"dst6"_s, u"dsthost"_s}) {
        if (parts.contains(key)) {
            return parts.value(key);
        }
    }
    return parts.value(u"specialtarget"_s) == "dns"_L1 ? i18nc("@info where packets go", "name servers")
                                                       : i18nc("@info where packets go", "everywhere");
}

QString trafficWords(const FirewallParts &parts)
{
    const QString protocol = parts.value(u"proto"_s).toUpper();
    const QString ports = parts.value(u"dstports"_s);
    if (protocol.isEmpty()) {
        return i18nc("@info which packets", "everything");
    }
    return ports.isEmpty()
        ? protocol
        : i18nc("@info which packets; %1 a protocol, %2 port numbers", "%1 port %2", protocol, ports);
}

ProofHop hopOf(const NetworkGraph &graph, const QString &qube, const QString &next, const ProofFacts &facts)
{
    ProofHop hop{.qube = qube, .next = next};
    hop.isTunnel = facts.tunnels.contains(qube) && graph.find(qube)->providesNetwork;
    hop.isTor = facts.tors.contains(qube) && graph.find(qube)->providesNetwork;
    if (next.isEmpty()) { // nobody stands there to enforce anything
        hop.passage = Passage::Everything;
        return hop;
    }
    if (const auto rules = facts.rules.constFind(qube); rules != facts.rules.cend()) {
        hop.passage = passageOf(*rules);
        if (hop.passage == Passage::Filtered) {
            for (const QString &rule : *rules) {
                hop.rules << ruleWords(rule);
            }
        }
    }
    return hop;
}

ProofFailure stopOf(const QString &qube, const QString &hop)
{
    return {.what = i18nc("@info %1 a qube's name", "%1 stops, or its link is cut", hop),
            .outcome =
                i18nc("@info %1 a qube's name", "Nothing passes: %1 has one link, and there is no other way.", qube),
            .leaks = false};
}

QList<ProofFailure> tunnelFailures(const QString &hop)
{
    return {{.what = i18nc("@info %1 a qube's name", "The tunnel of %1 fails", hop),
             .outcome = i18nc("@info %1 a qube's name", "Nothing passes: %1 forwards into its tunnel only.", hop),
             .leaks = false},
            {.what = i18nc("@info %1 a qube's name", "Somebody takes %1 over", hop),
             .outcome = i18nc("@info %1 a qube's name",
                              "Packets can go past the tunnel and be read: only %1 itself keeps them in it.",
                              hop),
             .leaks = true}};
}

QList<ProofFailure> torFailures(const QString &hop)
{
    return {{.what = i18nc("@info %1 a qube's name", "Tor in %1 fails", hop),
             .outcome = i18nc("@info %1 a qube's name",
                              "Nothing passes: %1 takes connections into Tor and forwards no packet.",
                              hop),
             .leaks = false},
            {.what = i18nc("@info %1 a qube's name", "Somebody takes %1 over", hop),
             .outcome = i18nc("@info %1 a qube's name",
                              "Connections can go past Tor, and tell where you are: only %1 itself keeps them in it.",
                              hop),
             .leaks = true}};
}

QList<ProofFailure> failuresOf(const NetworkProof &proof)
{
    QList<ProofFailure> failures;
    const QString &qube = proof.chain.hops.first();
    bool hasTunnel = false;
    for (const ProofHop &hop : proof.hops) {
        if (hop.qube != qube) {
            failures << stopOf(qube, hop.qube);
        }
        if (hop.isTunnel && hop.qube != qube) {
            hasTunnel = true;
            failures << tunnelFailures(hop.qube);
        }
        if (hop.isTor && hop.qube != qube) {
            hasTunnel = true;
            failures << torFailures(hop.qube);
        }
    }
    if (!hasTunnel && proof.hops.size() > 1) {
        failures << ProofFailure{
            .what = i18nc("@info", "A tunnel inside one of the net qubes fails"),
            .outcome = i18nc("@info",
                             "Unknown: none of them is told to forward into a tunnel only. If one holds a tunnel, "
                             "packets may leave without it."),
            .leaks = true};
    }
    return failures;
}

QString summaryOf(const NetworkGraph &graph, const NetworkProof &proof)
{
    const QString &qube = proof.chain.hops.first();
    switch (proof.chain.end) {
    case NetworkChain::End::NoNetwork:
        return proof.chain.hops.size() == 1
            ? i18nc("@info %1 a qube's name", "%1 has no network interface: no packet leaves it.", qube)
            : i18nc("@info %1 and %2 names of qubes",
                    "%1 reaches %2 at most, which has no network itself.",
                    qube,
                    proof.chain.hops.last());
    case NetworkChain::End::Missing:
        return i18nc("@info %1 a qube's name, %2 a name that no qube has",
                     "No packet of %1 passes: there is no qube “%2”.",
                     qube,
                     proof.chain.missing);
    case NetworkChain::End::Loop:
        return i18nc("@info %1 a qube's name", "No packet of %1 reaches the outside: its way leads in a circle.", qube);
    case NetworkChain::End::Outside:
        break;
    }
    const auto shut = std::ranges::find(proof.hops, Passage::Nothing, &ProofHop::passage);
    if (shut != proof.hops.end()) {
        return i18nc("@info %1, %2 and %3 names of qubes",
                     "No packet of %1 reaches the outside: the rules of %2 let nothing through %3.",
                     qube,
                     shut->qube,
                     shut->next);
    }
    if (const QString obstacle = graph.obstacleOf(qube); !obstacle.isEmpty()) {
        return i18nc("@info %1 and %2 names of qubes",
                     "No packet of %1 reaches the outside now: %2 does not run.",
                     qube,
                     obstacle);
    }
    const bool isFiltered = std::ranges::contains(proof.hops, Passage::Filtered, &ProofHop::passage);
    const bool isKnown = !std::ranges::contains(proof.hops, Passage::Unknown, &ProofHop::passage);
    if (!isKnown) {
        return i18nc(
            "@info %1 a qube's name", "%1 reaches the outside as far as rules that are not read yet let it.", qube);
    }
    return isFiltered
        ? i18nc("@info %1 a qube's name", "%1 reaches what the rules on its way let through.", qube)
        : i18nc("@info %1 a qube's name", "%1 reaches everything: no rule on its way holds it back.", qube);
}

} // namespace

QString ruleWords(const QString &rule)
{
    static const QSet<QString> known{
        u"action"_s, u"dst4"_s, u"dst6"_s, u"dsthost"_s, u"specialtarget"_s, u"proto"_s, u"dstports"_s};
    const FirewallParts parts = partsOfRule(rule);
    if (!known.contains(QSet<QString>(parts.keyBegin(), parts.keyEnd()))) {
        return rule;
    }
    return isAcceptRule(parts) ? i18nc("@info a firewall rule; %1 which packets, %2 where they go",
                                       "let through: %1 to %2",
                                       trafficWords(parts),
                                       destinationWords(parts))
                               : i18nc("@info a firewall rule; %1 which packets, %2 where they go",
                                       "drop: %1 to %2",
                                       trafficWords(parts),
                                       destinationWords(parts));
}

NetworkProof prove(const NetworkGraph &graph, const QString &qube, const ProofFacts &facts)
{
    NetworkProof proof;
    if (graph.find(qube) == nullptr) {
        proof.summary = i18nc("@info %1 a name", "There is no qube “%1”.", qube);
        return proof;
    }
    proof.chain = graph.chainOf(qube);
    const QStringList &way = proof.chain.hops;
    for (qsizetype i = 0; i + 1 < way.size(); ++i) {
        proof.hops << hopOf(graph, way.at(i), way.at(i + 1), facts);
    }
    if (proof.chain.end == NetworkChain::End::Outside) {
        proof.hops << hopOf(graph, way.last(), {}, facts);
    }
    bool isInTunnel = false;
    for (const QString &hop : way.sliced(1)) {
        (isInTunnel ? proof.carriers : proof.readers) << hop;
        isInTunnel = isInTunnel || facts.tunnels.contains(hop) || facts.tors.contains(hop);
    }
    proof.summary = summaryOf(graph, proof);
    if (proof.chain.end == NetworkChain::End::Outside) {
        proof.failures = failuresOf(proof);
    }
    return proof;
}

} // namespace Bulkhead
