// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.h"
#include "base/geometry.h"
#include "base/label.h"
#include "base/printable.h"
#include "base/untrusted.h"

#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <concepts>
#include <cstdint>
#include <limits>

using namespace Bulkhead;

// S_030: a number from a peer cannot be used before it was checked; if one of these begins to compile, this file stops.
template<typename T>
concept ComparableOrArithmetic = requires(T a, T b) { a < b; } || requires(T a, T b) { a == b; }
    || requires(T a) { a + 1; } || std::convertible_to<T, std::uint32_t> || std::convertible_to<T, bool>;
static_assert(!ComparableOrArithmetic<Untrusted<std::uint32_t>>);
static_assert(!std::formattable<Untrusted<std::uint32_t>, char>);

class BaseTypesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_030_untrustedLeavesOnlyThroughItsChecks();
    void S_028_rectanglesDoNotWrap();
    void S_195_foreignTextIsOneEscapedLine();
    void labelColor_takesOnlyTheFieldsSpelling();
    void uniqueFd_closesOnceAndMovesEmpty();
};

void BaseTypesTest::S_030_untrustedLeavesOnlyThroughItsChecks()
{
    const Untrusted<std::uint32_t> raw(17);
    QCOMPARE(raw.within(0, 17, "field").value(), 17U);
    QCOMPARE(raw.within(0, 16, "field").error().code, Errc::BadField);
    QVERIFY(!raw.within(0, 16, "field").error().detail.contains("17")); // the value is the peer's, the limits are ours
    QCOMPARE(raw.clamped(20, 30), 20U);
    QCOMPARE(raw.clamped(0, 5), 5U);
}

void BaseTypesTest::S_028_rectanglesDoNotWrap()
{
    constexpr auto Most = std::numeric_limits<std::int32_t>::max();
    constexpr auto Least = std::numeric_limits<std::int32_t>::min();
    constexpr auto Widest = std::numeric_limits<std::uint32_t>::max();
    QVERIFY(intersection({Most, Most, Widest, Widest}, {0, 0, 100, 100}).empty());
    QCOMPARE(intersection({Least, Least, Widest, Widest}, {0, 0, 100, 100}), (Rect{0, 0, 100, 100}));
    QCOMPARE(united({-5, -5, 5, 5}, {5, 5, 5, 5}), (Rect{-5, -5, 15, 15}));
    QCOMPARE(united({}, {5, 6, 7, 8}), (Rect{5, 6, 7, 8}));
}

void BaseTypesTest::S_195_foreignTextIsOneEscapedLine()
{
    QCOMPARE(printable("a\nb\x1b[31m\\"), std::string("a\\x0ab\\x1b[31m\\x5c"));
    QCOMPARE(printable(std::string(1 << 20, 'x')), std::string(MaxPrintable, 'x') + "...");
}

void BaseTypesTest::labelColor_takesOnlyTheFieldsSpelling()
{
    QCOMPARE(LabelColor::parse("0xCc0000").value().rgb(), 0xcc0000U);
    QCOMPARE(LabelColor::parse("0x3465a4").value().text(), std::string("0x3465a4"));
    QCOMPARE(LabelColor(0, 0, 0).text(), std::string("0x000000"));
    for (const char *wrong : {"", "red", "0xcc000", "0xcc00000", "cc0000aa", "0xgg0000", "0x-10000"}) {
        QVERIFY2(!LabelColor::parse(wrong), wrong);
    }
}

void BaseTypesTest::uniqueFd_closesOnceAndMovesEmpty()
{
    UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = first.get();
    UniqueFd second(std::move(first));
    QVERIFY(!first); // NOLINT(bugprone-use-after-move): that it is empty is what is tested
    QCOMPARE(second.get(), number);
    second.reset();
    QCOMPARE(::fcntl(number, F_GETFD), -1);
}

QTEST_GUILESS_MAIN(BaseTypesTest)
#include "basetypestest.moc"
