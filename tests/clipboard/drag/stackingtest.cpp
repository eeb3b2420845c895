// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/stacking.h"

#include "clipboard/drag/broker/droprows.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

const QubeName Work = *QubeName::parse("work");
const QubeName Personal = *QubeName::parse("personal");
const QubeName Hidden = *QubeName::parse("untrusted");

ShownWindow of(std::uint32_t id, const QubeName &qube, Rect rect)
{
    return {.id = id, .rect = rect, .owner = QubeWindow{.qube = qube, .window = WindowId{id}}};
}

ShownWindow ofDom0(std::uint32_t id, Rect rect)
{
    return {.id = id, .rect = rect};
}

bool isIn(const Rect &rect, Point place)
{
    return place.x >= rect.x && place.y >= rect.y && place.x < rect.right() && place.y < rect.bottom();
}

} // namespace

class DragStackingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void windowLaidOverAnotherIsTheTarget()
    {
        // A small one of another qube in the middle of personal's: whatever its shape, it counts with its rectangle.
        const std::vector windows{
            of(3, Hidden, {40, 40, 20, 20}), of(2, Personal, {0, 0, 100, 100}), of(1, Work, {200, 0, 100, 100})};
        const ShownWindow *const under = windowAt(windows, {50, 50});
        QVERIFY(under != nullptr);
        QVERIFY(under->owner->qube == Hidden);
        QVERIFY(windowAt(windows, {39, 50})->owner->qube == Personal);
        QVERIFY(windowAt(windows, {150, 50}) == nullptr);

        const auto sheets = sheetsOver(windows, Work);
        QCOMPARE(sheets.size(), 2U);
        QVERIFY(sheets[0].window.owner->qube == Hidden);
        QVERIFY(sheets[1].window.owner->qube == Personal);
        for (const Rect &part : sheets[1].parts) {
            QVERIFY(!isIn(part, {50, 50})); // personal's sheet says nothing there
        }
    }

    void whatIsCoveredWhole_hasNoSheet()
    {
        const std::vector windows{
            ofDom0(9, {0, 0, 100, 50}), of(3, Hidden, {0, 50, 100, 50}), of(2, Personal, {10, 10, 80, 80})};
        const auto sheets = sheetsOver(windows, Work);
        QCOMPARE(sheets.size(), 1U);
        QVERIFY(sheets[0].window.owner->qube == Hidden);
    }

    void sourcesOwnWindows_haveNoSheetAndHideWhatIsBelow()
    {
        const std::vector windows{of(1, Work, {0, 0, 50, 100}), of(2, Personal, {0, 0, 100, 100})};
        const auto sheets = sheetsOver(windows, Work);
        QCOMPARE(sheets.size(), 1U);
        QCOMPARE(sheets[0].parts.size(), 1U);
        QVERIFY((sheets[0].parts[0] == Rect{50, 0, 50, 100}));
    }

    void rowsOfTheManager_areTargetsOnIt()
    {
        const ShownWindow window = ofDom0(9, {100, 100, 300, 200});
        const auto rows = parseDropRows("10 20 280 24 3 15586304 personal\n"
                                        "10 44 280 24 1 13369344 untrusted\n"
                                        "10 400 280 24 1 0 work\n"         // not to be seen
                                        "10 68 280 24 1 0 dom0\n"          // takes nothing
                                        "10 68 280 24 1 0 ../x\n"          // no qube
                                        "10 68 280 99999999999 1 0 work\n" // no number
                                        "10 68\n\nnonsense",
                                        {104, 120},
                                        window);
        QCOMPARE(rows.size(), 2U);
        QVERIFY((rows[0].rect == Rect{114, 140, 280, 24}));
        QVERIFY(rows[0].owner->qube == Personal);
        QCOMPARE(rows[0].owner->labelColor, 15586304U);
        QVERIFY(rows[0].id != rows[1].id && rows[0].id != window.id);
        QVERIFY(rows[0].owner->window == WindowId{}); // nobody can be handed anything there
        std::string many;
        for (int count = 0; count < 1000; ++count) {
            many += "0 0 1 1 1 0 work\n";
        }
        QCOMPARE(parseDropRows(many, {104, 120}, window).size(), MostDropRows);
    }

    void visibleParts_areEachPixelOnce()
    {
        std::minstd_rand random(7);
        const auto number = [&random](int below) {
            return static_cast<int>(random() % static_cast<unsigned>(below));
        };
        for (int round = 0; round < 200; ++round) {
            const Rect rect{
                number(20), number(20), static_cast<unsigned>(1 + number(20)), static_cast<unsigned>(1 + number(20))};
            std::vector<Rect> above;
            for (int count = number(5); count > 0; --count) {
                above.push_back(
                    {number(30), number(30), static_cast<unsigned>(number(20)), static_cast<unsigned>(number(20))});
            }
            const auto parts = visibleParts(rect, above);
            for (int y = 0; y < 45; ++y) {
                for (int x = 0; x < 45; ++x) {
                    const Point place{x, y};
                    const bool isCovered = std::ranges::any_of(above, [place](const Rect &cover) {
                        return isIn(cover, place);
                    });
                    const auto times = std::ranges::count_if(parts, [place](const Rect &part) {
                        return isIn(part, place);
                    });
                    QCOMPARE(times, isIn(rect, place) && !isCovered ? 1 : 0);
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(DragStackingTest)
#include "stackingtest.moc"
