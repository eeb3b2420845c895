// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/clipboardkeys.h"

#include <QTest>

#include <xcb/xcb.h>
#include <xkbcommon/xkbcommon-keysyms.h>

using namespace Bulkhead;
using namespace Bulkhead::Screen;

namespace
{

constexpr std::uint16_t ControlShift = XCB_MOD_MASK_CONTROL | XCB_MOD_MASK_SHIFT;
constexpr std::uint16_t SecondGroup = 1U << 13U;

KeySequence sequence(const char *text)
{
    return parseKeySequence(text).value().value();
}

/// Keys 10, 11, 12: `c` and a Cyrillic `es` on the first, `v` on the second, `j`, which Dvorak calls `c`, on the third.
KeyMeanings twoLayouts(std::uint32_t secondOfThird)
{
    return {.firstKeycode = 10,
            .perKeycode = 4,
            .keysyms = {XKB_KEY_c,
                        XKB_KEY_C,
                        XKB_KEY_Cyrillic_es,
                        XKB_KEY_Cyrillic_ES,
                        XKB_KEY_v,
                        XKB_KEY_V,
                        XKB_KEY_Cyrillic_em,
                        XKB_KEY_Cyrillic_EM,
                        XKB_KEY_j,
                        XKB_KEY_J,
                        secondOfThird,
                        XKB_KEY_NoSymbol}};
}

} // namespace

class ClipboardKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void clipboard_026_sequencesAreRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<quint32>("modifiers");
        QTest::addColumn<quint32>("keysym");
        QTest::newRow("the usual one") << QByteArray("Ctrl-Shift-c") << 5U << quint32{XKB_KEY_c};
        QTest::newRow("other order and case") << QByteArray("SHIFT-ctrl-C") << 5U << quint32{XKB_KEY_c};
        QTest::newRow("alt is mod1") << QByteArray("Alt-F5") << 8U << quint32{XKB_KEY_F5};
        QTest::newRow("mod1") << QByteArray("mod1-F5") << 8U << quint32{XKB_KEY_F5};
        QTest::newRow("mod4") << QByteArray("Mod4-Insert") << 64U << quint32{XKB_KEY_Insert};
        QTest::newRow("no modifier") << QByteArray("F12") << 0U << quint32{XKB_KEY_F12};
    }

    void clipboard_026_sequencesAreRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(quint32, modifiers);
        QFETCH(quint32, keysym);
        const auto read = parseKeySequence(text.toStdString());
        QVERIFY(read && *read);
        QCOMPARE((*read)->modifiers, modifiers);
        QCOMPARE((*read)->keysym, keysym);
    }

    void clipboard_026_noneAndNonsense()
    {
        for (const char *off : {"none", "NONE", "disable", "Disable"}) {
            const auto read = parseKeySequence(off);
            QVERIFY(read && !*read);
        }
        for (const char *bad : {"", "Ctrl-", "Ctrl-Shift-nosuchkey", "Strg-c", "Mod2-c", "Ctrl+Shift+c"}) {
            QVERIFY2(!parseKeySequence(bad), bad);
        }
    }

    void keysCountByWhatTheyMean()
    {
        const KeyMeanings cyrillic = twoLayouts(XKB_KEY_Cyrillic_o);
        const KeySequence copy = sequence("Ctrl-Shift-c");
        QVERIFY(cyrillic.isPressOf(copy, 10, ControlShift));
        QVERIFY(!cyrillic.isPressOf(copy, 11, ControlShift));
        QVERIFY(!cyrillic.isPressOf(copy, 12, ControlShift));
        QVERIFY(!cyrillic.isPressOf(copy, 9, ControlShift));
        QVERIFY(!cyrillic.isPressOf(copy, 13, ControlShift));
        // The Cyrillic layout has no c: the key that means it in the other one counts.
        QVERIFY(cyrillic.isPressOf(copy, 10, ControlShift | SecondGroup));
        // Dvorak has one elsewhere: that one counts, and only that.
        const KeyMeanings dvorak = twoLayouts(XKB_KEY_c);
        QVERIFY(dvorak.isPressOf(copy, 10, ControlShift));
        QVERIFY(!dvorak.isPressOf(copy, 10, ControlShift | SecondGroup));
        QVERIFY(dvorak.isPressOf(copy, 12, ControlShift | SecondGroup));
        QVERIFY(!KeyMeanings{}.isPressOf(copy, 10, ControlShift));
    }

    void onePressIsOneAct()
    {
        const KeyMeanings meanings = twoLayouts(XKB_KEY_Cyrillic_o);
        ClipboardKeys keys;
        keys.setSequences({.copy = sequence("Ctrl-Shift-c"), .paste = sequence("Ctrl-Shift-v")});
        QVERIFY(keys.pressed(meanings, 10, ControlShift, false).act == ClipboardAct::Copy);
        const auto repeat = keys.pressed(meanings, 10, ControlShift, false);
        QVERIFY(repeat.isOurs && !repeat.act);
        const auto repeatWithoutModifiers = keys.pressed(meanings, 10, 0, false);
        QVERIFY(repeatWithoutModifiers.isOurs && !repeatWithoutModifiers.act);
        QVERIFY(keys.pressed(meanings, 11, ControlShift, false).act == ClipboardAct::Paste);
        const auto released = keys.released(10);
        QVERIFY(released.isOurs && !released.act);
        QVERIFY(!keys.released(10).isOurs);
        QVERIFY(keys.released(11).act == ClipboardAct::PasteLetGo);
        QVERIFY(!keys.interrupted());
        (void)keys.pressed(meanings, 11, ControlShift, false);
        QVERIFY(keys.interrupted() == ClipboardAct::PasteAbandoned);
        QVERIFY(!keys.released(11).isOurs);
    }
};

QTEST_GUILESS_MAIN(ClipboardKeysTest)
#include "clipboardkeystest.moc"
