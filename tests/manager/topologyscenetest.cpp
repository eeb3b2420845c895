// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologyscene.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/gesture.h"
#include "manager/topology/networkeditor.h"
#include "manager/topology/networkpath.h"
#include "manager/topology/pictureexport.h"
#include "tests/manager/networks.h"

#include <QDir>
#include <QPainter>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <memory>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore\nleak:libfontconfig";
}

using namespace Bulkhead;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using Test::client;
using Test::provider;
using Test::running;

/// The picture's items and what the pointer does with them, without a window.
class TopologySceneTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ui_050_picture_isTheModelAfter1000Changes();
    void event_changesOneItem();
    void direction_isMirroredForReadersFromTheRight();
    void places_surviveARestartAndAChangeOfNetQube();
    void tidy_leavesPinnedNodes();
    void fold_hidesClientsBehindTheirStack();
    void selection_lightsItsWay();
    void ui_067_way_ofOneAndOfTwoIsTheReferences();
    void filter_keepsWhatWasAsked();
    void drag_ofALinkProposesItsNetQube();
    void drag_showsWhatDoesNotFitAndWhy();
    void drag_thatEndsNowhereSendsNothing();
    void drag_ofAProviderOntoALinkInsertsIt();
    void drag_movesNodesAndTheirPlacesStay();
    void drag_overAProviderCountsAfterARest();
    void drag_seesWhatChangesMeanwhile();
    void ui_055_wanted_isDrawnUntilTheEventAndSolidAfterIt();
    void labels_neverLeaveTheirNode_data();
    void labels_neverLeaveTheirNode();
    void pictures_areDrawn_data();
    void pictures_areDrawn();
    void ui_073_svg_opensHasEveryNodeAndRenamesQubesOnRequest();

private:
    void build(const QString &path);
    void load(const QList<QubeInfo> &qubes);
    [[nodiscard]] QPointF at(const QString &node) const;
    [[nodiscard]] QPointF handleOf(const QString &node) const;
    void drag(QPointF from, QPointF to);
    void compareWithTruth() const;

    QTemporaryDir m_folder;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<GraphModel> m_graph;
    std::unique_ptr<NetworkEditor> m_editor;
    std::unique_ptr<Picture> m_picture;
    std::unique_ptr<TopologyScene> m_scene;
    std::unique_ptr<Gesture> m_gesture;
};

void TopologySceneTest::build(const QString &path)
{
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_graph = std::make_unique<GraphModel>(m_model.get());
    m_editor = std::make_unique<NetworkEditor>(m_source.get(), m_graph.get());
    m_picture = std::make_unique<Picture>(m_graph.get(), path);
    m_scene = std::make_unique<TopologyScene>(m_graph.get(), m_picture.get(), m_editor.get());
    m_gesture = std::make_unique<Gesture>(m_scene.get());
    m_gesture->setRest(0ms);
}

void TopologySceneTest::init()
{
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    build(m_folder.filePath(u"topology.json"_s));
}

void TopologySceneTest::cleanup()
{
    m_gesture.reset();
    m_scene.reset();
    m_picture.reset();
    m_editor.reset();
    m_graph.reset();
    m_model.reset();
    m_source.reset();
}

void TopologySceneTest::load(const QList<QubeInfo> &qubes)
{
    m_source->load(qubes);
    m_picture->begin();
}

QPointF TopologySceneTest::at(const QString &node) const
{
    return m_scene->node(node)->pos();
}

QPointF TopologySceneTest::handleOf(const QString &node) const
{
    return at(node) + m_scene->node(node)->handle().center() - QPointF(2, 0);
}

void TopologySceneTest::drag(QPointF from, QPointF to)
{
    QVERIFY(m_gesture->press(from, Qt::NoModifier, 1));
    m_gesture->move((from + to) / 2, Qt::NoModifier);
    m_gesture->move(to, Qt::NoModifier);
}

void TopologySceneTest::compareWithTruth() const
{
    const NetworkGraph truth = Test::graphOf(m_source->list);
    for (const QubeInfo &qube : m_source->list) {
        const NodeItem *item = m_scene->node(qube.name);
        QVERIFY(item != nullptr);
        QCOMPARE(item->look().state, qube.state);
        QCOMPARE(item->look().warnings, m_graph->warningsOf(qube.name).size());
        const LinkItem *link = m_scene->link(qube.name);
        const bool hasProvider = truth.find(qube.netQube) != nullptr;
        const bool isAtOutside = facesOutside(qube);
        QCOMPARE(link != nullptr, hasProvider || isAtOutside);
        if (link != nullptr) {
            QCOMPARE(link->target(), qube.netQube);
            QCOMPARE(link->look().isBroken, truth.linkState(qube.name) == LinkState::Broken);
        }
    }
    QCOMPARE(m_scene->nodes().size(), m_source->list.size() + 1);
}

void TopologySceneTest::ui_050_picture_isTheModelAfter1000Changes()
{
    load(Test::smallNetwork());
    compareWithTruth();
    QRandomGenerator random(50);
    const auto anyName = [&random] {
        return u"q%1"_s.arg(random.bounded(30));
    };
    for (int i = 0; i < 1000; ++i) {
        const QString name = anyName();
        if (random.bounded(5) == 0) {
            m_source->remove(name);
            continue;
        }
        QubeInfo qube = random.bounded(3) == 0 ? provider(name, anyName()) : client(name, anyName());
        qube.netQube = random.bounded(4) == 0 ? QString() : qube.netQube;
        if (random.bounded(2) == 0) {
            qube.leadsOutside = random.bounded(2) == 0;
        }
        m_source->change(random.bounded(2) == 0 ? running(qube) : qube);
    }
    compareWithTruth();
}

void TopologySceneTest::event_changesOneItem()
{
    load(Test::network(40));
    QList<QRectF> painted;
    connect(m_scene.get(), &QGraphicsScene::changed, this, [&painted](const QList<QRectF> &areas) {
        painted += areas;
    });
    QCoreApplication::processEvents();
    painted.clear();
    QubeInfo qube = *m_graph->graph().find(u"project-number-4"_s);
    m_source->change(qube.state == QubeState::Running ? client(qube.name, qube.netQube) : running(qube));
    QTRY_VERIFY(!painted.isEmpty());
    const QRectF own = m_scene->node(qube.name)->sceneBoundingRect() | m_scene->link(qube.name)->sceneBoundingRect();
    for (const QRectF &area : std::as_const(painted)) {
        QVERIFY(own.adjusted(-4, -4, 4, 4).contains(area));
    }
}

void TopologySceneTest::direction_isMirroredForReadersFromTheRight()
{
    load(Test::smallNetwork());
    const auto isPath = [this](double side) {
        return (at(u"sys-firewall"_s).x() - at(u"work"_s).x()) * side > 0
            && (at(u"sys-net"_s).x() - at(u"sys-firewall"_s).x()) * side > 0
            && (at(outsideName()).x() - at(u"sys-net"_s).x()) * side > 0;
    };
    QVERIFY(isPath(1));
    const double y = at(u"work"_s).y();
    m_scene->setArrangement({.isVertical = false, .isMirrored = true});
    QVERIFY(isPath(-1));
    QCOMPARE(at(u"work"_s).y(), y);
    QVERIFY(m_scene->node(u"work"_s)->handle().center().x() < 0);
    QVERIFY(m_scene->link(u"work"_s)->end().x() > at(u"sys-firewall"_s).x());
}

void TopologySceneTest::places_surviveARestartAndAChangeOfNetQube()
{
    load(Test::smallNetwork());
    m_picture->move({{u"work"_s, QPointF(-800, 720)}});
    m_source->change(running(client(u"work"_s, u"vpn"_s)));
    QCOMPARE(at(u"work"_s), QPointF(-800, 720));
    const Places before = m_picture->places();
    cleanup();
    build(m_folder.filePath(u"topology.json"_s));
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << client(u"new"_s, u"vpn"_s);
    load(qubes);
    for (auto place = before.begin(); place != before.end(); ++place) {
        QCOMPARE(m_picture->placeOf(place.key()), *place);
    }
    QVERIFY(m_scene->node(u"new"_s) != nullptr);
    m_source->remove(u"work"_s);
    m_source->change(running(client(u"work"_s, u"vpn"_s)));
    QCOMPARE(at(u"work"_s), QPointF(-800, 720)); // where it stood
}

void TopologySceneTest::tidy_leavesPinnedNodes()
{
    load(Test::smallNetwork());
    const Places first = m_picture->places();
    m_picture->move({{u"work"_s, QPointF(80, 808)}, {u"vpn"_s, QPointF(160, 1608)}});
    m_picture->setPinned(u"work"_s, true);
    QVERIFY(m_scene->node(u"work"_s)->look().isPinned);
    const Places tidied = m_picture->tidied(Grouping::ByProvider);
    QCOMPARE(tidied.value(u"work"_s), QPointF(80, 808));
    QCOMPARE(tidied.value(u"vpn"_s), first.value(u"vpn"_s));
}

void TopologySceneTest::fold_hidesClientsBehindTheirStack()
{
    load(Test::smallNetwork());
    m_picture->setFolded(u"sys-firewall"_s, true);
    const QString stack = stackName(u"sys-firewall"_s);
    QVERIFY(m_scene->node(u"work"_s) == nullptr);
    QVERIFY(m_scene->node(u"vpn"_s) != nullptr); // has clients of its own
    QCOMPARE(m_scene->node(stack)->look().name, u"2 qubes"_s);
    QCOMPARE(m_scene->link(stack)->target(), u"sys-firewall"_s);
    m_source->change(client(u"more"_s, u"sys-firewall"_s));
    QCOMPARE(m_scene->node(stack)->look().name, u"3 qubes"_s);
    QVERIFY(m_scene->node(u"more"_s) == nullptr);
    m_source->change(client(u"more"_s, {}));
    QVERIFY(m_scene->node(u"more"_s) != nullptr);
    m_picture->setFolded(u"sys-firewall"_s, false);
    QVERIFY(m_scene->node(stack) == nullptr);
    QVERIFY(m_scene->link(u"work"_s) != nullptr);
}

void TopologySceneTest::selection_lightsItsWay()
{
    load(Test::smallNetwork());
    m_scene->select({u"work"_s, u"nobody"_s});
    QCOMPARE(m_scene->selection(), QStringList{u"work"_s});
    for (const QString &name : {u"work"_s, u"sys-firewall"_s, u"sys-net"_s, outsideName()}) {
        QVERIFY2(!m_scene->node(name)->attention().isDimmed, qPrintable(name));
    }
    for (const QString &name : {u"vault"_s, u"vpn"_s, u"personal"_s}) {
        QVERIFY2(m_scene->node(name)->attention().isDimmed, qPrintable(name));
    }
    m_source->change(running(client(u"work"_s, u"vpn"_s)));
    QVERIFY(!m_scene->node(u"vpn"_s)->attention().isDimmed);
    m_scene->select({});
    QVERIFY(!m_scene->node(u"vault"_s)->attention().isDimmed);
}

void TopologySceneTest::ui_067_way_ofOneAndOfTwoIsTheReferences()
{
    QRandomGenerator random(67);
    constexpr int count = 30;
    QList<int> up{-1}; // each through an earlier one
    QList<QubeInfo> qubes{provider(u"q0"_s, {})};
    for (int i = 1; i < count; ++i) {
        up << random.bounded(i);
        qubes << provider(u"q%1"_s.arg(i), u"q%1"_s.arg(up.last()));
    }
    load(qubes);
    const auto reference = [&up](int from, int to) {
        QStringList hops;
        for (int at = from; at >= 0; at = up.at(at)) {
            hops << u"q%1"_s.arg(at);
            if (at == to) {
                return hops;
            }
        }
        return to < 0 ? hops : QStringList();
    };
    const auto lit = [this] {
        QStringList names;
        for (const QString &name : m_scene->nodes()) {
            if (!name.isEmpty() && !m_scene->node(name)->attention().isDimmed) {
                names << name;
            }
        }
        names.sort();
        return names;
    };
    for (int one = 0; one < count; ++one) {
        const QString name = u"q%1"_s.arg(one);
        m_scene->select({name});
        QStringList hops = reference(one, -1);
        QCOMPARE(selectionWords(m_graph->graph(), {name}), QString(hops.join(u" → "_s) + u" → outside"_s));
        hops.sort();
        QCOMPARE(lit(), hops);
        const int other = random.bounded(count);
        if (other == one) {
            continue;
        }
        const QString otherName = u"q%1"_s.arg(other);
        m_scene->select({name, otherName});
        QStringList way = reference(one, other);
        way = way.isEmpty() ? reference(other, one) : way;
        const QString words = selectionWords(m_graph->graph(), {name, otherName});
        if (way.isEmpty()) {
            QVERIFY2(words.startsWith(u"There is no way between %1 and %2: q"_s.arg(name, otherName)),
                     qPrintable(words));
            QCOMPARE(lit().size(), count);
            continue;
        }
        QCOMPARE(words, way.join(u" → "_s));
        way.sort();
        QCOMPARE(lit(), way);
    }
}

void TopologySceneTest::filter_keepsWhatWasAsked()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes.last().label = u"green"_s; // work
    load(qubes);
    m_scene->setFilter({.runningOnly = true, .chainOnly = false, .label = {}});
    QVERIFY(!m_scene->isInSight(u"personal"_s) && m_scene->isInSight(u"work"_s));
    m_source->change(running(client(u"personal"_s, u"sys-firewall"_s)));
    QVERIFY(m_scene->isInSight(u"personal"_s));
    m_scene->setFilter({.runningOnly = false, .chainOnly = false, .label = u"green"_s});
    QCOMPARE(m_scene->nodes(), (QStringList{outsideName(), u"work"_s}));
    QVERIFY(!m_scene->link(u"work"_s)->isVisible()); // it would lead nowhere
    m_scene->setFilter({.runningOnly = false, .chainOnly = true, .label = {}});
    m_scene->select({u"vpn"_s});
    QCOMPARE(m_scene->nodes(), (QStringList{outsideName(), u"sys-net"_s, u"sys-firewall"_s, u"vpn"_s, u"untrusted"_s}));
    m_scene->setFilter({});
    m_scene->setMatching(QSet<QString>{u"work"_s});
    m_scene->select({});
    QVERIFY(m_scene->node(u"vault"_s)->attention().isDimmed && !m_scene->node(u"work"_s)->attention().isDimmed);
}

void TopologySceneTest::drag_ofALinkProposesItsNetQube()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    drag(handleOf(u"personal"_s), at(u"vpn"_s));
    QCOMPARE(m_gesture->verdict()->text, u"Connect personal through vpn."_s);
    QVERIFY(m_gesture->line().has_value());
    m_gesture->release(at(u"vpn"_s), Qt::NoModifier);
    QCOMPARE(proposed.size(), 1);
    const auto change = proposed.first().first().value<NetworkChange>();
    QCOMPARE(change.steps.size(), 1);
    QCOMPARE(change.steps.first().after.provider, u"vpn"_s);
    QVERIFY(m_source->asked.empty()); // proposed is not done
    QVERIFY(!m_scene->node(u"vpn"_s)->attention().fit.has_value());

    // The same by the link itself, onto the outside: offline.
    const LinkItem *link = m_scene->link(u"work"_s);
    drag(link->path().pointAtPercent(0.1), at(outsideName()));
    QCOMPARE(m_gesture->verdict()->text, u"Take work offline."_s);
    m_gesture->release(at(outsideName()), Qt::NoModifier);
    QCOMPARE(proposed.size(), 2);
    QCOMPARE(proposed.last().first().value<NetworkChange>().steps.first().after, NetworkSetting{});
}

void TopologySceneTest::drag_showsWhatDoesNotFitAndWhy()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    drag(handleOf(u"sys-firewall"_s), at(u"vpn"_s));
    QVERIFY(m_scene->node(u"vpn"_s)->attention().fit == Fit::No);
    QVERIFY(m_scene->node(u"vpn"_s)->attention().isUnderDrag);
    QVERIFY(m_scene->node(u"work"_s)->attention().fit == Fit::No);
    QCOMPARE(m_gesture->verdict()->text,
             u"This would make a loop: vpn reaches its own network through sys-firewall."_s);
    m_gesture->move(at(u"work"_s), Qt::NoModifier);
    QCOMPARE(m_gesture->verdict()->text, u"work does not provide network."_s);
    QVERIFY(!m_scene->node(u"vpn"_s)->attention().isUnderDrag);
    m_gesture->release(at(u"work"_s), Qt::NoModifier);
    QVERIFY(proposed.isEmpty());
}

void TopologySceneTest::drag_thatEndsNowhereSendsNothing()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    QSignalSpy moved(m_gesture.get(), &Gesture::moved);
    drag(handleOf(u"work"_s), at(u"vpn"_s));
    m_gesture->cancel(); // Escape
    QVERIFY(!m_gesture->isActive());
    drag(handleOf(u"work"_s), at(u"vault"_s));
    m_gesture->release(at(u"vault"_s), Qt::NoModifier); // nothing fits there
    const QPointF before = at(u"work"_s);
    m_gesture->setRest(1h);
    drag(at(u"work"_s), at(u"vpn"_s)); // let go before the rest
    m_gesture->release(at(u"vpn"_s), Qt::NoModifier);
    QCOMPARE(moved.size(), 1); // it was only moved
    m_scene->settle(u"work"_s);
    QCOMPARE(at(u"work"_s), before);
    QVERIFY(proposed.isEmpty());
    QVERIFY(m_source->asked.empty());
}

void TopologySceneTest::drag_ofAProviderOntoALinkInsertsIt()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    const QPointF plug = m_scene->link(u"work"_s)->plug();
    const QPointF before = at(u"vpn"_s);
    drag(before, plug);
    QTRY_VERIFY(m_gesture->verdict().has_value());
    QCOMPARE(m_gesture->verdict()->text, u"Put vpn between work and sys-firewall. vpn is off: it will be started."_s);
    m_gesture->release(plug, Qt::NoModifier);
    QCOMPARE(proposed.size(), 1);
    QCOMPARE(proposed.first().first().value<NetworkChange>().starts, QStringList{u"vpn"_s});
    QCOMPARE(at(u"vpn"_s), before); // it was not moved
}

void TopologySceneTest::drag_movesNodesAndTheirPlacesStay()
{
    load(Test::smallNetwork());
    QSignalSpy moved(m_gesture.get(), &Gesture::moved);
    m_scene->select({u"work"_s, u"personal"_s});
    const QPointF work = at(u"work"_s);
    const QPointF personal = at(u"personal"_s);
    m_gesture->setRest(1h);
    drag(work, work + QPointF(-403, 299));
    m_gesture->release(work + QPointF(-403, 299), Qt::NoModifier);
    QCOMPARE(moved.size(), 1);
    const auto after = moved.first().at(1).value<Places>();
    QCOMPARE(after.value(u"work"_s), snapped(work + QPointF(-403, 299)));
    QCOMPARE(after.value(u"personal"_s), snapped(personal + QPointF(-403, 299)));
    QVERIFY(m_gesture->press(at(u"vault"_s), Qt::NoModifier, 1));
    m_gesture->move(at(u"vault"_s) + QPointF(5, 0), Qt::NoModifier);
    QVERIFY(!m_gesture->isDragging()); // 5 px are a trembling hand
    QSignalSpy clicked(m_gesture.get(), &Gesture::clicked);
    m_gesture->release(at(u"vault"_s) + QPointF(5, 0), Qt::NoModifier);
    QCOMPARE(clicked.size(), 1);
    QVERIFY(!m_gesture->press(QPointF(5000, 5000), Qt::NoModifier, 1)); // empty ground is the view's
}

void TopologySceneTest::drag_overAProviderCountsAfterARest()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    m_scene->select({u"work"_s, u"personal"_s});
    drag(at(u"work"_s), at(u"vpn"_s));
    QTRY_VERIFY(m_gesture->verdict().has_value());
    QCOMPARE(m_gesture->verdict()->text, u"Connect 2 qubes through vpn. vpn is off: it will be started."_s);
    m_gesture->release(at(u"vpn"_s), Qt::NoModifier);
    QCOMPARE(proposed.first().first().value<NetworkChange>().steps.size(), 2);
}

void TopologySceneTest::drag_seesWhatChangesMeanwhile()
{
    load(Test::smallNetwork());
    QSignalSpy proposed(m_gesture.get(), &Gesture::proposed);
    QSignalSpy cancelled(m_gesture.get(), &Gesture::cancelled);
    const QPointF vpn = at(u"vpn"_s);
    drag(handleOf(u"work"_s), vpn);
    QCOMPARE(m_gesture->verdict()->fit, Fit::AfterStart);
    m_source->change(client(u"vpn"_s, u"sys-firewall"_s)); // it provides no network any more
    QCOMPARE(m_gesture->verdict()->text, u"vpn does not provide network."_s);
    m_source->remove(u"vpn"_s); // removed under the pointer: where it was is not empty ground to the hand
    QCOMPARE(cancelled.takeFirst().first().toString(), u"vpn is gone, so nothing was changed."_s);
    QVERIFY(!m_gesture->isActive());
    drag(handleOf(u"work"_s), at(u"sys-net"_s));
    m_source->remove(u"untrusted"_s); // none of its business
    QVERIFY(m_gesture->isDragging());
    m_source->change(running(client(u"work"_s, u"sys-net"_s)));
    QCOMPARE(cancelled.takeFirst().first().toString(),
             u"work goes through sys-net now: somebody else changed it. You changed nothing."_s);
    QCOMPARE(m_scene->link(u"work"_s)->target(), u"sys-net"_s);
    drag(handleOf(u"work"_s), at(u"sys-firewall"_s));
    m_source->change(running(client(u"work"_s, {})));
    QCOMPARE(cancelled.takeFirst().first().toString(),
             u"work has no network now: somebody else changed it. You changed nothing."_s);
    drag(handleOf(u"work"_s), at(u"sys-net"_s));
    m_source->remove(u"work"_s);
    QCOMPARE(cancelled.size(), 1);
    QCOMPARE(cancelled.first().first().toString(), u"work is gone, so nothing was changed."_s);
    QVERIFY(!m_gesture->isActive());
    QVERIFY(proposed.isEmpty());
}

void TopologySceneTest::ui_055_wanted_isDrawnUntilTheEventAndSolidAfterIt()
{
    load(Test::smallNetwork());
    m_editor->submit(connectChange(m_editor->base(), {u"personal"_s}, u"vpn"_s));
    QCOMPARE(m_scene->wantedLink(u"personal"_s)->target(), u"vpn"_s);
    QCOMPARE(m_scene->link(u"personal"_s)->look().way, LinkLook::Way::Leaving);
    m_source->answer(
        std::unexpected(AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"Not today."_s}));
    QVERIFY(m_scene->wantedLink(u"personal"_s) == nullptr); // sprung back
    QCOMPARE(m_scene->link(u"personal"_s)->look().way, LinkLook::Way::Present);
    m_editor->submit(connectChange(m_editor->base(), {u"personal"_s}, u"vpn"_s));
    QCOMPARE(m_source->askedFor(), QStringList{u"network personal vpn"_s});
    m_source->answer();
    m_source->change(client(u"personal"_s, u"vpn"_s));
    QVERIFY(m_scene->wantedLink(u"personal"_s) == nullptr);
    QCOMPARE(m_scene->link(u"personal"_s)->target(), u"vpn"_s);
    QCOMPARE(m_scene->link(u"personal"_s)->look(), LinkLook{});
    QVERIFY(m_source->asked.empty());

    m_editor->submit(m_editor->toggled(u"work"_s));
    m_source->answer();
    m_source->change(running(client(u"work"_s, {})));
    QVERIFY(m_scene->link(u"work"_s) == nullptr);
    QCOMPARE(m_scene->wantedLink(u"work"_s)->look().way, LinkLook::Way::Remembered);
    QCOMPARE(m_scene->wantedLink(u"work"_s)->target(), u"sys-firewall"_s);
}

void TopologySceneTest::labels_neverLeaveTheirNode_data()
{
    QTest::addColumn<double>("zoom");
    for (const double zoom : {1.0, 0.6, 0.41, 0.39, 0.25, 0.2}) {
        QTest::addRow("%d%%", static_cast<int>(zoom * 100)) << zoom;
    }
}

void TopologySceneTest::labels_neverLeaveTheirNode()
{
    QFETCH(const double, zoom);
    NodeLook look;
    look.name = u"a-name-of-thirty-one-characters"_s;
    look.second = u"Shutting down…"_s;
    look.mark = {.fill = Qt::red};
    look.state = QubeState::Running;
    const QRectF box = NodeItem::box();
    constexpr int room = 40;
    QImage image((box.size() * zoom).toSize() + QSize(2 * room, 2 * room), QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.translate(image.rect().center());
    painter.scale(zoom, zoom);
    drawNode(painter,
             box,
             look,
             {},
             {.palette = QPalette(Qt::lightGray), .font = QFont(), .direction = Qt::LeftToRight, .zoom = zoom});
    painter.end();
    const QRect inside = QRectF(QPointF(room, room), box.size() * zoom).toAlignedRect().adjusted(-3, -3, 3, 3);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (!inside.contains(x, y)) {
                QCOMPARE(image.pixelColor(x, y), QColor(Qt::white));
            }
        }
    }
}

void TopologySceneTest::pictures_areDrawn_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<bool>("isMirrored");
    QTest::addColumn<double>("scale");
    for (const int count : {8, 40, 200}) {
        QTest::addRow("%d-light", count) << count << false << false << 1.0;
        QTest::addRow("%d-dark", count) << count << true << false << 1.0;
        QTest::addRow("%d-rtl", count) << count << false << true << 1.0;
    }
    QTest::newRow("40-light-200") << 40 << false << false << 2.0;
}

void TopologySceneTest::pictures_areDrawn()
{
    QFETCH(const int, count);
    QFETCH(const bool, isDark);
    QFETCH(const bool, isMirrored);
    QFETCH(const double, scale);
    load(count == 8 ? Test::smallNetwork() : Test::network(count));
    m_scene->setPalette(isDark ? QPalette(QColor(0x31, 0x36, 0x3b), QColor(0x23, 0x26, 0x29))
                               : QPalette(QColor(0xef, 0xf0, 0xf1), QColor(0xfc, 0xfc, 0xfc)));
    m_scene->setArrangement({.isVertical = false, .isMirrored = isMirrored});
    if (count == 8) {
        m_scene->select({u"work"_s});
        m_scene->setCurrent(u"work"_s, false);
        m_picture->setPinned(u"vault"_s, true);
    }
    const QRectF area = m_scene->area();
    const double zoom = std::min({1.0, 1100 / area.width(), 680 / area.height()}) * scale; // as a window fits it
    QImage image((area.size() * zoom).toSize(), QImage::Format_RGB32);
    image.fill(m_scene->palette().color(QPalette::Base));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    m_scene->render(&painter, QRectF(QPointF(0, 0), image.size()), area);
    painter.end();
    QVERIFY(QDir().mkpath(QStringLiteral(TOPOLOGY_PICTURES)));
    QVERIFY(image.save(QStringLiteral(TOPOLOGY_PICTURES) + u"/"_s + QString::fromLatin1(QTest::currentDataTag())
                       + u".png"_s));
    // Each node in sight has its label's colour in the picture, and stands apart from all others.
    const QStringList nodes = m_scene->nodes();
    for (const QString &name : nodes) {
        const QRectF box = NodeItem::box().translated(at(name));
        for (const QString &other : nodes) {
            QVERIFY(name == other || !box.intersects(NodeItem::box().translated(at(other))));
        }
    }
}

void TopologySceneTest::ui_073_svg_opensHasEveryNodeAndRenamesQubesOnRequest()
{
    load(Test::smallNetwork());
    m_source->change(client(u"mail"_s, u"vpn"_s));
    m_picture->setFolded(u"vpn"_s, true);
    const QString path = m_folder.filePath(u"network.svg"_s);
    const auto wordsOf = [&path] {
        QFile file(path);
        QXmlStreamReader reader(file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
        QStringList words;
        while (!reader.atEnd()) {
            if (reader.readNext() == QXmlStreamReader::Characters && !reader.isWhitespace()) {
                words << reader.text().trimmed().toString();
            }
        }
        return reader.hasError() ? QStringList{reader.errorString()} : words;
    };
    const auto countOf = [](const QStringList &words, const QString &name) {
        return words.filter(QRegularExpression(u"(^|[ ,])%1($|[ ,])"_s.arg(name))).size();
    };
    QVERIFY(exportPicture(*m_scene, path));
    const QStringList named = wordsOf();
    const QStringList nodes = m_scene->nodes();
    for (const QString &name : nodes) {
        if (m_graph->graph().find(name) != nullptr) {
            QVERIFY2(countOf(named, name) >= 2, qPrintable(name)); // in its node, and in the description
        }
    }
    QCOMPARE(countOf(named, u"vpn"_s), 3); // and in the stack of its clients
    QVERIFY(nodes.contains(stackName(u"vpn"_s)) && !nodes.contains(u"mail"_s));

    QVERIFY(exportPicture(*m_scene, path, ExportedNames::Numbered));
    const QStringList numbered = wordsOf();
    QCOMPARE(numbered.size(), named.size()); // the same nodes
    for (const QubeInfo &qube : m_source->list) {
        QCOMPARE(countOf(numbered, qube.name), 0);
    }
    qsizetype renamed = 0;
    for (qsizetype i = 1; i <= m_source->list.size(); ++i) {
        renamed += numbered.contains(u"qube %1"_s.arg(i)) ? 1 : 0;
    }
    QCOMPARE(renamed, m_source->list.size() - 2); // two are in the stack
    QCOMPARE(countOf(numbered, u"of qube %1"_s.arg(nodes.indexOf(u"vpn"_s))), 2);
    QCOMPARE(m_scene->node(u"work"_s)->look().name, u"work"_s); // only the file has other names

    const QString pixels = m_folder.filePath(u"network.png"_s);
    QVERIFY(exportPicture(*m_scene, pixels));
    QCOMPARE(QImage(pixels).size(), (m_scene->area().size() * 2).toSize());
    const QImage withNames(pixels);
    QVERIFY(exportPicture(*m_scene, pixels, ExportedNames::Numbered));
    QVERIFY(QImage(pixels) != withNames);
    QVERIFY(!exportPicture(*m_scene, u"/nonexistent/network.png"_s));
}

QTEST_MAIN(TopologySceneTest)

#include "topologyscenetest.moc"
