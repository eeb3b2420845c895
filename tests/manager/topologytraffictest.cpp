// SPDX-License-Identifier: GPL-2.0-or-later
// The traffic as a layer of the network's page: its switch, its lines and numbers, and what a screen reader hears.
#include "manager/topology/topologyscene.h"
#include "manager/topology/trafficitem.h"
#include "manager/topology/trafficwords.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QAccessible>
#include <QGraphicsSceneEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class TopologyTrafficTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void ui_069_layer_asksOnlyWhileItIsOnAndShowsTheSample();
    void toggle_showsTheLayerAndItsLegend();
    void toggle_isOffWhereNothingIsToldAndSaysWhy();
    void toggle_fromTheLastTimeWaitsUntilTrafficIsTold();
    void page_outOfSightAsksForNothing();
    void event_changesOneLink();
    void lines_areAsThickAsTheirTraffic();
    void numbers_goWithTheLink();
    void numbers_keepOffNodes();
    void numbers_keepOffTheirOwnLine();
    void numbers_needZoom();
    void stack_hasTheTrafficOfItsClients();
    void words_areForPointerAndScreenReader();
    void pictures_areDrawn_data();
    void pictures_areDrawn();

private:
    void turnOn() const;
    void tell(const QString &qube, quint64 sent, quint64 received) const;

    [[nodiscard]] TopologyScene *scene() const
    {
        return m_page->view()->topology();
    }

    [[nodiscard]] std::optional<TrafficStep> step(const QString &client) const
    {
        return scene()->link(client)->look().traffic;
    }

    /// The numbers that can be seen, and what they lie over: nodes and each other.
    [[nodiscard]] QStringList overlapping() const;
    [[nodiscard]] qsizetype numbersInSight() const;
};

void TopologyTrafficTest::initTestCase()
{
    QLocale::setDefault(QLocale::c());
}

void TopologyTrafficTest::turnOn() const
{
    auto *toggle = child<QToolButton>(u"topology.traffic.toggle"_s);
    if (!toggle->isChecked()) {
        toggle->click();
    }
}

void TopologyTrafficTest::tell(const QString &qube, quint64 sent, quint64 received) const
{
    Q_EMIT m_source->trafficChanged(qube, {.sent = sent, .received = received});
}

qsizetype TopologyTrafficTest::numbersInSight() const
{
    return std::ranges::count_if(scene()->nodes(), [this](const QString &node) {
        return scene()->traffic(node) != nullptr && scene()->traffic(node)->isVisible();
    });
}

QStringList TopologyTrafficTest::overlapping() const
{
    QList<std::pair<QString, QRectF>> areas;
    for (const QString &name : scene()->nodes()) {
        areas.emplace_back(name, NodeItem::box().translated(scene()->node(name)->pos()));
    }
    QStringList found;
    for (const QString &name : scene()->nodes()) {
        const TrafficItem *numbers = scene()->traffic(name);
        if (numbers == nullptr || !numbers->isVisible()) {
            continue;
        }
        for (const auto &[other, area] : std::as_const(areas)) {
            if (area.intersects(numbers->area())) {
                found << u"the numbers of "_s + name + u" over "_s + other;
            }
        }
        areas.emplace_back(u"the numbers of "_s + name, numbers->area());
    }
    return found;
}

void TopologyTrafficTest::ui_069_layer_asksOnlyWhileItIsOnAndShowsTheSample()
{
    QVERIFY(!m_source->isTrafficFollowed);
    tell(u"work"_s, 1, 1); // nobody asked
    QVERIFY(!step(u"work"_s));
    QVERIFY(scene()->traffic(u"work"_s) == nullptr);
    turnOn();
    QVERIFY(m_source->isTrafficFollowed);
    tell(u"work"_s, 12'000, 1'200'000);
    QCOMPARE(scene()->traffic(u"work"_s)->rate(), (TrafficRate{.sent = 12'000, .received = 1'200'000}));
    tell(u"work"_s, 13'000, 0); // the next sample, and nothing in between
    QCOMPARE(scene()->traffic(u"work"_s)->rate(), (TrafficRate{.sent = 13'000, .received = 0}));
    child<QToolButton>(u"topology.traffic.toggle"_s)->click();
    QVERIFY(!m_source->isTrafficFollowed);
    QVERIFY(!step(u"work"_s));
    QVERIFY(scene()->traffic(u"work"_s) == nullptr);
}

void TopologyTrafficTest::toggle_showsTheLayerAndItsLegend()
{
    auto *bar = child<QWidget>(u"topology.traffic"_s);
    auto *toggle = child<QToolButton>(u"topology.traffic.toggle"_s);
    QVERIFY(!bar->isVisible());
    QVERIFY(toggle->isEnabled() && !toggle->accessibleName().isEmpty());
    press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(bar->isVisible());
    QStringList legend;
    for (const QWidget *part : bar->findChildren<QWidget *>(Qt::FindDirectChildrenOnly)) {
        legend << part->accessibleName();
    }
    for (const TrafficStep step : {TrafficStep::Idle, TrafficStep::Little, TrafficStep::Some, TrafficStep::Much}) {
        QVERIFY2(legend.contains(stepWords(step)), qPrintable(stepWords(step)));
    }
    toggle->click();
    QVERIFY(!bar->isVisible());
}

void TopologyTrafficTest::toggle_isOffWhereNothingIsToldAndSaysWhy()
{
    auto *toggle = child<QToolButton>(u"topology.traffic.toggle"_s);
    const QString hint = toggle->toolTip();
    turnOn();
    m_source->hasTraffic = false;
    m_source->load(Test::smallNetwork());
    QVERIFY(!toggle->isEnabled());
    QVERIFY(!toggle->isChecked());
    QCOMPARE(toggle->toolTip(), u"Traffic. This system does not tell how much goes over a link"_s);
    QVERIFY(!m_source->isTrafficFollowed);
    QVERIFY(!child<QWidget>(u"topology.traffic"_s)->isVisible());
    m_source->hasTraffic = true;
    m_source->load(Test::smallNetwork());
    QVERIFY(toggle->isEnabled());
    QCOMPARE(toggle->toolTip(), hint);
}

void TopologyTrafficTest::toggle_fromTheLastTimeWaitsUntilTrafficIsTold()
{
    m_source->hasTraffic = false;
    m_source->load(Test::smallNetwork());
    const QStringList wished{u"topology.traffic.toggle"_s};
    m_page->switchOn(wished);
    QVERIFY(!child<QToolButton>(u"topology.traffic.toggle"_s)->isChecked());
    QCOMPARE(m_page->switchedOn(), wished); // kept for the next time if no core tells it this time
    m_source->hasTraffic = true;
    m_source->load(Test::smallNetwork());
    QVERIFY(child<QToolButton>(u"topology.traffic.toggle"_s)->isChecked());
    QVERIFY(m_source->isTrafficFollowed);
    child<QToolButton>(u"topology.traffic.toggle"_s)->click();
    QCOMPARE(m_page->switchedOn(), QStringList());
}

void TopologyTrafficTest::page_outOfSightAsksForNothing()
{
    turnOn();
    tell(u"work"_s, 1, 1);
    m_page->hide();
    QVERIFY(!m_source->isTrafficFollowed);
    m_page->show();
    QVERIFY(m_source->isTrafficFollowed);
    QVERIFY(scene()->traffic(u"work"_s) == nullptr); // what was known then is old
    tell(u"work"_s, 2, 2);
    QVERIFY(scene()->traffic(u"work"_s) != nullptr);
}

void TopologyTrafficTest::event_changesOneLink()
{
    turnOn();
    tell(u"work"_s, 1, 1);
    tell(u"sys-firewall"_s, 1, 1);
    QCoreApplication::processEvents();
    QList<QRectF> changed;
    const auto watch = connect(scene(), &QGraphicsScene::changed, this, [&changed](const QList<QRectF> &region) {
        changed << region;
    });
    tell(u"work"_s, 2'000'000, 1);
    QTRY_VERIFY(!changed.isEmpty());
    disconnect(watch);
    const QRectF own = scene()->link(u"work"_s)->sceneBoundingRect() | scene()->traffic(u"work"_s)->sceneBoundingRect();
    for (const QRectF &area : std::as_const(changed)) {
        QVERIFY(own.adjusted(-4, -4, 4, 4).contains(area));
    }
}

void TopologyTrafficTest::lines_areAsThickAsTheirTraffic()
{
    turnOn();
    QVERIFY(step(u"work"_s) == TrafficStep::Idle);
    QVERIFY(!step(u"personal"_s));  // off
    QVERIFY(!step(u"untrusted"_s)); // its net qube is off
    const auto thickness = [this] {
        const LinkItem *link = scene()->link(u"work"_s);
        QImage image(400, 200, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        QPainterPath path(QPointF(10, 100));
        path.lineTo(390, 100);
        drawLink(painter, path, link->look(), {}, {.palette = scene()->palette(), .font = scene()->font(), .zoom = 1});
        painter.end();
        int covered = 0;
        for (int y = 0; y < image.height(); ++y) {
            covered += qAlpha(image.pixel(100, y));
        }
        return covered;
    };
    QList<int> all{thickness()};
    for (const quint64 bytes : {50'000ULL, 1'000'000ULL, 9'000'000ULL}) {
        tell(u"work"_s, bytes, 0);
        all << thickness();
    }
    for (qsizetype i = 1; i < all.size(); ++i) { // by so much that it can be seen
        QVERIFY2(2 * all.at(i) > 3 * all.at(i - 1), qPrintable(u"step %1: %2"_s.arg(i).arg(all.at(i))));
    }
}

void TopologyTrafficTest::numbers_goWithTheLink()
{
    turnOn();
    tell(u"work"_s, 5'000, 5'000);
    const QPointF before = scene()->traffic(u"work"_s)->pos();
    scene()->picture()->move({{u"work"_s, scene()->picture()->placeOf(u"work"_s) + QPointF(-80, 160)}});
    QCOMPARE(scene()->traffic(u"work"_s)->pos(), before + QPointF(-80, 160));
    tell(u"work"_s, 0, 0);
    QVERIFY(scene()->traffic(u"work"_s) == nullptr); // where nothing goes, nothing is to be read
    tell(u"work"_s, 5'000, 5'000);
    m_source->change(Test::client(u"work"_s, u"sys-firewall"_s)); // it has ended
    QVERIFY(scene()->traffic(u"work"_s) == nullptr);
    QVERIFY(!step(u"work"_s));
    m_source->change(Test::running(Test::client(u"work"_s, u"sys-firewall"_s)));
    tell(u"work"_s, 5'000, 5'000);
    m_source->remove(u"work"_s);
    QVERIFY(scene()->traffic(u"work"_s) == nullptr);
}

void TopologyTrafficTest::numbers_keepOffNodes()
{
    turnOn();
    tell(u"work"_s, 5'000, 5'000);
    QVERIFY(scene()->traffic(u"work"_s)->isVisible());
    QCOMPARE(overlapping(), QStringList());
    const Places before = scene()->picture()->places();
    scene()->picture()->move({{u"vault"_s, scene()->toPlace(scene()->traffic(u"work"_s)->area().center())}});
    QVERIFY(!scene()->traffic(u"work"_s)->isVisible());
    scene()->picture()->move(before);
    QVERIFY(scene()->traffic(u"work"_s)->isVisible());
}

void TopologyTrafficTest::numbers_keepOffTheirOwnLine()
{
    turnOn();
    tell(u"work"_s, 5'000, 5'000);
    for (const double rise : {-240.0, -60.0, 60.0, 240.0}) {
        const QPointF provider = scene()->picture()->placeOf(u"sys-firewall"_s);
        scene()->picture()->move({{u"work"_s, provider - QPointF(ColumnStep, rise)}});
        QVERIFY(!scene()->link(u"work"_s)->path().intersects(scene()->traffic(u"work"_s)->area()));
    }
}

void TopologyTrafficTest::numbers_needZoom()
{
    turnOn();
    tell(u"work"_s, 5'000, 5'000);
    const auto isPainted = [this](double zoom) {
        QImage image(300, 200, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.translate(100, 100);
        painter.scale(zoom, zoom);
        const_cast<TrafficItem *>(scene()->traffic(u"work"_s))->paint(&painter, nullptr, nullptr);
        painter.end();
        QImage empty(image.size(), image.format());
        empty.fill(Qt::transparent);
        return image != empty;
    };
    QVERIFY(isPainted(1));
    QVERIFY(isPainted(NumbersZoom + 0.01));
    QVERIFY(!isPainted(NumbersZoom - 0.01));
}

void TopologyTrafficTest::stack_hasTheTrafficOfItsClients()
{
    turnOn();
    m_source->change(Test::running(Test::client(u"personal"_s, u"sys-firewall"_s)));
    scene()->picture()->setFolded(u"sys-firewall"_s, true);
    const QString stack = stackName(u"sys-firewall"_s);
    QVERIFY(scene()->link(stack) != nullptr);
    tell(u"work"_s, 60'000, 1);
    QVERIFY(step(stack) == TrafficStep::Little);
    tell(u"personal"_s, 60'000, 2);
    QVERIFY(step(stack) == TrafficStep::Some);
    QCOMPARE(scene()->traffic(stack)->rate(), (TrafficRate{.sent = 120'000, .received = 3}));
    scene()->picture()->setFolded(u"sys-firewall"_s, false);
    QCOMPARE(scene()->traffic(u"work"_s)->rate(), (TrafficRate{.sent = 60'000, .received = 1}));
    QVERIFY(scene()->traffic(stack) == nullptr);
}

void TopologyTrafficTest::words_areForPointerAndScreenReader()
{
    QAccessibleInterface *tree = QAccessible::queryAccessibleInterface(m_page->view());
    const auto description = [tree] {
        for (int i = 0; i < tree->childCount(); ++i) {
            if (tree->child(i)->text(QAccessible::Name) == u"work"_s) {
                return tree->child(i)->child(0)->text(QAccessible::Description);
            }
        }
        return QString();
    };
    QCOMPARE(description(), QString());
    turnOn();
    QCOMPARE(description(), u"work sends and receives nothing."_s);
    tell(u"work"_s, 12'000, 1'200'000);
    QCOMPARE(description().replace(QChar(0xa0), u' '), u"work sends 12 kB/s and receives 1.2 MB/s."_s);
    QVERIFY(scene()->link(u"work"_s)->toolTip().contains(u"sends"_s));
    QVERIFY(scene()->link(u"personal"_s)->toolTip().isEmpty());
    child<QToolButton>(u"topology.traffic.toggle"_s)->click();
    QVERIFY(scene()->link(u"work"_s)->toolTip().isEmpty());
}

void TopologyTrafficTest::pictures_areDrawn_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<bool>("isMirrored");
    for (const int count : {8, 40}) {
        QTest::addRow("traffic-%d-light", count) << count << false << false;
        QTest::addRow("traffic-%d-dark", count) << count << true << false;
        QTest::addRow("traffic-%d-rtl", count) << count << false << true;
    }
}

void TopologyTrafficTest::pictures_areDrawn()
{
    QFETCH(const int, count);
    QFETCH(const bool, isDark);
    QFETCH(const bool, isMirrored);
    dress(count, isDark, isMirrored);
    turnOn();
    const QList<TrafficRate> some{{.sent = 12'000, .received = 1'200'000},
                                  {.sent = 840, .received = 0},
                                  {.sent = 34'500'000, .received = 210'000},
                                  {},
                                  {.sent = 96'000, .received = 888'000'000}};
    for (qsizetype i = 0; i < m_source->list.size(); ++i) {
        const TrafficRate &rate = some.at(i % some.size());
        tell(m_source->list.at(i).name, rate.sent, rate.received);
    }
    m_page->view()->fit();
    QCoreApplication::processEvents();
    keepPicture(QString::fromLatin1(QTest::currentDataTag()));
    m_page->view()->setZoom(1);
    m_page->view()->centerOn(scene()->node(u"sys-firewall"_s));
    QCoreApplication::processEvents();
    keepPicture(QString::fromLatin1(QTest::currentDataTag()) + u"-near"_s);
    QCOMPARE(cutOff(), QStringList());
    QCOMPARE(overlapping(), QStringList());
    QVERIFY(numbersInSight() > 0);
}

QTEST_MAIN(TopologyTrafficTest)

#include "topologytraffictest.moc"
