// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/qubesource.h"

#include <algorithm>

namespace Bulkhead
{

LabelInfo labelNamed(const QList<LabelInfo> &labels, const QString &name)
{
    const auto found = std::ranges::find(labels, name, &LabelInfo::name);
    return found != labels.end() ? *found : LabelInfo{.name = name, .index = 0, .color = {}};
}

} // namespace Bulkhead
