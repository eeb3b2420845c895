// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/client/snapshot.h"

#include <QByteArray>
#include <QList>

namespace Bulkhead
{

/// What `bulkhead.Snapshot` answers, as far as the windows use it.
struct CoreSnapshot {
    QString generation;
    QList<QubeInfo> qubes; ///< all with details
    QList<LabelInfo> labels;
    SystemDefaults defaults;
};

/// Lines whose first word is not known are passed over: a newer core tells more.
/// @errors BadField (a line that makes no sense), Unsupported (another kind of snapshot), ShortMessage (it has no end)
/// @source docs/protocol/core.md
[[nodiscard]] Result<CoreSnapshot> parseSnapshot(const QByteArray &answer);

} // namespace Bulkhead
