// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QTimer>

class QAbstractItemView;

namespace Bulkhead
{

/// Tells bulkhead-drag where the rows of a list of qubes are, so that files can be dragged onto them: a property of the
/// list's window, written anew whenever the list was painted otherwise. No drag out of a qube comes to this program.
/// @source docs/protocol/drag.md
class DropRows : public QObject
{
    Q_OBJECT

public:
    /// @param view  shows a QubeModel; outlives this
    explicit DropRows(QAbstractItemView *view, QObject *parent = nullptr);

    /// Lines `X Y WIDTH HEIGHT LABEL COLOR NAME` of the rows that can be seen, in pixels of the screen from the
    /// window's corner. Nothing while the list is not shown.
    [[nodiscard]] QByteArray text() const;

Q_SIGNALS:
    /// bulkhead-drag can read the rows as they are now.
    void published();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void publish();

    QAbstractItemView *m_view;
    QTimer m_later;
    QByteArray m_published;
};

} // namespace Bulkhead
