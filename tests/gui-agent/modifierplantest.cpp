// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/modifierplan.h"

#include <QTest>

#include <vector>

using namespace Bulkhead::GuiAgent;

namespace
{

constexpr std::uint32_t Shift = 1;
constexpr std::uint32_t Lock = 2;
constexpr std::uint32_t Control = 4;
constexpr std::uint32_t Mod3 = 0x20;

constexpr std::uint8_t ShiftLeft = 50;
constexpr std::uint8_t ShiftRight = 62;
constexpr std::uint8_t CapsLock = 66;
constexpr std::uint8_t ControlLeft = 37;

constexpr KeyAction press(std::uint8_t keycode)
{
    return {.keycode = keycode, .kind = KeyAction::Kind::Press};
}

constexpr KeyAction release(std::uint8_t keycode)
{
    return {.keycode = keycode, .kind = KeyAction::Kind::Release};
}

ModifierKeys keyboard()
{
    ModifierKeys keys;
    keys.modifiers[0].keycodes = {ShiftLeft, ShiftRight};
    keys.modifiers[1] = {.keycodes = {CapsLock}, .locks = true};
    keys.modifiers[2].keycodes = {ControlLeft};
    return keys;
}

KeySet down(std::initializer_list<std::uint8_t> keycodes)
{
    KeySet set;
    for (const std::uint8_t keycode : keycodes) {
        set.set(keycode);
    }
    return set;
}

} // namespace

class ModifierPlanTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameState_needsNothing();
    void gui_119_missingModifierIsPressed();
    void gui_119_surplusModifierIsReleasedByTheKeyThatHoldsIt();
    void gui_120_lockIsToggledEitherWay();
    void gui_120_lockKeyThatIsDownComesUpFirst();
    void severalModifiers_areDoneTogether();
    void modifierWithoutKeys_isLeftAlone();
    void buttonsAndLayout_areNotModifiers();
    void gui_121_onlyKeysThatNobodyHoldsAreReleased();
};

void ModifierPlanTest::sameState_needsNothing()
{
    QVERIFY(planModifiers(Shift | Lock, Shift | Lock, down({ShiftLeft}), keyboard()).empty());
}

void ModifierPlanTest::gui_119_missingModifierIsPressed()
{
    QCOMPARE(planModifiers(0, Shift, {}, keyboard()), std::vector{press(ShiftLeft)});
}

void ModifierPlanTest::gui_119_surplusModifierIsReleasedByTheKeyThatHoldsIt()
{
    QCOMPARE(planModifiers(Shift, 0, down({ShiftRight}), keyboard()), std::vector{release(ShiftRight)});
    QCOMPARE(planModifiers(Shift, 0, down({ShiftLeft, ShiftRight}), keyboard()),
             (std::vector{release(ShiftLeft), release(ShiftRight)}));
}

void ModifierPlanTest::gui_120_lockIsToggledEitherWay()
{
    const std::vector toggle{press(CapsLock), release(CapsLock)};
    QCOMPARE(planModifiers(0, Lock, {}, keyboard()), toggle);
    QCOMPARE(planModifiers(Lock, 0, {}, keyboard()), toggle);
}

void ModifierPlanTest::gui_120_lockKeyThatIsDownComesUpFirst()
{
    QCOMPARE(planModifiers(Lock, 0, down({CapsLock}), keyboard()),
             (std::vector{release(CapsLock), press(CapsLock), release(CapsLock)}));
}

void ModifierPlanTest::severalModifiers_areDoneTogether()
{
    QCOMPARE(planModifiers(Shift, Control, down({ShiftLeft}), keyboard()),
             (std::vector{release(ShiftLeft), press(ControlLeft)}));
}

void ModifierPlanTest::modifierWithoutKeys_isLeftAlone()
{
    QVERIFY(planModifiers(0, Mod3, {}, keyboard()).empty());
}

void ModifierPlanTest::buttonsAndLayout_areNotModifiers()
{
    QVERIFY(planModifiers(0x100, 0x2000 | 0x400, {}, keyboard()).empty());
}

void ModifierPlanTest::gui_121_onlyKeysThatNobodyHoldsAreReleased()
{
    QCOMPARE(planReleases(down({38, 50, 255}), down({38, 40})), (std::vector{release(50), release(255)}));
    QVERIFY(planReleases({}, down({38})).empty());
}

QTEST_GUILESS_MAIN(ModifierPlanTest)
#include "modifierplantest.moc"
