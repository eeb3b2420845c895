// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/drag/dragmessages.h"

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

namespace Bulkhead
{

class CopyJob;

/// dom0's files on their way into qubes, as the tray was asked for: runs the copies and tells of each what a bubble is
/// to say, in the words that drags between qubes have.
class ShelfCopies : public QObject
{
    Q_OBJECT

public:
    /// Tokens of these bubbles; those of bulkhead-drag count up from one.
    static constexpr quint32 FirstToken = 0x8000'0000;

    /// @param program  see CopyJob
    explicit ShelfCopies(QString program, QObject *parent = nullptr);
    ~ShelfCopies() override;
    ShelfCopies(const ShelfCopies &) = delete;
    ShelfCopies &operator=(const ShelfCopies &) = delete;

    /// @param beside  what the bubble is not to cover
    void copy(const QString &qube, const QStringList &paths, const QRect &beside);
    /// What the person did in a bubble: a line as for bulkhead-drag. Those of other tokens are none of ours.
    void act(const QByteArray &line);

Q_SIGNALS:
    void told(const Bulkhead::DragBubbleFacts &facts);

private:
    struct Copy {
        QPointer<CopyJob> job;
        DragBubbleFacts facts;
        bool hasEnded = false;
    };

    void showProgress();
    void tell(Copy &copy);
    void conclude(quint32 token);

    QString m_program;
    QHash<quint32, Copy> m_running;
    QTimer m_pulse;
    quint32 m_next = FirstToken;
};

} // namespace Bulkhead
