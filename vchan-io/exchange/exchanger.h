// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "vchan-io/exchange/broker.h"
#include "vchan-io/exchange/domainsocket.h"
#include "vchan-io/exchange/runfolder.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead
{

/// The exchange without its control socket: which domains there are, each behind its own socket. Main thread only.
class Exchanger
{
public:
    /// @param folder  with the domains' folders
    /// @param loop    outlives this
    Exchanger(RunFolder folder, EventLoop &loop);

    /// Serves dom0's own programs at `path`.
    /// @errors BadValue, Io
    [[nodiscard]] Result<void> serveDom0(const std::string &path, std::optional<gid_t> group);

    /// Serves the domains that a former exchange left, so that what waits for it finds this one.
    /// @errors Io
    [[nodiscard]] Result<void> adoptDomains();

    /// A domain that is there already gets the new users and nothing else; what waits goes on waiting.
    /// @errors BadValue (dom0), Io
    [[nodiscard]] Result<void> add(DomId domain, std::optional<UserRange> users);
    /// Ends what waits for it or by it. Channels that are open stay: they are the two ends' alone. A domain that is not
    /// there is none to remove.
    /// @errors BadValue (dom0), Io
    [[nodiscard]] Result<void> remove(DomId domain);

    [[nodiscard]] const Broker &broker() const noexcept
    {
        return m_broker;
    }

private:
    [[nodiscard]] Result<void> adopt(DomId domain);
    [[nodiscard]] Result<void> serve(DomId domain, UniqueFd listener, std::optional<UserRange> users);

    RunFolder m_folder;
    EventLoop &m_loop;
    Broker m_broker;
    std::map<DomId, std::unique_ptr<DomainSocket>> m_sockets;
};

} // namespace Bulkhead
