// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/transport/xenstorelink.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead
{

/// What domains say of their memory in Xen's store. A domain may write its node as often as it likes: each is read at
/// most once in a while. Main thread only, never blocks.
/// @source spec qube-model 14.3, 14.6; spec xen-domains 6.3
class MemoryReports : public QObject
{
    Q_OBJECT

public:
    using Domains = std::function<Result<std::vector<DomId>>()>;

    struct Options {
        std::chrono::milliseconds pause{100}; ///< between two looks at the same domain
    };

    /// @param store    a connection of dom0's to Xen's store, non-blocking
    /// @param domains  every domain that there is now, dom0 too
    MemoryReports(UniqueFd store, Domains domains, Options options, QObject *parent = nullptr);

    /// Bytes that the domain can ever have, as its builder wrote them down; nothing while that is not known.
    [[nodiscard]] std::optional<std::uint64_t> mostOf(DomId domain) const;

    /// Tells a domain's balloon how large it may be. What becomes of it shows in the domain's size alone.
    void tellTarget(DomId domain, std::uint64_t kib);

Q_SIGNALS:
    /// @param used  bytes; nothing if the domain says no number, or has gone
    void usedChanged(Bulkhead::DomId domain, std::optional<std::uint64_t> used);
    /// A domain came or went.
    void domainsChanged();

private:
    struct Followed {
        XenstoreLink::WatchId watch;
        std::optional<std::uint64_t> most = {};
        std::optional<std::uint64_t> used = {};
    };

    void take();
    void lookForDomains();
    void follow(DomId domain);
    void forget(DomId domain);
    void readDue();
    void read(DomId domain);

    XenstoreLink m_store;
    QSocketNotifier m_notifier;
    const Domains m_domains;
    std::map<DomId, Followed> m_followed;
    std::set<DomId> m_due; ///< something of them changed since they were read
    QTimer m_dueTimer;
    QTimer m_domainsTimer; ///< watches may not be ended from within one
};

} // namespace Bulkhead
