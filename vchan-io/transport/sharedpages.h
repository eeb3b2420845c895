// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstddef>
#include <memory>
#include <span>

namespace Bulkhead
{

/// Pages of ours that one peer may read. Destroying it ends the peer's right; pages that the peer still has mapped
/// live on until it lets go (spec gui-protocol 4.2: only after WINDOW_DUMP_ACK).
class GrantedPages
{
public:
    GrantedPages() = default;
    GrantedPages(const GrantedPages &) = delete;
    GrantedPages &operator=(const GrantedPages &) = delete;
    virtual ~GrantedPages() = default;

    /// Contiguous here, PageSize × refs().size() bytes.
    [[nodiscard]] virtual std::span<std::byte> bytes() noexcept = 0;
    /// One reference a page, in the order of bytes().
    [[nodiscard]] virtual std::span<const GrantRef> refs() const noexcept = 0;
};

/// Makes pages that one peer may read: the guest's side of the pixel path. Outlives what it granted.
class PageGranter
{
public:
    PageGranter() = default;
    PageGranter(const PageGranter &) = delete;
    PageGranter &operator=(const PageGranter &) = delete;
    virtual ~PageGranter() = default;

    /// Zeroed pages.
    /// @errors TooMuch (the backend's limit), Io
    [[nodiscard]] virtual Result<std::unique_ptr<GrantedPages>> grant(std::size_t pages) = 0;
};

/// A peer's pages seen from here, read-only. The peer may write them at any time; any value of any byte must be legal
/// to whoever reads it, and nothing is read twice (spec security, R-01: pixels are such bytes).
/// No access faults, whatever the peer does with its pages.
class MappedPages
{
public:
    MappedPages() = default;
    MappedPages(const MappedPages &) = delete;
    MappedPages &operator=(const MappedPages &) = delete;
    virtual ~MappedPages() = default;

    /// Bytes mapped.
    [[nodiscard]] virtual std::size_t size() const noexcept = 0;

    /// Copies `into.size()` bytes from `offset`. The caller has checked that they lie within size(); it is asserted.
    virtual void copyOut(std::size_t offset, std::span<std::byte> into) const = 0;
};

/// Maps pages that a peer granted: dom0's side of the pixel path.
class PageMapper
{
public:
    PageMapper() = default;
    PageMapper(const PageMapper &) = delete;
    PageMapper &operator=(const PageMapper &) = delete;
    virtual ~PageMapper() = default;

    /// @errors BadField (a reference that cannot be one), Driver (refused), TooMuch (spec security, L-05)
    [[nodiscard]] virtual Result<std::unique_ptr<MappedPages>> map(std::span<const GrantRef> refs) = 0;
};

} // namespace Bulkhead
