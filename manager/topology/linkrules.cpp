// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/linkrules.h"

#include "manager/topology/networkwords.h"

#include <KLocalizedString>

#include <algorithm>

namespace Bulkhead
{

namespace
{

LinkVerdict no(const QString &reason)
{
    return {.fit = Fit::No, .text = reason, .warnings = {}, .starts = {}};
}

/// What a person should know of the provider, whoever is to use it.
QStringList warningsAbout(const NetworkGraph &graph, const QStringList &clients, const QString &provider)
{
    QStringList warnings;
    const QubeInfo *target = graph.find(provider);
    const bool isStraight = facesOutside(*target) && std::ranges::any_of(clients, [&](const QString &client) {
                                return !graph.find(client)->providesNetwork;
                            });
    if (isStraight) {
        warnings << i18nc(
            "@info %1 a qube's name", "%1 faces the outside itself: no firewall qube would stand between.", provider);
    }
    const NetworkChain chain = graph.chainOf(provider);
    if (chain.end != NetworkChain::End::Outside) {
        warnings << i18nc("@info %1 a qube's name", "%1 does not reach the outside itself.", provider);
    } else if (const QString obstacle = graph.obstacleOf(provider); !obstacle.isEmpty()) {
        warnings << i18nc(
            "@info %1 and %2 names of qubes", "%1, which %2 goes through, does not run.", obstacle, provider);
    }
    return warnings;
}

bool anyUp(const NetworkGraph &graph, const QStringList &names)
{
    return std::ranges::any_of(names, [&graph](const QString &name) {
        const QubeInfo *qube = graph.find(name);
        return qube != nullptr && isUp(qube->state);
    });
}

QString withStart(const QString &deed, const QString &provider)
{
    return i18nc("@info %1 a sentence that says what would be done, %2 a qube's name",
                 "%1 %2 is off: it will be started.",
                 deed,
                 provider);
}

} // namespace

QString reasonAgainstLink(const NetworkGraph &graph, const QString &client, const QString &provider)
{
    const QubeInfo *qube = graph.find(client);
    if (qube == nullptr) {
        return i18nc("@info %1 a name", "There is no qube “%1”.", client);
    }
    if (qube->kind == QubeKind::Template) {
        return i18nc("@info %1 a qube's name",
                     "%1 is a template. Templates reach their updates through the update path.",
                     client);
    }
    if (qube->netQube == provider) {
        return provider.isEmpty()
            ? i18nc("@info %1 a qube's name", "%1 has no network already.", client)
            : i18nc("@info %1 and %2 names of qubes", "%1 goes through %2 already.", client, provider);
    }
    if (provider.isEmpty()) {
        return {};
    }
    if (client == provider) {
        return i18nc("@info %1 a qube's name", "%1 can not be its own net qube.", client);
    }
    const QubeInfo *target = graph.find(provider);
    if (target == nullptr) {
        return i18nc("@info %1 a name", "There is no qube “%1”.", provider);
    }
    if (!target->providesNetwork) {
        return i18nc("@info %1 a qube's name", "%1 does not provide network.", provider);
    }
    if (graph.chainOf(provider).hops.contains(client)) {
        return i18nc("@info %1 and %2 names of qubes",
                     "This would make a loop: %2 reaches its own network through %1.",
                     client,
                     provider);
    }
    return {};
}

LinkVerdict judgeLink(const NetworkGraph &graph, const QStringList &clients, const QString &provider)
{
    if (clients.isEmpty()) {
        return no(i18nc("@info:tooltip why an action is off", "Select a qube first."));
    }
    for (const QString &client : clients) {
        if (const QString reason = reasonAgainstLink(graph, client, provider); !reason.isEmpty()) {
            return no(reason);
        }
    }
    if (provider.isEmpty()) {
        return {.fit = Fit::Fits,
                .text = i18nc("@info what would be done; %1 a qube's name or a number of qubes",
                              "Take %1 offline.",
                              subjectWords(clients)),
                .warnings = {},
                .starts = {}};
    }
    LinkVerdict verdict{.fit = Fit::Fits,
                        .text =
                            i18nc("@info what would be done; %1 a qube's name or a number of qubes, %2 a qube's name",
                                  "Connect %1 through %2.",
                                  subjectWords(clients),
                                  provider),
                        .warnings = warningsAbout(graph, clients, provider),
                        .starts = {}};
    if (!verdict.warnings.isEmpty()) {
        verdict.fit = Fit::Beware;
    }
    if (graph.find(provider)->state != QubeState::Running && anyUp(graph, clients)) {
        verdict.starts << provider;
        verdict.text = withStart(verdict.text, provider);
        verdict.fit = verdict.warnings.isEmpty() ? Fit::AfterStart : Fit::Beware;
    }
    return verdict;
}

LinkVerdict judgeInsert(const NetworkGraph &graph, const QString &provider, const QString &client)
{
    const QString present = graph.providerOf(client);
    if (present.isEmpty()) {
        return no(i18nc("@info %1 a qube's name", "%1 has no link that something could stand in.", client));
    }
    if (provider == present) {
        return no(i18nc("@info %1 and %2 names of qubes", "%1 goes through %2 already.", client, provider));
    }
    // The hop moves first: what it and the client may do is judged in the network as it is then.
    if (graph.providerOf(provider) != present) {
        if (const QString reason = reasonAgainstLink(graph, provider, present); !reason.isEmpty()) {
            return no(reason);
        }
    }
    NetworkGraph moved = graph;
    if (const QubeInfo *hop = graph.find(provider); hop != nullptr) {
        QubeInfo info = *hop;
        info.netQube = present;
        moved.store(info);
    }
    LinkVerdict verdict = judgeLink(moved, {client}, provider);
    if (verdict.fit == Fit::No) {
        return verdict;
    }
    verdict.text = i18nc("@info what would be done; %1, %2 and %3 names of qubes",
                         "Put %1 between %2 and %3.",
                         provider,
                         client,
                         present);
    if (!verdict.starts.isEmpty()) {
        verdict.text = withStart(verdict.text, provider);
    }
    const QubeInfo *before = graph.find(present);
    if (anyUp(graph, {provider}) && before != nullptr && before->state != QubeState::Running) {
        verdict.starts.prepend(present); // a running qube takes only a running one
    }
    return verdict;
}

} // namespace Bulkhead
