// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/signplaces.h"

#include <QRandomGenerator>
#include <QTest>

#include <cmath>
#include <utility>

using namespace Bulkhead;

/// Where the signs of the policy's arrows stand.
class SignPlacesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sign_standsAtItsBestPlaceWhereNothingIs();
    void sign_standsBesideWhatIsThere();
    void word_isLeftOutBeforeASign();
    void sign_isLeftOutWhereThereIsNoRoom();
    void signs_neverOverlap();
};

namespace
{

constexpr QSizeF withWord(70, 16);
constexpr QSizeF bare(16, 16);

QPainterPath straight(QPointF from, QPointF to)
{
    QPainterPath path(from);
    path.lineTo(to);
    return path;
}

QRectF areaOf(const SignWish &wish, const SignPlace &place)
{
    return place.share ? signArea(wish.path, *place.share, place.hasWord ? wish.withWord : wish.bare) : QRectF();
}

} // namespace

void SignPlacesTest::sign_standsAtItsBestPlaceWhereNothingIs()
{
    const SignWish wish{.path = straight({0, 0}, {300, 0}), .withWord = withWord, .bare = bare};
    QCOMPARE(signPlaces({wish}, {}).first(), (SignPlace{.share = BestSignPlace, .hasWord = true}));
    const SignWish wordless{.path = wish.path, .withWord = {}, .bare = bare};
    QCOMPARE(signPlaces({wordless}, {}).first(), (SignPlace{.share = BestSignPlace, .hasWord = false}));
}

void SignPlacesTest::sign_standsBesideWhatIsThere()
{
    const SignWish wish{.path = straight({0, 0}, {1000, 0}), .withWord = withWord, .bare = bare};
    const QRectF node(550, -20, 100, 40); // over the best place
    const SignPlace place = signPlaces({wish}, {node}).first();
    QVERIFY(place.hasWord);
    QVERIFY(!areaOf(wish, place).intersects(node));
    QVERIFY(std::abs(*place.share - BestSignPlace) < 0.13); // and no farther than it must
}

void SignPlacesTest::word_isLeftOutBeforeASign()
{
    // Two arrows so close and so short that two words have no room, but two signs have.
    const SignWish upper{.path = straight({0, 0}, {100, 0}), .withWord = withWord, .bare = bare};
    const SignWish lower{.path = straight({0, 10}, {100, 10}), .withWord = withWord, .bare = bare};
    const QList<SignPlace> places = signPlaces({upper, lower}, {});
    QVERIFY(places.first().share && places.last().share);
    QVERIFY(!places.last().hasWord);
    QVERIFY(!areaOf(upper, places.first()).intersects(areaOf(lower, places.last())));
}

void SignPlacesTest::sign_isLeftOutWhereThereIsNoRoom()
{
    const SignWish wish{.path = straight({0, 0}, {300, 0}), .withWord = withWord, .bare = bare};
    QCOMPARE(signPlaces({wish}, {QRectF(-10, -50, 320, 100)}).first(), SignPlace{});
}

void SignPlacesTest::signs_neverOverlap()
{
    QRandomGenerator random(7);
    for (int picture = 0; picture < 20; ++picture) {
        QList<QRectF> taken;
        for (int i = 0; i < 30; ++i) {
            taken << QRectF(random.bounded(1200), random.bounded(700), 208, 50);
        }
        QList<SignWish> wishes;
        for (int i = 0; i < 48; ++i) {
            const QPointF from(random.bounded(1400), random.bounded(750));
            const QPointF to(random.bounded(1400), random.bounded(750));
            wishes << SignWish{.path = straight(from, to), .withWord = i % 2 == 0 ? withWord : QSizeF(), .bare = bare};
        }
        const QList<SignPlace> places = signPlaces(wishes, taken);
        QCOMPARE(places, signPlaces(wishes, taken));
        QList<QRectF> areas = taken;
        qsizetype placed = 0;
        for (qsizetype i = 0; i < wishes.size(); ++i) {
            const QRectF area = areaOf(wishes.at(i), places.at(i));
            QVERIFY(!places.at(i).hasWord || !wishes.at(i).withWord.isEmpty());
            for (const QRectF &other : std::as_const(areas)) {
                QVERIFY(!area.intersects(other));
            }
            placed += places.at(i).share ? 1 : 0;
            areas << area;
        }
        QVERIFY(placed > wishes.size() / 2);
    }
}

QTEST_GUILESS_MAIN(SignPlacesTest)

#include "signplacestest.moc"
