// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace Bulkhead
{

/// Features by which a guest is told what sort of net qube it is (docs/protocol/services.md: service.* features).
[[nodiscard]] inline QString tunnelFeature()
{
    return QStringLiteral("service.bulkhead-tunnel");
}

[[nodiscard]] inline QString torFeature()
{
    return QStringLiteral("service.bulkhead-tor");
}

enum class RecipeId : std::uint8_t {
    Vault,     ///< a qube without a network
    LocalOnly, ///< a qube that reaches the networks around and not the internet
    Firewall,  ///< a net qube in between, and what its clients may reach
    Vpn,       ///< a net qube with a tunnel that fails closed
    Tor,       ///< a net qube that holds Tor, and a qube behind it
};

/// A chain, or a part of one, that a person can have by one action.
struct Recipe {
    RecipeId id = RecipeId::Vault;
    QString key; ///< one word, for settings, drags and the command line
    QString title;
    QString purpose;     ///< one sentence: what it is good for
    QString explanation; ///< how it holds that, and what it does not do
    QString icon;        ///< a theme's name
    QString name;        ///< what its qube is called unless the person says otherwise
    QString label;
    QString companion = {}; ///< what a second qube, behind the first, is called; empty: there is none
    QString companionLabel = {};
    bool asksForProvider = false;     ///< which net qube it goes through
    bool asksForClients = false;      ///< which qubes are put behind it
    bool asksForDestinations = false; ///< what these may reach
    QString afterwards;               ///< what is left to do by hand; empty: nothing
};

[[nodiscard]] const QList<Recipe> &recipes();
/// Nothing for a word that no recipe has.
[[nodiscard]] const Recipe *recipeOf(const QString &key);

/// What the person chose.
struct RecipeChoice {
    QString name;
    QString label;
    QString templateName;
    QString companion = {}; ///< a second qube behind the first; empty: none
    QString companionTemplate = {};
    /// The templates are of a system that is made for this: the guests know by themselves what they are.
    bool isReadyMade = false;
    QString provider = {};         ///< empty: none; only where the recipe asks
    QStringList clients = {};      ///< qubes that get the new one as their net qube
    QStringList destinations = {}; ///< as a person writes them

    friend bool operator==(const RecipeChoice &, const RecipeChoice &) = default;
};

/// What is there to begin with: a name that is free, the system's template and net qube.
/// @param place  the net qube it was dropped on, or the client whose link; empty: none
/// @param templates  names of those that are installed
[[nodiscard]] RecipeChoice choiceFor(const Recipe &recipe,
                                     const NetworkGraph &graph,
                                     const QStringList &takenNames,
                                     const SystemDefaults &defaults,
                                     const QString &place = {},
                                     const QStringList &templates = {});

/// Why the choice can not be made as it stands, one sentence each; empty: it can.
[[nodiscard]] QStringList
problemsOf(const Recipe &recipe, const RecipeChoice &choice, const NetworkGraph &graph, const QStringList &takenNames);

} // namespace Bulkhead
