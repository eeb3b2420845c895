// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/delegates/labelmark.h"

#include "manager/delegates/contrast.h"
#include "manager/delegates/strip.h"

#include <QPainter>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class LabelMarkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mark_isFilledWithExactlyTheLabel_data();
    void mark_isFilledWithExactlyTheLabel();
    void mark_hasAnOtherGlyphForEachOfSixteenLabels();
    void mark_showsItsKindOnlyWhereThereIsRoom();
    void ui_033_badges_differInGrey();
    void text_isReadableOnEveryFill();
    void strip_isTheLabelWithMarkNameAndBadge();
    void strip_isAsHighAsItsFontAndSixPixels();
};

namespace
{

constexpr QColor orange = QColor(0xf5, 0x79, 0x00);

QImage render(const MarkStyle &style, int size)
{
    QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    drawMark(painter, QRectF(0, 0, size, size), style, Qt::LeftToRight);
    return image;
}

int countOf(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            count += image.pixelColor(x, y) == color ? 1 : 0;
        }
    }
    return count;
}

} // namespace

void LabelMarkTest::mark_isFilledWithExactlyTheLabel_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {12, 16, 22, 32, 48, 64}) {
        QTest::addRow("%d px", size) << size;
    }
}

void LabelMarkTest::mark_isFilledWithExactlyTheLabel()
{
    QFETCH(const int, size);
    const QImage image = render({.fill = orange, .glyph = Glyph::Square, .badge = Badge::None}, size);
    QCOMPARE(image.pixelColor(size / 2, size / 6), orange);            // above the glyph
    QCOMPARE(image.pixelColor(size / 2, size / 2), QColor(Qt::black)); // the glyph, in the better of black and white
    QVERIFY(image.pixelColor(0, 0).alpha() < 64);                      // rounded
    QVERIFY(countOf(image, orange) > size * size / 6);
}

void LabelMarkTest::mark_hasAnOtherGlyphForEachOfSixteenLabels()
{
    QSet<QByteArray> pictures;
    QSet<QString> names;
    for (std::uint32_t index = 1; index <= GlyphCount; ++index) {
        const QImage image = render({.fill = orange, .glyph = glyphForLabel(index), .badge = Badge::None}, 32);
        QVERIFY2(countOf(image, Qt::black) > 20, qPrintable(glyphName(glyphForLabel(index))));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): Qt has two types for bytes
        pictures << QByteArray(reinterpret_cast<const char *>(image.constBits()), image.sizeInBytes());
        names << glyphName(glyphForLabel(index));
    }
    QCOMPARE(pictures.size(), qsizetype{GlyphCount});
    QCOMPARE(names.size(), qsizetype{GlyphCount});
    QCOMPARE(glyphForLabel(GlyphCount + 1), glyphForLabel(1));
    QCOMPARE(glyphForLabel(0), glyphForLabel(1));
}

void LabelMarkTest::mark_showsItsKindOnlyWhereThereIsRoom()
{
    const MarkStyle plain{.fill = orange, .glyph = Glyph::Circle, .badge = Badge::None};
    const MarkStyle stacked{.fill = orange, .glyph = Glyph::Circle, .badge = Badge::Stack};
    QCOMPARE(render(stacked, 12), render(plain, 12));
    for (const int size : {16, 22, 32, 48, 64}) {
        QVERIFY(render(stacked, size) != render(plain, size));
    }
}

void LabelMarkTest::ui_033_badges_differInGrey()
{
    QList<QImage> pictures;
    for (const Badge badge : {Badge::None,
                              Badge::Stack,
                              Badge::Block,
                              Badge::DashedRing,
                              Badge::DottedRing,
                              Badge::StackInRing,
                              Badge::Plug,
                              Badge::Shield,
                              Badge::Cloud}) {
        const QImage grey = render({.fill = orange, .glyph = Glyph::Circle, .badge = badge}, 22)
                                .convertToFormat(QImage::Format_Grayscale8);
        for (const QImage &other : pictures) {
            int different = 0;
            for (int y = 0; y < grey.height(); ++y) {
                for (int x = 0; x < grey.width(); ++x) {
                    different += std::abs(qGray(grey.pixel(x, y)) - qGray(other.pixel(x, y))) > 60 ? 1 : 0;
                }
            }
            QVERIFY2(different >= 4,
                     qPrintable(u"%1 and %2: %3"_s.arg(pictures.size()).arg(pictures.indexOf(other)).arg(different)));
        }
        pictures << grey;
    }
}

void LabelMarkTest::text_isReadableOnEveryFill()
{
    QRandomGenerator random(7);
    for (int i = 0; i < 1000; ++i) {
        const QColor fill = QColor::fromRgb(random.generate() | 0xFF000000U);
        QVERIFY2(contrastRatio(textColorOn(fill), fill) >= 4.5, qPrintable(fill.name()));
    }
    QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
}

void LabelMarkTest::strip_isTheLabelWithMarkNameAndBadge()
{
    const MarkStyle mark{.fill = orange, .glyph = Glyph::Square, .badge = Badge::None};
    const QFont font;
    const QImage plain = drawStrip({.qube = u"work"_s, .mark = mark, .badge = {}}, font);
    const QImage demo = drawStrip({.qube = u"work"_s, .mark = mark, .badge = u"demo"_s}, font);
    const QImage longer = drawStrip({.qube = u"work-and-play"_s, .mark = mark, .badge = {}}, font);
    for (int x = 0; x < plain.width(); ++x) { // nothing touches the edges
        QCOMPARE(plain.pixelColor(x, 0), orange);
        QCOMPARE(plain.pixelColor(x, plain.height() - 1), orange);
    }
    QVERIFY(countOf(plain, Qt::black) > 30); // glyph and name
    const QImage other = drawStrip({.qube = u"wark"_s, .mark = mark, .badge = {}}, font);
    QVERIFY2(other != plain, "no letter of a name is cut");
    QVERIFY(demo.width() > plain.width());
    QVERIFY(longer.width() > plain.width());
    QVERIFY2(!demo.hasAlphaChannel(), "a frame has nothing to shine through");
}

void LabelMarkTest::strip_isAsHighAsItsFontAndSixPixels()
{
    for (const int points : {8, 10, 20}) {
        QFont font;
        font.setPointSize(points);
        QFont bold = font;
        bold.setBold(true);
        const QImage strip = drawStrip({.qube = u"work"_s, .mark = {.fill = orange}, .badge = u"demo"_s}, font);
        QCOMPARE(strip.height(), QFontMetrics(bold).height() + 6);
    }
}

QTEST_MAIN(LabelMarkTest)

#include "labelmarktest.moc"
