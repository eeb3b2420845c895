// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/filedrop.h"

#include "manager/models/filedrag.h"
#include "manager/models/qubemodel.h"
#include "manager/topology/pointertext.h"

#include <KLocalizedString>
#include <QDropEvent>
#include <QRubberBand>
#include <QTreeView>

#include <optional>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

std::optional<QubeInfo> qubeOf(const QModelIndex &row)
{
    if (!row.isValid()) {
        return std::nullopt;
    }
    return row.siblingAtColumn(QubeModel::Name).data(QubeModel::QubeRole).value<QubeInfo>();
}

/// Copied or not at all: what was dragged stays where it is.
void answer(QDropEvent &event, bool isTaken)
{
    if (isTaken) {
        event.setDropAction(Qt::CopyAction);
    }
    event.setAccepted(isTaken);
}

} // namespace

FileDrop::FileDrop(QTreeView *view, QObject *parent)
    : QObject(parent)
    , m_view(view)
    , m_text(new PointerText(view))
    , m_row(new QRubberBand(QRubberBand::Rectangle, view->viewport()))
    , m_scroll(view)
{
    m_text->setObjectName(u"list.pointer"_s);
    m_row->setObjectName(u"list.droprow"_s);
    m_row->setAccessibleName(i18nc("@label for a screen reader", "Qube that would get the files"));
    view->viewport()->setAcceptDrops(true);
    view->viewport()->installEventFilter(this);
    connect(&m_scroll, &EdgeScroll::scrolled, this, &FileDrop::show);
}

bool FileDrop::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::DragEnter:
        enter(*static_cast<QDragEnterEvent *>(event));
        return true;
    case QEvent::DragMove:
        move(*static_cast<QDragMoveEvent *>(event));
        return true;
    case QEvent::Drop:
        drop(*static_cast<QDropEvent *>(event));
        return true;
    case QEvent::DragLeave:
        end();
        return true;
    default:
        return QObject::eventFilter(watched, event);
    }
}

/// Accepted wherever it comes in: the rows are asked at each move, and there are none without this.
void FileDrop::enter(QDragEnterEvent &event)
{
    m_paths = event.possibleActions().testFlag(Qt::CopyAction) ? localFiles(event.mimeData()) : QStringList();
    m_pointer = event.position().toPoint();
    answer(event, !m_paths.isEmpty());
    show();
}

void FileDrop::move(QDragMoveEvent &event)
{
    m_pointer = event.position().toPoint();
    answer(event, show());
    if (!m_paths.isEmpty()) {
        m_scroll.follow(m_pointer);
    }
}

void FileDrop::drop(QDropEvent &event)
{
    m_pointer = event.position().toPoint();
    const bool isTaken = show(); // as it is now: a qube may have stopped since the last move
    const auto qube = qubeOf(m_view->indexAt(m_pointer));
    const QStringList paths = m_paths;
    answer(event, isTaken);
    end();
    if (isTaken && qube) {
        Q_EMIT filesDropped(qube->name, paths);
    }
}

void FileDrop::end()
{
    m_scroll.stop();
    m_paths.clear();
    m_row->hide();
    m_text->fallSilent();
}

bool FileDrop::show()
{
    const QModelIndex row = m_view->indexAt(m_pointer);
    const auto qube = qubeOf(row);
    const FileVerdict verdict = judgeFiles(qube ? &*qube : nullptr, m_paths.size());
    markRow(verdict.fits ? row : QModelIndex());
    m_text->tell(verdict.fits ? Fit::Fits : Fit::No, verdict.text, m_pointer);
    return verdict.fits;
}

void FileDrop::markRow(const QModelIndex &row)
{
    if (!row.isValid()) {
        m_row->hide();
        return;
    }
    QRect place = m_view->visualRect(row);
    place.setLeft(0);
    place.setRight(m_view->viewport()->width() - 1);
    m_row->setGeometry(place);
    m_row->show();
}

} // namespace Bulkhead
