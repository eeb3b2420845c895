// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"
#include "manager/topology/placement.h"
#include "manager/topology/relations.h"
#include "manager/topology/topologyscene.h"

#include <QWidget>

class QAction;
class QComboBox;
class QHBoxLayout;
class QToolButton;

namespace Bulkhead
{

class LayerLimit;

/// The bar over the picture: what is in sight, how it is placed, how large it is, and the plan's switch.
class TopologyBar : public QWidget
{
    Q_OBJECT

public:
    explicit TopologyBar(QWidget *parent = nullptr);

    void setLabels(const QList<LabelInfo> &labels);
    void setPlanning(bool isPlanning);
    void setOutlineShown(bool isShown);
    /// Whether there is anything to be shown; else its switch is off and says why.
    void setTrafficAvailable(bool isAvailable);
    void setTrafficShown(bool isShown);

    /// Which panes and layers are on, to be kept until the next time. The traffic's counts while it is only wished for.
    [[nodiscard]] QStringList switchedOn() const;
    /// Turns on what was. Traffic waits until the core tells of it; names that are none are passed over.
    void switchOn(const QStringList &names);

    [[nodiscard]] PictureFilter filter() const;
    [[nodiscard]] Grouping grouping() const;

Q_SIGNALS:
    void filterChanged();
    void tidyWanted();
    void fitWanted();
    void zoomInWanted();
    void zoomOutWanted();
    void outlineToggled(bool isShown);
    void rulesToggled(bool isShown);
    void trafficToggled(bool isShown);
    void relationToggled(Bulkhead::Relation relation, bool isShown);
    void arrangementToggled(bool isVertical);
    void recipesToggled(bool isShown);
    void proofToggled(bool isShown);
    void planningToggled(bool isPlanning);

private:
    [[nodiscard]] QList<QToolButton *> switches() const;
    void addLayers();
    void addKey(QToolButton *button, Qt::Key key);
    [[nodiscard]] QToolButton *addButton(const QString &objectName, const QString &text, const QString &iconName);

    QHBoxLayout *m_layout;
    QToolButton *m_runningOnly;
    QToolButton *m_chainOnly;
    QComboBox *m_label;
    QComboBox *m_grouping;
    QToolButton *m_rules;
    QToolButton *m_traffic;
    QList<QAction *> m_relations; ///< in the menu of layers
    QAction *m_vertical;
    QToolButton *m_outline;
    QToolButton *m_plan;
    bool m_isTrafficWished = false; ///< from the last time, and not available yet
};

} // namespace Bulkhead
