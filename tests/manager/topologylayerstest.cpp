// SPDX-License-Identifier: GPL-2.0-or-later
// What depends on what beside the network, as layers of the page; how many layers there may be; how the picture lies.
#include "manager/topology/legendsample.h"
#include "manager/topology/outline.h"
#include "manager/topology/relationbar.h"
#include "manager/topology/relationlook.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/fakepolicy.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::provider;
using Test::running;

namespace
{

QubeInfo templateNamed(const QString &name)
{
    QubeInfo qube = client(name, {});
    qube.kind = QubeKind::Template;
    qube.templateName.clear();
    return qube;
}

/// The small network with a template, a disposable, and a qube that has a screen and loudspeakers.
QList<QubeInfo> richNetwork()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << templateNamed(u"debian-13"_s) << client(u"dvm"_s, u"sys-firewall"_s)
          << running(client(u"disp7"_s, u"sys-firewall"_s)) << running(client(u"sys-screen"_s, {}));
    qubes[qubes.size() - 2].kind = QubeKind::Disposable;
    qubes[qubes.size() - 2].templateName = u"dvm"_s;
    for (QubeInfo &qube : qubes) {
        if (qube.name == "work"_L1) {
            qube.guiQube = u"sys-screen"_s;
            qube.audioQube = u"sys-screen"_s;
        }
    }
    return qubes;
}

/// What a relation looks like where nobody sees colours: a grey line without its head, and the head alone.
QImage greyLine(Relation relation, bool isHeadOnly)
{
    QImage image(120, 24, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setPen(QPen(Qt::black, 1.8));
    if (isHeadOnly) {
        painter.translate(60, 12);
        painter.drawPath(headOf(relation));
    } else {
        QPen pen(Qt::black, 1.8, Qt::SolidLine, Qt::FlatCap);
        pen.setDashPattern(dashesOf(relation));
        painter.setPen(pen);
        painter.drawLine(0, 12, 120, 12);
    }
    return image;
}

} // namespace

class TopologyLayersTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void layer_drawsWhatDependsOnWhat_data();
    void layer_drawsWhatDependsOnWhat();
    void templates_areInThePictureOnlyWhileTheyAreShown();
    void devices_areAskedForOnlyWhileTheyAreShown();
    void updatePath_isWhatThePolicySays();
    void selection_choosesTheArrows();
    void arrows_goOntoTheStackOfFoldedQubes();
    void accessibleTree_hasEachArrow();
    void ui_068_legend_isVisibleWhileItsLayerIsOn();
    void ui_068_thirdLayer_asksWhichOneGoes();
    void ui_068_layers_differWithoutColour();
    void layers_areKeptForTheNextTime();
    void ui_051_picture_liesAsItIsSaid_data();
    void ui_051_picture_liesAsItIsSaid();
    void vertical_handsFindWhatTheyReachFor();
    void pictures_areDrawn_data();
    void pictures_areDrawn();

private:
    [[nodiscard]] QAction *layer(Relation relation) const
    {
        return child<QAction>(u"topology.layer."_s + relationKey(relation));
    }

    [[nodiscard]] QStringList arrows() const;
    [[nodiscard]] QMessageBox *openQuestion() const;

    [[nodiscard]] TopologyScene *scene() const
    {
        return m_page->view()->topology();
    }

    Test::FakePolicy m_policy;
};

QStringList TopologyLayersTest::arrows() const
{
    QStringList words;
    for (const RelationItem *item : scene()->relations()) {
        words << item->words();
    }
    words.sort();
    return words;
}

QMessageBox *TopologyLayersTest::openQuestion() const
{
    for (auto *question : m_page->window()->findChildren<QMessageBox *>(u"topology.layers.question"_s)) {
        if (question->isVisible()) {
            return question;
        }
    }
    return nullptr;
}

void TopologyLayersTest::layer_drawsWhatDependsOnWhat_data()
{
    QTest::addColumn<Relation>("relation");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("summary");
    QTest::newRow("disposable parents") << Relation::DisposableParent << QStringList{u"disp7 is made of dvm."_s}
                                        << QString();
    QTest::newRow("devices") << Relation::Device << QStringList{u"work has the disk sda of sys-net."_s}
                             << u"One leads to dom0."_s;
    QTest::newRow("sound and display") << Relation::SoundAndDisplay
                                       << QStringList{u"work is seen and heard through sys-screen."_s}
                                       << u"9 lead to dom0."_s;
}

void TopologyLayersTest::layer_drawsWhatDependsOnWhat()
{
    QFETCH(const Relation, relation);
    QFETCH(const QStringList, words);
    QFETCH(const QString, summary);
    build();
    m_source->disks = {{u"work"_s,
                        {u"dom0+loop0:? device_id='?' port_id='loop0' devclass='block' backend_domain='dom0'"_s,
                         u"sys-net+sda:? device_id='?' port_id='sda' devclass='block' backend_domain='sys-net'"_s}}};
    m_source->load(richNetwork());
    layer(relation)->trigger();
    QTRY_COMPARE(arrows(), words);
    for (const auto *label : child<RelationBar>(u"topology.relations"_s)->findChildren<QLabel *>()) {
        if (label->isVisible()) {
            QCOMPARE(label->text(), summary);
        }
    }
    layer(relation)->trigger();
    QVERIFY(scene()->relations().isEmpty());
}

void TopologyLayersTest::templates_areInThePictureOnlyWhileTheyAreShown()
{
    build();
    m_source->load(richNetwork());
    QVERIFY(scene()->node(u"debian-13"_s) == nullptr);
    const QPointF before = scene()->node(u"work"_s)->pos();
    layer(Relation::Template)->trigger();
    QVERIFY(scene()->node(u"debian-13"_s) != nullptr);
    QCOMPARE(scene()->node(u"work"_s)->pos(), before); // nobody is pushed
    QVERIFY(scene()->relation(Relation::Template, u"work"_s, u"debian-13"_s) != nullptr);
    QVERIFY(scene()->relation(Relation::Template, u"disp7"_s, u"dvm"_s) == nullptr); // its parent is another layer's
    m_source->change(templateNamed(u"fedora-42"_s));
    QVERIFY(scene()->node(u"fedora-42"_s) != nullptr);
    const QString path = m_folder.filePath(u"network.topology"_s);
    m_page->exportTextTo(path);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("debian-13")); // it is no part of the network
    layer(Relation::Template)->trigger();
    QVERIFY(scene()->node(u"debian-13"_s) == nullptr && scene()->node(u"fedora-42"_s) == nullptr);
    QCOMPARE(scene()->node(u"work"_s)->pos(), before);
}

void TopologyLayersTest::devices_areAskedForOnlyWhileTheyAreShown()
{
    QVERIFY(m_source->disksRead.isEmpty());
    layer(Relation::Device)->trigger();
    QStringList asked = m_source->disksRead;
    asked.sort();
    QCOMPARE(asked, (QStringList{u"sys-firewall"_s, u"sys-net"_s, u"untrusted"_s, u"work"_s})); // those that run
    QTRY_VERIFY(arrows().isEmpty());
    m_source->disksRead.clear();
    m_source->disks = {{u"work"_s, {u"sys-net+sdb:? port_id='sdb'"_s}}};
    Q_EMIT m_source->disksChanged(u"work"_s);
    QTRY_COMPARE(arrows(), QStringList{u"work has the disk sdb of sys-net."_s});
    QCOMPARE(m_source->disksRead, QStringList{u"work"_s}); // nobody else is asked again
    QubeInfo halted = client(u"work"_s, u"sys-firewall"_s);
    m_source->change(halted);
    QTRY_VERIFY(arrows().isEmpty());
    layer(Relation::Device)->trigger();
    m_source->disksRead.clear();
    m_source->change(running(halted));
    Q_EMIT m_source->disksChanged(u"work"_s);
    QTest::qWait(0);
    QVERIFY(m_source->disksRead.isEmpty());
}

void TopologyLayersTest::updatePath_isWhatThePolicySays()
{
    build();
    m_policy.know({u"sys-net"_s, u"vpn"_s, u"work"_s});
    m_policy.knowTemplate(u"debian-13"_s);
    m_policy.knowTemplate(u"fedora-42"_s);
    m_policy.write("qubes.UpdatesProxy * fedora-42 @default deny\n"
                   "qubes.UpdatesProxy * @type:TemplateVM @default allow target=sys-net\n");
    m_source->standard.updateQube = u"sys-firewall"_s;
    m_page->setPolicy(&m_policy);
    m_source->load(richNetwork() << templateNamed(u"fedora-42"_s));
    QVERIFY(!m_policy.isWatched);
    layer(Relation::UpdatePath)->trigger();
    QVERIFY(m_policy.isWatched);
    QTRY_COMPARE(arrows(), QStringList{u"debian-13 gets its updates through sys-net."_s});
    QStringList summaries;
    for (const auto *label : child<RelationBar>(u"topology.relations"_s)->findChildren<QLabel *>()) {
        if (label->isVisible()) {
            summaries << label->text();
        }
    }
    QCOMPARE(summaries, QStringList{u"dom0 gets its own through sys-firewall."_s});
    m_policy.write("qubes.UpdatesProxy * debian-13 @default allow target=vpn\n");
    QTRY_COMPARE(arrows(), QStringList{u"debian-13 gets its updates through vpn."_s});
    // Rules look at the policy, too: neither takes it from the other.
    child<QToolButton>(u"topology.rules.toggle"_s)->click();
    layer(Relation::UpdatePath)->trigger();
    QVERIFY(m_policy.isWatched);
    child<QToolButton>(u"topology.rules.toggle"_s)->click();
    QVERIFY(!m_policy.isWatched);
}

void TopologyLayersTest::selection_choosesTheArrows()
{
    build();
    QList<QubeInfo> qubes = Test::network(80);
    for (QubeInfo &qube : qubes) {
        qube.templateName = u"debian-13"_s;
    }
    m_source->load(qubes << templateNamed(u"debian-13"_s));
    layer(Relation::Template)->trigger();
    QVERIFY(scene()->relations().isEmpty()); // of all they would hide each other
    m_page->select({u"sys-net"_s});
    QCOMPARE(arrows(), QStringList{u"sys-net is made of debian-13."_s});
    QVERIFY(!scene()->node(u"debian-13"_s)->attention().isDimmed);
    QCOMPARE(scene()->relationsFrom(u"sys-net"_s).size(), 1);
    m_page->select({});
    QVERIFY(scene()->relations().isEmpty());
}

void TopologyLayersTest::arrows_goOntoTheStackOfFoldedQubes()
{
    build();
    m_source->load(richNetwork());
    scene()->picture()->setFolded(u"sys-firewall"_s, true);
    layer(Relation::Template)->trigger();
    const RelationItem *all = scene()->relation(Relation::Template, stackName(u"sys-firewall"_s), u"debian-13"_s);
    QVERIFY(all != nullptr);
    QVERIFY2(all->words().contains(u"work is made of debian-13."_s), qPrintable(all->words()));
    QVERIFY(all->words().contains(u'\n'));
}

void TopologyLayersTest::accessibleTree_hasEachArrow()
{
    build();
    m_source->disks = {{u"work"_s, {u"sys-net+sda:?"_s, u"sys-net+sdb:?"_s}}};
    m_source->load(richNetwork());
    layer(Relation::Device)->trigger();
    layer(Relation::SoundAndDisplay)->trigger();
    QTRY_COMPARE(arrows().size(), 2);
    QAccessibleInterface *tree = QAccessible::queryAccessibleInterface(m_page->view());
    QStringList names;
    for (int i = 0; i < tree->childCount(); ++i) {
        QAccessibleInterface *node = tree->child(i);
        for (int part = 1; node->text(QAccessible::Name) == "work"_L1 && part < node->childCount(); ++part) {
            QAccessibleInterface *arrow = node->child(part);
            QVERIFY(arrow->isValid() && arrow->parent() == node && !arrow->rect().isEmpty());
            QCOMPARE(node->indexOfChild(arrow), part);
            names << arrow->text(QAccessible::Name);
        }
    }
    names.sort();
    QCOMPARE(
        names,
        (QStringList{u"work has the disks sda, sdb of sys-net."_s, u"work is seen and heard through sys-screen."_s}));
}

void TopologyLayersTest::ui_068_legend_isVisibleWhileItsLayerIsOn()
{
    for (const Relation relation : allRelations) {
        const auto isShown = [&] {
            const auto samples = child<RelationBar>(u"topology.relations"_s)->findChildren<LegendSample *>();
            return std::ranges::any_of(samples, [&](const LegendSample *sample) {
                return sample->isVisible() && sample->accessibleName() == relationTitle(relation);
            });
        };
        QVERIFY(!isShown());
        layer(relation)->trigger();
        QVERIFY(isShown());
        layer(relation)->trigger();
        QVERIFY(!isShown());
        QVERIFY(!child<RelationBar>(u"topology.relations"_s)->isVisible());
    }
}

void TopologyLayersTest::ui_068_thirdLayer_asksWhichOneGoes()
{
    layer(Relation::Device)->trigger();
    child<QToolButton>(u"topology.rules.toggle"_s)->click();
    QVERIFY(openQuestion() == nullptr);
    layer(Relation::SoundAndDisplay)->trigger();
    QMessageBox *question = openQuestion();
    QVERIFY(question != nullptr);
    QVERIFY(question->text().endsWith(u"Which one makes room for “Sound and Display”?"_s));
    QVERIFY(!layer(Relation::SoundAndDisplay)->isChecked());
    QStringList choices;
    for (const QAbstractButton *button : question->buttons()) {
        choices << button->text();
    }
    choices.sort();
    QVERIFY(choices.contains(u"Turn Off Devices"_s) && choices.contains(u"Turn Off Rules"_s));
    QCOMPARE(choices.size(), 3);
    question->reject(); // all stays as it was
    QVERIFY(layer(Relation::Device)->isChecked());
    QVERIFY(child<QToolButton>(u"topology.rules.toggle"_s)->isChecked());
    QVERIFY(!layer(Relation::SoundAndDisplay)->isChecked());
    QVERIFY(openQuestion() == nullptr);

    child<QToolButton>(u"topology.traffic.toggle"_s)->click(); // the same for a switch of the bar
    question = openQuestion();
    QVERIFY(question != nullptr);
    for (QAbstractButton *button : question->buttons()) {
        if (button->text() == "Turn Off Devices"_L1) {
            button->click();
        }
    }
    QVERIFY(!layer(Relation::Device)->isChecked());
    QVERIFY(child<QToolButton>(u"topology.rules.toggle"_s)->isChecked());
    QVERIFY(child<QToolButton>(u"topology.traffic.toggle"_s)->isChecked());
}

void TopologyLayersTest::ui_068_layers_differWithoutColour()
{
    for (std::size_t i = 0; i < allRelations.size(); ++i) {
        for (std::size_t j = i + 1; j < allRelations.size(); ++j) {
            QVERIFY(greyLine(allRelations.at(i), false) != greyLine(allRelations.at(j), false));
            QVERIFY(greyLine(allRelations.at(i), true) != greyLine(allRelations.at(j), true));
        }
        // The policy's are full, {5, 3} and {1.2, 2.4}; planned and broken links {3, 2} and {6, 3}.
        const QList<qreal> dashes = dashesOf(allRelations.at(i));
        for (const QList<qreal> &other : {QList<qreal>{5, 3}, {1.2, 2.4}, {3, 2}, {6, 3}, {1, 3}, {8, 5}}) {
            QVERIFY(dashes != other);
        }
        QVERIFY(!dashes.isEmpty());
    }
}

void TopologyLayersTest::layers_areKeptForTheNextTime()
{
    layer(Relation::Device)->trigger();
    layer(Relation::UpdatePath)->trigger();
    child<QAction>(u"topology.vertical"_s)->trigger();
    const QStringList kept = m_page->switchedOn();
    build();
    m_page->switchOn(kept + QStringList{u"topology.rules.toggle"_s}); // more than fit, as somebody wrote it
    m_source->load(richNetwork());
    QVERIFY(layer(Relation::Device)->isChecked() && layer(Relation::UpdatePath)->isChecked());
    QVERIFY(!layer(Relation::Template)->isChecked());
    QVERIFY(!child<QToolButton>(u"topology.rules.toggle"_s)->isChecked());
    QVERIFY(scene()->arrangement().isVertical);
    QVERIFY(openQuestion() == nullptr);
}

void TopologyLayersTest::ui_051_picture_liesAsItIsSaid_data()
{
    QTest::addColumn<bool>("isVertical");
    QTest::addColumn<bool>("isMirrored");
    QTest::addColumn<bool>("isDark");
    QTest::newRow("end side, from the left") << false << false << false;
    QTest::newRow("end side, from the right") << false << true << false;
    QTest::newRow("bottom, from the left") << true << false << false;
    QTest::newRow("bottom, from the right, dark") << true << true << true;
}

void TopologyLayersTest::ui_051_picture_liesAsItIsSaid()
{
    QFETCH(const bool, isVertical);
    QFETCH(const bool, isMirrored);
    QFETCH(const bool, isDark);
    for (const int count : {8, 40}) {
        dress(count, isDark, isMirrored);
        child<QAction>(u"topology.vertical"_s)->setChecked(isVertical);
        QStringList names = scene()->nodes();
        for (const QString &name : names) {
            const LinkItem *link = scene()->link(name);
            if (link == nullptr) {
                continue;
            }
            const QPointF way = scene()->node(link->target())->pos() - scene()->node(name)->pos();
            const double outwards = isVertical ? way.y() : isMirrored ? -way.x() : way.x();
            QVERIFY2(outwards > NodeHeight, qPrintable(name)); // a path reads like a sentence
            QVERIFY(QLineF(link->path().pointAtPercent(0), scene()->node(name)->pos()).length() <= NodeWidth);
        }
        for (qsizetype i = 0; i < names.size(); ++i) {
            for (qsizetype j = i + 1; j < names.size(); ++j) {
                const QRectF one = NodeItem::box().translated(scene()->node(names.at(i))->pos());
                const QRectF other = NodeItem::box().translated(scene()->node(names.at(j))->pos());
                QVERIFY2(!one.intersects(other), qPrintable(names.at(i) + u' ' + names.at(j)));
            }
        }
        keepPicture(u"lies-%1-%2-%3-%4"_s
                        .arg(isVertical ? u"vertical"_s : u"level"_s,
                             isMirrored ? u"rtl"_s : u"ltr"_s,
                             isDark ? u"dark"_s : u"light"_s)
                        .arg(count));
    }
}

void TopologyLayersTest::vertical_handsFindWhatTheyReachFor()
{
    child<QAction>(u"topology.vertical"_s)->trigger();
    TopologyView *view = m_page->view();
    const auto at = [view](const QString &node) {
        return view->mapFromScene(view->topology()->node(node)->pos());
    };
    // The link is drawn from the lower side.
    const NodeItem *item = scene()->node(u"personal"_s);
    QVERIFY(item->handle().center().y() > 0);
    const QPoint handle = view->mapFromScene(item->pos() + item->handle().center() - QPointF(0, 3));
    QTest::mousePress(view->viewport(), Qt::LeftButton, Qt::NoModifier, handle);
    QTest::mouseMove(view->viewport(), (handle + at(u"vpn"_s)) / 2);
    QTest::mouseMove(view->viewport(), at(u"vpn"_s));
    QCOMPARE(child<QLabel>(u"topology.pointer"_s)->text(), u"+  Connect personal through vpn."_s);
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, Qt::NoModifier, at(u"vpn"_s));
    QVERIFY(sheet() != nullptr);
    sheet()->reject();
    // Down leads along the link, and a node that is moved stays where it was put.
    view->setCurrent(u"work"_s);
    press(Qt::Key_Down);
    QCOMPARE(current(), u"sys-firewall"_s);
    const QPointF before = scene()->node(u"sys-firewall"_s)->pos();
    press(Qt::Key_Right, Qt::AltModifier);
    const QPointF moved = scene()->node(u"sys-firewall"_s)->pos();
    QVERIFY(moved.x() > before.x() && moved.x() < before.x() + 2 * GridStep);
    child<QAction>(u"topology.vertical"_s)->trigger();
    child<QAction>(u"topology.vertical"_s)->trigger();
    QVERIFY(QLineF(scene()->node(u"sys-firewall"_s)->pos(), moved).length() < 0.001);
}

void TopologyLayersTest::pictures_areDrawn_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

/// For somebody to look at.
void TopologyLayersTest::pictures_areDrawn()
{
    QFETCH(const bool, isDark);
    const auto pictureOf = [&](Relation one, Relation other, bool isVertical) {
        dress(8, isDark, false);
        m_policy.know({u"sys-net"_s});
        m_policy.knowTemplate(u"debian-13"_s);
        m_policy.write("qubes.UpdatesProxy * @type:TemplateVM @default allow target=sys-net\n");
        m_page->setPolicy(&m_policy);
        m_source->disks = {{u"work"_s, {u"sys-net+sda:?"_s}}, {u"disp7"_s, {u"sys-net+sdb:?"_s}}};
        m_source->load(richNetwork());
        child<QAction>(u"topology.vertical"_s)->setChecked(isVertical);
        layer(one)->trigger();
        layer(other)->trigger();
        QTRY_VERIFY(!scene()->relations().isEmpty());
        QTest::qWait(0);
        m_page->view()->fit();
        QCOMPARE(cutOff(), QStringList());
        keepPicture(u"layers-%1-%2-%3%4"_s.arg(relationKey(one),
                                               relationKey(other),
                                               isDark ? u"dark"_s : u"light"_s,
                                               isVertical ? u"-vertical"_s : QString()));
    };
    pictureOf(Relation::Template, Relation::DisposableParent, false);
    pictureOf(Relation::Device, Relation::UpdatePath, false);
    pictureOf(Relation::SoundAndDisplay, Relation::Device, true);
}

QTEST_MAIN(TopologyLayersTest)

#include "topologylayerstest.moc"
