// SPDX-License-Identifier: GPL-2.0-or-later
// Build tool: draws an SVG file of this folder into a PNG file of its own size.
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

#include <cstdio>

int main(int argc, char **argv)
{
    const QGuiApplication app(argc, argv);
    const QStringList arguments = QGuiApplication::arguments();
    if (arguments.size() != 3) {
        (void)std::fputs("usage: bulkhead-render-svg FILE.svg FILE.png\n", stderr);
        return 2;
    }
    QSvgRenderer drawing(arguments.at(1));
    QImage picture(drawing.defaultSize(), QImage::Format_RGB32);
    if (!drawing.isValid() || picture.isNull()) {
        (void)std::fprintf(stderr, "%s cannot be drawn\n", argv[1]);
        return 1;
    }
    picture.fill(Qt::black);
    QPainter painter(&picture);
    drawing.render(&painter);
    painter.end();
    return picture.save(arguments.at(2)) ? 0 : 1;
}
