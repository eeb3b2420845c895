// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenoffer.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead
{

namespace
{

using Xenstore::Kind;
using Xenstore::terminated;

/// How often a transaction that met another is done again.
constexpr int MaxTries = 32;

} // namespace

XenOffer::XenOffer(XenstoreLink &store, DomId client, Port port, GrantRef ring, XenNodes::EventPort events)
    : m_store(store)
    , m_client(client)
    , m_folder(XenNodes::channelFolder(client, port))
    , m_ring(ring)
    , m_events(events)
{
    m_store.ask(Kind::Read, terminated({XenNodes::OwnDomain}), [this](const Result<std::string> &answer) {
        auto own = answer.and_then([](const std::string &text) {
            return XenNodes::parseDomain(text);
        });
        if (!own) {
            fail(own.error());
            return;
        }
        if (*own == m_client) {
            fail({.code = Errc::BadValue, .sysErrno = 0, .detail = "a domain has no channel with itself"});
            return;
        }
        m_own = *own;
        publish();
    });
}

void XenOffer::publish()
{
    m_store.ask(Kind::TransactionStart, terminated({""}), [this](const Result<std::string> &answer) {
        const auto transaction = answer.and_then([](const std::string &body) {
            return Xenstore::parseTransaction(body);
        });
        if (!transaction) {
            fail(transaction.error());
            return;
        }
        m_transaction = {};
        write(*transaction, XenNodes::RingReference, m_ring.value());
        write(*transaction, XenNodes::EventChannel, m_events.value());
        end(*transaction, &XenOffer::publish);
    });
}

void XenOffer::write(std::uint32_t transaction, std::string_view node, std::uint32_t value)
{
    const std::string path = formatted("{}/{}", m_folder, node);
    const auto keepIt = [this](const Result<std::string> &answer) {
        keep(answer);
    };
    m_store.ask(Kind::Write, terminated({path}) + std::to_string(value), keepIt, transaction);
    // The owner's entry says what everybody else may do: nothing. The client may read.
    const std::string owner = formatted("n{}", m_own.value());
    const std::string reader = formatted("r{}", m_client.value());
    m_store.ask(Kind::SetPermissions, terminated({path, owner, reader}), keepIt, transaction);
}

void XenOffer::end(std::uint32_t transaction, void (XenOffer::*again)())
{
    const auto ended = [this, again](const Result<std::string> &answer) {
        keep(answer);
        if (m_transaction) {
            m_withdrawn = m_withdrawing;
            return;
        }
        if (m_transaction.error().code == Errc::InUse && ++m_tries < MaxTries) {
            (this->*again)();
            return;
        }
        fail(m_transaction.error());
    };
    m_store.ask(Kind::TransactionEnd, terminated({"T"}), ended, transaction);
}

void XenOffer::withdraw()
{
    m_tries = 0;
    m_withdrawing = true;
    remove();
}

void XenOffer::remove()
{
    m_store.ask(Kind::TransactionStart, terminated({""}), [this](const Result<std::string> &answer) {
        const auto transaction = answer.and_then([](const std::string &body) {
            return Xenstore::parseTransaction(body);
        });
        if (!transaction) {
            fail(transaction.error());
            return;
        }
        m_transaction = {};
        const auto ignored = [](const Result<std::string> &) { }; // already gone is as well
        m_store.ask(Kind::Remove, terminated({m_folder}), ignored, *transaction);
        removeFolder(*transaction);
    });
}

void XenOffer::removeFolder(std::uint32_t transaction)
{
    const std::string folder = XenNodes::clientFolder(m_client);
    const auto listed = [this, folder, transaction](const Result<std::string> &answer) {
        if (answer && answer->empty()) {
            const auto ignored = [](const Result<std::string> &) { };
            m_store.ask(Kind::Remove, terminated({folder}), ignored, transaction);
        }
        end(transaction, &XenOffer::remove);
    };
    m_store.ask(Kind::Directory, terminated({folder}), listed, transaction);
}

void XenOffer::abandon() noexcept
{
    m_store.tell(Kind::Remove, terminated({m_folder}));
}

void XenOffer::keep(const Result<std::string> &answer)
{
    if (!answer && m_transaction) {
        m_transaction = std::unexpected(answer.error());
    }
}

void XenOffer::fail(const Error &error)
{
    if (m_outcome) {
        m_outcome = std::unexpected(Error(error).in("offering a channel in xenstore"));
    }
}

} // namespace Bulkhead
