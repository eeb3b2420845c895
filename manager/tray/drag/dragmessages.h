// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/delegates/labelmark.h"
#include "manager/models/policyjudgement.h"

#include <QByteArray>
#include <QList>
#include <QPoint>
#include <QRect>
#include <QRegion>
#include <QString>

#include <optional>
#include <variant>

namespace Bulkhead
{

/// What bulkhead-drag has drawn: docs/protocol/drag.md, section What is shown. All places are in pixels of the X
/// screen.

struct DragQube {
    QString name;
    MarkStyle mark;

    friend bool operator==(const DragQube &, const DragQube &) = default;
};

struct DragSheet {
    quint64 id = 0; ///< of the window, or the row in one, that it lies over
    DragQube qube;
    DragVerdict verdict = DragVerdict::Pending;
    QString rule; ///< `FILE:LINE` of the policy's line that says so; empty: none does
    QRect rect;
    QRegion parts; ///< of it that can be seen

    friend bool operator==(const DragSheet &, const DragSheet &) = default;
};

struct DragSheets {
    DragQube source;
    QList<DragSheet> sheets;
};

enum class DragOver : std::uint8_t { Nothing, Source, Dom0, Qube };

struct DragPointer {
    QPoint place;
    DragOver over = DragOver::Nothing;
    quint64 sheet = 0;           ///< the window under the pointer
    std::optional<int> ringMs{}; ///< until the ring is full; nothing: none fills
    bool isFull = false;
};

struct DragHide {
};

struct DragBubbleFacts {
    QString code;
    quint32 token = 0;
    QString source;
    QString target;
    qint64 files = 0;
    qint64 bytes = 0;
    qint64 copied = 0;
    qint64 room = 0;
    QString rule; ///< that denies, as in a sheet
    QString ruleText;
    bool isTraysOwn = false; ///< a copy of dom0's files that the tray itself runs
    QString reason;          ///< of a copy of dom0's that failed, in one sentence; empty: none is known
    QList<QRect> windows;    ///< the target's and the source's
};

using DragMessage = std::variant<DragSheets, DragPointer, DragHide, DragBubbleFacts>;

/// @param line  without its end
/// @errors BadField
[[nodiscard]] Result<DragMessage> parseDragMessage(const QByteArray &line);

} // namespace Bulkhead
