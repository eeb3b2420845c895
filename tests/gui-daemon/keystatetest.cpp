// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/keystate.h"

#include <QTest>

using namespace Bulkhead::Screen;

namespace
{

constexpr std::uint8_t Shift = 50;
constexpr std::uint8_t A = 38;
constexpr std::uint8_t B = 56;

KeySet keys(std::initializer_list<std::uint8_t> codes)
{
    KeySet set;
    for (const std::uint8_t code : codes) {
        set.set(code);
    }
    return set;
}

} // namespace

class KeyStateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_state = KeyState();
        m_state.setModifiers(keys({Shift}));
    }

    void S_071_focus_tellsModifiersAndNoKeyOfAnother()
    {
        QCOMPARE(m_state.focusGained(keys({A, B, Shift})), keys({Shift}));
    }

    void S_071_S_074_keysDownBeforeTheFocus_areSwallowedUntilTheyAreUp()
    {
        (void)m_state.focusGained(keys({A}));
        QVERIFY(!m_state.pressed(A)); // a repeat
        QVERIFY(!m_state.released(A));
        QVERIFY(m_state.pressed(A)); // this one is the qube's
        QVERIFY(m_state.released(A));
    }

    void S_072_keyReleasedElsewhere_isToldAsUp()
    {
        (void)m_state.focusGained({});
        QVERIFY(m_state.pressed(A));
        QCOMPARE(m_state.focusGained({}), KeySet());
        QVERIFY(m_state.pressed(A));
    }

    void S_072_keyHeldThroughAFocusChange_isStillBelieved()
    {
        (void)m_state.focusGained({});
        QVERIFY(m_state.pressed(A));
        QVERIFY(m_state.pressed(Shift));
        QCOMPARE(m_state.focusGained(keys({A, B, Shift})), keys({A, Shift}));
        QVERIFY(m_state.pressed(A)); // repeats go on
        QVERIFY(m_state.released(A));
        QVERIFY(!m_state.released(B));
    }

private:
    KeyState m_state;
};

QTEST_GUILESS_MAIN(KeyStateTest)
#include "keystatetest.moc"
