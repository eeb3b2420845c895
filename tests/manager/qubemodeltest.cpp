// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/qubemodel.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/qubefilter.h"
#include "tests/manager/fakesource.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

class QubeModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void rows_areSortedAndWithoutDom0();
    void ui_006_change_isOneSignalOfOneRow();
    void change_toTheSameIsNone();
    void reload_keepsRowsThatStay();
    void labels_repaintTheirColumnsOnly();
    void busy_showsTheDeedUntilTheStateChanges();
    void ui_012_words_ofTheUnknownAreShownAsTheyAre();
    void description_hasItsFixedOrder();
    void filter_joinsWordsAndLeavesOut_data();
    void filter_joinsWordsAndLeavesOut();
    void filter_sortsNumbersAsNumbers();

private:
    [[nodiscard]] QStringList names(const QAbstractItemModel &model) const;

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void QubeModelTest::init()
{
    m_source = std::make_unique<Test::FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(),
                                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
}

void QubeModelTest::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_source.reset();
}

QStringList QubeModelTest::names(const QAbstractItemModel &model) const
{
    QStringList found;
    for (int row = 0; row < model.rowCount(); ++row) {
        found << model.index(row, QubeModel::Name).data().toString();
    }
    return found;
}

void QubeModelTest::rows_areSortedAndWithoutDom0()
{
    QubeInfo dom0 = makeQube(u"dom0"_s);
    dom0.kind = QubeKind::Admin;
    m_source->load({makeQube(u"work"_s), dom0, makeQube(u"bank"_s)});
    m_source->change(makeQube(u"mail"_s));
    QCOMPARE(names(*m_model), (QStringList{u"bank"_s, u"mail"_s, u"work"_s}));
    QCOMPARE(m_model->rowOf(u"mail"_s), 1);
    QCOMPARE(m_model->rowOf(u"dom0"_s), -1);
    m_source->remove(u"bank"_s);
    QCOMPARE(names(*m_model), (QStringList{u"mail"_s, u"work"_s}));
}

void QubeModelTest::ui_006_change_isOneSignalOfOneRow()
{
    m_source->load({makeQube(u"bank"_s), makeQube(u"mail"_s), makeQube(u"work"_s)});
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    QSignalSpy layout(m_model.get(), &QAbstractItemModel::layoutChanged);
    QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
    constexpr int events = 1000;
    for (int i = 0; i < events; ++i) {
        QubeInfo qube = makeQube(u"mail"_s);
        qube.memoryMiB = static_cast<std::uint32_t>(i + 1);
        m_source->change(qube);
    }
    // The first of the values, 400 less one, is not the one before: each is a change but one.
    QCOMPARE(changed.size(), events);
    for (const auto &arguments : changed) {
        QCOMPARE(arguments.at(0).toModelIndex().row(), 1);
        QCOMPARE(arguments.at(1).toModelIndex().row(), 1);
    }
    QCOMPARE(layout.size() + reset.size(), 0);
}

void QubeModelTest::change_toTheSameIsNone()
{
    m_source->load({makeQube(u"work"_s)});
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_source->change(makeQube(u"work"_s));
    QCOMPARE(changed.size(), 0);
}

void QubeModelTest::reload_keepsRowsThatStay()
{
    m_source->load({makeQube(u"bank"_s), makeQube(u"mail"_s), makeQube(u"work"_s)});
    const QPersistentModelIndex work = m_model->index(2, 0);
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    m_source->load({makeQube(u"mail"_s), makeQube(u"new"_s), makeQube(u"work"_s)});
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(removed.size(), 1);
    QVERIFY(work.isValid());
    QCOMPARE(work.data().toString(), u"work"_s);
}

void QubeModelTest::labels_repaintTheirColumnsOnly()
{
    m_source->load({makeQube(u"bank"_s), makeQube(u"work"_s)});
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_source->labelList.first().color = LabelColor(1, 2, 3);
    Q_EMIT m_source->labelsChanged();
    QCOMPARE(changed.size(), 2);
    QCOMPARE(changed.at(0).at(0).toModelIndex().column(), int{QubeModel::Name});
    QCOMPARE(changed.at(1).at(0).toModelIndex().column(), int{QubeModel::Label});
    QCOMPARE(m_model->index(0, 0).data(QubeModel::MarkRole).value<MarkStyle>().fill, QColor(1, 2, 3));
}

void QubeModelTest::busy_showsTheDeedUntilTheStateChanges()
{
    m_source->load({makeQube(u"work"_s)});
    const QModelIndex state = m_model->index(0, QubeModel::State);
    QCOMPARE(state.data().toString(), u"Halted"_s);
    m_model->setBusy(u"work"_s, u"Starting…"_s);
    QCOMPARE(state.data().toString(), u"Starting…"_s);
    QVERIFY(state.data(QubeModel::BusyRole).toBool());
    QubeInfo other = makeQube(u"work"_s);
    other.memoryMiB = 1;
    m_source->change(other);
    QVERIFY2(state.data(QubeModel::BusyRole).toBool(), "another change is not the answer");
    m_source->change(running(makeQube(u"work"_s)));
    QCOMPARE(state.data().toString(), u"Running"_s);
    QVERIFY(!state.data(QubeModel::BusyRole).toBool());
}

void QubeModelTest::ui_012_words_ofTheUnknownAreShownAsTheyAre()
{
    QubeInfo odd = makeQube(u"odd"_s, u"ultraviolet"_s);
    odd.className = u"NewVM"_s;
    odd.kind = QubeKind::Unknown;
    odd.state = QubeState::Unknown;
    odd.stateText = u"Dreaming"_s;
    m_source->load({odd});
    QCOMPARE(m_model->index(0, QubeModel::State).data().toString(), u"Dreaming"_s);
    QCOMPARE(m_model->index(0, QubeModel::Label).data().toString(), u"ultraviolet"_s);
    // A label nobody knows gets the most alarming look.
    QCOMPARE(m_model->index(0, 0).data(QubeModel::MarkRole).value<MarkStyle>().fill, QColor(Qt::black));
}

void QubeModelTest::description_hasItsFixedOrder()
{
    m_source->load({running(makeQube(u"work"_s))});
    QCOMPARE(m_model->index(0, 0).data(Qt::AccessibleTextRole).toString(), u"work"_s);
    const QString description = m_model->index(0, 0).data(Qt::AccessibleDescriptionRole).toString();
    const QStringList order{
        u"application qube"_s, u"running"_s, u"label red circle"_s, u"network through sys-firewall"_s};
    qsizetype before = -1;
    for (const QString &part : order) {
        const qsizetype place = description.indexOf(part);
        QVERIFY2(place > before, qPrintable(description));
        before = place;
    }
}

void QubeModelTest::filter_joinsWordsAndLeavesOut_data()
{
    QTest::addColumn<QString>("search");
    QTest::addColumn<QStringList>("found");
    QTest::newRow("nothing") << QString() << QStringList{u"bank"_s, u"mail"_s, u"work"_s};
    QTest::newRow("name") << u"MA"_s << QStringList{u"mail"_s};
    QTest::newRow("state") << u"running"_s << QStringList{u"work"_s};
    QTest::newRow("two words") << u"red halted"_s << QStringList{u"bank"_s, u"mail"_s};
    QTest::newRow("without") << u"-running"_s << QStringList{u"bank"_s, u"mail"_s};
    QTest::newRow("template") << u"debian-13 -mail"_s << QStringList{u"bank"_s, u"work"_s};
    QTest::newRow("no such") << u"zebra"_s << QStringList{};
}

void QubeModelTest::filter_joinsWordsAndLeavesOut()
{
    QFETCH(const QString, search);
    QFETCH(const QStringList, found);
    m_source->load({makeQube(u"bank"_s), makeQube(u"mail"_s), running(makeQube(u"work"_s))});
    QubeFilter filter;
    filter.setSourceModel(m_model.get());
    filter.sort(QubeModel::Name);
    filter.setSearch(search);
    QCOMPARE(names(filter), found);
}

void QubeModelTest::filter_sortsNumbersAsNumbers()
{
    QubeInfo small = makeQube(u"disp12"_s);
    small.memoryMiB = 90;
    QubeInfo large = makeQube(u"disp2"_s);
    large.memoryMiB = 1000;
    m_source->load({small, large});
    QubeFilter filter;
    filter.setSourceModel(m_model.get());
    filter.sort(QubeModel::Name);
    QCOMPARE(names(filter), (QStringList{u"disp2"_s, u"disp12"_s}));
    filter.sort(QubeModel::Memory);
    QCOMPARE(names(filter), (QStringList{u"disp12"_s, u"disp2"_s}));
}

QTEST_MAIN(QubeModelTest)

#include "qubemodeltest.moc"
