// SPDX-License-Identifier: GPL-2.0-or-later
// What is drawn of a drag, in light and dark colours and with large letters: nothing is cut off, each sign stands out.
// With BULKHEAD_PICTURES=DIR in the environment each of these is saved there to be looked at.
#include "manager/tray/drag/dragbubble.h"
#include "manager/tray/drag/pointercard.h"
#include "manager/tray/drag/sheetwidget.h"

#include <KColorScheme>
#include <KSharedConfig>
#include <QApplication>
#include <QDir>
#include <QImage>
#include <QLabel>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

const QString LongName = u"wide-work-with-a-name-of-31-ws-"_s; // the longest that a qube can have

DragQube qube(const QString &name, quint32 label, const QColor &color)
{
    return {.name = name, .mark = {.fill = color, .glyph = glyphForLabel(label), .badge = Badge::None}};
}

DragSheet sheetOf(DragVerdict verdict, const QString &name)
{
    const QRect rect(0, 0, 420, 240);
    return {.id = 1,
            .qube = qube(name, 3, QColor(0xed, 0xd4, 0x00)),
            .verdict = verdict,
            .rule = u"/etc/qubes/policy.d/30-user.policy:7"_s,
            .rect = rect,
            .parts = rect};
}

/// Of WCAG 2: from 1 to 21.
double contrast(QRgb one, QRgb other)
{
    const auto luminance = [](QRgb color) {
        const auto part = [](int value) {
            const double share = value / 255.0;
            return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * part(qRed(color)) + 0.7152 * part(qGreen(color)) + 0.0722 * part(qBlue(color));
    };
    const double first = luminance(one);
    const double second = luminance(other);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

/// The greatest contrast of a pixel in the area to its background.
double contrastIn(const QImage &picture, const QRect &area)
{
    const QRgb background = picture.pixel(area.topLeft());
    double most = 1;
    for (int y = area.top(); y <= area.bottom(); ++y) {
        for (int x = area.left(); x <= area.right(); ++x) {
            most = std::max(most, contrast(picture.pixel(x, y), background));
        }
    }
    return most;
}

void save(const QImage &picture, const QString &name)
{
    const QString folder = qEnvironmentVariable("BULKHEAD_PICTURES");
    if (!folder.isEmpty()) {
        QVERIFY(picture.save(QDir(folder).filePath(name + u".png"_s)));
    }
}

} // namespace

class DragLooksTest : public QObject
{
    Q_OBJECT

private:
    QPalette m_palette;
    QFont m_font;

    static void addLooks()
    {
        QTest::addColumn<QString>("colors");
        QTest::addColumn<int>("points");
        QTest::newRow("light") << u"BreezeLight"_s << 10;
        QTest::newRow("dark") << u"BreezeDark"_s << 10;
        QTest::newRow("dark, letters of 200 %") << u"BreezeDark"_s << 20;
    }

    static void take(const QString &colors, int points)
    {
        QApplication::setPalette(KColorScheme::createApplicationPalette(
            KSharedConfig::openConfig(u"/usr/share/color-schemes/%1.colors"_s.arg(colors), KConfig::SimpleConfig)));
        QFont font = QApplication::font();
        font.setPointSize(points);
        QApplication::setFont(font);
    }

private Q_SLOTS:

    void init()
    {
        m_palette = QApplication::palette();
        m_font = QApplication::font();
    }

    void cleanup()
    {
        QApplication::setPalette(m_palette);
        QApplication::setFont(m_font);
    }

    void card_data()
    {
        addLooks();
    }

    void card()
    {
        QFETCH(const QString, colors);
        QFETCH(const int, points);
        take(colors, points);
        for (const auto &[verdict, word] : {std::pair(DragVerdict::Allow, u"allow"_s),
                                            std::pair(DragVerdict::Ask, u"ask"_s),
                                            std::pair(DragVerdict::Deny, u"deny"_s)}) {
            PointerCard card;
            card.setSource(qube(LongName, 6, QColor(0x34, 0x65, 0xa4)));
            const DragSheet sheet = sheetOf(verdict, u"personal"_s);
            card.setPointer({.place = {}, .over = DragOver::Qube, .sheet = 1, .isFull = true}, &sheet);
            const QImage picture = card.grab().toImage();
            save(picture, u"card-%1-%2-%3"_s.arg(word, colors).arg(points));
            // The sign stands at the start, as high as the card's middle (graphics: 3:1; letters: 4.5:1).
            const QRect sign(3, card.height() / 2 - 20, 50, 40);
            QVERIFY2(contrastIn(picture, sign) >= 3, qPrintable(word));
            const QRect words(60, 3, card.width() - 64, card.height() - 6);
            QVERIFY2(contrastIn(picture, words) >= 4.5, qPrintable(word));
        }
    }

    void sheet_data()
    {
        addLooks();
    }

    void sheet()
    {
        QFETCH(const QString, colors);
        QFETCH(const int, points);
        take(colors, points);
        for (const auto verdict : {DragVerdict::Allow, DragVerdict::Ask, DragVerdict::Deny}) {
            SheetWidget sheet(sheetOf(verdict, u"personal"_s), SheetWidget::Blending::Full);
            sheet.setUnderPointer(true);
            const QImage picture = sheet.grab().toImage();
            save(picture, u"sheet-%1-%2-%3"_s.arg(static_cast<int>(verdict)).arg(colors).arg(points));
            const QRect plate(sheet.width() / 2 - 20, sheet.height() / 2 - 14, 60, 28);
            QVERIFY(contrastIn(picture, plate) >= 4.5);
        }
    }

    void bubble_data()
    {
        addLooks();
    }

    void bubble()
    {
        QFETCH(const QString, colors);
        QFETCH(const int, points);
        take(colors, points);
        for (const QString &code : {u"denied"_s, u"starting"_s, u"copying"_s, u"copied"_s, u"exists"_s, u"no-room"_s}) {
            DragBubble bubble(1);
            bubble.setFacts({.code = code,
                             .token = 1,
                             .source = LongName,
                             .target = LongName,
                             .files = 4096,
                             .bytes = qint64{1} << 50,
                             .copied = qint64{1} << 49,
                             .room = 1,
                             .rule = u"/etc/qubes/policy.d/30-user.policy:7"_s,
                             .ruleText = u"qubes.Filecopy * work vault deny"_s,
                             .reason = {},
                             .windows = {}});
            bubble.show();
            save(bubble.grab().toImage(), u"bubble-%1-%2-%3"_s.arg(code, colors).arg(points));
            for (const QLabel *label : bubble.findChildren<QLabel *>()) {
                const QString cut = u"%1: %2 has %3 of %4"_s.arg(code, label->objectName())
                                        .arg(label->height())
                                        .arg(label->heightForWidth(label->width()));
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(cut));
            }
            const QPalette &palette = bubble.palette();
            QVERIFY(contrast(palette.windowText().color().rgb(), palette.window().color().rgb()) >= 4.5);
        }
    }
};

QTEST_MAIN(DragLooksTest)
#include "draglookstest.moc"
