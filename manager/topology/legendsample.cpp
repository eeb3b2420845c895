// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/legendsample.h"

#include <QPainter>

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr int lineWidth = 56;
constexpr int gap = 8;
constexpr int lowest = 20;

} // namespace

LegendSample::LegendSample(Draw draw, QString word, QWidget *parent)
    : QWidget(parent)
    , m_draw(std::move(draw))
    , m_word(std::move(word))
{
    setAccessibleName(m_word);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
}

QSize LegendSample::sizeHint() const
{
    return {lineWidth + gap + fontMetrics().horizontalAdvance(m_word), std::max(lowest, fontMetrics().height() + 4)};
}

void LegendSample::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isMirrored = layoutDirection() == Qt::RightToLeft;
    const double y = height() / 2.0;
    const double start = isMirrored ? width() - 1 : 1;
    const double end = isMirrored ? width() - lineWidth : lineWidth;
    QPainterPath path(QPointF(start, y));
    path.lineTo(end, y);
    m_draw(painter, path, {.palette = palette(), .font = font(), .direction = layoutDirection(), .zoom = 1});
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect words =
        isMirrored ? rect().adjusted(0, 0, -lineWidth - gap, 0) : rect().adjusted(lineWidth + gap, 0, 0, 0);
    painter.drawText(words, static_cast<int>(Qt::AlignVCenter | Qt::AlignLeading), m_word);
}

} // namespace Bulkhead
