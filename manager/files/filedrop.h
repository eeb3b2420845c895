// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/filedragover.h"

#include <QObject>
#include <QPoint>
#include <QStringList>

#include <optional>

class QModelIndex;
class QRubberBand;
class QAbstractItemView;

namespace Bulkhead
{

class PointerText;

/// Takes files of dom0's own programs that are let go over a row of a list of qubes, and tells beside the pointer what
/// that would do, or why it does nothing (spec ui 8). Drags out of qubes never come here: see DropRows.
class FileDrop : public QObject
{
    Q_OBJECT

public:
    /// @param view  shows a QubeModel, or some of its rows; outlives this
    explicit FileDrop(QAbstractItemView *view, QObject *parent = nullptr);

    /// What says whether files of dom0 may go to a qube. Outlives this.
    void setPolicy(FilePolicy *policy)
    {
        m_files.setPolicy(policy);
    }

    /// The text goes beside the view's window: see PointerText.
    void tellBeside();

Q_SIGNALS:
    void filesDropped(const QString &qube, const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] std::optional<QubeInfo> qubeAt(const QPoint &position) const;
    void markRow(const QModelIndex &row);

    QAbstractItemView *m_view;
    PointerText *m_text;
    QRubberBand *m_row; ///< around the row that would take them
    FileDragOver m_files;
};

} // namespace Bulkhead
