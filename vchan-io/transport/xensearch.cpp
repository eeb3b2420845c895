// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xensearch.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead
{

using Xenstore::Kind;
using Xenstore::terminated;

XenSearch::XenSearch(XenstoreLink &store, DomId server, Port port)
    : m_store(store)
    , m_server(server)
    , m_port(port)
{
    m_store.ask(Kind::Read, terminated({XenNodes::OwnDomain}), [this](const Result<std::string> &answer) {
        begin(answer);
    });
}

void XenSearch::begin(const Result<std::string> &ownDomain)
{
    const auto own = ownDomain.and_then([](const std::string &text) {
        return XenNodes::parseDomain(text);
    });
    if (!own) {
        m_found = std::unexpected(Error(own.error()).in("asking xenstore who we are"));
        return;
    }
    if (*own == m_server) {
        m_found = fail(Errc::BadValue, "a domain has no channel with itself");
        return;
    }
    m_folder = XenNodes::channelFolderOf(m_server, *own, m_port);
    // The node and not its folder, which a client may have no right to.
    m_watch = m_store.watch(nodeOf(XenNodes::EventChannel), [this] {
        look();
    });
}

void XenSearch::stop()
{
    if (m_watch) {
        m_store.unwatch(nodeOf(XenNodes::EventChannel), *m_watch);
        m_watch.reset();
    }
}

Result<std::optional<XenSearch::Found>> XenSearch::take()
{
    return std::exchange(m_found, std::nullopt);
}

std::string XenSearch::nodeOf(std::string_view name) const
{
    return formatted("{}/{}", m_folder, name);
}

void XenSearch::look()
{
    if (std::exchange(m_looking, true)) {
        m_again = true;
        return;
    }
    m_store.ask(Kind::Read, terminated({nodeOf(XenNodes::EventChannel)}), [this](const Result<std::string> &answer) {
        if (!answer) {
            conclude(std::unexpected(answer.error()));
            return;
        }
        const auto events = XenNodes::parseEventChannel(*answer);
        if (!events) {
            conclude(std::unexpected(events.error()));
            return;
        }
        lookForRing(*events);
    });
}

void XenSearch::lookForRing(XenNodes::EventPort events)
{
    m_store.ask(
        Kind::Read, terminated({nodeOf(XenNodes::RingReference)}), [this, events](const Result<std::string> &answer) {
            const auto ring = answer.and_then([](const std::string &text) {
                return XenNodes::parseRingReference(text);
            });
            if (!ring) {
                conclude(std::unexpected(ring.error()));
                return;
            }
            conclude(Found{.ring = *ring, .events = events});
        });
}

void XenSearch::conclude(Result<std::optional<Found>> found)
{
    // What is not there, or not for us to read yet, can still come; the watch tells.
    const bool mayCome = !found && (found.error().code == Errc::NotFound || found.error().code == Errc::Refused);
    if (!mayCome) {
        m_found = std::move(found);
    }
    m_looking = false;
    if (std::exchange(m_again, false)) {
        look();
    }
}

} // namespace Bulkhead
