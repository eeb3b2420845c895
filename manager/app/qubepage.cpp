// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/qubepage.h"

#include "manager/app/placeholder.h"
#include "manager/app/qubedelegate.h"
#include "manager/app/skeleton.h"
#include "manager/files/droprows.h"
#include "manager/files/filedrop.h"
#include "manager/models/qubefilter.h"
#include "manager/models/qubemodel.h"
#include "manager/topology/placestore.h"
#include "manager/topology/topologypage.h"
#include "manager/topology/topologyview.h"

#include <KConfigGroup>
#include <KLocalizedString>
#include <KSharedConfig>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedLayout>
#include <QTreeView>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

KConfigGroup listSettings()
{
    return KSharedConfig::openConfig()->group(u"List"_s);
}

} // namespace

QubePage::QubePage(QubeSource *source, QubeModel *model, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_model(model)
    , m_filter(new QubeFilter(this))
    , m_delegate(new QubeDelegate(this))
    , m_search(new QLineEdit(this))
    , m_view(new QTreeView(this))
    , m_fileDrop(new FileDrop(m_view, this))
    , m_topology(new TopologyPage(source, model, PlaceStore::standardPath(), this))
    , m_skeleton(new Skeleton(this))
    , m_empty(new Placeholder(u"list.empty"_s, u"computer"_s, this))
    , m_nothingFound(new Placeholder(u"list.nothingfound"_s, u"edit-find"_s, this))
    , m_notConnected(new Placeholder(u"list.notconnected"_s, u"network-disconnect"_s, this))
    , m_stack(new QStackedLayout(this))
{
    setObjectName(u"list.page"_s);
    m_filter->setSourceModel(model);
    buildView();
    new DropRows(m_view, this);
    connect(m_fileDrop, &FileDrop::filesDropped, this, &QubePage::filesDropped);
    buildPlaceholders();
    for (QWidget *page : {static_cast<QWidget *>(m_skeleton),
                          static_cast<QWidget *>(m_view),
                          static_cast<QWidget *>(m_topology),
                          static_cast<QWidget *>(m_empty),
                          static_cast<QWidget *>(m_nothingFound),
                          static_cast<QWidget *>(m_notConnected)}) {
        m_stack->addWidget(page);
    }

    m_search->setObjectName(u"list.filter.search"_s);
    m_search->setAccessibleName(i18nc("@label:textbox", "Search"));
    m_search->setPlaceholderText(i18nc("@info:placeholder", "Search…"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setSearch(text);
        searchPicture();
        refresh();
    });
    connect(m_topology, &TopologyPage::selectionChanged, this, [this] {
        if (m_kind == ViewKind::Topology) {
            Q_EMIT selectionChanged();
        }
    });
    connect(m_topology, &TopologyPage::menuWanted, this, &QubePage::menuWanted);
    connect(m_topology, &TopologyPage::filesDropped, this, &QubePage::filesDropped);
    m_topology->view()->installEventFilter(this);

    connect(source, &QubeSource::connectionChanged, this, &QubePage::refresh);
    connect(source, &QubeSource::loaded, this, &QubePage::refresh);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &QubePage::refresh);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &QubePage::refresh);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &QubePage::searchPicture);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &QubePage::searchPicture);
    refresh();
}

void QubePage::setFilePolicy(FilePolicy *policy)
{
    m_fileDrop->setPolicy(policy);
    m_topology->view()->setFilePolicy(policy);
}

void QubePage::buildView()
{
    m_view->setObjectName(u"list.view"_s);
    m_view->setAccessibleName(i18nc("@label for a screen reader", "Qubes"));
    m_view->setModel(m_filter);
    m_view->setItemDelegate(m_delegate);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(QubeModel::Name, Qt::AscendingOrder);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setIconSize(QSize(16, 16));
    m_view->header()->setObjectName(u"list.header"_s);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(QubeModel::Name, QHeaderView::Stretch);
    m_view->header()->setMinimumSectionSize(6 * m_view->fontMetrics().averageCharWidth());
    m_view->header()->setSectionsMovable(true);
    m_view->installEventFilter(this);
    const int letter = m_view->fontMetrics().averageCharWidth();
    for (const auto &[column, letters] : {std::pair{int{QubeModel::State}, 21},
                                          {int{QubeModel::NetQube}, 20},
                                          {int{QubeModel::Template}, 20},
                                          {int{QubeModel::Label}, 14},
                                          {int{QubeModel::Memory}, 14}}) {
        m_view->header()->resizeSection(column, letters * letter);
    }
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &QubePage::selectionChanged);
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint &position) {
        if (!selection().isEmpty()) {
            Q_EMIT menuWanted(m_view->viewport()->mapToGlobal(position));
        }
    });
}

void QubePage::buildPlaceholders()
{
    m_empty->setHeading(i18nc("@info", "No qubes yet"));
    m_empty->setSentence(i18nc("@info", "A qube keeps one part of your life apart from the others."));
    connect(m_empty->addButton(u"list.empty.new"_s, i18nc("@action:button", "New Qube…"), u"list-add"_s),
            &QPushButton::clicked,
            this,
            &QubePage::newQubeWanted);

    m_nothingFound->setHeading(i18nc("@info", "No qube matches"));
    connect(m_nothingFound->addButton(
                u"list.nothingfound.clear"_s, i18nc("@action:button", "Clear Search"), u"edit-clear"_s),
            &QPushButton::clicked,
            m_search,
            &QLineEdit::clear);

    m_notConnected->setHeading(i18nc("@info", "The core service does not answer"));
    m_notConnected->setSentence(i18nc("@info",
                                      "It is not running, or this account is not in the group “qubes”. The "
                                      "window connects by itself as soon as it can."));
    connect(
        m_notConnected->addButton(u"list.notconnected.retry"_s, i18nc("@action:button", "Try Now"), u"view-refresh"_s),
        &QPushButton::clicked,
        m_source,
        &QubeSource::reconnectNow);
}

QubePage::Shown QubePage::shown() const
{
    if (!m_source->isLoaded()) {
        return m_source->connection() == QubeSource::Connection::Lost ? Shown::NotConnected : Shown::Skeleton;
    }
    if (m_model->rowCount() == 0) {
        return Shown::Empty;
    }
    if (m_kind == ViewKind::Topology) {
        return Shown::Picture; // a search dims in it and hides nothing
    }
    return m_filter->rowCount() == 0 ? Shown::EmptyBySearch : Shown::Rows;
}

void QubePage::setViewKind(ViewKind kind)
{
    if (kind == m_kind) {
        return;
    }
    QStringList names;
    for (const QubeInfo &qube : selection()) {
        names << qube.name;
    }
    m_kind = kind;
    if (kind == ViewKind::Topology) {
        m_topology->select(names);
    } else {
        m_view->clearSelection();
        for (const QString &name : names) {
            const QModelIndex index = m_filter->mapFromSource(m_model->index(m_model->rowOf(name), QubeModel::Name));
            if (index.isValid()) {
                m_view->selectionModel()->setCurrentIndex(index,
                                                          QItemSelectionModel::Select | QItemSelectionModel::Rows);
                m_view->scrollTo(index);
            }
        }
    }
    refresh();
    Q_EMIT viewKindChanged();
    Q_EMIT selectionChanged();
}

void QubePage::focusView()
{
    m_kind == ViewKind::List ? m_view->setFocus() : m_topology->view()->setFocus();
}

/// From the search into what it found. The first row may be the current one already, and no key would select it then.
void QubePage::enterResults()
{
    focusView();
    if (m_kind == ViewKind::List && !m_view->selectionModel()->hasSelection()) {
        m_view->setCurrentIndex(m_view->model()->index(0, 0));
    }
}

void QubePage::searchPicture()
{
    if (m_filter->search().trimmed().isEmpty()) {
        m_topology->setMatching(std::nullopt);
        return;
    }
    QSet<QString> matching;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        matching.insert(m_filter->index(row, QubeModel::Name).data(QubeModel::QubeRole).value<QubeInfo>().name);
    }
    m_topology->setMatching(matching);
}

void QubePage::refresh()
{
    const Shown now = shown();
    switch (now) {
    case Shown::Skeleton:
        m_stack->setCurrentWidget(m_skeleton);
        break;
    case Shown::Rows:
        if (m_stack->currentWidget() != m_view) {
            m_stack->setCurrentWidget(m_view);
            if (!m_search->hasFocus()) {
                m_view->setFocus(); // a hidden view could not take it before
            }
        }
        break;
    case Shown::Picture:
        if (m_stack->currentWidget() != m_topology) {
            m_stack->setCurrentWidget(m_topology);
            if (!m_search->hasFocus()) {
                m_topology->view()->setFocus();
            }
        }
        break;
    case Shown::Empty:
        m_stack->setCurrentWidget(m_empty);
        break;
    case Shown::EmptyBySearch:
        m_nothingFound->setSentence(i18ncp("@info %2 what was searched for",
                                           "“%2” hides one qube.",
                                           "“%2” hides %1 qubes.",
                                           m_model->rowCount(),
                                           m_filter->search()));
        m_stack->setCurrentWidget(m_nothingFound);
        break;
    case Shown::NotConnected:
        m_stack->setCurrentWidget(m_notConnected);
        break;
    }
    m_delegate->setOld(m_source->connection() == QubeSource::Connection::Lost);
    m_view->viewport()->update();
    if (!m_selectLater.isEmpty()) {
        select(m_selectLater);
    }
    Q_EMIT visibleCountChanged();
}

QList<QubeInfo> QubePage::selection() const
{
    QList<QubeInfo> qubes;
    if (m_kind == ViewKind::Topology) {
        for (const QString &name : m_topology->selection()) {
            if (const int row = m_model->rowOf(name); row >= 0) {
                qubes << m_model->at(row);
            }
        }
        return qubes;
    }
    for (const QModelIndex &row : m_view->selectionModel()->selectedRows()) {
        qubes << row.data(QubeModel::QubeRole).value<QubeInfo>();
    }
    return qubes;
}

void QubePage::select(const QString &qube)
{
    const int row = m_model->rowOf(qube);
    m_selectLater = row < 0 ? qube : QString();
    if (row < 0) {
        return;
    }
    if (m_kind == ViewKind::Topology) {
        m_topology->select({qube});
        return;
    }
    const QModelIndex index = m_filter->mapFromSource(m_model->index(row, QubeModel::Name));
    if (index.isValid()) {
        m_view->setCurrentIndex(index);
        m_view->scrollTo(index);
    }
}

int QubePage::visibleCount() const
{
    return m_filter->rowCount();
}

void QubePage::saveState()
{
    KConfigGroup settings = listSettings();
    settings.writeEntry("Header", m_view->header()->saveState());
    settings.writeEntry("View", m_kind == ViewKind::Topology ? "topology" : "list");
    settings.writeEntry("TopologyShows", m_topology->switchedOn());
    settings.sync();
    m_topology->saveState();
}

void QubePage::restoreState()
{
    if (const QByteArray state = listSettings().readEntry("Header", QByteArray()); !state.isEmpty()) {
        m_view->header()->restoreState(state);
    }
    m_topology->switchOn(listSettings().readEntry("TopologyShows", QStringList()));
    if (listSettings().readEntry("View", QString()) == "topology"_L1) {
        setViewKind(ViewKind::Topology);
    }
}

bool QubePage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_search && key->key() == Qt::Key_Escape) {
        m_search->clear();
        focusView();
        return true;
    }
    if (watched == m_search && key->key() == Qt::Key_Down) {
        enterResults();
        return true;
    }
    if (watched != m_search && key->text() == "/"_L1) {
        m_search->setFocus();
        m_search->selectAll();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace Bulkhead
