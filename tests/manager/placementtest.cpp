// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/placement.h"

#include "manager/topology/placestore.h"
#include "tests/manager/networks.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::graphOf;
using Test::provider;

class PlacementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void layout_standsInLayersAndNothingOverlaps_data();
    void layout_standsInLayersAndNothingOverlaps();
    void layout_endsInLoops();
    void layout_keepsLabelsTogether();
    void newQube_standsBesideItsNetQubeInAFreeSpot();
    void manyClients_foldInABigSystem();
    void store_keepsAPicture();
    void store_leavesAForeignFileAlone();
    void store_leavesOutWhatCanNotBe();
};

namespace
{

void verifyApart(const Places &places)
{
    for (auto one = places.begin(); one != places.end(); ++one) {
        for (auto other = std::next(one); other != places.end(); ++other) {
            const QPointF distance = *one - *other;
            QVERIFY2(std::abs(distance.x()) >= NodeWidth || std::abs(distance.y()) >= NodeHeight,
                     qPrintable(QString(one.key() + u" lies over "_s + other.key())));
        }
    }
}

} // namespace

void PlacementTest::layout_standsInLayersAndNothingOverlaps_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {0, 1, 8, 40, 200, 500}) {
        QTest::addRow("%d", count) << count;
    }
}

void PlacementTest::layout_standsInLayersAndNothingOverlaps()
{
    QFETCH(const int, count);
    const NetworkGraph graph = graphOf(Test::network(count));
    const QList<LayoutNode> nodes = layoutNodes(graph, {}, Grouping::ByProvider);
    const Places places = LayeredLayouter().layout(nodes);
    QCOMPARE(places.size(), graph.size() + 1); // and the outside
    verifyApart(places);
    for (const LayoutNode &node : nodes) {
        if (!node.parent.isEmpty()) {
            QVERIFY(places.value(node.name).x() < places.value(node.parent).x());
        }
        QVERIFY(places.value(node.name).x() < places.value(outsideName()).x());
    }
    QCOMPARE(LayeredLayouter().layout(nodes), places);
}

void PlacementTest::layout_endsInLoops()
{
    const NetworkGraph graph = graphOf({provider(u"a"_s, u"b"_s),
                                        provider(u"b"_s, u"a"_s),
                                        provider(u"self"_s, u"self"_s),
                                        client(u"work"_s, u"a"_s),
                                        client(u"lost"_s, u"gone"_s)});
    const Places places = LayeredLayouter().layout(layoutNodes(graph, {}, Grouping::ByProvider));
    QCOMPARE(places.size(), 6);
    verifyApart(places);
}

void PlacementTest::layout_keepsLabelsTogether()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    for (const auto &[name, label] :
         {std::pair{u"a"_s, u"red"_s}, {u"b"_s, u"green"_s}, {u"c"_s, u"red"_s}, {u"d"_s, u"green"_s}}) {
        qubes << client(name, u"vpn"_s);
        qubes.last().label = label;
    }
    const Places places = LayeredLayouter().layout(layoutNodes(graphOf(qubes), {}, Grouping::ByLabel));
    QVERIFY(places.value(u"b"_s).y() < places.value(u"d"_s).y());
    QVERIFY(places.value(u"d"_s).y() < places.value(u"a"_s).y());
    QVERIFY(places.value(u"a"_s).y() < places.value(u"c"_s).y());
}

void PlacementTest::newQube_standsBesideItsNetQubeInAFreeSpot()
{
    Places places = LayeredLayouter().layout(layoutNodes(graphOf(Test::smallNetwork()), {}, Grouping::ByProvider));
    for (int i = 0; i < 30; ++i) {
        const Places before = places;
        const LayoutNode node{.name = u"new%1"_s.arg(i),
                              .parent = i % 3 == 0 ? u"vpn"_s : u"sys-firewall"_s,
                              .group = {},
                              .isLoose = i % 7 == 0};
        const QPointF place = placeBeside(node, places);
        QCOMPARE(place, snapped(place));
        if (!node.isLoose) {
            QVERIFY(std::abs(place.x() - (places.value(node.parent).x() - ColumnStep)) < GridStep);
        }
        places.insert(node.name, place);
        verifyApart(places);
        for (auto one = before.begin(); one != before.end(); ++one) {
            QCOMPARE(places.value(one.key()), *one);
        }
    }
}

void PlacementTest::manyClients_foldInABigSystem()
{
    QList<QubeInfo> qubes{provider(u"fw"_s, {}), provider(u"vpn"_s, u"fw"_s)};
    for (int i = 0; i < 13; ++i) {
        qubes << client(u"c%1"_s.arg(i), u"vpn"_s);
    }
    QVERIFY(foldedAtFirst(graphOf(qubes)).isEmpty()); // a small system
    for (int i = 0; i < 30; ++i) {
        qubes << client(u"x%1"_s.arg(i), {});
    }
    const NetworkGraph graph = graphOf(qubes);
    QCOMPARE(foldedAtFirst(graph), QSet<QString>{u"vpn"_s});
    const QList<LayoutNode> nodes = layoutNodes(graph, {u"vpn"_s}, Grouping::ByProvider);
    QCOMPARE(nodes.size(), qsizetype{1 + 2 + 30}); // the stack for its thirteen
    QVERIFY(std::ranges::contains(nodes, stackName(u"vpn"_s), &LayoutNode::name));
    QCOMPARE(providerOfStack(stackName(u"vpn"_s)), u"vpn"_s);
    QCOMPARE(providerOfStack(u"vpn"_s), QString());
}

void PlacementTest::store_keepsAPicture()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"deep/er/topology.json"_s);
    PlaceStore store(path);
    QCOMPARE(store.read().value(), PictureState{});
    const NetworkSetting vpn{.kind = NewQube::Network::Provider, .provider = u"vpn"_s};
    const PictureState state{.places = {{u"work"_s, {-8, 16}}, {outsideName(), {0, 0}}},
                             .pinned = {u"work"_s},
                             .folded = {u"vpn"_s},
                             .remembered = {{u"mail"_s, u"sys-net"_s}},
                             .plan = {{u"work"_s, {.kind = NewQube::Network::Default, .provider = {}}, vpn}},
                             .otherPlan = {LabelStep{.qube = u"work"_s, .before = u"red"_s, .after = u"green"_s},
                                           DeleteStep{.qube = u"mail"_s}},
                             .isPlanning = true};
    QVERIFY(store.write(state));
    QCOMPARE(PlaceStore(path).read().value(), state);
}

void PlacementTest::store_leavesAForeignFileAlone()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"topology.json"_s);
    for (const QByteArray &bytes : {QByteArray("{\"version\": 2}"), QByteArray("not ours"), QByteArray()}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        file.close();
        PlaceStore store(path);
        QCOMPARE(store.read().error().code, Errc::BadValue);
        QCOMPARE(store.write({}).error().code, Errc::WrongState);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), bytes);
    }
}

void PlacementTest::store_leavesOutWhatCanNotBe()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"topology.json"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version": 1, "places": {"a": [1, 2], "b": [1], "c": ["x", 2], "d": [1e300, 0], "e": 7},
                   "pinned": ["a", 7], "plan": [{"qube": "a"}, 7]})");
    file.close();
    const PictureState state = PlaceStore(path).read().value();
    QCOMPARE(state.places, (Places{{u"a"_s, QPointF(1, 2)}}));
    QCOMPARE(state.pinned, QSet<QString>{u"a"_s});
    QVERIFY(state.plan.isEmpty());
}

QTEST_GUILESS_MAIN(PlacementTest)

#include "placementtest.moc"
