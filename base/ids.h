// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace Bulkhead
{

/// A number that is a name: it compares and hashes, but does not add and does not mix with other ids.
template<typename Tag, typename T> class Id
{
public:
    constexpr Id() noexcept = default;

    constexpr explicit Id(T value) noexcept
        : m_value(value)
    {
    }

    [[nodiscard]] constexpr T value() const noexcept
    {
        return m_value;
    }

    friend constexpr auto operator<=>(const Id &, const Id &) noexcept = default;

private:
    T m_value = 0;
};

/// A running domain, 0 … 0x7FEF; 0 is dom0. Not used again while dom0 runs on the local driver.
using DomId = Id<struct DomIdTag, std::uint32_t>;
/// A guest window as its agent numbers it; any value, 0 is the whole screen. Source: spec gui-protocol 3.3.
using WindowId = Id<struct WindowIdTag, std::uint32_t>;
/// A vchan port. Source: spec gui-protocol 1.1, qrexec 2.1.
using Port = Id<struct PortTag, std::uint32_t>;
/// A page that a qube shares with a peer: Xen's grant reference, or the page's number in the local driver's arena.
using GrantRef = Id<struct GrantRefTag, std::uint32_t>;

inline constexpr DomId Dom0{0};
/// Largest domid that names an ordinary domain. Source: Xen's public headers, DOMID_FIRST_RESERVED - 1.
inline constexpr std::uint32_t MaxDomId = 0x7FEF;

inline constexpr Port GuiPort{6000};
inline constexpr Port QrexecControlPort{512};

/// Bytes of a page that is shared between domains.
inline constexpr std::size_t PageSize = 4096;

} // namespace Bulkhead

template<typename Tag, typename T> struct std::hash<Bulkhead::Id<Tag, T>> {
    std::size_t operator()(const Bulkhead::Id<Tag, T> &id) const noexcept
    {
        return std::hash<T>{}(id.value());
    }
};
