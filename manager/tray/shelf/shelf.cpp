// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/shelf/shelf.h"

#include "manager/client/qubesource.h"
#include "manager/files/droprows.h"
#include "manager/files/filedrag.h"
#include "manager/files/filepolicy.h"
#include "manager/models/qubemodel.h"
#include "manager/tray/shelf/qubeuse.h"
#include "manager/tray/shelf/shelfdelegate.h"

#include <KLocalizedString>
#include <QDropEvent>
#include <QGuiApplication>
#include <QListView>
#include <QScreen>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString nameOf(const QModelIndex &row)
{
    return row.siblingAtColumn(QubeModel::Name).data(QubeModel::QubeRole).value<QubeInfo>().name;
}

/// Where no pointer is. A window that is not shown has no rows to tell of.
constexpr QPoint outOfSight(-10'000, -10'000);

} // namespace

ChosenQubes::ChosenQubes(QAbstractItemModel *qubes, QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSourceModel(qubes);
    sort(QubeModel::Name);
}

void ChosenQubes::choose(const QStringList &names)
{
    m_names = names;
    invalidate();
}

bool ChosenQubes::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    return m_names.contains(nameOf(sourceModel()->index(row, QubeModel::Name, parent)));
}

bool ChosenQubes::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return m_names.indexOf(nameOf(left)) < m_names.indexOf(nameOf(right));
}

Shelf::Shelf(QubeSource *source, QubeModel *model, QubeUse *use, FilePolicy *policy)
    : QFrame(nullptr,
             Qt::Tool | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint | Qt::WindowDoesNotAcceptFocus
                 | Qt::X11BypassWindowManagerHint)
    , m_source(source)
    , m_use(use)
    , m_chosen(new ChosenQubes(model, this))
    , m_list(new QListView(this))
    , m_more(new QToolButton(this))
    , m_rows(new DropRows(m_list, this))
    , m_drop(new FileDrop(m_list, this))
{
    setObjectName(u"shelf"_s);
    setWindowTitle(i18nc("@title:window where files are let go", "Shelf"));
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFrameStyle(QFrame::StyledPanel | QFrame::Plain);
    setAutoFillBackground(true);
    buildList();
    buildMore();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_list);
    layout->addWidget(m_more);
    m_drop->setPolicy(policy);
    m_drop->tellBeside();
    connect(m_drop, &FileDrop::filesDropped, this, &Shelf::filesDropped);
    connect(m_rows, &DropRows::published, this, &Shelf::moveIn);
    connect(m_use, &QubeUse::changed, this, &Shelf::refresh);
    connect(m_source, &QubeSource::loaded, this, &Shelf::refresh);
    connect(m_source, &QubeSource::qubeChanged, this, &Shelf::refresh);
    connect(m_source, &QubeSource::qubeRemoved, this, &Shelf::refresh);
    refresh();
}

void Shelf::buildList()
{
    m_list->setObjectName(u"shelf.list"_s);
    m_list->setAccessibleName(i18nc("@label for a screen reader", "Qubes that files can be let go over"));
    m_list->setModel(m_chosen);
    m_list->setModelColumn(QubeModel::Name);
    m_list->setItemDelegate(new ShelfDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
}

void Shelf::buildMore()
{
    m_more->setObjectName(u"shelf.more"_s);
    m_more->setText(i18nc("@action:button other qubes than these", "More…"));
    m_more->setToolTip(i18nc("@info:tooltip", "Let files go here to choose among all qubes"));
    m_more->setAutoRaise(true);
    m_more->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_more->setMinimumHeight(32); // spec ui 21
    m_more->setAcceptDrops(true);
    m_more->setFocusPolicy(Qt::NoFocus);
    m_more->installEventFilter(this);
}

void Shelf::setEdge(Edge edge)
{
    m_edge = edge;
    vanish();
}

void Shelf::refresh()
{
    const QStringList names = m_use->mostUsed(m_source->qubes(), MostQubes);
    if (names != m_chosen->chosen() && !isVisible()) { // nothing moves under the hand
        m_chosen->choose(names);
        Q_EMIT qubesChanged();
    }
}

void Shelf::appear(From from, const QPoint &pointer)
{
    if (m_edge == Edge::None || isVisible() || qubes().isEmpty()) {
        return;
    }
    m_pointer = pointer;
    m_more->setVisible(from == From::Dom0); // what a qube's window offers goes to one qube at a time
    m_list->setFixedSize(Width, ShelfDelegate::Height * static_cast<int>(qubes().size()));
    resize(sizeHint()); // adjustSize() makes windows that may grow no narrower than 200
    move(outOfSight);
    show(); // in its place once bulkhead-drag can read its rows: it looks at windows that come or move
}

void Shelf::vanish()
{
    hide();
    refresh();
}

void Shelf::moveIn()
{
    if (isVisible()) {
        move(placeOnScreen().topLeft());
        raise();
    }
}

QRect Shelf::placeOnScreen() const
{
    const QScreen *screen = QGuiApplication::screenAt(m_pointer);
    screen = screen != nullptr ? screen : QGuiApplication::primaryScreen();
    const QRect area = screen->availableGeometry();
    QRect place(QPoint(), size());
    place.moveCenter(area.center());
    if (m_edge == Edge::Left) {
        place.moveLeft(area.left());
    } else {
        place.moveRight(area.right());
    }
    return place;
}

bool Shelf::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::Drop: {
        auto &drag = *static_cast<QDropEvent *>(event);
        const QStringList paths = localFiles(drag.mimeData());
        if (!paths.isEmpty() && drag.possibleActions().testFlag(Qt::CopyAction)) {
            drag.setDropAction(Qt::CopyAction);
            drag.accept();
            if (event->type() == QEvent::Drop) {
                Q_EMIT moreWanted(paths);
            }
        }
        return true;
    }
    default:
        return QFrame::eventFilter(watched, event);
    }
}

} // namespace Bulkhead
