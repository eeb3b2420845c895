// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/xenstorelink.h"
#include "vchan-io/wire/xennodes.h"

#include <optional>
#include <string>

namespace Bulkhead
{

/// Looks in xenstore for what a server offers to this domain, and looks again whenever it changes. Works through the
/// link's take().
class XenSearch
{
public:
    /// What a server offers: numbers that the peer wrote, and that only Xen can judge.
    struct Found {
        GrantRef ring;
        XenNodes::EventPort events;

        friend bool operator==(const Found &, const Found &) = default;
    };

    /// @param store  outlived by this, but no answer comes after its end
    XenSearch(XenstoreLink &store, DomId server, Port port);

    XenSearch(const XenSearch &) = delete;
    XenSearch &operator=(const XenSearch &) = delete;

    /// Nothing more is looked for; this lives on as long as the link.
    void stop();

    /// What was found since this was last asked.
    /// @errors BadField (a node that is no such number), Driver, Refused
    [[nodiscard]] Result<std::optional<Found>> take();

private:
    [[nodiscard]] std::string nodeOf(std::string_view name) const;
    void begin(const Result<std::string> &ownDomain);
    void look();
    void lookForRing(XenNodes::EventPort events);
    void conclude(Result<std::optional<Found>> found);

    XenstoreLink &m_store;
    DomId m_server;
    Port m_port;
    std::string m_folder; ///< of the channel, once our own number is known
    std::optional<XenstoreLink::WatchId> m_watch;
    Result<std::optional<Found>> m_found = std::nullopt;
    bool m_looking = false;
    bool m_again = false; ///< something changed meanwhile
};

} // namespace Bulkhead
