// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"
#include "manager/files/fit.h"
#include "manager/models/policyjudgement.h"

#include <QStringList>

class QMimeData;

namespace Bulkhead
{

/// Most files that are copied at once: they become words of a command line, which the system bounds.
inline constexpr qsizetype MostFilesAtOnce = 1000;

/// What letting files go over a place would do.
struct FileVerdict {
    Fit fit = Fit::No; ///< or Fits, or Asks
    QString text;      ///< one sentence: the deed, or the reason against it; empty: there is nothing under the pointer

    [[nodiscard]] bool fits() const
    {
        return fit != Fit::No;
    }
};

/// The paths that a drag brings, where it brings files of this computer and nothing else; else none.
/// @param data  of any program of dom0's desktop; may be null
[[nodiscard]] QStringList localFiles(const QMimeData *data);

/// Why files of dom0 cannot be copied into the qube now, in one sentence; empty if they can.
[[nodiscard]] QString reasonAgainstFiles(const QubeInfo &qube);

/// @param qube  what is under the pointer; null: nothing
/// @param files  how many
/// @param judgement  what the policy says of files of dom0 to that qube. Until that is known they may be let go: it is
///   asked again before anything is copied
[[nodiscard]] FileVerdict judgeFiles(const QubeInfo *qube, qsizetype files, const PolicyJudgement &judgement);

} // namespace Bulkhead
