// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/pointertext.h"

#include <QAbstractScrollArea>
#include <QAccessible>
#include <QScreen>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr QPoint besidePointer(18, 22);
constexpr int besideWindow = 6;
/// The most letters a line has before it is broken.
constexpr int widestLine = 64;

QString symbolOf(Fit fit)
{
    switch (fit) {
    case Fit::Fits:
        return u"+"_s;
    case Fit::AfterStart:
        return u"…"_s;
    case Fit::Asks:
        return u"?"_s;
    case Fit::Beware:
        return u"!"_s;
    case Fit::No:
        return u"×"_s;
    }
    return {};
}

} // namespace

QString withSymbol(Fit fit, const QString &text)
{
    return symbolOf(fit) + u"  "_s + text;
}

PointerText::PointerText(QAbstractScrollArea *view)
    : QLabel(view->viewport())
    , m_view(view)
{
    setObjectName(u"topology.pointer"_s);
    setTextFormat(Qt::PlainText);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    setFrameShape(QFrame::Box);
    setMargin(6);
    setWordWrap(true);
    hide();
}

void PointerText::standBeside()
{
    setWindowFlags(Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowDoesNotAcceptFocus | Qt::WindowTransparentForInput
                   | Qt::X11BypassWindowManagerHint);
    setAttribute(Qt::WA_ShowWithoutActivating);
}

int PointerText::widestRoom() const
{
    return isWindow() ? m_view->screen()->availableSize().width() / 2 : parentWidget()->width();
}

void PointerText::tell(Fit fit, const QString &text, const QPoint &pointer)
{
    if (text.isEmpty()) {
        fallSilent();
        return;
    }
    setText(withSymbol(fit, text));
    const int frame = 2 * (margin() + frameWidth()) + 2;
    const int widest = fontMetrics().averageCharWidth() * widestLine;
    setFixedWidth(std::min({fontMetrics().horizontalAdvance(this->text()) + frame, widest, widestRoom()}));
    setFixedHeight(heightForWidth(width()));
    follow(pointer);
    show();
    raise();
    if (std::exchange(m_said, text) != text) {
        QAccessibleAnnouncementEvent said(m_view, text);
        QAccessible::updateAccessibility(&said);
    }
}

void PointerText::fallSilent()
{
    m_said.clear();
    hide();
}

void PointerText::follow(const QPoint &pointer)
{
    if (isWindow()) { // at the window's side that has more room
        const QRect window = m_view->window()->geometry();
        const QRect area = m_view->screen()->availableGeometry();
        const bool isAtRight = window.center().x() > area.center().x();
        const int y = m_view->viewport()->mapToGlobal(pointer).y() - height() / 2;
        move(isAtRight ? window.left() - besideWindow - width() : window.right() + 1 + besideWindow,
             std::clamp(y, area.top(), std::max(area.top(), area.bottom() + 1 - height())));
        return;
    }
    const QPoint wanted = pointer + besidePointer;
    const QSize room = parentWidget()->size() - size();
    move(std::clamp(wanted.x(), 0, std::max(0, room.width())), std::clamp(wanted.y(), 0, std::max(0, room.height())));
}

} // namespace Bulkhead
