// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/plansteps.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace Bulkhead
{

class NetworkEditor;

/// The steps that were collected, in the order in which they will be done: each removable, problems marked, applied
/// together or discarded (spec ui 7.8).
class PlanPane : public QWidget
{
    Q_OBJECT

public:
    /// @param editor  outlives this
    explicit PlanPane(NetworkEditor *editor, QWidget *parent = nullptr);

    /// The plan as commands that do the same, one a line.
    [[nodiscard]] static QString commandsOf(const NetworkEditor &editor);

private:
    void refreshSoon();
    void refresh();
    void showSteps();
    void showStep(QListWidgetItem &item, const PlanStep &step) const;
    void askWhatStays(const QString &text);
    void removeCurrent();
    void discard();

    NetworkEditor *m_editor;
    QLabel *m_heading;
    QListWidget *m_steps;
    QPushButton *m_apply;
    QPushButton *m_remove;
    QPushButton *m_copy;
    QPushButton *m_discard;
    bool m_isRefreshDue = false;
};

} // namespace Bulkhead
