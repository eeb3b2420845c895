// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/bubble.h"

#include <KLocalizedString>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QScreen>
#include <QToolButton>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int IconSize = 32;
constexpr int Margin = 12;
constexpr int ButtonSize = 32; ///< Source: spec ui 21
constexpr int WidthInLetters = 46;

/// All of this program, the oldest first.
QList<Bubble *> &all()
{
    static QList<Bubble *> bubbles;
    return bubbles;
}

QLabel *makeLabel(const QString &name, const QString &text, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setText(text);
    return label;
}

} // namespace

Bubble::Bubble(const NoticeText &text, QString subject)
    : QFrame(nullptr, Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint | Qt::WindowDoesNotAcceptFocus)
    , m_subject(std::move(subject))
{
    setObjectName(u"notice"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFrameStyle(QFrame::Panel | QFrame::Plain);
    setWindowTitle(text.title);
    setAccessibleName(text.title);
    setAccessibleDescription(text.text);
    auto *icon = new QLabel(this);
    icon->setPixmap(QIcon::fromTheme(u"bulkhead-manager"_s).pixmap(QSize(IconSize, IconSize), devicePixelRatioF()));
    QLabel *const title = makeLabel(u"notice.title"_s, text.title, this);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    auto *close = new QToolButton(this);
    close->setObjectName(u"notice.close"_s);
    close->setIcon(QIcon::fromTheme(u"dialog-close"_s));
    close->setAccessibleName(i18nc("@action:button", "Close"));
    close->setToolTip(close->accessibleName());
    close->setAutoRaise(true);
    close->setFixedSize(ButtonSize, ButtonSize);
    connect(close, &QToolButton::clicked, this, &QWidget::close);

    auto *words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(title);
    words->addWidget(makeLabel(u"notice.text"_s, text.text, this));
    words->addStretch();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(Margin, Margin, Margin, Margin);
    layout->setSpacing(Margin);
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    setFixedWidth(fontMetrics().averageCharWidth() * WidthInLetters + IconSize + ButtonSize + 4 * Margin);
    setFixedHeight(layout->hasHeightForWidth() ? layout->heightForWidth(width()) : sizeHint().height());

    m_life.setSingleShot(true);
    connect(&m_life, &QTimer::timeout, this, &QWidget::close);
    m_life.start(Life);
}

Bubble::~Bubble()
{
    all().removeOne(this);
    arrange();
}

void Bubble::showNew(const NoticeText &text, const QString &subject)
{
    const auto same = std::ranges::find(all(), subject, &Bubble::m_subject);
    if (!subject.isEmpty() && same != all().end()) {
        delete *same;
    }
    if (all().size() >= MaxShown) {
        delete all().first();
    }
    auto *bubble = new Bubble(text, subject);
    all() << bubble;
    arrange();
    bubble->show();
}

QList<Bubble *> Bubble::shown()
{
    return all();
}

void Bubble::arrange()
{
    const QScreen *const screen = QGuiApplication::primaryScreen();
    if (screen == nullptr) {
        return;
    }
    const QRect area = screen->availableGeometry().adjusted(Margin, Margin, -Margin, -Margin);
    int bottom = area.bottom();
    for (qsizetype at = all().size(); at-- > 0;) { // the newest lowest
        Bubble *const bubble = all().at(at);
        const int left = QGuiApplication::isRightToLeft() ? area.left() : area.right() - bubble->width() + 1;
        bubble->move(left, bottom - bubble->height() + 1);
        bottom -= bubble->height() + Margin / 2;
    }
}

void Bubble::enterEvent(QEnterEvent *event)
{
    QFrame::enterEvent(event);
    m_life.stop(); // it is being read
}

void Bubble::leaveEvent(QEvent *event)
{
    QFrame::leaveEvent(event);
    m_life.start(Life);
}

void Bubble::mouseReleaseEvent(QMouseEvent *event)
{
    QFrame::mouseReleaseEvent(event);
    close();
}

} // namespace Bulkhead
