// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/demomode.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

bool isDemo()
{
    if (qEnvironmentVariableIsSet("BULKHEAD_DEMO")) {
        return qEnvironmentVariableIntValue("BULKHEAD_DEMO") != 0;
    }
    return QFileInfo::exists(u"/run/bulkhead/exchange/socket"_s);
}

} // namespace Bulkhead
