// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/messagearea.h"

#include <KLocalizedString>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr auto subjectProperty = "subject";

QString iconFor(KMessageWidget::MessageType type)
{
    switch (type) {
    case KMessageWidget::Positive:
        return u"dialog-positive"_s;
    case KMessageWidget::Information:
        return u"dialog-information"_s;
    case KMessageWidget::Warning:
        return u"dialog-warning"_s;
    case KMessageWidget::Error:
        return u"dialog-error"_s;
    }
    return {};
}

} // namespace

MessageArea::MessageArea(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
    , m_more(new QLabel(this))
{
    setObjectName(u"messages"_s);
    setAccessibleName(i18nc("@label for a screen reader", "Messages"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(4);
    m_more->setObjectName(u"messages.more"_s);
    m_more->setTextFormat(Qt::PlainText);
    m_more->setContentsMargins(12, 0, 12, 0);
    m_layout->addWidget(m_more);
    arrange();
}

KMessageWidget *MessageArea::show(KMessageWidget::MessageType type, const QString &text, const QString &subject)
{
    if (!subject.isEmpty()) {
        clear(subject);
    }
    auto *message = new KMessageWidget(text, this);
    message->setObjectName(u"messages.message"_s);
    message->setTextFormat(Qt::PlainText);
    message->setPosition(KMessageWidget::Header);
    message->setMessageType(type);
    message->setIcon(QIcon::fromTheme(iconFor(type)));
    message->setWordWrap(true);
    message->setAccessibleName(text);
    message->setProperty(subjectProperty, subject);
    connect(message, &KMessageWidget::hideAnimationFinished, this, [this, message] {
        drop(message);
    });
    m_layout->insertWidget(0, message);
    m_messages.prepend(message);
    arrange();
    return message;
}

void MessageArea::clear(const QString &subject)
{
    for (KMessageWidget *message : QList(m_messages)) {
        if (message->property(subjectProperty).toString() == subject) {
            drop(message);
        }
    }
}

QStringList MessageArea::texts() const
{
    QStringList texts;
    for (const KMessageWidget *message : m_messages) {
        texts << message->text();
    }
    return texts;
}

void MessageArea::drop(KMessageWidget *message)
{
    if (m_messages.removeOne(message)) {
        message->deleteLater();
        message->hide();
        arrange();
    }
}

void MessageArea::arrange()
{
    for (qsizetype i = 0; i < m_messages.size(); ++i) {
        m_messages.at(i)->setVisible(i < MaxShown);
    }
    const qsizetype hidden = m_messages.size() - MaxShown;
    m_more->setVisible(hidden > 0);
    if (hidden > 0) {
        m_more->setText(i18ncp("@info messages that are not shown", "%1 more", "%1 more", hidden));
    }
    setVisible(!m_messages.isEmpty());
}

} // namespace Bulkhead
