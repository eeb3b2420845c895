// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenpages.h"

#include "base/formatted.h"

#include <cstring>
#include <utility>

namespace Bulkhead
{

class XenPageGranter::Pages final : public GrantedPages
{
public:
    explicit Pages(std::unique_ptr<XenMemory> memory) noexcept
        : m_memory(std::move(memory))
    {
    }

    [[nodiscard]] std::span<std::byte> bytes() noexcept override
    {
        return m_memory->bytes();
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_memory->refs();
    }

private:
    std::unique_ptr<XenMemory> m_memory;
};

XenPageGranter::XenPageGranter(std::shared_ptr<XenDevices> devices, DomId peer) noexcept
    : m_devices(std::move(devices))
    , m_peer(peer)
{
}

Result<std::unique_ptr<GrantedPages>> XenPageGranter::grant(std::size_t pages)
{
    if (pages == 0 || pages > MaxMappedPages) {
        return fail(Errc::TooMuch, formatted("pages to share are not within 1..{}", MaxMappedPages));
    }
    BH_TRY(auto memory, m_devices->share(m_peer, pages, XenAccess::Read, std::nullopt));
    return std::make_unique<Pages>(std::move(memory));
}

class XenPageMapper::Pages final : public MappedPages
{
public:
    Pages(std::unique_ptr<XenMemory> memory, std::shared_ptr<std::size_t> mapped)
        : m_memory(std::move(memory))
        , m_mapped(std::move(mapped))
    {
        *m_mapped += m_memory->refs().size();
    }

    Pages(const Pages &) = delete;
    Pages &operator=(const Pages &) = delete;

    ~Pages() override
    {
        *m_mapped -= m_memory->refs().size();
    }

    [[nodiscard]] std::size_t size() const noexcept override
    {
        return m_memory->bytes().size();
    }

    void copyOut(std::size_t offset, std::span<std::byte> into) const override
    {
        BH_ASSERT(offset <= size() && into.size() <= size() - offset);
        std::memcpy(into.data(), m_memory->bytes().data() + offset, into.size());
    }

private:
    std::unique_ptr<XenMemory> m_memory;
    std::shared_ptr<std::size_t> m_mapped;
};

XenPageMapper::XenPageMapper(std::shared_ptr<XenDevices> devices, DomId peer) noexcept
    : m_devices(std::move(devices))
    , m_peer(peer)
{
}

Result<std::unique_ptr<MappedPages>> XenPageMapper::map(std::span<const GrantRef> refs)
{
    if (refs.empty()) {
        return fail(Errc::BadField, "no page to map");
    }
    if (refs.size() > MaxMappedPages - *m_mapped) {
        return fail(Errc::TooMuch, formatted("more than {} pages mapped", MaxMappedPages));
    }
    BH_TRY(auto memory, m_devices->map(m_peer, refs, XenAccess::Read, std::nullopt));
    return std::make_unique<Pages>(std::move(memory), m_mapped);
}

} // namespace Bulkhead
