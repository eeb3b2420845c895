// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/filepolicy.h"
#include "manager/models/qubemodel.h"
#include "manager/tray/shelf/qubeuse.h"
#include "manager/tray/shelf/shelf.h"
#include "manager/tray/shelf/shelfcopies.h"

#include <KSharedConfig>
#include <QMenu>
#include <QObject>

namespace Bulkhead
{

/// The shelf in the desktop: when it comes and goes, what becomes of what is let go over it, and the same by keys in
/// the tray's menu.
class ShelfControl : public QObject
{
    Q_OBJECT

public:
    struct Programs {
        QString copy;    ///< see CopyJob
        QString chooser; ///< is given files of dom0, and asks where to
    };

    /// @param source  outlives this
    /// @param policySocket  see FilePolicy
    ShelfControl(QubeSource *source, Programs programs, const QString &policySocket, KSharedConfig::Ptr settings);

    /// A drag of files has begun, or is over. There may be one of each at once: dom0's own over a qube's window.
    void onDrag(Shelf::From from, bool isUnderWay);
    /// A bubble was acted in.
    void onAct(const QByteArray &line);
    /// Files arrived in a qube, in whatever way.
    void onArrived(const QString &qube);

    /// Copies to the qubes used most, and where the shelf is.
    void addTo(QMenu &menu);

    [[nodiscard]] Shelf &shelf()
    {
        return m_shelf;
    }

Q_SIGNALS:
    /// What a bubble is to say.
    void told(const Bulkhead::DragBubbleFacts &facts);

private:
    void fillCopyMenu(QMenu &menu);
    void fillEdgeMenu(QMenu &menu);
    void setEdge(Shelf::Edge edge);
    void askForFiles(const QString &qube);
    void copy(const QString &qube, const QStringList &paths);

    QubeSource *m_source;
    Programs m_programs;
    KSharedConfig::Ptr m_settings;
    QubeModel m_model;
    QubeUse m_use;
    FilePolicy m_policy;
    ShelfCopies m_copies;
    Shelf m_shelf;
    bool m_isDom0Dragging = false;
    bool m_isQubeDragging = false;
};

} // namespace Bulkhead
