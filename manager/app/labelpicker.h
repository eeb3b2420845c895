// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

#include <QList>
#include <QWidget>

class QButtonGroup;
class QGridLayout;
class QLabel;

namespace Bulkhead
{

/// A grid of label marks, exactly one of them chosen, with the chosen one's name in words.
class LabelPicker : public QWidget
{
    Q_OBJECT

public:
    explicit LabelPicker(QWidget *parent = nullptr);

    /// Keeps the choice if a label of that name is among the new ones.
    void setLabels(const QList<LabelInfo> &labels);
    void choose(const QString &name);
    [[nodiscard]] LabelInfo chosen() const; ///< empty name: there are no labels yet

Q_SIGNALS:
    void chosenChanged();

private:
    void addButton(const LabelInfo &label, int place);

    QList<LabelInfo> m_labels;
    QButtonGroup *m_group;
    QGridLayout *m_grid;
    QLabel *m_name;
};

} // namespace Bulkhead
