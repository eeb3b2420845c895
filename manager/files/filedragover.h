// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"
#include "manager/files/filepolicy.h"
#include "manager/files/fit.h"
#include "manager/widgets/edgescroll.h"

#include <QObject>
#include <QPoint>
#include <QPointer>
#include <QStringList>

#include <functional>
#include <optional>

class QAbstractScrollArea;
class QDragEnterEvent;
class QDragMoveEvent;
class QDropEvent;

namespace Bulkhead
{

class PointerText;

/// Files of dom0's own programs over a view that shows qubes: what letting go would do is asked of the qube under the
/// pointer and of the policy, and said beside the pointer; they are copied or not at all (spec ui 8). It copies nothing
/// itself.
class FileDragOver : public QObject
{
    Q_OBJECT

public:
    /// What the view knows.
    struct Place {
        std::function<std::optional<QubeInfo>(const QPoint &)> qubeAt; ///< in the viewport
        /// Marks the qube under the pointer, which lies at that place; nothing: none is.
        std::function<void(const std::optional<QubeInfo> &qube, const QPoint &place, Fit fit)> mark;
        std::function<bool()> mayScroll;
    };

    /// @param view  outlives this
    /// @param text  of the view
    FileDragOver(QAbstractScrollArea *view, PointerText *text, Place place, QObject *parent = nullptr);

    /// Without one, or until it has answered, files may be let go: it is asked again before anything is copied.
    void setPolicy(FilePolicy *policy);

    /// Accepted wherever it comes in: what is under the pointer is asked at each move, and there are none without this.
    /// @return false: it brings no files of this computer that may be copied
    bool enter(QDragEnterEvent &event);
    void move(QDragMoveEvent &event);
    void drop(QDropEvent &event);
    void end();

    /// Whether such a drag is over the view.
    [[nodiscard]] bool isActive() const
    {
        return !m_paths.isEmpty();
    }

Q_SIGNALS:
    void filesDropped(const QString &qube, const QStringList &paths);

private:
    /// Shows what a release at the pointer would do. @return whether it would do something
    bool show();

    QAbstractScrollArea *m_view;
    PointerText *m_text;
    Place m_place;
    EdgeScroll m_scroll;
    QPointer<FilePolicy> m_policy;
    QStringList m_paths; ///< of the drag that is over the view
    QPoint m_pointer;
};

} // namespace Bulkhead
