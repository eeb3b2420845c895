// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/reciperunner.h"
#include "manager/topology/recipedialog.h"
#include "manager/topology/topologypage.h"

#include <KLocalizedString>
#include <QLocale>
#include <QPointer>

using namespace Qt::StringLiterals;

// Recipes in the picture: asked for in a dialog, made as a whole. The rest of the page stands in topologypage.cpp.
namespace Bulkhead
{

void TopologyPage::openRecipe(const QString &key, const QString &place)
{
    const Recipe *recipe = recipeOf(key);
    if (recipe == nullptr || !m_source->isLoaded()) {
        return;
    }
    QStringList taken;
    QStringList templates;
    for (const QubeInfo &qube : m_source->qubes()) {
        taken << qube.name;
        if (qube.kind == QubeKind::Template) {
            templates << qube.name;
        }
    }
    const RecipeChoice choice = choiceFor(*recipe, m_graph->graph(), taken, m_source->defaults(), place, templates);
    auto *dialog = new RecipeDialog(*recipe, choice, m_source, m_graph.get(), window());
    connect(dialog, &RecipeDialog::wanted, this, [this, dialog, key](const RecipePlan &plan) {
        makeRecipe(key, plan, dialog);
    });
    dialog->open();
}

void TopologyPage::makeRecipe(const QString &key, const RecipePlan &plan, RecipeDialog *dialog)
{
    if (m_recipes->isBusy() || m_editor.isBusy()) {
        dialog->showFailure(
            i18nc("@info", "The core service is still busy with the change before. Try again in a moment."));
        return;
    }
    if (m_editor.isPlanning()) {
        dialog->showFailure(i18nc("@info",
                                  "Changes are collected as a plan just now, and a recipe is made at once and as a "
                                  "whole. Turn off the plan first."));
        return;
    }
    const QPointer<RecipeDialog> open(dialog); // the person may close it; the deed goes on
    m_recipes->run(plan, [this, key, plan, open](const RecipeRunner::Outcome &outcome) {
        if (outcome.isDone) {
            m_editor.adopt(changeIn(plan));
            if (open) {
                open->accept();
            }
            const Recipe *recipe = recipeOf(key);
            Q_EMIT hint(recipe->afterwards.isEmpty() ? i18nc("@info %1 what was made", "Made: %1.", plan.title)
                                                     : i18nc("@info %1 what was made, %2 what is left to do",
                                                             "Made: %1. %2",
                                                             plan.title,
                                                             recipe->afterwards));
            return;
        }
        const QString text = outcome.leftOver.isEmpty()
            ? outcome.why
            : i18nc("@info %1 sentences that say what was refused, %2 names of qubes",
                    "%1 What was done before could not be taken back for: %2. Look at them.",
                    outcome.why,
                    QLocale().createSeparatedList(outcome.leftOver));
        if (open) {
            open->showFailure(text);
        } else {
            Q_EMIT failed(u"recipe"_s, text, {});
        }
    });
}

} // namespace Bulkhead
