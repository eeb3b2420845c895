// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/pageruns.h"
#include "vchan-io/transport/sharedpages.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace Bulkhead
{

/// Pages of the arena that one domain shares with one peer on the local driver; a grant reference is a page's number.
/// Also the most that a peer maps at a time. Source: spec security, L-05.
inline constexpr std::uint32_t ArenaPages = 65536;
inline constexpr std::size_t ArenaBytes = std::size_t{ArenaPages} * PageSize;

/// Sealed and sparse: a page costs memory from its first write on.
/// @errors Io
[[nodiscard]] Result<UniqueFd> createPageArena();

/// The granting end of an arena.
class MemfdPageGranter final : public PageGranter
{
public:
    /// @param arena  open for writing, granted by nobody else
    /// @errors BadField (no such arena), Io
    [[nodiscard]] static Result<std::unique_ptr<MemfdPageGranter>> create(const UniqueFd &arena);

    [[nodiscard]] Result<std::unique_ptr<GrantedPages>> grant(std::size_t pages) override;

private:
    class Pages;

    explicit MemfdPageGranter(Mapping arena) noexcept;

    [[nodiscard]] std::span<std::byte> bytesOf(std::uint32_t first, std::size_t pages) const;

    Mapping m_arena;
    PageRuns m_runs;
};

/// Where a mapper's arena comes from. A peer that starts anew brings a new one.
class ArenaSource
{
public:
    ArenaSource() = default;
    ArenaSource(const ArenaSource &) = delete;
    ArenaSource &operator=(const ArenaSource &) = delete;
    virtual ~ArenaSource() = default;

    /// The newest arena that was not given out before, if there is one.
    /// @errors as the source has them; there will be no further arena then
    [[nodiscard]] virtual Result<std::optional<UniqueFd>> newest() = 0;
};

/// The mapping end: the whole arena is mapped once, read-only; mapping pages afterwards is arithmetic.
class MemfdPageMapper final : public PageMapper
{
public:
    explicit MemfdPageMapper(std::unique_ptr<ArenaSource> source);

    [[nodiscard]] Result<std::unique_ptr<MappedPages>> map(std::span<const GrantRef> refs) override;

private:
    class Pages;
    struct Arena;

    [[nodiscard]] Result<void> takeNewestArena();

    std::unique_ptr<ArenaSource> m_source;
    /// Shared with the pages mapped of it: they outlive the peer's restart and the mapper.
    std::shared_ptr<Arena> m_arena;
    /// Pages mapped at present, of any arena; shared with them for the same reason.
    std::shared_ptr<std::size_t> m_mapped = std::make_shared<std::size_t>(0);
};

} // namespace Bulkhead
