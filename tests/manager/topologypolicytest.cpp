// SPDX-License-Identifier: GPL-2.0-or-later
// The policy as a layer of the network's page: by pointer, by keys and for a screen reader.
#include "manager/topology/outline.h"
#include "manager/topology/rulesbar.h"
#include "manager/topology/topologyscene.h"
#include "tests/manager/fakepolicy.h"
#include "tests/manager/networks.h"
#include "tests/manager/topologyrig.h"

#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Policy::Verdict;

class TopologyPolicyTest : public Test::TopologyRig
{
    Q_OBJECT

private Q_SLOTS:
    void toggle_showsTheLayerAndItsLegend();
    void arrows_areThoseOfTheSelectedQube();
    void rule_isSaidOnHover();
    void service_isChosenOrTyped();
    void outline_hasARowForEachAnswer();
    void accessibleTree_hasEachArrowWithItsRule();
    void fold_putsArrowsOnTheStack();
    void arrows_followTheirNodesAndThePolicy();
    void signs_keepOffEachOtherAndOffNodes();
    void pictures_areDrawn_data();
    void pictures_areDrawn();

private:
    void showRules();
    /// Signs that lie over one another or over a node, and how many signs there are.
    [[nodiscard]] QStringList overlappingSigns() const;
    [[nodiscard]] qsizetype signCount() const;
    [[nodiscard]] const RuleItem *arrow(const QString &from, const QString &to) const;

    Test::FakePolicy m_policy;
};

void TopologyPolicyTest::showRules()
{
    m_policy.know({u"work"_s, u"vault"_s, u"personal"_s, u"untrusted"_s, u"vpn"_s, u"sys-net"_s, u"sys-firewall"_s});
    m_policy.write("qubes.Filecopy * work vault allow\n"
                   "qubes.Filecopy * untrusted @anyvm deny\n"
                   "qubes.Filecopy * work @anyvm ask\n"
                   "qubes.Filecopy * personal work ask\n"
                   "qubes.OpenInVM * work @dispvm allow\n"
                   "my.Service +x vpn work allow\n");
    m_page->setPolicy(&m_policy);
    auto *toggle = child<QToolButton>(u"topology.rules.toggle"_s);
    if (!toggle->isChecked()) {
        toggle->click();
    }
}

const RuleItem *TopologyPolicyTest::arrow(const QString &from, const QString &to) const
{
    return m_page->view()->topology()->rule(from, to);
}

void TopologyPolicyTest::toggle_showsTheLayerAndItsLegend()
{
    auto *bar = child<RulesBar>(u"topology.rules"_s);
    QVERIFY(!bar->isVisible());
    QVERIFY(!m_policy.isWatched);
    auto *toggle = child<QToolButton>(u"topology.rules.toggle"_s);
    QVERIFY(!toggle->accessibleName().isEmpty());
    press(Qt::Key_Y, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(bar->isVisible());
    QCOMPARE(child<QLabel>(u"topology.rules.summary"_s)->text(), u"The policy cannot be read here."_s);
    showRules();
    m_page->select({u"work"_s});
    QTRY_VERIFY(!m_page->view()->topology()->rules().isEmpty());
    QVERIFY(m_policy.isWatched);
    QStringList legend;
    for (const QWidget *part : bar->findChildren<QWidget *>(Qt::FindDirectChildrenOnly)) {
        legend << part->accessibleName();
    }
    for (const Verdict verdict : {Verdict::Allow, Verdict::Ask, Verdict::Deny}) {
        QVERIFY2(legend.contains(verdictWord(verdict)), qPrintable(verdictWord(verdict)));
    }
    toggle->click();
    QVERIFY(!bar->isVisible());
    QVERIFY(!m_policy.isWatched);
    QVERIFY(m_page->view()->topology()->rules().isEmpty());
}

void TopologyPolicyTest::arrows_areThoseOfTheSelectedQube()
{
    showRules();
    m_page->select({u"work"_s});
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
    QVERIFY(arrow(u"work"_s, u"vault"_s)->look().forth == Verdict::Allow);
    QVERIFY(!arrow(u"work"_s, u"vault"_s)->look().back);
    const RuleItem *both = arrow(u"work"_s, u"personal"_s); // both ways ask: one line with two heads
    QVERIFY(both->look().forth == Verdict::Ask && both->look().back == Verdict::Ask);
    QVERIFY(arrow(u"work"_s, u"untrusted"_s)->look().forth == Verdict::Ask); // untrusted's own is denied
    QVERIFY(!arrow(u"work"_s, u"untrusted"_s)->look().back);
    QCOMPARE(m_page->view()->topology()->rules().size(), 6);
    const TopologyScene *scene = m_page->view()->topology();
    QVERIFY(!scene->node(u"vault"_s)->attention().isDimmed); // an arrow ends there
    m_page->select({u"untrusted"_s});
    QTRY_COMPARE(scene->rules().size(), 1);
    QVERIFY(scene->node(u"vault"_s)->attention().isDimmed);
    child<QCheckBox>(u"topology.rules.denied"_s)->click();
    QTRY_COMPARE(scene->rules().size(), 7);
    QVERIFY(arrow(u"untrusted"_s, u"vault"_s)->look().forth == Verdict::Deny);
}

void TopologyPolicyTest::rule_isSaidOnHover()
{
    showRules();
    m_page->select({u"work"_s});
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
    QCOMPARE(arrow(u"work"_s, u"vault"_s)->words(),
             u"work may copy files to vault.\n30-user.policy:1:  qubes.Filecopy * work vault allow"_s);
    QVERIFY(arrow(u"work"_s, u"personal"_s)->words().contains(u"30-user.policy:4:"_s)); // both ways' rules
    QVERIFY(arrow(u"work"_s, u"vault"_s)->toolTip().contains(u"30-user.policy:1:"_s));
    m_policy.write("qubes.Filecopy * work vault allow user=<b>x</b>\n");
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s)->toolTip().contains(u"user=&lt;b&gt;x"_s)); // as text
}

void TopologyPolicyTest::service_isChosenOrTyped()
{
    showRules();
    m_page->select({u"work"_s});
    auto *service = child<QComboBox>(u"topology.rules.service"_s);
    auto *summary = child<QLabel>(u"topology.rules.summary"_s);
    service->setCurrentIndex(service->findData(u"qubes.OpenInVM"_s));
    Q_EMIT service->activated(service->currentIndex());
    QTRY_VERIFY2(summary->text().endsWith(u"work may open files in a new disposable."_s), qPrintable(summary->text()));
    service->lineEdit()->setText(u"my.Service+x"_s);
    QTest::keyClick(service->lineEdit(), Qt::Key_Return);
    QTRY_VERIFY(arrow(u"vpn"_s, u"work"_s) != nullptr);
    QVERIFY(arrow(u"vpn"_s, u"work"_s)->words().startsWith(u"vpn may call my.Service+x in work."_s));
    service->lineEdit()->setText(u"my Service; rm"_s); // no service is called so
    QTest::keyClick(service->lineEdit(), Qt::Key_Return);
    QTRY_VERIFY(m_page->view()->topology()->rules().isEmpty());
}

void TopologyPolicyTest::outline_hasARowForEachAnswer()
{
    showRules();
    child<QToolButton>(u"topology.outline.toggle"_s)->click();
    m_page->select({u"work"_s});
    auto *outline = child<Outline>(u"topology.outline"_s);
    const auto rows = [outline](const QString &qube) {
        const QModelIndexList found = outline->model()->match(
            outline->model()->index(0, 0), Outline::NodeRole, qube, 1, Qt::MatchExactly | Qt::MatchRecursive);
        QStringList lines;
        for (int row = 0; !found.isEmpty() && row < outline->model()->rowCount(found.first()); ++row) {
            const QModelIndex index = outline->model()->index(row, 0, found.first());
            lines << index.data().toString() + u'|' + index.data(Qt::AccessibleDescriptionRole).toString();
        }
        return lines;
    };
    QTRY_VERIFY(rows(u"work"_s).contains(
        u"work may copy files to vault.|30-user.policy:1:  qubes.Filecopy * work vault allow"_s));
    QCOMPARE(rows(u"work"_s).size(), 7); // six others and a new disposable
    QVERIFY(
        rows(u"untrusted"_s)
            .contains(
                u"untrusted may not copy files to work.|30-user.policy:2:  qubes.Filecopy * untrusted @anyvm deny"_s));
    // A row of a rule is nobody one could select.
    const QModelIndex work =
        outline->model()
            ->match(
                outline->model()->index(0, 0), Outline::NodeRole, u"work"_s, 1, Qt::MatchExactly | Qt::MatchRecursive)
            .first();
    outline->setCurrentIndex(outline->model()->index(0, 0, work));
    QCOMPARE(m_page->selection(), QStringList{u"work"_s});
    child<QToolButton>(u"topology.rules.toggle"_s)->click();
    QTRY_VERIFY(rows(u"work"_s).isEmpty());
}

void TopologyPolicyTest::accessibleTree_hasEachArrowWithItsRule()
{
    showRules();
    m_page->select({u"work"_s});
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
    QAccessibleInterface *tree = QAccessible::queryAccessibleInterface(m_page->view());
    for (int i = 0; i < tree->childCount(); ++i) {
        QAccessibleInterface *node = tree->child(i);
        if (node->text(QAccessible::Name) != u"work"_s) {
            continue;
        }
        QCOMPARE(node->childCount(), 1 + 6); // its link, and whom it may send files to
        QStringList names;
        for (int part = 1; part < node->childCount(); ++part) {
            QAccessibleInterface *rule = node->child(part);
            QVERIFY(rule->isValid() && rule->parent() == node && !rule->rect().isEmpty());
            QCOMPARE(node->indexOfChild(rule), part);
            QVERIFY(rule->text(QAccessible::Description).startsWith(u"30-user.policy:"_s));
            names << rule->text(QAccessible::Name);
        }
        QVERIFY(names.contains(u"work may copy files to vault."_s));
        QAccessibleInterface *gone = node->child(1);
        child<QToolButton>(u"topology.rules.toggle"_s)->click();
        QVERIFY(!gone->isValid());
        QCOMPARE(node->childCount(), 1);
        return;
    }
    QFAIL("work is not in the tree");
}

void TopologyPolicyTest::fold_putsArrowsOnTheStack()
{
    showRules();
    m_page->select({u"vault"_s});
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
    Picture *picture = m_page->view()->topology()->picture();
    picture->setFolded(u"sys-firewall"_s, true); // work and personal
    const QString stack = stackName(u"sys-firewall"_s);
    QVERIFY(arrow(stack, u"vault"_s) != nullptr);
    QVERIFY(arrow(u"work"_s, u"vault"_s) == nullptr);
    picture->setFolded(u"sys-firewall"_s, false);
    QVERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
}

void TopologyPolicyTest::arrows_followTheirNodesAndThePolicy()
{
    showRules();
    m_page->select({u"work"_s});
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s) != nullptr);
    TopologyScene *scene = m_page->view()->topology();
    const QPointF end = arrow(u"work"_s, u"vault"_s)->path().pointAtPercent(1);
    scene->picture()->move({{u"vault"_s, scene->picture()->placeOf(u"vault"_s) + QPointF(0, 80)}});
    QCOMPARE(arrow(u"work"_s, u"vault"_s)->path().pointAtPercent(1), end + QPointF(0, 80));
    const int looks = m_policy.looks;
    m_source->change(Test::client(u"vault"_s, {}));
    m_source->remove(u"personal"_s);
    QTRY_VERIFY(arrow(u"work"_s, u"personal"_s) == nullptr);
    QVERIFY(m_policy.looks > looks); // what the policy knows of the qubes is read again
    m_policy.write("qubes.Filecopy * work vault ask\n");
    QTRY_VERIFY(arrow(u"work"_s, u"vault"_s)->look().forth == Verdict::Ask);
    QCOMPARE(scene->rules().size(), 1);
}

QStringList TopologyPolicyTest::overlappingSigns() const
{
    const TopologyScene *scene = m_page->view()->topology();
    QList<std::pair<QString, QRectF>> areas;
    for (const QString &name : scene->nodes()) {
        areas.emplace_back(name, NodeItem::box().translated(scene->node(name)->pos()));
    }
    QStringList overlapping;
    for (const RuleItem *rule : scene->rules()) {
        const QString name = rule->from() + u" to "_s + rule->to();
        for (const auto &[other, area] : std::as_const(areas)) {
            if (area.intersects(rule->signArea())) {
                overlapping << name + u" over "_s + other;
            }
        }
        areas.emplace_back(name, rule->signArea());
    }
    return overlapping;
}

qsizetype TopologyPolicyTest::signCount() const
{
    return std::ranges::count_if(m_page->view()->topology()->rules(), [](const RuleItem *rule) {
        return !rule->signArea().isEmpty();
    });
}

void TopologyPolicyTest::signs_keepOffEachOtherAndOffNodes()
{
    showRules();
    child<QCheckBox>(u"topology.rules.denied"_s)->click();
    m_page->select({u"work"_s});
    TopologyScene *scene = m_page->view()->topology();
    QTRY_VERIFY(scene->rules().size() > 6);
    QCOMPARE(overlappingSigns(), QStringList());
    QCOMPARE(signCount(), scene->rules().size());
    const QPointF middle = arrow(u"work"_s, u"vault"_s)->signArea().center();
    scene->picture()->move({{u"personal"_s, scene->toPlace(middle)}}); // onto a sign
    QCOMPARE(overlappingSigns(), QStringList());
    QVERIFY(arrow(u"work"_s, u"vault"_s)->signArea().center() != middle);
}

void TopologyPolicyTest::pictures_areDrawn_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<bool>("isMirrored");
    for (const int count : {8, 40}) {
        QTest::addRow("rules-%d-light", count) << count << false << false;
        QTest::addRow("rules-%d-dark", count) << count << true << false;
        QTest::addRow("rules-%d-rtl", count) << count << false << true;
    }
}

void TopologyPolicyTest::pictures_areDrawn()
{
    QFETCH(const int, count);
    QFETCH(const bool, isDark);
    QFETCH(const bool, isMirrored);
    dress(count, isDark, isMirrored);
    showRules();
    if (count == 40) {
        QStringList names;
        for (const QubeInfo &qube : m_source->list) {
            names << qube.name;
        }
        m_policy.know(names);
        m_policy.write("qubes.Filecopy * project-number-4 vault-7 allow\n"
                       "qubes.Filecopy * @anyvm vault-7 deny\n"
                       "qubes.Filecopy * project-number-4 @anyvm ask\n"
                       "qubes.Filecopy * project-number-6 project-number-4 allow\n"
                       "qubes.Filecopy * @anyvm @anyvm deny\n");
    } else {
        child<QCheckBox>(u"topology.rules.denied"_s)->click();
    }
    m_page->select({count == 40 ? u"project-number-4"_s : u"work"_s});
    m_page->view()->fit();
    QTRY_VERIFY(!m_page->view()->topology()->rules().isEmpty());
    keepPicture(QString::fromLatin1(QTest::currentDataTag()));
    QCOMPARE(cutOff(), QStringList());
    QCOMPARE(overlappingSigns(), QStringList());
    QVERIFY(2 * signCount() > m_page->view()->topology()->rules().size()); // most have room
    // No arrow begins or ends in the middle of nowhere.
    const TopologyScene *scene = m_page->view()->topology();
    for (const RuleItem *rule : scene->rules()) {
        for (const auto &[node, share] : {std::pair(rule->from(), 0.0), std::pair(rule->to(), 1.0)}) {
            const QRectF box = NodeItem::box().translated(scene->node(node)->pos());
            QVERIFY(box.adjusted(-1, -1, 1, 1).contains(rule->path().pointAtPercent(share)));
        }
    }
}

QTEST_MAIN(TopologyPolicyTest)

#include "topologypolicytest.moc"
