// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/recipes/recipeplan.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace Bulkhead
{

class GraphModel;

/// One recipe before it is made: what it is good for and how it holds that, what it asks, everything it will do, and
/// what the network will then be. Says what the person wants and does nothing itself; it stays open until somebody
/// closes it, so that a refusal can be read beside what was chosen.
class RecipeDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param source, model  outlive this
    RecipeDialog(const Recipe &recipe,
                 const RecipeChoice &choice,
                 QubeSource *source,
                 GraphModel *model,
                 QWidget *parent = nullptr);

    [[nodiscard]] RecipeChoice choice() const;
    /// While the core works nothing can be changed.
    void setBusy(bool isBusy);
    void showFailure(const QString &text);

Q_SIGNALS:
    void wanted(const Bulkhead::RecipePlan &plan);

private:
    void build(const RecipeChoice &choice);
    void fillClients(const RecipeChoice &choice);
    void refresh();
    void tellPlan(const RecipeChoice &chosen);
    void makeRoom();
    [[nodiscard]] QStringList takenNames() const;
    void submit();

    Recipe m_recipe;
    QubeSource *m_source;
    GraphModel *m_model;
    RecipeChoice m_start; ///< what nobody is asked about is as it was
    QWidget *m_fields;
    QLineEdit *m_name;
    QComboBox *m_label;
    QComboBox *m_provider;
    QListWidget *m_clients;
    QPlainTextEdit *m_destinations;
    QLabel *m_steps;
    QLabel *m_check;
    QLabel *m_problems;
    QPushButton *m_make;
    bool m_isBusy = false;
};

} // namespace Bulkhead
