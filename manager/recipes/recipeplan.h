// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/recipes/recipe.h"
#include "manager/topology/networkchange.h"

#include <variant>

namespace Bulkhead
{

/// One thing that a recipe does at the core.
struct MakeQube {
    NewQube qube;
};

/// Of a qube that the recipe makes.
struct MakeProvider {
    QString qube;
};

/// Of a qube that the recipe makes: one that it could have made would have the network that it has not.
struct ForbidDisposables {
    QString qube;
};

/// Of a qube that the recipe makes.
struct SetFeature {
    QString qube;
    QString feature;
    QString value;
};

struct SetRules {
    QString qube;
    QStringList rules;
};

/// Of a qube that the recipe makes: running clients can be plugged into running ones only.
struct StartQube {
    QString qube;
};

/// Of a qube that is there already.
struct Plug {
    NetworkStep step;
};

using RecipeStep = std::variant<MakeQube, MakeProvider, ForbidDisposables, SetFeature, SetRules, StartQube, Plug>;

/// Everything a recipe does, in an order in which nothing is ever open that shall be closed: a qube gets its rules and
/// features before anybody is plugged into it.
struct RecipePlan {
    QString title;
    QList<RecipeStep> steps;
};

/// @param choice  without problems
[[nodiscard]] RecipePlan planOf(const Recipe &recipe, const RecipeChoice &choice, const NetworkGraph &graph);

/// What a step does, in a sentence.
[[nodiscard]] QString wordsOf(const RecipeStep &step);

/// What the plan changes of qubes that are there already: what can be taken back without losing anything.
[[nodiscard]] NetworkChange changeIn(const RecipePlan &plan);

/// The network as it would be afterwards, the new qube in it.
[[nodiscard]] NetworkGraph after(const NetworkGraph &graph, const RecipePlan &plan, const SystemDefaults &defaults);

} // namespace Bulkhead
