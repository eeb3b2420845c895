// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/normalhints.h"

#include <QTest>

#include <optional>
#include <vector>

using namespace Bulkhead;
using GuiAgent::normalHints;

namespace
{

// ICCCM 4.1.2.3.
constexpr std::uint32_t UserPosition = 1;
constexpr std::uint32_t ProgramPosition = 4;
constexpr std::uint32_t Minimum = 0x10;
constexpr std::uint32_t Maximum = 0x20;
constexpr std::uint32_t Increment = 0x40;
constexpr std::uint32_t Base = 0x100;

struct Words {
    std::uint32_t flags = 0;
    Size minimum{};
    Size maximum{};
    Size increment{};
    Size base{};
};

Gui::SizeHints onlyMinimum(Size size)
{
    Gui::SizeHints hints;
    hints.minimum = size;
    return hints;
}

std::vector<std::uint32_t> wordsOf(const Words &words)
{
    return {words.flags,
            0,
            0,
            0,
            0,
            words.minimum.width,
            words.minimum.height,
            words.maximum.width,
            words.maximum.height,
            words.increment.width,
            words.increment.height,
            0,
            0,
            0,
            0,
            words.base.width,
            words.base.height,
            0};
}

} // namespace

class NormalHintsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noProperty_hasNoHints();
    void groups_countOnlyWithTheirFlag();
    void positionFlags_areTaken();
    void groupOutOfRange_isLeftOutAlone();
    void olderProperty_hasNoBase();
    void minimum_isMadeWholeSteps();
};

void NormalHintsTest::noProperty_hasNoHints()
{
    QCOMPARE(normalHints({}), Gui::SizeHints{});
}

void NormalHintsTest::groups_countOnlyWithTheirFlag()
{
    const Words words{.flags = Minimum, .minimum = {5, 6}, .maximum = {7, 8}, .increment = {2, 3}, .base = {1, 1}};
    QCOMPARE(normalHints(wordsOf(words)), onlyMinimum({5, 6}));
}

void NormalHintsTest::positionFlags_areTaken()
{
    const auto hints = normalHints(wordsOf({.flags = UserPosition | ProgramPosition}));
    QVERIFY(hints.userPosition);
    QVERIFY(hints.programPosition);
}

void NormalHintsTest::groupOutOfRange_isLeftOutAlone()
{
    const Words words{.flags = Minimum | Maximum | Increment,
                      .minimum = {Gui::MaxWindowWidth + 1, 5},
                      .maximum = {Gui::MaxWindowWidth, Gui::MaxWindowHeight},
                      .increment = {Gui::MaxWindowWidth, 5}};
    const auto hints = normalHints(wordsOf(words));
    QVERIFY(!hints.minimum);
    QVERIFY(!hints.increment);
    QCOMPARE(hints.maximum, std::optional(Size{Gui::MaxWindowWidth, Gui::MaxWindowHeight}));
}

void NormalHintsTest::olderProperty_hasNoBase()
{
    auto words = wordsOf({.flags = Base | Minimum, .minimum = {5, 6}, .base = {1, 1}});
    words.resize(15);
    QCOMPARE(normalHints(words), onlyMinimum({5, 6}));
}

void NormalHintsTest::minimum_isMadeWholeSteps()
{
    // A terminal: cells of 10 × 20 pixels around a border of 4, at least a bit less than one cell.
    const Words words{.flags = Minimum | Increment | Base, .minimum = {13, 40}, .increment = {10, 20}, .base = {4, 4}};
    QCOMPARE(normalHints(wordsOf(words)).minimum, std::optional(Size{14, 24}));
}

QTEST_GUILESS_MAIN(NormalHintsTest)
#include "normalhintstest.moc"
