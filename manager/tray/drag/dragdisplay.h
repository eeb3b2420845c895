// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/tray/drag/dragbubble.h"
#include "manager/tray/drag/dragmessages.h"
#include "manager/tray/drag/pointercard.h"
#include "manager/tray/drag/sheetwidget.h"

#include <QByteArray>
#include <QList>
#include <QLocalServer>
#include <QLocalSocket>
#include <QObject>
#include <QPointer>

#include <functional>
#include <map>
#include <memory>

namespace Bulkhead
{

/// Draws drags across qubes on bulkhead-drag's word, and tells it what the person does in a bubble. It decides nothing:
/// whatever goes wrong here, no file moves.
class DragDisplay : public QObject
{
    Q_OBJECT

public:
    /// Bytes of a line: some hundred sheets.
    static constexpr qsizetype LongestLine = 1 << 20;
    static constexpr std::size_t MostBubbles = 4;

    /// Whether windows blend may change while the desktop runs.
    using BlendingNow = std::function<SheetWidget::Blending()>;

    explicit DragDisplay(BlendingNow blending, QObject *parent = nullptr);
    ~DragDisplay() override;

    /// @param path  of the socket that bulkhead-drag comes to
    /// @errors Io (the text says why)
    [[nodiscard]] Result<void> listen(const QString &path);

    /// @param line  as it came, without its end
    void take(const QByteArray &line);
    /// A bubble about files of dom0, which nothing is drawn of beside.
    void tell(const DragBubbleFacts &facts);

    [[nodiscard]] QList<const SheetWidget *> sheets() const;
    /// Null while there is no drag.
    [[nodiscard]] const PointerCard *card() const;
    [[nodiscard]] QList<DragBubble *> bubbles() const;

Q_SIGNALS:
    /// A line for bulkhead-drag.
    void acted(const QByteArray &line);
    /// Files out of a qube's window are under way, until the other one is said.
    void dragBegan();
    void dragEnded();
    /// Files arrived in a qube.
    void arrived(const QString &qube);

private:
    void onConnection();
    void onReadable();
    void show(const DragSheets &sheets);
    void show(const DragPointer &pointer);
    void show(const DragHide &hide);
    void show(const DragBubbleFacts &facts);

    /// A bubble, and what was under it when it came: it stays in its place while the pointer goes on.
    struct Placed {
        QPointer<DragBubble> bubble;
        QPoint pointer;
        QList<QRect> windows;
    };

    Placed &bubbleFor(const DragBubbleFacts &facts);
    void place(const Placed &placed) const;

    BlendingNow m_blending;
    QLocalServer m_server;
    QPointer<QLocalSocket> m_peer;
    QByteArray m_received;
    std::map<quint64, std::unique_ptr<SheetWidget>> m_sheets;
    std::unique_ptr<PointerCard> m_card;
    QList<Placed> m_bubbles; ///< the newest last
    QPoint m_pointer;
};

} // namespace Bulkhead
