// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/ids.h"
#include "tests/support/fakexenstore.h"
#include "vchan-io/transport/pageruns.h"
#include "vchan-io/transport/xendevices.h"

#include <map>
#include <memory>
#include <set>

namespace Bulkhead::Test
{

/// A hypervisor for one test, with its domains in this process: event channels and pages work, rights are held to, and
/// it counts what is still in use. Outlives what its devices gave out.
class FakeXen
{
public:
    FakeXen();
    ~FakeXen();
    FakeXen(const FakeXen &) = delete;
    FakeXen &operator=(const FakeXen &) = delete;

    [[nodiscard]] FakeXenstore &store() noexcept
    {
        return m_store;
    }

    [[nodiscard]] std::shared_ptr<XenDevices> devicesOf(DomId domain);

    /// `xl destroy`: no farewell of its kernel's, its ports lead nowhere, xenstore tells.
    void destroy(DomId domain);

    /// The memory of a granted page, as its owner sees it.
    [[nodiscard]] std::span<std::byte> page(GrantRef ref);

    /// Pages that are granted, those included that only a peer's mapping keeps.
    [[nodiscard]] std::size_t grantedPages() const noexcept;
    /// Mappings of foreign pages, each page counted.
    [[nodiscard]] std::size_t mappedPages() const noexcept;
    /// Ends of event channels.
    [[nodiscard]] std::size_t eventEnds() const noexcept;

    /// Most pages that a domain's kernel shares.
    std::size_t shareLimit = 4096;

private:
    struct End;
    struct Grant;
    class Devices;
    class Events;
    class Own;
    class Foreign;

    using PortKey = std::pair<DomId, std::uint32_t>;

    [[nodiscard]] std::shared_ptr<End> newEnd(DomId domain);
    void notifyFrom(DomId domain, XenNodes::EventPort port);
    void sayFarewell(DomId domain, const XenFarewell &farewell, std::span<std::byte> bytes);
    void letGo(GrantRef ref);
    [[nodiscard]] std::byte *mapPages(std::span<const GrantRef> refs, int protection);

    FakeXenstore m_store;
    UniqueFd m_memory;
    Mapping m_all;
    PageRuns m_free;
    std::map<PortKey, std::weak_ptr<End>> m_ends;
    std::map<GrantRef, Grant> m_grants;
    std::set<DomId> m_dead;
    std::uint32_t m_nextPort = 1;
};

} // namespace Bulkhead::Test
