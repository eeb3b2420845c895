// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/pictureexport.h"

#include "manager/topology/topologyscene.h"

#include <KLocalizedString>
#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double longestSide = 16384;

QByteArray svgOf(TopologyScene &scene, const QRectF &area)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(area.size().toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), area.size()));
    generator.setTitle(i18nc("@title of an exported picture", "Network of qubes"));
    QStringList names = scene.nodes();
    names.removeAll(outsideName());
    generator.setDescription(names.join(u", "_s));
    QPainter painter(&generator);
    painter.fillRect(QRectF(QPointF(0, 0), area.size()), scene.palette().color(QPalette::Base));
    scene.render(&painter, QRectF(QPointF(0, 0), area.size()), area);
    painter.end();
    return buffer.data();
}

QByteArray pngOf(TopologyScene &scene, const QRectF &area)
{
    const double scale = std::min(2.0, longestSide / std::max(area.width(), area.height()));
    QImage image((area.size() * scale).toSize(), QImage::Format_RGB32);
    image.fill(scene.palette().color(QPalette::Base));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    scene.render(&painter, QRectF(QPointF(0, 0), image.size()), area);
    painter.end();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

} // namespace

Result<void> exportPicture(TopologyScene &scene, const QString &path)
{
    const QRectF area = scene.area();
    const bool isVector = path.endsWith(".svg"_L1, Qt::CaseInsensitive);
    const QByteArray bytes = isVector ? svgOf(scene, area) : pngOf(scene, area);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return fail(Errc::Io, file.errorString().toStdString());
    }
    return {};
}

} // namespace Bulkhead
