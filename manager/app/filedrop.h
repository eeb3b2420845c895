// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/widgets/edgescroll.h"

#include <QObject>
#include <QPoint>
#include <QStringList>

class QDragEnterEvent;
class QDragMoveEvent;
class QDropEvent;
class QModelIndex;
class QRubberBand;
class QTreeView;

namespace Bulkhead
{

class PointerText;

/// Takes files of dom0's own programs that are let go over a row of a list of qubes, and tells beside the pointer what
/// that would do, or why it does nothing (spec ui 8). Drags out of qubes never come here: see DropRows.
class FileDrop : public QObject
{
    Q_OBJECT

public:
    /// @param view  shows a QubeModel; outlives this
    explicit FileDrop(QTreeView *view, QObject *parent = nullptr);

Q_SIGNALS:
    void filesDropped(const QString &qube, const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void enter(QDragEnterEvent &event);
    void move(QDragMoveEvent &event);
    void drop(QDropEvent &event);
    void end();
    /// Shows what a release at the pointer would do. @return whether it would do something
    bool show();
    void markRow(const QModelIndex &row);

    QTreeView *m_view;
    PointerText *m_text;
    QRubberBand *m_row; ///< around the row that would take them
    EdgeScroll m_scroll;
    QStringList m_paths; ///< of the drag that is over the list
    QPoint m_pointer;
};

} // namespace Bulkhead
