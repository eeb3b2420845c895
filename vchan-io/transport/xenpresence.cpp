// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenpresence.h"

#include "base/formatted.h"

#include <string>
#include <utility>

namespace Bulkhead
{

using Xenstore::Kind;
using Xenstore::terminated;

XenPresence::XenPresence(XenstoreLink &store, Place place)
    : m_store(store)
    , m_place(place)
{
    m_store.watch(XenNodes::ReleaseDomain, [this] {
        lookForDomain();
    });
    if (m_place.peer == Dom0) {
        return; // which ends with the machine
    }
    m_store.ask(Kind::Read, terminated({XenNodes::OwnDomain}), [this](const Result<std::string> &answer) {
        const auto own = answer.and_then([](const std::string &text) {
            return XenNodes::parseDomain(text);
        });
        // Who does not know its own number has no channel, and says so elsewhere.
        if (own && *own != Dom0) {
            begin(*own);
        }
    });
}

void XenPresence::lookForDomain()
{
    if (std::exchange(m_looking, true)) {
        m_again = true;
        return;
    }
    m_store.ask(Kind::IsDomainIntroduced,
                terminated({std::to_string(m_place.peer.value())}),
                [this](const Result<std::string> &answer) {
                    m_looking = false;
                    // A store that does not answer this knows nothing, which is not the domain's end.
                    m_gone = m_gone || (answer && answer->starts_with('F'));
                    if (std::exchange(m_again, false)) {
                        lookForDomain();
                    }
                });
}

void XenPresence::begin(DomId own)
{
    const auto ignored = [](const Result<std::string> &) { }; // without a node we are as a foreign end is
    const std::string node = XenNodes::presenceNode(m_place.peer, m_place.port, m_place.own);
    m_left = true;
    m_store.ask(Kind::Write, terminated({node}) + "1", ignored);
    // The owner's entry says what everybody else may do: nothing. The peer may read.
    m_store.ask(Kind::SetPermissions,
                terminated({node, formatted("n{}", own.value()), formatted("r{}", m_place.peer.value())}),
                ignored);
    const auto others = m_place.own == XenNodes::End::Server ? XenNodes::End::Client : XenNodes::End::Server;
    m_store.watch(XenNodes::presenceNodeOf(m_place.peer, own, m_place.port, others),
                  [this, path = XenNodes::presenceNodeOf(m_place.peer, own, m_place.port, others)] {
                      lookForNode(path);
                  });
}

void XenPresence::lookForNode(const std::string &path)
{
    m_store.ask(Kind::Read, terminated({path}), [this](const Result<std::string> &answer) {
        // One that is not there yet, or not for us to read yet, still comes. Refused is also what a node below a home
        // that has gone answers.
        const bool isAway = !answer && (answer.error().code == Errc::NotFound || answer.error().code == Errc::Refused);
        m_gone = m_gone || (m_nodeWas && isAway);
        m_nodeWas = m_nodeWas || answer.has_value();
    });
}

void XenPresence::leave() noexcept
{
    if (std::exchange(m_left, false)) {
        m_store.tell(Kind::Remove, terminated({XenNodes::presenceNode(m_place.peer, m_place.port, m_place.own)}));
    }
}

} // namespace Bulkhead
