// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/pointercard.h"

#include "manager/tray/drag/dragwords.h"

#include <KLocalizedString>
#include <QGuiApplication>
#include <QPainter>
#include <QScreen>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Margin = 10;
constexpr int Gap = 6;
constexpr int MarkSize = 22;
constexpr int SignSize = 36;
constexpr int SignWidth = 5;
constexpr int BesidePointer = 18;
constexpr int QtCircle = 360 * 16; ///< QPainter counts in sixteenths of a degree

/// Each stands out from the card, whichever scheme colours it.
struct SignColor {
    QColor onLight;
    QColor onDark;
};

const SignColor TakenColor{{0x2a, 0x7a, 0x2a}, {0x74, 0xd0, 0x74}};
const SignColor RefusedColor{{0xb0, 0x20, 0x20}, {0xff, 0x84, 0x84}};
const SignColor QuestionColor{{0x8a, 0x5a, 0x00}, {0xf0, 0xb8, 0x40}};

QColor colorOn(const QPalette &palette, const SignColor &color)
{
    constexpr int Middle = 128;
    return qGray(palette.window().color().rgb()) < Middle ? color.onDark : color.onLight;
}

QString fromWord()
{
    return i18nc("@info before the qube that files are dragged from", "from");
}

QString toWord()
{
    return i18nc("@info before the qube that files are dragged to", "to");
}

} // namespace

PointerCard::PointerCard()
    : QWidget(nullptr,
              Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint | Qt::WindowTransparentForInput
                  | Qt::WindowDoesNotAcceptFocus)
{
    setObjectName(u"drag.card"_s);
    setAttribute(Qt::WA_ShowWithoutActivating);
    m_ring.setStartValue(0.0);
    m_ring.setEndValue(1.0);
    m_ring.setDuration(RestMs);
    connect(&m_ring, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
}

void PointerCard::setSource(const DragQube &source)
{
    m_source = source;
    resizeToWords();
}

std::optional<double> PointerCard::filled() const
{
    if (m_isFull) {
        return 1.0;
    }
    return m_ring.state() == QAbstractAnimation::Running ? std::optional(m_ring.currentValue().toDouble())
                                                         : std::nullopt;
}

void PointerCard::setPointer(const DragPointer &pointer, const DragSheet *target)
{
    m_target = target == nullptr ? std::nullopt : std::optional(target->qube);
    m_words = pointerWords(pointer, m_source.name, target);
    m_hint = pointerHint(pointer, target);
    m_isFull = pointer.isFull;
    if (pointer.ringMs) { // it may have run for a while
        m_ring.start();
        m_ring.setCurrentTime(std::clamp(RestMs - *pointer.ringMs, 0, RestMs - 1));
    } else {
        m_ring.stop();
    }
    if (target == nullptr) {
        m_sign = pointer.over == DragOver::Dom0 ? Sign::Refused : Sign::None;
    } else if (target->verdict == DragVerdict::Deny) {
        m_sign = Sign::Refused;
    } else {
        m_sign = target->verdict == DragVerdict::Ask ? Sign::Question : Sign::Ring;
    }
    setWindowTitle(m_hint.isEmpty() ? m_words : m_words + u": "_s + m_hint);
    setAccessibleName(windowTitle());
    resizeToWords();
    update();
}

int PointerCard::widthOf(const DragQube &qube) const
{
    return MarkSize + Gap + fontMetrics().horizontalAdvance(qube.name);
}

void PointerCard::resizeToWords()
{
    int route = fontMetrics().horizontalAdvance(fromWord()) + Gap + widthOf(m_source);
    if (m_target) {
        route += fontMetrics().horizontalAdvance(u" → "_s + toWord()) + 3 * Gap + widthOf(*m_target);
    }
    const int words =
        std::max({route, fontMetrics().horizontalAdvance(m_words), fontMetrics().horizontalAdvance(m_hint)});
    const int lines = m_hint.isEmpty() ? 1 : 2;
    const int height = std::max(MarkSize + Gap + lines * fontMetrics().height(), SignSize);
    setFixedSize(words + SignSize + 3 * Margin, height + 2 * Margin);
}

void PointerCard::moveBeside(QPoint pointer)
{
    const QScreen *screen = QGuiApplication::screenAt(pointer);
    screen = screen == nullptr ? QGuiApplication::primaryScreen() : screen;
    if (screen == nullptr) {
        return;
    }
    const QRect area = screen->geometry();
    QPoint corner = pointer + QPoint(BesidePointer, BesidePointer);
    if (corner.x() + width() > area.right()) {
        corner.setX(pointer.x() - BesidePointer - width());
    }
    if (corner.y() + height() > area.bottom()) {
        corner.setY(pointer.y() - BesidePointer - height());
    }
    move(corner);
}

int PointerCard::paintQube(QPainter &painter, int left, int top, const DragQube &qube) const
{
    drawMark(painter, QRectF(left, top, MarkSize, MarkSize), qube.mark, layoutDirection());
    const int text = left + MarkSize + Gap;
    painter.drawText(QRect(text, top, width(), MarkSize), Qt::AlignLeft | Qt::AlignVCenter, qube.name);
    return text + fontMetrics().horizontalAdvance(qube.name);
}

void PointerCard::paintSign(QPainter &painter, const QRect &area) const
{
    const QRectF circle = QRectF(area).adjusted(SignWidth, SignWidth, -SignWidth, -SignWidth);
    const QColor color = colorOn(palette(),
                                 m_sign == Sign::Refused        ? RefusedColor
                                     : m_sign == Sign::Question ? QuestionColor
                                                                : TakenColor);
    QColor faint = palette().windowText().color();
    faint.setAlphaF(0.2F);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_sign == Sign::Refused ? color : faint, SignWidth));
    painter.drawEllipse(circle);
    if (const auto share = filled()) {
        painter.setPen(QPen(color, SignWidth));
        painter.drawArc(circle, QtCircle / 4, static_cast<int>(-*share * QtCircle));
    }
    painter.setPen(QPen(color, SignWidth / 2.0));
    if (m_sign == Sign::Refused) { // a bar, as on the road
        painter.drawLine(
            QLineF(circle.left() + SignWidth, circle.center().y(), circle.right() - SignWidth, circle.center().y()));
    } else if (m_sign == Sign::Question) {
        painter.drawText(area, Qt::AlignCenter, u"?"_s);
    } else if (m_isFull) {
        const QPointF middle = circle.center();
        painter.drawPolyline(QPolygonF{middle + QPointF(-5, 0), middle + QPointF(-1, 4), middle + QPointF(6, -4)});
    }
}

void PointerCard::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().window());
    painter.setPen(palette().windowText().color());
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    painter.setRenderHint(QPainter::Antialiasing);
    const int first = Margin + SignSize + Margin;
    const auto write = [this, &painter](int at, const QString &text) {
        painter.drawText(QRect(at, Margin, width(), MarkSize), Qt::AlignLeft | Qt::AlignVCenter, text);
        return at + fontMetrics().horizontalAdvance(text) + Gap;
    };
    int left = paintQube(painter, write(first, fromWord()), Margin, m_source);
    if (m_target) {
        left = write(left + Gap, u"→ "_s + toWord());
        (void)paintQube(painter, left, Margin, *m_target);
    }
    painter.drawText(QRect(first, Margin + MarkSize + Gap, width(), fontMetrics().height()), Qt::AlignLeft, m_words);
    painter.drawText(QRect(first, Margin + MarkSize + Gap + fontMetrics().height(), width(), fontMetrics().height()),
                     Qt::AlignLeft,
                     m_hint);
    if (m_sign != Sign::None) {
        paintSign(painter, QRect(Margin, (height() - SignSize) / 2, SignSize, SignSize));
    }
}

} // namespace Bulkhead
