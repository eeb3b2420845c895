// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/recipeplan.h"

#include "base/overloaded.h"
#include "manager/recipes/firewallrules.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

MakeQube make(const RecipeChoice &choice)
{
    NewQube qube{.name = choice.name,
                 .label = choice.label,
                 .templateName = choice.templateName,
                 .network = NewQube::Network::None,
                 .netQube = {}};
    if (!choice.provider.isEmpty()) {
        qube.network = NewQube::Network::Provider;
        qube.netQube = choice.provider;
    }
    return {.qube = qube};
}

/// The second qube, which has no other way than the first.
MakeQube makeCompanion(const Recipe &recipe, const RecipeChoice &choice)
{
    return {.qube = {.name = choice.companion,
                     .label = recipe.companionLabel,
                     .templateName = choice.companionTemplate,
                     .network = NewQube::Network::Provider,
                     .netQube = choice.name}};
}

QString networkWords(const NewQube &qube)
{
    switch (qube.network) {
    case NewQube::Network::None:
        return i18nc("@info %1 a qube's name, %2 a template's, %3 a label's",
                     "Make %1 of %2, label %3, without a network.",
                     qube.name,
                     qube.templateName,
                     qube.label);
    case NewQube::Network::Default:
    case NewQube::Network::Provider:
        return i18nc("@info %1 a qube's name, %2 a template's, %3 a label's, %4 a net qube's",
                     "Make %1 of %2, label %3, network through %4.",
                     qube.name,
                     qube.templateName,
                     qube.label,
                     qube.netQube);
    }
    return {};
}

QString featureWords(const SetFeature &set)
{
    if (set.feature == tunnelFeature()) {
        return i18nc("@info %1 a qube's name", "Let %1 forward packets into its tunnel only.", set.qube);
    }
    if (set.feature == torFeature()) {
        return i18nc("@info %1 a qube's name", "Let %1 take what its clients send into Tor only.", set.qube);
    }
    return i18nc("@info %1 a qube's name, %2 a feature and its value",
                 "Set %2 of %1.",
                 set.qube,
                 QString(set.feature + u'=' + set.value));
}

} // namespace

RecipePlan planOf(const Recipe &recipe, const RecipeChoice &choice, const NetworkGraph &graph)
{
    RecipePlan plan{
        .title =
            i18nc("@action what is made; %1 a recipe's title, %2 a qube's name", "%1: %2", recipe.title, choice.name),
        .steps = {}};
    RecipeChoice choiceOfQube = choice;
    if (!recipe.asksForProvider) {
        choiceOfQube.provider.clear();
    }
    plan.steps << make(choiceOfQube);
    switch (recipe.id) {
    case RecipeId::Vault:
        plan.steps << ForbidDisposables{.qube = choice.name};
        break;
    case RecipeId::LocalOnly:
        plan.steps << SetRules{.qube = choice.name, .rules = localNetworkRules()};
        break;
    case RecipeId::Firewall:
        plan.steps << MakeProvider{.qube = choice.name};
        for (const QString &client : choice.clients) {
            plan.steps << SetRules{.qube = client, .rules = onlyTheseRules(choice.destinations)};
        }
        break;
    case RecipeId::Tor:
        if (!choice.isReadyMade) {
            plan.steps << SetFeature{.qube = choice.name, .feature = torFeature(), .value = u"1"_s};
        }
        plan.steps << MakeProvider{.qube = choice.name};
        break;
    case RecipeId::Vpn:
        plan.steps << SetFeature{.qube = choice.name, .feature = tunnelFeature(), .value = u"1"_s};
        plan.steps << MakeProvider{.qube = choice.name};
        break;
    }
    if (!choice.companion.isEmpty()) {
        plan.steps << makeCompanion(recipe, choice);
    }
    if (recipe.asksForClients) {
        const bool anyRuns = std::ranges::any_of(choice.clients, [&graph](const QString &client) {
            const QubeInfo *qube = graph.find(client);
            return qube != nullptr && isUp(qube->state);
        });
        if (anyRuns) {
            plan.steps << StartQube{.qube = choice.name};
        }
        for (const QString &client : choice.clients) {
            if (const QubeInfo *qube = graph.find(client)) {
                plan.steps << Plug{.step = {.qube = client,
                                            .before = settingOf(*qube),
                                            .after = {.kind = NewQube::Network::Provider, .provider = choice.name}}};
            }
        }
    }
    return plan;
}

QString wordsOf(const RecipeStep &step)
{
    return std::visit(Overloaded{[](const MakeQube &made) {
                                     return networkWords(made.qube);
                                 },
                                 [](const MakeProvider &made) {
                                     return i18nc(
                                         "@info %1 a qube's name", "Let %1 provide network to other qubes.", made.qube);
                                 },
                                 [](const ForbidDisposables &forbidden) {
                                     return i18nc("@info %1 a qube's name",
                                                  "Let %1 have no disposables made, which would have a network.",
                                                  forbidden.qube);
                                 },
                                 [](const SetFeature &set) {
                                     return featureWords(set);
                                 },
                                 [](const SetRules &set) {
                                     return i18ncp("@info %1 a number, %2 a qube's name",
                                                   "Replace the firewall rules of %2 by one rule.",
                                                   "Replace the firewall rules of %2 by %1 rules.",
                                                   set.rules.size(),
                                                   set.qube);
                                 },
                                 [](const StartQube &start) {
                                     return i18nc("@info %1 a qube's name", "Start %1.", start.qube);
                                 },
                                 [](const Plug &plug) {
                                     return i18nc("@info %1 and %2 names of qubes",
                                                  "Connect %1 through %2.",
                                                  plug.step.qube,
                                                  plug.step.after.provider);
                                 }},
                      step);
}

NetworkChange changeIn(const RecipePlan &plan)
{
    NetworkChange change{.title = plan.title, .starts = {}, .steps = {}};
    for (const RecipeStep &step : plan.steps) {
        if (const auto *plug = std::get_if<Plug>(&step)) {
            change.steps << plug->step;
        }
    }
    return change;
}

NetworkGraph after(const NetworkGraph &graph, const RecipePlan &plan, const SystemDefaults &defaults)
{
    NetworkGraph result = graph;
    for (const RecipeStep &step : plan.steps) {
        if (const auto *made = std::get_if<MakeQube>(&step)) {
            QubeInfo qube;
            qube.name = made->qube.name;
            qube.kind = QubeKind::Application;
            qube.hasDetails = true;
            qube.label = made->qube.label;
            qube.netQube = made->qube.network == NewQube::Network::Default ? defaults.netQube : made->qube.netQube;
            result.store(qube);
        } else if (const auto *provider = std::get_if<MakeProvider>(&step)) {
            if (const QubeInfo *known = result.find(provider->qube)) {
                QubeInfo qube = *known;
                qube.providesNetwork = true;
                result.store(qube);
            }
        }
    }
    return after(result, changeIn(plan).steps, defaults);
}

} // namespace Bulkhead
