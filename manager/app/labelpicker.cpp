// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/labelpicker.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/untrustedtext.h"

#include <KLocalizedString>
#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int columns = 8;
constexpr int markSize = 22;

} // namespace

LabelPicker::LabelPicker(QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_grid(new QGridLayout)
    , m_name(new QLabel(this))
{
    setAccessibleName(i18nc("@label", "Label"));
    m_name->setObjectName(u"new.label.name"_s);
    m_name->setTextFormat(Qt::PlainText);
    m_name->setMinimumWidth(fontMetrics().averageCharWidth() * 8);
    m_grid->setSpacing(4);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(m_grid);
    layout->addWidget(m_name);
    layout->addStretch();
    connect(m_group, &QButtonGroup::idToggled, this, [this](int, bool isChosen) {
        if (isChosen) {
            m_name->setText(chosen().name);
            Q_EMIT chosenChanged();
        }
    });
}

void LabelPicker::setLabels(const QList<LabelInfo> &labels)
{
    const QString before = chosen().name;
    for (QAbstractButton *button : m_group->buttons()) {
        delete button;
    }
    m_labels = labels;
    for (int place = 0; place < labels.size(); ++place) {
        addButton(labels.at(place), place);
    }
    choose(before);
    if (m_group->checkedId() < 0 && !labels.isEmpty()) {
        m_group->button(0)->setChecked(true);
    }
}

void LabelPicker::addButton(const LabelInfo &label, int place)
{
    auto *button = new QToolButton(this);
    button->setObjectName(QString(u"new.label." + label.name));
    button->setIcon(markIcon(markFor(label)));
    button->setIconSize(QSize(markSize, markSize));
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setToolTip(plainToolTip(label.name));
    button->setAccessibleName(label.name);
    button->setAccessibleDescription(glyphName(glyphForLabel(label.index)));
    m_group->addButton(button, place);
    m_grid->addWidget(button, place / columns, place % columns);
}

void LabelPicker::choose(const QString &name)
{
    const auto found = std::ranges::find(m_labels, name, &LabelInfo::name);
    if (found != m_labels.end()) {
        m_group->button(static_cast<int>(found - m_labels.begin()))->setChecked(true);
    }
}

LabelInfo LabelPicker::chosen() const
{
    const int place = m_group->checkedId();
    return place >= 0 ? m_labels.at(place) : LabelInfo{};
}

} // namespace Bulkhead
