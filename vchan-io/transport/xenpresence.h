// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/xenstorelink.h"
#include "vchan-io/wire/xennodes.h"

#include <string>

namespace Bulkhead
{

/// Whether the peer's domain is there, as xenstore knows it: the one witness of a domain that was destroyed, whose
/// kernel said no farewell.
///
/// dom0 is told of every domain's end, qubes are not. So each end of a channel between two qubes leaves a node that its
/// domain's end takes away, and watches the other's (docs/protocol/transport.md, section The Xen backend). Of a peer
/// that leaves none this never says that it has gone.
class XenPresence
{
public:
    /// A channel, as one end sees it.
    struct Place {
        DomId peer;
        Port port;
        XenNodes::End own = XenNodes::End::Server;
    };

    /// @param store  outlived by this, but no answer comes after its end
    XenPresence(XenstoreLink &store, Place place);

    XenPresence(const XenPresence &) = delete;
    XenPresence &operator=(const XenPresence &) = delete;
    ~XenPresence() = default;

    [[nodiscard]] bool isGone() const noexcept
    {
        return m_gone;
    }

    /// The link is about to end: takes our node back without waiting for the answer.
    void leave() noexcept;

private:
    void lookForDomain();
    void begin(DomId own);
    void lookForNode(const std::string &path);

    XenstoreLink &m_store;
    Place m_place;
    bool m_looking = false;
    bool m_again = false;
    bool m_left = false;    ///< a node of ours
    bool m_nodeWas = false; ///< the peer's was seen
    bool m_gone = false;
};

} // namespace Bulkhead
