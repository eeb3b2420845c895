// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/memoryreports.h"

#include "base/formatted.h"
#include "dom0-core/driver/xen/xenlog.h"
#include "vchan-io/wire/memoryreport.h"
#include "vchan-io/wire/xenstoremessages.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

using Xenstore::Kind;

std::string nodeOf(DomId domain, std::string_view node)
{
    return formatted("/local/domain/{}/{}", domain.value(), node);
}

} // namespace

MemoryReports::MemoryReports(UniqueFd store, Domains domains, Options options, QObject *parent)
    : QObject(parent)
    , m_store(std::move(store))
    , m_notifier(m_store.fd(), QSocketNotifier::Read)
    , m_domains(std::move(domains))
{
    m_dueTimer.setSingleShot(true);
    m_dueTimer.setInterval(options.pause);
    connect(&m_dueTimer, &QTimer::timeout, this, &MemoryReports::readDue);
    m_domainsTimer.setSingleShot(true);
    m_domainsTimer.setInterval(0);
    connect(&m_domainsTimer, &QTimer::timeout, this, &MemoryReports::lookForDomains);
    connect(&m_notifier, &QSocketNotifier::activated, this, &MemoryReports::take);
    for (const auto *const event : {"@introduceDomain", "@releaseDomain"}) {
        m_store.watch(event, [this] {
            m_domainsTimer.start();
        });
    }
}

std::optional<std::uint64_t> MemoryReports::mostOf(DomId domain) const
{
    const auto found = m_followed.find(domain);
    return found == m_followed.end() ? std::nullopt : found->second.most;
}

void MemoryReports::tellTarget(DomId domain, std::uint64_t kib)
{
    const auto node = nodeOf(domain, "memory/target");
    m_store.ask(
        Kind::Write, Xenstore::terminated({node}) + std::to_string(kib), [node](const Result<std::string> &written) {
            if (!written) {
                logXen.warning("{} cannot be written: {}", node, written.error().text());
            }
        });
}

void MemoryReports::take()
{
    if (const auto taken = m_store.take(); !taken) {
        m_notifier.setEnabled(false);
        logXen.warning("Xen's store tells nothing more of memory, so no domain gets more or less: {}",
                       taken.error().text());
    }
}

void MemoryReports::lookForDomains()
{
    const auto there = m_domains();
    if (!there) {
        logXen.warning("domains cannot be listed: {}", there.error().text());
        return;
    }
    std::vector<DomId> gone;
    for (const auto &[domain, followed] : m_followed) {
        if (!std::ranges::contains(*there, domain)) {
            gone.push_back(domain);
        }
    }
    std::ranges::for_each(gone, [this](DomId domain) {
        forget(domain);
    });
    for (const DomId domain : *there) {
        if (!m_followed.contains(domain)) {
            follow(domain);
        }
    }
    Q_EMIT domainsChanged();
}

void MemoryReports::follow(DomId domain)
{
    const auto watch = m_store.watch(nodeOf(domain, MemoryReportNode), [this, domain] {
        m_due.insert(domain);
        if (!m_dueTimer.isActive()) {
            m_dueTimer.start();
        }
    });
    m_followed.emplace(domain, Followed{.watch = watch});
}

void MemoryReports::forget(DomId domain)
{
    const auto followed = m_followed.extract(domain);
    m_store.unwatch(nodeOf(domain, MemoryReportNode), followed.mapped().watch);
    m_due.erase(domain);
    if (followed.mapped().used) {
        Q_EMIT usedChanged(domain, std::nullopt);
    }
}

void MemoryReports::readDue()
{
    for (const DomId domain : std::exchange(m_due, {})) {
        read(domain);
    }
}

/// Its limit first: whoever is told what it uses asks for that next.
void MemoryReports::read(DomId domain)
{
    m_store.ask(Kind::Read,
                Xenstore::terminated({nodeOf(domain, "memory/static-max")}),
                [this, domain](const Result<std::string> &most) {
                    if (const auto found = m_followed.find(domain); found != m_followed.end()) {
                        found->second.most = most ? parseMemoryReport(*most) : std::nullopt;
                    }
                });
    m_store.ask(Kind::Read,
                Xenstore::terminated({nodeOf(domain, MemoryReportNode)}),
                [this, domain](const Result<std::string> &said) {
                    const auto found = m_followed.find(domain);
                    if (found == m_followed.end()) {
                        return; // it went meanwhile
                    }
                    const auto used = said ? parseMemoryReport(*said) : std::nullopt;
                    if (std::exchange(found->second.used, used) != used) {
                        Q_EMIT usedChanged(domain, used);
                    }
                });
}

} // namespace Bulkhead
