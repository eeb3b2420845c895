// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/clipboardsocket.h"

#include "vchan-io/transport/qubesocket.h"

namespace Bulkhead
{

Result<UniqueFd> listenForClipboard(const std::string &runtimeDirectory, const QubeName &qube)
{
    return runtimeDirectory.empty() ? UniqueFd() : listenAsQube(runtimeDirectory, "clipboard", qube);
}

Result<UniqueFd> listenForDrag(const std::string &runtimeDirectory, const QubeName &qube)
{
    return runtimeDirectory.empty() ? UniqueFd() : listenAsQube(runtimeDirectory, "drag", qube);
}

} // namespace Bulkhead
