// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/dragbubble.h"

#include <KLocalizedString>
#include <QHBoxLayout>
#include <QIcon>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Margin = 12;
constexpr int ButtonSize = 32; ///< Source: spec ui 21
constexpr int WidthInLetters = 52;
constexpr int Full = 1000;

QLabel *makeLabel(const QString &name, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QString wordOf(DragBubbleText::Action action)
{
    switch (action) {
    case DragBubbleText::Action::None:
        return {};
    case DragBubbleText::Action::Cancel:
        return i18nc("@action:button", "&Cancel");
    case DragBubbleText::Action::Show:
        return i18nc("@action:button where files are", "&Show");
    case DragBubbleText::Action::ShowRule:
        return i18nc("@action:button the policy's line that says so", "Show &rule");
    }
    std::unreachable();
}

} // namespace

DragBubble::DragBubble(quint32 token)
    : QFrame(nullptr, Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint | Qt::WindowDoesNotAcceptFocus)
    , m_token(token)
    , m_title(makeLabel(u"drag.bubble.title"_s, this))
    , m_words(makeLabel(u"drag.bubble.text"_s, this))
    , m_progress(new QProgressBar(this))
    , m_action(new QPushButton(this))
{
    setObjectName(u"drag.bubble"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFrameStyle(QFrame::Panel | QFrame::Plain);
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_progress->setObjectName(u"drag.bubble.progress"_s);
    m_progress->setRange(0, Full);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(i18nc("@info", "How much is copied"));
    m_action->setObjectName(u"drag.bubble.action"_s);
    m_action->setMinimumHeight(ButtonSize);
    connect(m_action, &QPushButton::clicked, this, &DragBubble::onAction);
    auto *close = new QToolButton(this);
    close->setObjectName(u"drag.bubble.close"_s);
    close->setIcon(QIcon::fromTheme(u"dialog-close"_s));
    close->setAccessibleName(i18nc("@action:button", "Close"));
    close->setToolTip(close->accessibleName());
    close->setAutoRaise(true);
    close->setFixedSize(ButtonSize, ButtonSize);
    connect(close, &QToolButton::clicked, this, &QWidget::close);

    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(close, 0, Qt::AlignTop);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(Margin, Margin, Margin, Margin);
    layout->addLayout(head);
    layout->addWidget(m_words);
    layout->addWidget(m_progress);
    layout->addWidget(m_action, 0, Qt::AlignTrailing);
    setFixedWidth(fontMetrics().averageCharWidth() * WidthInLetters + 2 * Margin);
    m_life.setSingleShot(true);
    connect(&m_life, &QTimer::timeout, this, &QWidget::close);
}

void DragBubble::setFacts(const DragBubbleFacts &facts)
{
    m_text = textOf(facts);
    m_title->setText(m_text.title);
    m_words->setText(m_text.text);
    setWindowTitle(m_text.title);
    setAccessibleName(m_text.title);
    setAccessibleDescription(m_text.text);
    m_progress->setVisible(m_text.hasProgress);
    // Of a folder of dom0's nobody knows how much it is.
    m_progress->setRange(0, facts.code == "copying"_L1 && facts.bytes == 0 ? 0 : Full);
    m_progress->setValue(facts.bytes > 0 ? static_cast<int>(std::min(facts.copied, facts.bytes) * Full / facts.bytes)
                                         : 0);
    m_action->setVisible(m_text.action != DragBubbleText::Action::None);
    m_action->setText(wordOf(m_text.action));
    fitHeight();
    if (m_text.goes) {
        m_life.start(Life);
    } else {
        m_life.stop();
    }
}

void DragBubble::fitHeight()
{
    // With the frame around it, which the layout's own height leaves out.
    setFixedHeight(layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width())
                                                 : layout()->totalSizeHint().height());
}

void DragBubble::onAction()
{
    switch (m_text.action) {
    case DragBubbleText::Action::None:
        break;
    case DragBubbleText::Action::Cancel:
        Q_EMIT cancelled(m_token);
        break;
    case DragBubbleText::Action::Show:
        Q_EMIT filesWanted(m_token);
        close();
        break;
    case DragBubbleText::Action::ShowRule:
        showRule();
        break;
    }
}

/// It stays until it is closed: whoever wants to read a rule has the time.
void DragBubble::showRule()
{
    m_life.stop();
    m_action->hide();
    m_words->setText(m_text.rule);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setWindowTitle(m_text.rule.section(u'\n', 0, 0));
    setAccessibleDescription(m_text.rule);
    fitHeight();
    Q_EMIT grown();
}

} // namespace Bulkhead
