// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/memfdpages.h"

#include "base/formatted.h"
#include "vchan-io/transport/sealedmemory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace Bulkhead
{

namespace
{

/// Frees the memory behind whole pages; they read as zero afterwards.
void discard(std::span<std::byte> pages)
{
    if (::madvise(pages.data(), pages.size(), MADV_REMOVE) != 0) {
        std::ranges::fill(pages, std::byte{0}); // the promise of zeroed pages holds without the kernel's help, too
    }
}

} // namespace

Result<UniqueFd> createPageArena()
{
    return createSealedMemory("bulkhead-pages", ArenaBytes);
}

class MemfdPageGranter::Pages final : public GrantedPages
{
public:
    Pages(MemfdPageGranter &granter, std::uint32_t first, std::size_t pages)
        : m_granter(granter)
        , m_bytes(granter.bytesOf(first, pages))
    {
        m_refs.reserve(pages);
        for (std::size_t i = 0; i < pages; ++i) {
            m_refs.emplace_back(first + static_cast<std::uint32_t>(i));
        }
    }

    Pages(const Pages &) = delete;
    Pages &operator=(const Pages &) = delete;

    ~Pages() override
    {
        discard(m_bytes);
        m_granter.m_runs.giveBack(m_refs.front().value(), static_cast<std::uint32_t>(m_refs.size()));
    }

    [[nodiscard]] std::span<std::byte> bytes() noexcept override
    {
        return m_bytes;
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_refs;
    }

private:
    MemfdPageGranter &m_granter;
    std::span<std::byte> m_bytes;
    std::vector<GrantRef> m_refs;
};

Result<std::unique_ptr<MemfdPageGranter>> MemfdPageGranter::create(const UniqueFd &arena)
{
    BH_CHECK(checkSealedMemory(arena, ArenaBytes, MemoryUse::ReadWrite));
    BH_TRY(Mapping mapping, Mapping::shared(arena.get(), ArenaBytes, PROT_READ | PROT_WRITE));
    return std::unique_ptr<MemfdPageGranter>(new MemfdPageGranter(std::move(mapping)));
}

MemfdPageGranter::MemfdPageGranter(Mapping arena) noexcept
    : m_arena(std::move(arena))
    , m_runs(ArenaPages)
{
}

Result<std::unique_ptr<GrantedPages>> MemfdPageGranter::grant(std::size_t pages)
{
    if (pages == 0 || pages > ArenaPages) {
        return fail(Errc::TooMuch, formatted("pages to share are not within 1..{}", ArenaPages));
    }
    const std::optional<std::uint32_t> first = m_runs.take(static_cast<std::uint32_t>(pages));
    if (!first) {
        return fail(Errc::TooMuch, "no run of free pages is long enough");
    }
    return std::make_unique<Pages>(*this, *first, pages);
}

std::span<std::byte> MemfdPageGranter::bytesOf(std::uint32_t first, std::size_t pages) const
{
    return m_arena.bytes().subspan(std::size_t{first} * PageSize, pages * PageSize);
}

struct MemfdPageMapper::Arena {
    Mapping mapping;
};

class MemfdPageMapper::Pages final : public MappedPages
{
public:
    /// @param refs  each below ArenaPages
    Pages(std::shared_ptr<Arena> arena, std::shared_ptr<std::size_t> mapped, std::span<const GrantRef> refs)
        : m_arena(std::move(arena))
        , m_mapped(std::move(mapped))
        , m_size(refs.size() * PageSize)
    {
        for (const GrantRef ref : refs) {
            append(m_arena->mapping.bytes().subspan(std::size_t{ref.value()} * PageSize, PageSize));
        }
        *m_mapped += refs.size();
    }

    Pages(const Pages &) = delete;
    Pages &operator=(const Pages &) = delete;

    ~Pages() override
    {
        *m_mapped -= m_size / PageSize;
    }

    [[nodiscard]] std::size_t size() const noexcept override
    {
        return m_size;
    }

    void copyOut(std::size_t offset, std::span<std::byte> into) const override
    {
        BH_ASSERT(offset <= m_size && into.size() <= m_size - offset);
        // The last run that begins at or before the offset; nearly always there is one run in all.
        auto run = std::prev(std::ranges::upper_bound(m_runs, offset, {}, &Run::offset));
        while (!into.empty()) {
            const std::size_t start = offset - run->offset;
            const std::size_t count = std::min(into.size(), run->bytes.size() - start);
            std::memcpy(into.data(), run->bytes.data() + start, count);
            into = into.subspan(count);
            offset += count;
            ++run;
        }
    }

private:
    /// Neighbours in the arena that are neighbours here.
    struct Run {
        std::size_t offset; ///< in what is mapped
        std::span<const std::byte> bytes;
    };

    void append(std::span<const std::byte> page)
    {
        if (!m_runs.empty() && m_runs.back().bytes.data() + m_runs.back().bytes.size() == page.data()) {
            m_runs.back().bytes = {m_runs.back().bytes.data(), m_runs.back().bytes.size() + page.size()};
            return;
        }
        m_runs.emplace_back(m_runs.empty() ? 0 : m_runs.back().offset + m_runs.back().bytes.size(), page);
    }

    std::shared_ptr<Arena> m_arena;
    std::shared_ptr<std::size_t> m_mapped;
    std::size_t m_size;
    std::vector<Run> m_runs;
};

MemfdPageMapper::MemfdPageMapper(std::unique_ptr<ArenaSource> source)
    : m_source(std::move(source))
{
}

Result<std::unique_ptr<MappedPages>> MemfdPageMapper::map(std::span<const GrantRef> refs)
{
    if (refs.empty() || std::ranges::any_of(refs, [](GrantRef ref) {
            return ref.value() >= ArenaPages;
        })) {
        return fail(Errc::BadField, formatted("a page reference is not within 0..{}", ArenaPages - 1));
    }
    if (refs.size() > ArenaPages - *m_mapped) {
        return fail(Errc::TooMuch, formatted("more than {} pages mapped", ArenaPages));
    }
    BH_CHECK(takeNewestArena());
    if (!m_arena) {
        return fail(Errc::Driver, "the peer shares no pages");
    }
    return std::make_unique<Pages>(m_arena, m_mapped, refs);
}

Result<void> MemfdPageMapper::takeNewestArena()
{
    BH_TRY(const auto memory, m_source->newest());
    if (!memory) {
        return {};
    }
    BH_CHECK(checkSealedMemory(*memory, ArenaBytes, MemoryUse::ReadOnly));
    BH_TRY(Mapping mapping, Mapping::shared(memory->get(), ArenaBytes, PROT_READ));
    m_arena = std::make_shared<Arena>(std::move(mapping));
    return {};
}

} // namespace Bulkhead
