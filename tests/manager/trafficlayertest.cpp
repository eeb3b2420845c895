// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of the traffic while the layer is on, and the words for it.
#include "manager/topology/trafficlayer.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/graphmodel.h"
#include "manager/topology/trafficwords.h"
#include "tests/manager/fakesource.h"
#include "tests/manager/networks.h"

#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

using Rate = std::optional<TrafficRate>;

class TrafficLayerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void ui_069_layer_followsOnlyWhileItIsOnAndInSight();
    void rates_areTheLatestOfEachClient();
    void rates_areOfLiveLinksAlone();
    void rate_endsWithItsLink();
    void rates_endWithTheLayerAndTheStream();
    void layer_goesOffWhereNothingIsTold();
    void steps_areByBothWaysTogether_data();
    void steps_areByBothWaysTogether();
    void words_areShort_data();
    void words_areShort();
    void sentence_saysWhoAndWhichWay();

private:
    void turnOn() const;
    void tell(const QString &qube, quint64 sent, quint64 received) const;

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<GraphModel> m_graph;
    std::unique_ptr<TrafficLayer> m_layer;
};

void TrafficLayerTest::initTestCase()
{
    QLocale::setDefault(QLocale::c());
}

void TrafficLayerTest::init()
{
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_graph = std::make_unique<GraphModel>(m_model.get());
    m_layer = std::make_unique<TrafficLayer>(m_source.get(), m_graph.get());
    m_source->load(Test::smallNetwork());
}

void TrafficLayerTest::cleanup()
{
    m_layer.reset();
    m_graph.reset();
    m_model.reset();
    m_source.reset();
}

void TrafficLayerTest::turnOn() const
{
    m_layer->setInSight(true);
    m_layer->setShown(true);
}

void TrafficLayerTest::tell(const QString &qube, quint64 sent, quint64 received) const
{
    Q_EMIT m_source->trafficChanged(qube, {.sent = sent, .received = received});
}

void TrafficLayerTest::ui_069_layer_followsOnlyWhileItIsOnAndInSight()
{
    QVERIFY(!m_source->isTrafficFollowed);
    m_layer->setInSight(true);
    QVERIFY(!m_source->isTrafficFollowed);
    QVERIFY(m_layer->rates().isEmpty());
    m_layer->setShown(true);
    QVERIFY(m_source->isTrafficFollowed);
    m_layer->setInSight(false);
    QVERIFY(!m_source->isTrafficFollowed);
    QVERIFY(m_layer->isShown());
    m_layer->setInSight(true);
    QVERIFY(m_source->isTrafficFollowed);
    m_layer->setShown(false);
    QVERIFY(!m_source->isTrafficFollowed);
    m_layer->setShown(true);
    m_layer.reset();
    QVERIFY(!m_source->isTrafficFollowed);
}

void TrafficLayerTest::rates_areTheLatestOfEachClient()
{
    turnOn();
    QSignalSpy changed(m_layer.get(), &TrafficLayer::changed);
    QSignalSpy reset(m_layer.get(), &TrafficLayer::reset);
    tell(u"work"_s, 12'000, 1'200'000);
    tell(u"work"_s, 12'001, 1'200'000);
    QCOMPARE(changed.size(), 2); // about one link each
    QCOMPARE(changed.first().first().toString(), u"work"_s);
    QVERIFY(reset.isEmpty());
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{.sent = 12'001, .received = 1'200'000}));
    QCOMPARE(m_layer->rateOf(u"sys-firewall"_s), Rate(TrafficRate{})); // of which nothing was told
}

void TrafficLayerTest::rates_areOfLiveLinksAlone()
{
    turnOn();
    // personal is off; vpn, before untrusted, is off; sys-net and vault have no net qube.
    QCOMPARE(m_layer->rates().size(), 2);
    QVERIFY(m_layer->rates().contains(u"work"_s) && m_layer->rates().contains(u"sys-firewall"_s));
    QSignalSpy changed(m_layer.get(), &TrafficLayer::changed);
    for (const QString &qube : {u"personal"_s, u"untrusted"_s, u"vault"_s, u"nobody"_s, QString()}) {
        tell(qube, 1, 1);
        QVERIFY2(!m_layer->rateOf(qube), qPrintable(qube));
    }
    QVERIFY(changed.isEmpty());
}

void TrafficLayerTest::rate_endsWithItsLink()
{
    turnOn();
    const QubeInfo work = Test::running(Test::client(u"work"_s, u"sys-firewall"_s));
    tell(u"work"_s, 5, 5);
    QSignalSpy changed(m_layer.get(), &TrafficLayer::changed);
    m_source->change(Test::client(u"work"_s, u"sys-firewall"_s)); // halted
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate());
    QVERIFY(!changed.isEmpty());
    m_source->change(work); // the core begins anew, and so do we
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{}));

    tell(u"work"_s, 5, 5);
    m_source->change(Test::running(Test::client(u"work"_s, u"sys-net"_s)));
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{}));

    tell(u"work"_s, 5, 5);
    QubeInfo sysNet = Test::provider(u"sys-net"_s, {});
    m_source->change(sysNet); // its net qube has ended
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate());
    m_source->change(Test::running(sysNet));
    tell(u"work"_s, 5, 5);
    m_source->remove(u"work"_s);
    m_source->change(Test::running(Test::client(u"work"_s, u"sys-net"_s)));
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{}));
}

void TrafficLayerTest::rates_endWithTheLayerAndTheStream()
{
    turnOn();
    tell(u"work"_s, 5, 5);
    QSignalSpy reset(m_layer.get(), &TrafficLayer::reset);
    Q_EMIT m_source->trafficLost();
    QCOMPARE(reset.size(), 1);
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{}));
    tell(u"work"_s, 5, 5);
    m_layer->setInSight(false);
    m_layer->setInSight(true);
    QCOMPARE(m_layer->rateOf(u"work"_s), Rate(TrafficRate{}));
    tell(u"work"_s, 5, 5);
    m_layer->setShown(false);
    QVERIFY(m_layer->rates().isEmpty());
    tell(u"work"_s, 5, 5); // one that was on its way
    QVERIFY(!m_layer->rateOf(u"work"_s));
}

void TrafficLayerTest::layer_goesOffWhereNothingIsTold()
{
    turnOn();
    QSignalSpy available(m_layer.get(), &TrafficLayer::availabilityChanged);
    QSignalSpy shown(m_layer.get(), &TrafficLayer::shownChanged);
    m_source->hasTraffic = false;
    m_source->load(Test::smallNetwork());
    QVERIFY(!m_layer->isAvailable());
    QVERIFY(!m_layer->isShown());
    QVERIFY(!m_source->isTrafficFollowed);
    QCOMPARE(available.size(), 1);
    QCOMPARE(shown.size(), 1);
    m_layer->setShown(true);
    QVERIFY(!m_layer->isShown());
    m_source->hasTraffic = true;
    m_source->load(Test::smallNetwork());
    QCOMPARE(available.size(), 2);
    QVERIFY(!m_layer->isShown()); // nobody asked for it again
    turnOn();
    QVERIFY(m_source->isTrafficFollowed);
}

void TrafficLayerTest::steps_areByBothWaysTogether_data()
{
    QTest::addColumn<quint64>("sent");
    QTest::addColumn<quint64>("received");
    QTest::addColumn<int>("step");

    const auto row = [](const char *name, quint64 sent, quint64 received, TrafficStep step) {
        QTest::newRow(name) << sent << received << static_cast<int>(step);
    };
    row("nothing", 0, 0, TrafficStep::Idle);
    row("one byte", 0, 1, TrafficStep::Little);
    row("just under 100 kB", 50'000, 49'999, TrafficStep::Little);
    row("100 kB together", 50'000, 50'000, TrafficStep::Some);
    row("just under 5 MB", 4'999'999, 0, TrafficStep::Some);
    row("5 MB together", 1, 4'999'999, TrafficStep::Much);
    row("more than there is", ~quint64{0}, ~quint64{0}, TrafficStep::Much);
}

void TrafficLayerTest::steps_areByBothWaysTogether()
{
    QFETCH(const quint64, sent);
    QFETCH(const quint64, received);
    QFETCH(const int, step);
    QCOMPARE(static_cast<int>(stepOf({.sent = sent, .received = received})), step);
}

void TrafficLayerTest::words_areShort_data()
{
    QTest::addColumn<quint64>("bytes");
    QTest::addColumn<QString>("words");

    QTest::newRow("nothing") << quint64{0} << u"0 B/s"_s;
    QTest::newRow("bytes") << quint64{999} << u"999 B/s"_s;
    QTest::newRow("a kilobyte") << quint64{1000} << u"1 kB/s"_s;
    QTest::newRow("few") << quint64{1234} << u"1.2 kB/s"_s;
    QTest::newRow("nearly ten") << quint64{9951} << u"10 kB/s"_s;
    QTest::newRow("tens") << quint64{12'345} << u"12 kB/s"_s;
    QTest::newRow("hundreds") << quint64{123'456} << u"123 kB/s"_s;
    QTest::newRow("megabytes") << quint64{1'200'000} << u"1.2 MB/s"_s;
    QTest::newRow("a gigabyte") << quint64{1'000'000'000} << u"1 GB/s"_s;
}

void TrafficLayerTest::words_areShort()
{
    QFETCH(const quint64, bytes);
    QFETCH(const QString, words);
    QCOMPARE(rateWords(bytes).replace(QChar(0xa0), u' '), words);
}

void TrafficLayerTest::sentence_saysWhoAndWhichWay()
{
    QCOMPARE(trafficSentence(u"work"_s, {.sent = 12'000, .received = 1'200'000}).replace(QChar(0xa0), u' '),
             u"work sends 12 kB/s and receives 1.2 MB/s."_s);
    QCOMPARE(trafficSentence(u"work"_s, {}), u"work sends and receives nothing."_s);
    QCOMPARE(stepWords(TrafficStep::Little).replace(QChar(0xa0), u' '), u"under 100 kB/s"_s);
    QCOMPARE(stepWords(TrafficStep::Some).replace(QChar(0xa0), u' '), u"under 5 MB/s"_s);
}

QTEST_GUILESS_MAIN(TrafficLayerTest)

#include "trafficlayertest.moc"
