// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/picturecolors.h"

#include <QGuiApplication>
#include <QHash>

namespace Bulkhead
{

QColor schemeColor(KColorScheme::ForegroundRole role)
{
    static QHash<int, QColor> colors;
    static qint64 palette = 0;
    if (const qint64 now = QGuiApplication::palette().cacheKey(); palette != now) {
        colors.clear();
        palette = now;
    }
    QColor &color = colors[role];
    if (!color.isValid()) {
        color = KColorScheme(QPalette::Active, KColorScheme::View).foreground(role).color();
    }
    return color;
}

QColor blend(const QColor &one, const QColor &other, double share)
{
    return QColor::fromRgbF(static_cast<float>(one.redF() * (1 - share) + other.redF() * share),
                            static_cast<float>(one.greenF() * (1 - share) + other.greenF() * share),
                            static_cast<float>(one.blueF() * (1 - share) + other.blueF() * share));
}

} // namespace Bulkhead
