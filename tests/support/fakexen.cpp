// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fakexen.h"

#include "vchan-io/transport/sealedmemory.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

namespace
{

constexpr std::uint32_t Pages = 4096;
/// Xen keeps the first references for itself.
constexpr std::uint32_t FirstRef = 8;

std::span<std::byte> reserve(std::size_t size)
{
    void *const address = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    BH_ASSERT(address != MAP_FAILED);
    return {static_cast<std::byte *>(address), size};
}

} // namespace

struct FakeXen::End {
    DomId domain;
    DomId remote;
    XenNodes::EventPort port;
    UniqueFd bell{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::weak_ptr<End> other;
    bool isOffered = false;
};

struct FakeXen::Grant {
    DomId owner;
    DomId peer;
    XenAccess access;
    std::uint32_t page; ///< in the memory
    std::size_t mappings = 0;
    bool isReleased = false;
};

class FakeXen::Events final : public XenEventChannel
{
public:
    Events(FakeXen &xen, std::shared_ptr<End> end) noexcept
        : m_xen(xen)
        , m_end(std::move(end))
    {
    }

    [[nodiscard]] int fd() const noexcept override
    {
        return m_end->bell.get();
    }

    [[nodiscard]] XenNodes::EventPort port() const noexcept override
    {
        return m_end->port;
    }

    void take() noexcept override
    {
        std::uint64_t count = 0;
        (void)!::read(m_end->bell.get(), &count, sizeof count);
    }

    void notify() noexcept override
    {
        m_xen.notifyFrom(m_end->domain, m_end->port);
    }

private:
    FakeXen &m_xen;
    std::shared_ptr<End> m_end;
};

class FakeXen::Own final : public XenMemory
{
public:
    Own(FakeXen &xen, DomId domain, std::vector<GrantRef> refs, std::optional<XenFarewell> farewell)
        : m_xen(xen)
        , m_domain(domain)
        , m_refs(std::move(refs))
        , m_farewell(farewell)
        , m_bytes(xen.mapPages(m_refs, PROT_READ | PROT_WRITE), m_refs.size() * PageSize)
    {
    }

    ~Own() override
    {
        if (m_farewell) {
            m_xen.sayFarewell(m_domain, *m_farewell, m_bytes);
        }
        ::munmap(m_bytes.data(), m_bytes.size());
        for (const GrantRef ref : m_refs) {
            m_xen.m_grants.at(ref).isReleased = true;
            m_xen.letGo(ref);
        }
    }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept override
    {
        return m_bytes;
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_refs;
    }

private:
    FakeXen &m_xen;
    DomId m_domain;
    std::vector<GrantRef> m_refs;
    std::optional<XenFarewell> m_farewell;
    std::span<std::byte> m_bytes;
};

class FakeXen::Foreign final : public XenMemory
{
public:
    Foreign(
        FakeXen &xen, DomId domain, std::span<const GrantRef> refs, int protection, std::optional<XenFarewell> farewell)
        : m_xen(xen)
        , m_domain(domain)
        , m_refs(refs.begin(), refs.end())
        , m_farewell(farewell)
        , m_bytes(xen.mapPages(refs, protection), refs.size() * PageSize)
    {
        for (const GrantRef ref : m_refs) {
            ++m_xen.m_grants.at(ref).mappings;
        }
    }

    ~Foreign() override
    {
        if (m_farewell) {
            m_xen.sayFarewell(m_domain, *m_farewell, m_bytes);
        }
        ::munmap(m_bytes.data(), m_bytes.size());
        for (const GrantRef ref : m_refs) {
            --m_xen.m_grants.at(ref).mappings;
            m_xen.letGo(ref);
        }
    }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept override
    {
        return m_bytes;
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_refs;
    }

private:
    FakeXen &m_xen;
    DomId m_domain;
    std::vector<GrantRef> m_refs;
    std::optional<XenFarewell> m_farewell;
    std::span<std::byte> m_bytes;
};

class FakeXen::Devices final : public XenDevices
{
public:
    Devices(FakeXen &xen, DomId domain) noexcept
        : m_xen(xen)
        , m_domain(domain)
    {
    }

    [[nodiscard]] Result<std::unique_ptr<XenEventChannel>> offerEvents(DomId peer) override
    {
        auto end = m_xen.newEnd(m_domain);
        end->remote = peer;
        end->isOffered = true;
        return std::make_unique<Events>(m_xen, std::move(end));
    }

    [[nodiscard]] Result<std::unique_ptr<XenEventChannel>> bindEvents(DomId peer, XenNodes::EventPort port) override
    {
        const auto offered = m_xen.m_ends[{peer, port.value()}].lock();
        if (!offered || !offered->isOffered || offered->remote != m_domain || m_xen.m_dead.contains(peer)) {
            return fail(Errc::Driver, "the peer offers no such event channel to us");
        }
        auto end = m_xen.newEnd(m_domain);
        end->remote = peer;
        end->other = offered;
        offered->other = end;
        offered->isOffered = false;
        return std::make_unique<Events>(m_xen, std::move(end));
    }

    [[nodiscard]] Result<std::unique_ptr<XenMemory>>
    share(DomId peer, std::size_t pages, XenAccess access, std::optional<XenFarewell> farewell) override
    {
        if (m_xen.m_grants.size() + pages > m_xen.shareLimit) {
            return fail(Errc::TooMuch, "the kernel shares no more pages");
        }
        const std::uint32_t first = m_xen.m_free.take(static_cast<std::uint32_t>(pages)).value();
        std::ranges::fill(m_xen.m_all.bytes().subspan(first * PageSize, pages * PageSize), std::byte{0});
        std::vector<GrantRef> refs;
        for (std::uint32_t i = 0; i < pages; ++i) {
            refs.emplace_back(FirstRef + first + i);
            m_xen.m_grants[refs.back()] = {.owner = m_domain, .peer = peer, .access = access, .page = first + i};
        }
        return std::make_unique<Own>(m_xen, m_domain, std::move(refs), farewell);
    }

    [[nodiscard]] Result<std::unique_ptr<XenMemory>>
    map(DomId peer, std::span<const GrantRef> refs, XenAccess access, std::optional<XenFarewell> farewell) override
    {
        for (const GrantRef ref : refs) {
            const auto grant = m_xen.m_grants.find(ref);
            if (grant == m_xen.m_grants.end() || grant->second.owner != peer || grant->second.peer != m_domain
                || grant->second.isReleased
                || (access == XenAccess::ReadWrite && grant->second.access == XenAccess::Read)) {
                return fail(Errc::Driver, "the peer grants us no such page");
            }
        }
        const int protection = access == XenAccess::Read ? PROT_READ : PROT_READ | PROT_WRITE;
        return std::make_unique<Foreign>(m_xen, m_domain, refs, protection, farewell);
    }

    [[nodiscard]] Result<UniqueFd> connectToStore() override
    {
        return m_xen.m_store.connect(m_domain);
    }

private:
    FakeXen &m_xen;
    DomId m_domain;
};

FakeXen::FakeXen()
    : m_memory(createSealedMemory("fake-xen", Pages * PageSize).value())
    , m_all(Mapping::shared(m_memory.get(), Pages * PageSize, PROT_READ | PROT_WRITE).value())
    , m_free(Pages)
{
}

FakeXen::~FakeXen() = default;

std::shared_ptr<XenDevices> FakeXen::devicesOf(DomId domain)
{
    return std::make_shared<Devices>(*this, domain);
}

void FakeXen::destroy(DomId domain)
{
    m_dead.insert(domain);
    for (const auto &[key, weak] : m_ends) {
        const auto end = weak.lock();
        if (end && end->domain == domain) {
            if (const auto other = end->other.lock()) {
                other->other.reset();
            }
            end->other.reset();
            end->isOffered = false;
        }
    }
    m_store.releaseDomain(domain);
}

std::span<std::byte> FakeXen::page(GrantRef ref)
{
    return m_all.bytes().subspan(m_grants.at(ref).page * PageSize, PageSize);
}

std::size_t FakeXen::grantedPages() const noexcept
{
    return m_grants.size();
}

std::size_t FakeXen::mappedPages() const noexcept
{
    std::size_t count = 0;
    for (const auto &[ref, grant] : m_grants) {
        count += grant.mappings;
    }
    return count;
}

std::size_t FakeXen::eventEnds() const noexcept
{
    return static_cast<std::size_t>(std::ranges::count_if(m_ends, [](const auto &end) {
        return !end.second.expired();
    }));
}

std::shared_ptr<FakeXen::End> FakeXen::newEnd(DomId domain)
{
    auto end = std::make_shared<End>();
    end->domain = domain;
    end->port = XenNodes::EventPort(m_nextPort++);
    std::erase_if(m_ends, [](const auto &old) {
        return old.second.expired();
    });
    m_ends[{domain, end->port.value()}] = end;
    return end;
}

void FakeXen::notifyFrom(DomId domain, XenNodes::EventPort port)
{
    const auto found = m_ends.find({domain, port.value()});
    const auto end = found == m_ends.end() ? nullptr : found->second.lock();
    if (const auto other = end ? end->other.lock() : nullptr) {
        const std::uint64_t one = 1;
        BH_ASSERT(::write(other->bell.get(), &one, sizeof one) == sizeof one);
    }
}

void FakeXen::sayFarewell(DomId domain, const XenFarewell &farewell, std::span<std::byte> bytes)
{
    if (m_dead.contains(domain)) {
        return;
    }
    bytes[farewell.byte] = std::byte{0};
    notifyFrom(domain, farewell.port);
}

void FakeXen::letGo(GrantRef ref)
{
    const auto grant = m_grants.find(ref);
    if (grant->second.isReleased && grant->second.mappings == 0) {
        m_free.giveBack(grant->second.page, 1);
        m_grants.erase(grant);
    }
}

std::byte *FakeXen::mapPages(std::span<const GrantRef> refs, int protection)
{
    const auto room = reserve(refs.size() * PageSize);
    for (std::size_t i = 0; i < refs.size(); ++i) {
        const auto offset = static_cast<off_t>(m_grants.at(refs[i]).page * PageSize);
        void *const at = room.data() + i * PageSize;
        BH_ASSERT(::mmap(at, PageSize, protection, MAP_SHARED | MAP_FIXED, m_memory.get(), offset) == at);
    }
    return room.data();
}

} // namespace Bulkhead::Test
