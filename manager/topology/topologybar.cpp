// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologybar.h"

#include "manager/delegates/labelmark.h"

#include <KLocalizedString>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

TopologyBar::TopologyBar(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
    , m_label(new QComboBox(this))
    , m_grouping(new QComboBox(this))
{
    setObjectName(u"topology.bar"_s);
    m_layout->setContentsMargins(8, 4, 8, 4);
    m_layout->setSpacing(4);
    m_runningOnly = addButton(
        u"topology.filter.running"_s, i18nc("@option:check", "Running Only"), u"media-playback-start-symbolic"_s);
    m_chainOnly =
        addButton(u"topology.filter.chain"_s, i18nc("@option:check", "Selected Chain Only"), u"network-connect"_s);
    for (QToolButton *button : {m_runningOnly, m_chainOnly}) {
        button->setCheckable(true);
        connect(button, &QToolButton::toggled, this, &TopologyBar::filterChanged);
    }
    m_label->setObjectName(u"topology.filter.label"_s);
    m_label->setAccessibleName(i18nc("@label:listbox", "Show label"));
    m_label->setToolTip(i18nc("@info:tooltip", "Show only qubes of this label"));
    connect(m_label, &QComboBox::currentIndexChanged, this, &TopologyBar::filterChanged);
    m_layout->addWidget(m_label);
    m_layout->addStretch(1);

    m_grouping->setObjectName(u"topology.grouping"_s);
    m_grouping->setAccessibleName(i18nc("@label:listbox", "Keep together"));
    m_grouping->setToolTip(i18nc("@info:tooltip", "What Tidy keeps together"));
    m_grouping->addItem(i18nc("@item:inlistbox how the picture is tidied", "By Net Qube"));
    m_grouping->addItem(i18nc("@item:inlistbox how the picture is tidied", "By Label"));
    m_layout->addWidget(m_grouping);
    connect(addButton(u"topology.tidy"_s, i18nc("@action:button", "Tidy"), u"view-group"_s),
            &QToolButton::clicked,
            this,
            &TopologyBar::tidyWanted);
    QToolButton *zoomOut = addButton(u"topology.zoomout"_s, i18nc("@action:button", "Zoom Out"), u"zoom-out"_s);
    QToolButton *fit = addButton(u"topology.fit"_s, i18nc("@action:button", "Fit"), u"zoom-fit-best"_s);
    QToolButton *zoomIn = addButton(u"topology.zoomin"_s, i18nc("@action:button", "Zoom In"), u"zoom-in"_s);
    for (QToolButton *button : {zoomOut, fit, zoomIn}) {
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    }
    connect(zoomOut, &QToolButton::clicked, this, &TopologyBar::zoomOutWanted);
    connect(fit, &QToolButton::clicked, this, &TopologyBar::fitWanted);
    connect(zoomIn, &QToolButton::clicked, this, &TopologyBar::zoomInWanted);
    m_outline = addButton(u"topology.outline.toggle"_s, i18nc("@option:check", "Outline"), u"view-list-tree"_s);
    m_outline->setCheckable(true);
    m_outline->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_O);
    connect(m_outline, &QToolButton::toggled, this, &TopologyBar::outlineToggled);
    m_plan = addButton(u"topology.plan.toggle"_s,
                       i18nc("@option:check collect changes instead of doing them", "Plan"),
                       u"view-task"_s);
    m_plan->setCheckable(true);
    m_plan->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_P);
    m_plan->setToolTip(i18nc("@info:tooltip", "Collect changes and apply them together"));
    connect(m_plan, &QToolButton::toggled, this, &TopologyBar::planningToggled);
    setLabels({});
}

QToolButton *TopologyBar::addButton(const QString &objectName, const QString &text, const QString &iconName)
{
    auto *button = new QToolButton(this);
    button->setObjectName(objectName);
    button->setText(text);
    button->setAccessibleName(text);
    button->setToolTip(text);
    button->setIcon(QIcon::fromTheme(iconName));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    m_layout->addWidget(button);
    return button;
}

void TopologyBar::setLabels(const QList<LabelInfo> &labels)
{
    const QString before = m_label->currentData().toString();
    const QSignalBlocker quiet(m_label);
    m_label->clear();
    m_label->addItem(i18nc("@item:inlistbox every label", "All Labels"), QString());
    for (const LabelInfo &label : labels) {
        m_label->addItem(markIcon(markFor(label)), label.name, label.name);
    }
    m_label->setCurrentIndex(std::max(0, m_label->findData(before)));
}

void TopologyBar::setPlanning(bool isPlanning)
{
    m_plan->setChecked(isPlanning);
}

void TopologyBar::setOutlineShown(bool isShown)
{
    m_outline->setChecked(isShown);
}

PictureFilter TopologyBar::filter() const
{
    return {.runningOnly = m_runningOnly->isChecked(),
            .chainOnly = m_chainOnly->isChecked(),
            .label = m_label->currentData().toString()};
}

Grouping TopologyBar::grouping() const
{
    return m_grouping->currentIndex() == 1 ? Grouping::ByLabel : Grouping::ByProvider;
}

} // namespace Bulkhead
