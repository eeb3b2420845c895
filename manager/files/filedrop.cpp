// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/filedrop.h"

#include "manager/files/pointertext.h"
#include "manager/models/qubemodel.h"

#include <KLocalizedString>
#include <QAbstractItemView>
#include <QDropEvent>
#include <QRubberBand>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

PointerText *makeText(QAbstractItemView *view)
{
    auto *text = new PointerText(view);
    text->setObjectName(u"list.pointer"_s);
    return text;
}

} // namespace

FileDrop::FileDrop(QAbstractItemView *view, QObject *parent)
    : QObject(parent)
    , m_view(view)
    , m_text(makeText(view))
    , m_row(new QRubberBand(QRubberBand::Rectangle, view->viewport()))
    , m_files(view,
              m_text,
              {.qubeAt =
                   [this](const QPoint &position) {
                       return qubeAt(position);
                   },
               .mark =
                   [this](const std::optional<QubeInfo> &qube, const QPoint &position, Fit fit) {
                       markRow(qube && fit != Fit::No ? m_view->indexAt(position) : QModelIndex());
                   },
               .mayScroll =
                   [] {
                       return true;
                   }})
{
    m_row->setObjectName(u"list.droprow"_s);
    m_row->setAccessibleName(i18nc("@label for a screen reader", "Qube that would get the files"));
    view->viewport()->setAcceptDrops(true);
    view->viewport()->installEventFilter(this);
    connect(&m_files, &FileDragOver::filesDropped, this, &FileDrop::filesDropped);
}

void FileDrop::tellBeside()
{
    m_text->standBeside();
}

bool FileDrop::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::DragEnter:
        (void)m_files.enter(*static_cast<QDragEnterEvent *>(event));
        return true;
    case QEvent::DragMove:
        m_files.move(*static_cast<QDragMoveEvent *>(event));
        return true;
    case QEvent::Drop:
        m_files.drop(*static_cast<QDropEvent *>(event));
        return true;
    case QEvent::DragLeave:
        m_files.end();
        return true;
    default:
        return QObject::eventFilter(watched, event);
    }
}

std::optional<QubeInfo> FileDrop::qubeAt(const QPoint &position) const
{
    const QModelIndex row = m_view->indexAt(position);
    if (!row.isValid()) {
        return std::nullopt;
    }
    return row.siblingAtColumn(QubeModel::Name).data(QubeModel::QubeRole).value<QubeInfo>();
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
