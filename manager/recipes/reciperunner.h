// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/recipes/recipeplan.h"

#include <QObject>

#include <functional>

namespace Bulkhead
{

/// Makes what a recipe's plan says, one call after the other, as a whole or not at all: when a step is refused, qubes
/// that were there get back the net qubes and rules they had, and those that were made are removed. One plan at a time.
class RecipeRunner : public QObject
{
    Q_OBJECT

public:
    struct Outcome {
        bool isDone = false;
        QString why;          ///< what was refused and the core's reason
        QStringList leftOver; ///< qubes that could not be brought back to what they were, or removed
    };

    using Done = std::move_only_function<void(const Outcome &)>;

    /// @param source  outlives this
    explicit RecipeRunner(QubeSource *source, QObject *parent = nullptr);

    /// @param done  runs once, later; not if this is gone by then
    void run(const RecipePlan &plan, Done done);

    [[nodiscard]] bool isBusy() const
    {
        return m_isBusy;
    }

private:
    void next(qsizetype number);
    void refuse(qsizetype number, const QString &qube, const AdminError &error);
    void setRules(qsizetype number, const SetRules &set);
    void takeBack(qsizetype number);
    void end();
    [[nodiscard]] QubeSource::Done step(qsizetype number, const QString &qube);
    [[nodiscard]] QubeSource::Done backStep(qsizetype number, const QString &qube);

    QubeSource *m_source;
    RecipePlan m_plan;
    QStringList m_made;                        ///< qubes of this plan
    QHash<QString, QStringList> m_rulesBefore; ///< of qubes that were there
    Outcome m_outcome;
    Done m_done;
    bool m_isBusy = false;
};

} // namespace Bulkhead
