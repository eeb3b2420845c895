// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/pictureexport.h"

#include "manager/topology/topologyscene.h"

#include <KLocalizedString>
#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QScopeGuard>
#include <QSvgGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double longestSide = 16384;

/// A number for each qube, those in sight first and in the order of their paths.
QHash<QString, QString> numbered(const TopologyScene &scene)
{
    QHash<QString, QString> aliases;
    const NetworkGraph &graph = scene.graph()->graph();
    for (const QString &name : scene.nodes() + graph.names()) {
        if (graph.find(name) != nullptr && !aliases.contains(name)) {
            aliases.insert(
                name, i18nc("@item a qube in a picture without names; %1 a number", "qube %1", aliases.size() + 1));
        }
    }
    return aliases;
}

/// What is in the picture, for those who do not see it.
QString description(const TopologyScene &scene)
{
    QStringList words;
    for (const QString &name : scene.nodes()) {
        const NodeLook &look = scene.node(name)->look();
        switch (look.kind) {
        case NodeLook::Kind::Outside:
            break;
        case NodeLook::Kind::Qube:
            words << look.name;
            break;
        case NodeLook::Kind::Stack:
            words << QString(look.name + u' ' + look.second);
            break;
        }
    }
    return words.join(u", "_s);
}

QByteArray svgOf(TopologyScene &scene, const QRectF &area)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(area.size().toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), area.size()));
    generator.setTitle(i18nc("@title of an exported picture", "Network of qubes"));
    generator.setDescription(description(scene));
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

Result<void> exportPicture(TopologyScene &scene, const QString &path, ExportedNames names)
{
    const auto restore = qScopeGuard([&scene] { // before anything of it is painted
        scene.setAliases({});
    });
    scene.setAliases(names == ExportedNames::Numbered ? numbered(scene) : QHash<QString, QString>());
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
