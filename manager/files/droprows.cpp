// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/droprows.h"

#include "manager/delegates/labelmark.h"
#include "manager/files/x11/windowproperty.h"
#include "manager/models/qubemodel.h"

#include <QAbstractItemView>
#include <QEvent>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr quint32 ColorMask = 0xFFFFFF;

} // namespace

DropRows::DropRows(QAbstractItemView *view, QObject *parent)
    : QObject(parent)
    , m_view(view)
{
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &DropRows::publish);
    m_view->viewport()->installEventFilter(this);
}

bool DropRows::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Paint:
    case QEvent::Show:
    case QEvent::Hide:
        m_later.start(0);
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

QByteArray DropRows::text() const
{
    const QWidget *const viewport = m_view->viewport();
    if (!viewport->isVisible()) {
        return {};
    }
    const QPoint corner = viewport->mapTo(m_view->window(), QPoint());
    const double scale = m_view->devicePixelRatioF();
    QByteArray text;
    for (QModelIndex index = m_view->indexAt(QPoint(0, 0)); index.isValid();
         index = index.siblingAtRow(index.row() + 1)) {
        QRect row = m_view->visualRect(index);
        row.setLeft(0);
        row.setRight(viewport->width() - 1);
        row &= viewport->rect();
        if (row.isEmpty()) {
            break;
        }
        const auto qube = index.siblingAtColumn(QubeModel::Name).data(QubeModel::QubeRole).value<QubeInfo>();
        const auto mark = index.siblingAtColumn(QubeModel::Name).data(QubeModel::MarkRole).value<MarkStyle>();
        if (qube.kind == QubeKind::Admin || qube.name.isEmpty()) {
            continue;
        }
        const QRect place = QRectF(QPointF(row.topLeft() + corner) * scale, QSizeF(row.size()) * scale).toAlignedRect();
        text += u"%1 %2 %3 %4 %5 %6 %7\n"_s.arg(place.x())
                    .arg(place.y())
                    .arg(place.width())
                    .arg(place.height())
                    .arg(static_cast<int>(mark.glyph) + 1)
                    .arg(mark.fill.rgb() & ColorMask)
                    .arg(qube.name)
                    .toUtf8();
    }
    return text;
}

void DropRows::publish()
{
    const QByteArray now = text();
    if (now != m_published) {
        m_published = now;
        writeWindowProperty(*m_view->window(), QByteArrayLiteral("_BULKHEAD_DROP_ROWS"), now);
    }
    Q_EMIT published();
}

} // namespace Bulkhead
