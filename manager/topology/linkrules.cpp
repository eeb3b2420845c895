// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/linkrules.h"

#include "manager/topology/linkwarnings.h"
#include "manager/topology/networkwords.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

LinkVerdict no(const QString &reason)
{
    return {.fit = Fit::No, .text = reason, .warnings = {}, .starts = {}};
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

/// What keeps the provider from being started: its own prohibition, or one of a net qube that it needs.
QString reasonAgainstStart(const NetworkGraph &graph, const QString &provider)
{
    for (const QString &hop : graph.chainOf(provider).hops) {
        const QubeInfo &qube = *graph.find(hop);
        if (!isUp(qube.state) && !qube.traits.startProhibited.isEmpty()) {
            return i18nc("@info %1 a qube's name, %2 a reason that somebody wrote down",
                         "%1 is off, and starting it is prohibited: %2",
                         hop,
                         qube.traits.startProhibited);
        }
    }
    return {};
}

/// A deed, what else it does, and the first thing to know before it: the pointer has room for one.
void say(LinkVerdict &verdict, const QString &deed, const QString &provider, const QStringList &warnings)
{
    verdict.text = verdict.starts.contains(provider) ? withStart(deed, provider) : deed;
    verdict.warnings = warnings;
    verdict.fit = verdict.starts.isEmpty() ? Fit::Fits : Fit::AfterStart;
    if (!warnings.isEmpty()) {
        verdict.fit = Fit::Beware;
        verdict.text += u' ' + warnings.first();
    }
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
    LinkVerdict verdict;
    QHash<QString, QString> providers;
    for (const QString &client : clients) {
        providers.insert(client, provider);
    }
    if (provider.isEmpty()) {
        say(verdict,
            i18nc("@info what would be done; %1 a qube's name or a number of qubes",
                  "Take %1 offline.",
                  subjectWords(clients)),
            provider,
            linkWarnings(graph, providers));
        return verdict;
    }
    if (graph.find(provider)->state != QubeState::Running && anyUp(graph, clients)) {
        if (const QString reason = reasonAgainstStart(graph, provider); !reason.isEmpty()) {
            return no(reason);
        }
        verdict.starts << provider;
    }
    say(verdict,
        i18nc("@info what would be done; %1 a qube's name or a number of qubes, %2 a qube's name",
              "Connect %1 through %2.",
              subjectWords(clients),
              provider),
        provider,
        linkWarnings(graph, providers));
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
    QHash<QString, QString> providers{{client, provider}};
    if (graph.providerOf(provider) != present) {
        if (const QString reason = reasonAgainstLink(graph, provider, present); !reason.isEmpty()) {
            return no(reason);
        }
        providers.insert(provider, present);
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
    say(verdict,
        i18nc("@info what would be done; %1, %2 and %3 names of qubes",
              "Put %1 between %2 and %3.",
              provider,
              client,
              present),
        provider,
        linkWarnings(graph, providers));
    const QubeInfo *before = graph.find(present);
    if (anyUp(graph, {provider}) && before != nullptr && before->state != QubeState::Running) {
        verdict.starts.prepend(present); // a running qube takes only a running one
    }
    return verdict;
}

} // namespace Bulkhead
