// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/placeholder.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int iconSize = 64;

QLabel *centredLabel(const QString &objectName, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    return label;
}

} // namespace

Placeholder::Placeholder(const QString &objectName, const QString &iconName, QWidget *parent)
    : QWidget(parent)
    , m_iconName(iconName)
    , m_icon(centredLabel(QString(objectName + u".icon"), this))
    , m_heading(centredLabel(QString(objectName + u".heading"), this))
    , m_sentence(centredLabel(QString(objectName + u".sentence"), this))
    , m_buttons(new QHBoxLayout)
{
    setObjectName(objectName);
    QFont larger = m_heading->font();
    larger.setPointSizeF(larger.pointSizeF() * 1.3);
    m_heading->setFont(larger);
    drawIcon();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    layout->addStretch(2);
    layout->addWidget(m_icon);
    layout->addWidget(m_heading);
    layout->addWidget(m_sentence);
    layout->addSpacing(8);
    layout->addLayout(m_buttons);
    layout->addStretch(3);
    m_buttons->setSpacing(8);
    m_buttons->addStretch();
    m_buttons->addStretch();
}

void Placeholder::setHeading(const QString &text)
{
    m_heading->setText(text);
    setAccessibleName(text);
}

void Placeholder::setSentence(const QString &text)
{
    m_sentence->setText(text);
    setAccessibleDescription(text);
}

QPushButton *Placeholder::addButton(const QString &objectName, const QString &text, const QString &iconName)
{
    auto *button = new QPushButton(QIcon::fromTheme(iconName), text, this);
    button->setObjectName(objectName);
    button->setAutoDefault(true);
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    return button;
}

void Placeholder::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        drawIcon();
    }
    QWidget::changeEvent(event);
}

void Placeholder::drawIcon()
{
    m_icon->setPixmap(
        QIcon::fromTheme(m_iconName).pixmap(QSize(iconSize, iconSize), devicePixelRatioF(), QIcon::Disabled));
}

} // namespace Bulkhead
