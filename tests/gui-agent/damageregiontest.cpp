// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/damageregion.h"

#include <QTest>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using namespace Bulkhead;
using GuiAgent::DamageRegion;

class DamageRegionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothing_isDamagedAtFirst();
    void emptyRectangle_isNoDamage();
    void rectangleInsideAnother_isAbsorbed();
    void neighbours_areJoined();
    void distantRectangles_stayApart();
    void areas_areCutToThePicture();
    void gui_112_anyAmountOfDamageStaysAFewRectanglesThatCoverIt();
};

void DamageRegionTest::nothing_isDamagedAtFirst()
{
    DamageRegion region;
    QVERIFY(region.empty());
    QVERIFY(region.take({100, 100}).empty());
}

void DamageRegionTest::emptyRectangle_isNoDamage()
{
    DamageRegion region;
    region.add({5, 5, 0, 10});
    QVERIFY(region.empty());
}

void DamageRegionTest::rectangleInsideAnother_isAbsorbed()
{
    DamageRegion region;
    region.add({10, 10, 5, 5});
    region.add({0, 0, 50, 50});
    region.add({20, 20, 5, 5});
    QCOMPARE(region.take({100, 100}), (std::vector<Rect>{{0, 0, 50, 50}}));
    QVERIFY(region.empty());
}

void DamageRegionTest::neighbours_areJoined()
{
    DamageRegion region;
    region.add({0, 0, 10, 10});
    region.add({20, 0, 10, 10});
    region.add({10, 0, 10, 10});
    QCOMPARE(region.take({100, 100}), (std::vector<Rect>{{0, 0, 30, 10}}));
}

void DamageRegionTest::distantRectangles_stayApart()
{
    DamageRegion region;
    region.add({0, 0, 10, 10});
    region.add({500, 500, 10, 10});
    QCOMPARE(region.take({1000, 1000}), (std::vector<Rect>{{0, 0, 10, 10}, {500, 500, 10, 10}}));
}

void DamageRegionTest::areas_areCutToThePicture()
{
    DamageRegion region;
    region.add({-5, 90, 20, 20});
    region.add({300, 300, 20, 20});
    QCOMPARE(region.take({100, 100}), (std::vector<Rect>{{0, 90, 15, 10}}));
}

void DamageRegionTest::gui_112_anyAmountOfDamageStaysAFewRectanglesThatCoverIt()
{
    constexpr std::uint32_t Side = 200;
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same picture each time
    std::uniform_int_distribution<std::int32_t> place(0, Side - 10);
    std::vector<bool> damaged(std::size_t{Side} * Side);
    DamageRegion region;
    for (int count = 0; count < 1000; ++count) {
        const Rect area{place(random), place(random), 10, 10};
        region.add(area);
        for (std::int32_t y = area.y; y < area.bottom(); ++y) {
            for (std::int32_t x = area.x; x < area.right(); ++x) {
                damaged[static_cast<std::size_t>(y) * Side + static_cast<std::size_t>(x)] = true;
            }
        }
    }
    const auto areas = region.take({Side, Side});
    QVERIFY(!areas.empty());
    QVERIFY(areas.size() <= DamageRegion::MaxRectangles);
    for (const Rect &area : areas) {
        for (std::int32_t y = area.y; y < area.bottom(); ++y) {
            for (std::int32_t x = area.x; x < area.right(); ++x) {
                damaged[static_cast<std::size_t>(y) * Side + static_cast<std::size_t>(x)] = false;
            }
        }
    }
    QVERIFY(std::ranges::none_of(damaged, std::identity{}));
}

QTEST_GUILESS_MAIN(DamageRegionTest)
#include "damageregiontest.moc"
