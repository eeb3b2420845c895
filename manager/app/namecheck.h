// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace Bulkhead
{

/// Why a new qube can not be called this, in a sentence; empty if it can. An empty name is not commented on.
/// @param taken  the names there are
[[nodiscard]] QString nameProblem(const QString &name, const QStringList &taken);

} // namespace Bulkhead
