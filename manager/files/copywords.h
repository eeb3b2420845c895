// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KMessageWidget>
#include <QString>
#include <QStringList>

namespace Bulkhead
{

class CopyJob;

/// "3 files", or a folder's name where that is all.
[[nodiscard]] QString whatWords(const QStringList &paths);

/// How far a copy is, in one sentence.
[[nodiscard]] QString progressWords(const CopyJob &job);

/// What became of one that has ended, and what to do next.
[[nodiscard]] QString outcomeWords(const CopyJob &job);
[[nodiscard]] KMessageWidget::MessageType outcomeType(int error);

} // namespace Bulkhead
