// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/xenstorelink.h"
#include "vchan-io/wire/xennodes.h"

#include <string>

namespace Bulkhead
{

/// What a server says in xenstore about a channel: published at once, readable by its client alone, taken back when the
/// client has come. Works through the link's take().
class XenOffer
{
public:
    /// @param store  outlived by this, but no answer comes after its end
    XenOffer(XenstoreLink &store, DomId client, Port port, GrantRef ring, XenNodes::EventPort events);

    XenOffer(const XenOffer &) = delete;
    XenOffer &operator=(const XenOffer &) = delete;

    /// Why it could not be published, if it could not.
    [[nodiscard]] const Result<void> &outcome() const noexcept
    {
        return m_outcome;
    }

    /// Whether nothing of it is left in xenstore.
    [[nodiscard]] bool isWithdrawn() const noexcept
    {
        return m_withdrawn;
    }

    /// The client has come: removes the nodes, and the client's folder if nothing is left in it.
    void withdraw();
    /// The link is about to end: removes the nodes without waiting for the answer.
    void abandon() noexcept;

private:
    void publish();
    void write(std::uint32_t transaction, std::string_view node, std::uint32_t value);
    void end(std::uint32_t transaction, void (XenOffer::*again)());
    void remove();
    void removeFolder(std::uint32_t transaction);
    void keep(const Result<std::string> &answer);
    void fail(const Error &error);

    XenstoreLink &m_store;
    DomId m_client;
    std::string m_folder;
    GrantRef m_ring;
    XenNodes::EventPort m_events;
    DomId m_own;
    Result<void> m_outcome;
    Result<void> m_transaction; ///< the first refusal in the one that is open
    int m_tries = 0;
    bool m_withdrawing = false;
    bool m_withdrawn = false;
};

} // namespace Bulkhead
