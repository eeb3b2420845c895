// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/recipe.h"

#include "manager/recipes/firewallrules.h"
#include "manager/topology/linkrules.h"
#include "manager/topology/torqubes.h"

#include <KLocalizedString>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Recipe vault()
{
    return {.id = RecipeId::Vault,
            .key = u"vault"_s,
            .title = i18nc("@item recipe", "Offline Vault"),
            .purpose = i18nc("@info what a recipe is good for", "Keeps passwords and keys where no network reaches."),
            .explanation = i18nc("@info how a recipe holds what it says",
                                 "The qube has no net qube and so no network interface at all, and can not have "
                                 "disposables made, which could have one. Files and texts reach it only when you "
                                 "bring them, as the policy allows."),
            .icon = u"dialog-password"_s,
            .name = u"vault"_s,
            .label = u"black"_s,
            .afterwards = {}};
}

Recipe localOnly()
{
    return {.id = RecipeId::LocalOnly,
            .key = u"local"_s,
            .title = i18nc("@item recipe", "Local Network Only"),
            .purpose = i18nc("@info what a recipe is good for",
                             "Reaches printers and servers around you, and nothing of the internet."),
            .explanation =
                i18nc("@info how a recipe holds what it says",
                      "Its net qube lets packets to private and link-local addresses through and drops all others, "
                      "questions to name servers included: they would be a way out. Use addresses instead of names."),
            .icon = u"network-workgroup"_s,
            .name = u"local"_s,
            .label = u"yellow"_s,
            .asksForProvider = true,
            .afterwards = {}};
}

Recipe firewall()
{
    return {.id = RecipeId::Firewall,
            .key = u"firewall"_s,
            .title = i18nc("@item recipe", "Filtering Firewall"),
            .purpose = i18nc("@info what a recipe is good for", "Lets chosen qubes reach chosen places and no others."),
            .explanation =
                i18nc("@info how a recipe holds what it says",
                      "A net qube of its own stands between these qubes and the network and drops whatever is not in "
                      "the list. Names are looked up by it; questions to name servers are allowed. The qubes can not "
                      "change the rules: they are kept in dom0 and enforced outside of them."),
            .icon = u"security-high"_s,
            .name = u"sys-filter"_s,
            .label = u"green"_s,
            .asksForProvider = true,
            .asksForClients = true,
            .asksForDestinations = true,
            .afterwards = {}};
}

Recipe vpn()
{
    return {
        .id = RecipeId::Vpn,
        .key = u"vpn"_s,
        .title = i18nc("@item recipe", "VPN That Fails Closed"),
        .purpose = i18nc("@info what a recipe is good for",
                         "Sends all packets of chosen qubes through a WireGuard or OpenVPN tunnel, or nowhere."),
        .explanation = i18nc("@info how a recipe holds what it says",
                             "A net qube of its own holds the tunnel. It forwards packets of its clients into the "
                             "tunnel and drops them everywhere else, before the first client is connected: while the "
                             "tunnel is down, not set up, or gone, nothing leaves. Your provider's file is read in "
                             "that qube and never in dom0."),
        .icon = u"network-vpn"_s,
        .name = u"sys-vpn"_s,
        .label = u"purple"_s,
        .asksForProvider = true,
        .asksForClients = true,
        .afterwards = i18nc("@info what is left to do by hand",
                            "Start the new qube and put your provider's file into its home folder: WireGuard's as "
                            "vpn/wireguard.conf, OpenVPN's as vpn/openvpn.conf and, if the provider gave you a name "
                            "and a password, these as two lines of vpn/openvpn.login. Until then nothing passes."),
    };
}

Recipe tor()
{
    return {
        .id = RecipeId::Tor,
        .key = u"tor"_s,
        .title = i18nc("@item recipe", "Tor Chain"),
        .purpose =
            i18nc("@info what a recipe is good for", "Makes a qube whose connections all go through Tor, or nowhere."),
        .explanation = i18nc("@info how a recipe holds what it says",
                             "A net qube of its own holds Tor. It takes connections of the qubes behind it and their "
                             "questions for names into Tor, and drops every other packet, also while Tor is down. "
                             "Where Whonix's templates are installed both qubes are Whonix's. Otherwise Debian's Tor "
                             "is used: it hides where you are, but not what your programs tell about you."),
        .icon = u"view-private"_s,
        .name = u"sys-tor"_s,
        .label = u"black"_s,
        .companion = u"anon-tor"_s,
        .companionLabel = u"red"_s,
        .asksForProvider = true,
        .asksForClients = true,
        .afterwards = i18nc("@info what is left to do by hand",
                            "Where Debian's Tor is used, its template needs the package tor. Tor takes a minute to "
                            "connect once its qube runs; until then nothing passes."),
    };
}

/// `whonix-gateway-17`: 17.
int versionIn(const QString &name)
{
    return QStringView(name).sliced(name.lastIndexOf(u'-') + 1).toInt();
}

/// The newest of the templates that are such ones.
QString newestOf(const QStringList &templates, bool (*isSuch)(const QString &))
{
    QString newest;
    for (const QString &name : templates) {
        if (isSuch(name) && (newest.isEmpty() || versionIn(name) > versionIn(newest))) {
            newest = name;
        }
    }
    return newest;
}

struct WhonixTemplates {
    QString gateway;
    QString workstation;
};

/// Both or none: one alone is no chain.
std::optional<WhonixTemplates> whonixIn(const QStringList &templates)
{
    const WhonixTemplates found{.gateway = newestOf(templates, isTorGatewayTemplate),
                                .workstation = newestOf(templates, isTorWorkstationTemplate)};
    return found.gateway.isEmpty() || found.workstation.isEmpty() ? std::nullopt : std::optional(found);
}

QString freeName(const QString &wanted, const QStringList &taken)
{
    QString name = wanted;
    for (int number = 2; taken.contains(name); ++number) {
        name = u"%1-%2"_s.arg(wanted).arg(number);
    }
    return name;
}

} // namespace

const QList<Recipe> &recipes()
{
    static const QList<Recipe> all{vpn(), tor(), firewall(), localOnly(), vault()};
    return all;
}

const Recipe *recipeOf(const QString &key)
{
    const auto found = std::ranges::find(recipes(), key, &Recipe::key);
    return found == recipes().end() ? nullptr : &*found;
}

RecipeChoice choiceFor(const Recipe &recipe,
                       const NetworkGraph &graph,
                       const QStringList &takenNames,
                       const SystemDefaults &defaults,
                       const QString &place,
                       const QStringList &templates)
{
    RecipeChoice choice{
        .name = freeName(recipe.name, takenNames), .label = recipe.label, .templateName = defaults.templateName};
    if (!recipe.companion.isEmpty()) {
        choice.companion = freeName(recipe.companion, takenNames);
        choice.companionTemplate = defaults.templateName;
    }
    if (const auto whonix = whonixIn(templates); whonix && recipe.id == RecipeId::Tor) {
        choice.isReadyMade = true;
        choice.name = freeName(u"sys-whonix"_s, takenNames);
        choice.templateName = whonix->gateway;
        choice.companion = freeName(u"anon-whonix"_s, takenNames);
        choice.companionTemplate = whonix->workstation;
    }
    if (!recipe.asksForProvider) {
        return choice;
    }
    choice.provider = defaults.netQube;
    const QubeInfo *qube = graph.find(place);
    if (qube == nullptr) {
        return choice;
    }
    if (qube->providesNetwork) {
        choice.provider = place;
    } else if (!qube->netQube.isEmpty()) {
        choice.provider = qube->netQube;
        if (recipe.asksForClients) {
            choice.clients << place;
        }
    }
    return choice;
}

QStringList
problemsOf(const Recipe &recipe, const RecipeChoice &choice, const NetworkGraph &graph, const QStringList &takenNames)
{
    QStringList problems;
    if (choice.name.isEmpty()) {
        problems << i18nc("@info", "The qube needs a name.");
    } else if (takenNames.contains(choice.name)) {
        problems << i18nc("@info %1 a qube's name", "There is a qube “%1” already.", choice.name);
    }
    if (!choice.companion.isEmpty() && (takenNames.contains(choice.companion) || choice.companion == choice.name)) {
        problems << i18nc("@info %1 a qube's name", "There is a qube “%1” already.", choice.companion);
    }
    if (choice.templateName.isEmpty()) {
        problems << i18nc("@info", "The system has no default template: choose one.");
    }
    if (recipe.asksForProvider) {
        const QubeInfo *provider = graph.find(choice.provider);
        if (provider == nullptr || !provider->providesNetwork) {
            problems << i18nc("@info", "Choose the net qube that it goes through.");
        }
    }
    if (recipe.asksForClients) {
        // What may stand behind a net qube that goes through this one may stand behind this one.
        for (const QString &client : choice.clients) {
            const LinkVerdict verdict = graph.providerOf(client) == choice.provider
                ? LinkVerdict{.fit = Fit::Fits, .text = {}, .warnings = {}, .starts = {}}
                : judgeLink(graph, {client}, choice.provider);
            if (verdict.fit == Fit::No) {
                problems << verdict.text;
            }
        }
    }
    if (recipe.asksForDestinations) {
        for (const QString &destination : choice.destinations) {
            if (const auto rule = ruleForDestination(destination); !rule) {
                problems << rule.error();
            }
        }
    }
    return problems;
}

} // namespace Bulkhead
