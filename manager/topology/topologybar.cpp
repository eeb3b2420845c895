// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologybar.h"

#include "manager/delegates/labelmark.h"
#include "manager/topology/layerlimit.h"

#include <KLocalizedString>
#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString trafficHint()
{
    return i18nc("@info:tooltip", "How much goes over each link just now");
}

/// A switch that shows an icon alone says its word first.
QString hintOf(const QString &word, const QString &hint)
{
    return QString(word + u". "_s + hint);
}

} // namespace

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
    for (const auto &[name, text, icon, hint, signal] :
         {std::tuple{u"topology.recipes.toggle"_s,
                     i18nc("@option:check chains that people need", "Recipes"),
                     u"document-new"_s,
                     i18nc("@info:tooltip", "Chains that people need, each made by one action"),
                     &TopologyBar::recipesToggled},
          {u"topology.proof.toggle"_s,
           i18nc("@option:check what can reach what", "Proof"),
           u"security-high"_s,
           i18nc("@info:tooltip", "What the selected qube can reach, and what leaks if something fails"),
           &TopologyBar::proofToggled},
          {u"topology.rules.toggle"_s,
           i18nc("@option:check what the policy says, as arrows", "Rules"),
           u"exchange-positions"_s,
           i18nc("@info:tooltip", "Which qubes may copy files, paste, open or call which service where"),
           &TopologyBar::rulesToggled},
          {u"topology.traffic.toggle"_s,
           i18nc("@option:check what goes over the links just now", "Traffic"),
           u"speedometer"_s,
           trafficHint(),
           &TopologyBar::trafficToggled}}) {
        QToolButton *button = addButton(name, text, icon);
        button->setCheckable(true);
        button->setToolTip(hintOf(text, hint));
        button->setToolButtonStyle(Qt::ToolButtonIconOnly); // the bar is as wide as the smallest window already
        connect(button, &QToolButton::toggled, this, signal);
    }
    addKey(findChild<QToolButton *>(u"topology.recipes.toggle"_s), Qt::Key_I);
    addKey(findChild<QToolButton *>(u"topology.proof.toggle"_s), Qt::Key_W);
    m_rules = findChild<QToolButton *>(u"topology.rules.toggle"_s);
    addKey(m_rules, Qt::Key_Y);
    m_traffic = findChild<QToolButton *>(u"topology.traffic.toggle"_s);
    addKey(m_traffic, Qt::Key_T);
    addLayers();
    m_outline = addButton(u"topology.outline.toggle"_s, i18nc("@option:check", "Outline"), u"view-list-tree"_s);
    m_outline->setCheckable(true);
    addKey(m_outline, Qt::Key_O);
    connect(m_outline, &QToolButton::toggled, this, &TopologyBar::outlineToggled);
    m_plan = addButton(u"topology.plan.toggle"_s,
                       i18nc("@option:check collect changes instead of doing them", "Plan"),
                       u"view-task"_s);
    m_plan->setCheckable(true);
    addKey(m_plan, Qt::Key_P);
    m_plan->setToolTip(i18nc("@info:tooltip", "Collect changes and apply them together"));
    connect(m_plan, &QToolButton::toggled, this, &TopologyBar::planningToggled);
    setLabels({});
}

/// What there is beside rules and traffic, and how the picture lies.
void TopologyBar::addLayers()
{
    const QString title = i18nc("@action:button more layers of the picture", "Layers");
    QToolButton *button = addButton(u"topology.layers"_s, title, u"layer-visible-on"_s);
    button->setToolTip(
        hintOf(title, i18nc("@info:tooltip", "What depends on what beside the network, and how the picture lies")));
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(button);
    menu->setObjectName(u"topology.layers.menu"_s);
    button->setMenu(menu);
    auto *limit = new LayerLimit(this);
    limit->add(m_rules);
    limit->add(m_traffic);
    for (const Relation relation : allRelations) {
        QAction *layer = menu->addAction(relationTitle(relation));
        layer->setObjectName(u"topology.layer."_s + relationKey(relation));
        layer->setCheckable(true);
        connect(layer, &QAction::toggled, this, [this, relation](bool isShown) {
            Q_EMIT relationToggled(relation, isShown);
        });
        limit->add(layer);
        m_relations << layer;
    }
    menu->addSeparator();
    m_vertical = menu->addAction(i18nc("@option:check how the picture lies", "Outside at the Bottom"));
    m_vertical->setObjectName(u"topology.vertical"_s);
    m_vertical->setCheckable(true);
    connect(m_vertical, &QAction::toggled, this, &TopologyBar::arrangementToggled);
    const auto *key = new QShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_E, this);
    connect(key, &QShortcut::activated, button, &QToolButton::showMenu);
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

/// With Ctrl and Shift. Not the button's own shortcut: where the desktop gives every word a letter for Alt, that letter
/// takes its place.
void TopologyBar::addKey(QToolButton *button, Qt::Key key)
{
    const auto *shortcut = new QShortcut(Qt::CTRL | Qt::SHIFT | key, this);
    connect(shortcut, &QShortcut::activated, button, &QToolButton::click);
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

void TopologyBar::setTrafficAvailable(bool isAvailable)
{
    m_traffic->setEnabled(isAvailable);
    const QString hint =
        isAvailable ? trafficHint() : i18nc("@info:tooltip", "This system does not tell how much goes over a link");
    m_traffic->setToolTip(hintOf(m_traffic->text(), hint));
    m_traffic->setAccessibleDescription(isAvailable ? QString() : hint);
    if (isAvailable && std::exchange(m_isTrafficWished, false)) {
        m_traffic->setChecked(true);
    }
}

void TopologyBar::setTrafficShown(bool isShown)
{
    m_traffic->setChecked(isShown);
}

QList<QToolButton *> TopologyBar::switches() const
{
    QList<QToolButton *> found;
    for (QToolButton *button : findChildren<QToolButton *>()) {
        // Not the plan's, which is as full as the plan that was kept, and not the filters', which hide qubes.
        if (button->isCheckable() && button->objectName().endsWith(".toggle"_L1) && button != m_plan) {
            found << button;
        }
    }
    return found;
}

QStringList TopologyBar::switchedOn() const
{
    QStringList names;
    for (const QToolButton *button : switches()) {
        if (button->isChecked() || (button == m_traffic && m_isTrafficWished)) {
            names << button->objectName();
        }
    }
    for (const QAction *action : m_relations + QList{m_vertical}) {
        if (action->isChecked()) {
            names << action->objectName();
        }
    }
    return names;
}

void TopologyBar::switchOn(const QStringList &names)
{
    m_vertical->setChecked(names.contains(m_vertical->objectName()));
    qsizetype layers = 0; // no more than may be on together, whatever somebody wrote
    for (QAction *action : std::as_const(m_relations)) {
        if (names.contains(action->objectName()) && layers < LayerLimit::Most) {
            action->setChecked(true);
            ++layers;
        }
    }
    for (QToolButton *button : switches()) {
        const bool isLayer = button == m_rules || button == m_traffic;
        if (!names.contains(button->objectName()) || (isLayer && ++layers > LayerLimit::Most)) {
            continue;
        }
        if (button == m_traffic && !button->isEnabled()) {
            m_isTrafficWished = true;
        } else {
            button->setChecked(true);
        }
    }
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
