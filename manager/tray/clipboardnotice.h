// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/tray/noticeboard.h"

#include <QByteArray>
#include <QString>

namespace Bulkhead
{

/// What became of text that a person carries from qube to qube: docs/protocol/clipboard.md, section "Notices".
struct ClipboardNotice {
    QString what;   ///< `copied`, `paste-to`, …
    QString source; ///< a qube's name, or empty
    QString target; ///< the same
    qint64 size = 0;
    qint64 limit = 0;
    qint64 seconds = 0;
    bool sourceIsGone = false;

    friend bool operator==(const ClipboardNotice &, const ClipboardNotice &) = default;
};

/// @errors BadField
[[nodiscard]] Result<ClipboardNotice> parseClipboardNotice(const QByteArray &text);

/// In words. A text without a title: nothing is to be said of it.
[[nodiscard]] NoticeText textOf(const ClipboardNotice &notice);

} // namespace Bulkhead
