// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/skeleton.h"

#include "manager/app/qubedelegate.h"

#include <KLocalizedString>
#include <QPainter>

#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int rows = 12;

/// Bars of uneven length look like words; the same ones at every start.
constexpr std::array nameShares{0.62, 0.48, 0.71, 0.40, 0.55, 0.66, 0.45, 0.58};

} // namespace

Skeleton::Skeleton(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"list.skeleton"_s);
    setAccessibleName(i18nc("@info for a screen reader", "The list of qubes is being read"));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
}

void Skeleton::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor grey = palette().color(QPalette::Text);
    grey.setAlphaF(0.10F);
    painter.setBrush(grey);
    painter.setPen(Qt::NoPen);

    const int rowHeight = QubeDelegate::rowHeight(fontMetrics());
    const int bar = fontMetrics().ascent() * 3 / 4;
    const int column = width() / 5;
    for (int row = 0; row < rows; ++row) {
        const int middle = fontMetrics().height() + row * rowHeight + rowHeight / 2;
        painter.drawRoundedRect(QRect(12, middle - 11, 22, 22), 5, 5);
        const double share = nameShares.at(static_cast<std::size_t>(row) % nameShares.size());
        painter.drawRoundedRect(QRect(44, middle - bar / 2, static_cast<int>((column - 32) * share) + 24, bar), 3, 3);
        for (int next = 1; next < 4; ++next) {
            const int length = static_cast<int>(column * (0.35 + 0.2 * share));
            painter.drawRoundedRect(QRect(next * column + 44, middle - bar / 2, length, bar), 3, 3);
        }
    }
}

} // namespace Bulkhead
