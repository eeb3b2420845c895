// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/xenstorelink.h"

namespace Bulkhead
{

/// Whether a domain is there, as xenstore knows it: the one witness of a domain that was destroyed, whose kernel said
/// no farewell. Only dom0 is told by vanilla xenstores; elsewhere this never says that a domain has gone.
class XenPresence
{
public:
    /// @param store  outlived by this, but no answer comes after its end
    XenPresence(XenstoreLink &store, DomId domain);

    XenPresence(const XenPresence &) = delete;
    XenPresence &operator=(const XenPresence &) = delete;

    [[nodiscard]] bool isGone() const noexcept
    {
        return m_gone;
    }

private:
    void look();

    XenstoreLink &m_store;
    DomId m_domain;
    bool m_looking = false;
    bool m_again = false;
    bool m_gone = false;
};

} // namespace Bulkhead
