// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/nodelook.h"

#include "manager/topology/nodeitem.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// How a node is drawn at each zoom, in pixels.
class NodeLookTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void name_canBeReadWhereverItIsShown_data();
    void name_canBeReadWhereverItIsShown();
    void name_isNotShownBelowMarksOnly_data();
    void name_isNotShownBelowMarksOnly();
    void otherWords_areNotShownWhereThereIsLittleRoom();
};

namespace
{

constexpr double TextContrast = 4.5; ///< WCAG 2.2, 1.4.3
constexpr int LeastCapital = 5;      ///< device pixels of a capital letter, as in the smallest pixel fonts

NodeLook lookOf(const QString &name)
{
    NodeLook look;
    look.name = name;
    look.mark = {.fill = Qt::red};
    look.state = QubeState::Running;
    return look;
}

QPalette paletteOf(bool isDark)
{
    return isDark ? QPalette(QColor(0x31, 0x36, 0x3b), QColor(0x23, 0x26, 0x29))
                  : QPalette(QColor(0xef, 0xf0, 0xf1), QColor(0xfc, 0xfc, 0xfc));
}

QImage drawn(const NodeLook &look, double zoom, bool isDark)
{
    const QRectF box = NodeItem::box();
    const QPalette palette = paletteOf(isDark);
    QImage image((box.size() * zoom).toSize() + QSize(20, 20), QImage::Format_RGB32);
    image.fill(palette.color(QPalette::Base));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(image.rect().center());
    painter.scale(zoom, zoom);
    drawNode(painter, box, look, {}, {.palette = palette, .font = QFont(), .direction = Qt::LeftToRight, .zoom = zoom});
    return image;
}

/// Of WCAG.
double luminance(QColor color)
{
    const auto part = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

double contrast(QColor one, QColor other)
{
    const auto [less, more] = std::minmax({luminance(one), luminance(other)}); // values, not references
    return (more + 0.05) / (less + 0.05);
}

/// What the letters are on the screen.
struct Letters {
    int lines = 0;
    int tallest = 0;     ///< pixels of the tallest line
    double contrast = 1; ///< of their clearest pixel against what lies below it
};

Letters lettersOf(const NodeLook &look, const NodeLook &without, double zoom, bool isDark)
{
    const QImage with = drawn(look, zoom, isDark);
    const QImage bare = drawn(without, zoom, isDark);
    Letters letters;
    int run = 0;
    for (int y = 0; y < with.height(); ++y) {
        double best = 1;
        for (int x = 0; x < with.width(); ++x) {
            best = std::max(best, contrast(with.pixelColor(x, y), bare.pixelColor(x, y)));
        }
        constexpr double seen = 2; // fainter ones are the soft edges of letters
        letters.lines += best >= seen && run == 0 ? 1 : 0;
        run = best >= seen ? run + 1 : 0;
        letters.tallest = std::max(letters.tallest, run);
        letters.contrast = std::max(letters.contrast, best);
    }
    return letters;
}

/// The same node without its name, but with as much room taken.
NodeLook bareOf(const QString &name)
{
    return lookOf(QString(name.size(), QChar(0x2003)));
}

} // namespace

void NodeLookTest::name_canBeReadWhereverItIsShown_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("zoom");
    QTest::addColumn<bool>("isDark");
    for (const double zoom : {0.2, 0.25, 0.3, 0.35, 0.39, 0.4, 0.5, 0.7, 1.0, 2.0, 4.0}) {
        for (const bool isDark : {false, true}) {
            const char *const look = isDark ? "dark" : "light";
            QTest::addRow("short at %g, %s", zoom, look) << u"HELM"_s << zoom << isDark;
            QTest::addRow("long at %g, %s", zoom, look) << u"A-NAME-OF-THIRTY-ONE-CHARACTERS"_s << zoom << isDark;
        }
    }
}

void NodeLookTest::name_canBeReadWhereverItIsShown()
{
    QFETCH(const QString, name);
    QFETCH(const double, zoom);
    QFETCH(const bool, isDark);
    const Letters letters = lettersOf(lookOf(name), bareOf(name), zoom, isDark);
    QVERIFY2(letters.tallest >= LeastCapital, qPrintable(u"%1 pixels high"_s.arg(letters.tallest)));
    QVERIFY2(letters.contrast >= TextContrast, qPrintable(u"a contrast of %1"_s.arg(letters.contrast)));
    QVERIFY2(letters.lines <= 2, qPrintable(u"%1 lines"_s.arg(letters.lines)));
}

void NodeLookTest::name_isNotShownBelowMarksOnly_data()
{
    QTest::addColumn<double>("zoom");
    for (const double zoom : {0.1, 0.15, 0.19}) {
        QTest::addRow("%g", zoom) << zoom;
    }
}

void NodeLookTest::name_isNotShownBelowMarksOnly()
{
    QFETCH(const double, zoom);
    QCOMPARE(drawn(lookOf(u"work"_s), zoom, false), drawn(lookOf(u"personal"_s), zoom, false));
    NodeLook other = lookOf(u"work"_s);
    other.mark.fill = Qt::blue;
    QVERIFY(drawn(other, zoom, false) != drawn(lookOf(u"work"_s), zoom, false)); // marks are
}

void NodeLookTest::otherWords_areNotShownWhereThereIsLittleRoom()
{
    NodeLook look = lookOf(u"work"_s);
    look.second = u"Running"_s;
    NodeLook other = look;
    other.second = u"Halted, and more"_s;
    QVERIFY(drawn(look, 1, false) != drawn(other, 1, false));
    QVERIFY(drawn(look, FewWordsZoom * 0.99, false) == drawn(other, FewWordsZoom * 0.99, false));
}

QTEST_MAIN(NodeLookTest)

#include "nodelooktest.moc"
