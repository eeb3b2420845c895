// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkchange.h"

#include "manager/topology/linkrules.h"
#include "manager/topology/linkwarnings.h"
#include "manager/topology/networkwords.h"

#include <KLocalizedString>

#include <algorithm>

namespace Bulkhead
{

namespace
{

NetworkSetting settingFor(const QString &provider)
{
    return provider.isEmpty() ? NetworkSetting{}
                              : NetworkSetting{.kind = NewQube::Network::Provider, .provider = provider};
}

QStringList qubesOf(const QList<NetworkStep> &steps)
{
    QStringList names;
    for (const NetworkStep &step : steps) {
        names << step.qube;
    }
    return names;
}

/// Running qubes whose packets take another way afterwards, clients of the changed ones included.
QStringList interrupted(const NetworkGraph &graph, const NetworkChange &change)
{
    QStringList names;
    for (const NetworkStep &step : change.steps) {
        for (const QString &name : QStringList{step.qube} + graph.downstreamOf(step.qube)) {
            const QubeInfo *qube = graph.find(name);
            if (qube != nullptr && isUp(qube->state) && !qube->netQube.isEmpty() && !names.contains(name)) {
                names << name;
            }
        }
    }
    return names;
}

} // namespace

NetworkSetting settingOf(const QubeInfo &qube)
{
    if (qube.netQubeIsDefault) {
        return {.kind = NewQube::Network::Default, .provider = {}};
    }
    return settingFor(qube.netQube);
}

QString providerUnder(const NetworkSetting &setting, const SystemDefaults &defaults)
{
    switch (setting.kind) {
    case NewQube::Network::Default:
        return defaults.netQube;
    case NewQube::Network::None:
        return {};
    case NewQube::Network::Provider:
        return setting.provider;
    }
    return {};
}

NetworkChange connectChange(const NetworkGraph &graph, const QStringList &clients, const QString &provider)
{
    NetworkChange change{
        .title = provider.isEmpty()
            ? i18nc("@action what Undo takes back; %1 a qube's name or a number of qubes",
                    "%1 Offline",
                    subjectWords(clients))
            : i18nc("@action what Undo takes back; %1 a qube's name or a number of qubes, %2 a qube's name",
                    "%1 to %2",
                    subjectWords(clients),
                    provider),
        .starts = judgeLink(graph, clients, provider).starts,
        .steps = {}};
    for (const QString &client : clients) {
        if (const QubeInfo *qube = graph.find(client); qube != nullptr) {
            change.steps << NetworkStep{.qube = client, .before = settingOf(*qube), .after = settingFor(provider)};
        }
    }
    return change;
}

NetworkChange settingChange(const NetworkGraph &graph,
                            const QStringList &clients,
                            const NetworkSetting &setting,
                            const SystemDefaults &defaults)
{
    NetworkChange change = connectChange(graph, clients, providerUnder(setting, defaults));
    for (NetworkStep &step : change.steps) {
        step.after = setting;
    }
    change.steps.removeIf([](const NetworkStep &step) {
        return step.before == step.after;
    });
    change.starts = startsFor(graph, change.steps, defaults);
    return change;
}

NetworkChange insertChange(const NetworkGraph &graph, const QString &provider, const QString &client)
{
    NetworkChange change{
        .title =
            i18nc("@action what Undo takes back; %1 and %2 names of qubes", "%1 into the Link of %2", provider, client),
        .starts = judgeInsert(graph, provider, client).starts,
        .steps = {}};
    const QubeInfo *hop = graph.find(provider);
    const QubeInfo *user = graph.find(client);
    if (hop == nullptr || user == nullptr) {
        return change;
    }
    if (hop->netQube != user->netQube) {
        change.steps << NetworkStep{.qube = provider, .before = settingOf(*hop), .after = settingFor(user->netQube)};
    }
    change.steps << NetworkStep{.qube = client, .before = settingOf(*user), .after = settingFor(provider)};
    return change;
}

NetworkChange reversed(const NetworkChange &change)
{
    NetworkChange back{.title = change.title, .starts = {}, .steps = {}};
    for (const NetworkStep &step : change.steps) {
        back.steps.prepend({.qube = step.qube, .before = step.after, .after = step.before});
    }
    return back;
}

QubeInfo plannedQube(QubeInfo qube, const NetworkSetting &setting, const SystemDefaults &defaults)
{
    qube.netQube = providerUnder(setting, defaults);
    qube.netQubeIsDefault = setting.kind == NewQube::Network::Default;
    return qube;
}

NetworkGraph after(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults)
{
    NetworkGraph result = graph;
    for (const NetworkStep &step : steps) {
        if (const QubeInfo *qube = graph.find(step.qube); qube != nullptr) {
            result.store(plannedQube(*qube, step.after, defaults));
        }
    }
    return result;
}

QList<NetworkStep> merged(const QList<NetworkStep> &first, const QList<NetworkStep> &second)
{
    QList<NetworkStep> result = first;
    for (const NetworkStep &step : second) {
        const auto place = std::ranges::find(result, step.qube, &NetworkStep::qube);
        if (place == result.end()) {
            result << step;
        } else {
            place->after = step.after;
        }
    }
    result.removeIf([](const NetworkStep &step) {
        return step.before == step.after;
    });
    return result;
}

QList<NetworkStep> ordered(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults)
{
    const NetworkGraph then = after(graph, steps, defaults);
    QList<NetworkStep> result = steps;
    std::ranges::stable_sort(result, {}, [&then](const NetworkStep &step) {
        return then.chainOf(step.qube).hops.size();
    });
    return result;
}

QStringList startsFor(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults)
{
    QStringList starts;
    for (const NetworkStep &step : steps) {
        const QString provider = providerUnder(step.after, defaults);
        const QubeInfo *client = graph.find(step.qube);
        const QubeInfo *target = graph.find(provider);
        if (client != nullptr && target != nullptr && provider != client->netQube && isUp(client->state)
            && target->state != QubeState::Running && !starts.contains(provider)) {
            starts << provider;
        }
    }
    return starts;
}

QString problemOf(const NetworkGraph &graph,
                  const QList<NetworkStep> &steps,
                  const NetworkStep &step,
                  const SystemDefaults &defaults)
{
    QList<NetworkStep> others = steps;
    others.removeAll(step);
    return problemAmong(graph, after(graph, others, defaults), step, defaults);
}

QString problemAmong(const NetworkGraph &now,
                     const NetworkGraph &others,
                     const NetworkStep &step,
                     const SystemDefaults &defaults)
{
    const QubeInfo *qube = now.find(step.qube);
    if (qube == nullptr) {
        return i18nc("@info %1 a name", "There is no qube “%1”.", step.qube);
    }
    if (settingOf(*qube) != step.before) {
        return qube->netQube.isEmpty()
            ? i18nc("@info %1 a qube's name", "%1 has no network now: somebody else changed it.", step.qube)
            : i18nc("@info %1 and %2 names of qubes",
                    "%1 goes through %2 now: somebody else changed it.",
                    step.qube,
                    qube->netQube);
    }
    const QString provider = providerUnder(step.after, defaults);
    if (provider.isEmpty() || provider == qube->netQube) {
        return {}; // also from a name to the default that means the same
    }
    return reasonAgainstLink(others, step.qube, provider);
}

ChangePreview previewOf(const NetworkGraph &graph, const NetworkChange &change, const SystemDefaults &defaults)
{
    ChangePreview preview;
    const NetworkGraph then = after(graph, change.steps, defaults);
    QHash<QString, QString> providers;
    for (const NetworkStep &step : change.steps) {
        preview.paths << PathChange{
            .qube = step.qube, .before = graph.chainOf(step.qube), .after = then.chainOf(step.qube)};
        providers.insert(step.qube, then.providerOf(step.qube));
    }
    preview.warnings = linkWarnings(graph, providers);
    if (const qsizetype count = interrupted(graph, change).size(); count > 0) {
        preview.warnings << i18ncp("@info",
                                   "One running qube will lose its connections for a moment.",
                                   "%1 running qubes will lose their connections for a moment.",
                                   count);
    }
    for (const QString &name : change.starts) {
        preview.effects << i18nc("@info %1 a qube's name", "%1 will be started.", name);
    }
    QStringList behind;
    const QStringList changed = qubesOf(change.steps);
    for (const QString &name : changed) {
        behind += graph.downstreamOf(name);
    }
    behind.removeDuplicates();
    behind.removeIf([&changed](const QString &name) {
        return changed.contains(name);
    });
    if (!behind.isEmpty()) {
        preview.effects << i18ncp("@info qubes whose net qube is changed",
                                  "One more qube behind takes the new way, too.",
                                  "%1 more qubes behind take the new way, too.",
                                  behind.size());
    }
    return preview;
}

} // namespace Bulkhead
