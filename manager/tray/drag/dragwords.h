// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/drag/dragmessages.h"

#include <QString>

namespace Bulkhead
{

/// On a sheet, below the qube's name: what a release there would do.
[[nodiscard]] QString sheetWords(const DragSheet &sheet);

/// At the pointer.
/// @param target  of the sheet under the pointer; nothing: there is none
[[nodiscard]] QString pointerWords(const DragPointer &pointer, const QString &source, const DragSheet *target);

/// Below that: how to make it happen; empty where nothing would.
[[nodiscard]] QString pointerHint(const DragPointer &pointer, const DragSheet *target);

/// A bubble about a hand-over.
struct DragBubbleText {
    enum class Action : std::uint8_t { None, Cancel, Show, ShowRule };

    QString title;
    QString text;
    Action action = Action::None;
    bool hasProgress = false;
    bool goes = true;  ///< by itself, after a while
    QString rule = {}; ///< ShowRule: what is shown then

    friend bool operator==(const DragBubbleText &, const DragBubbleText &) = default;
};

[[nodiscard]] DragBubbleText textOf(const DragBubbleFacts &facts);

} // namespace Bulkhead
