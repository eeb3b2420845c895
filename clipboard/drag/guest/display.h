// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/malloced.h"

#include <xcb/xcb.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace Bulkhead::Drag
{

/// A reply or an event of libxcb.
template<typename T> using XcbPtr = Malloced<T>;

/// Every atom that drag agents use, in the order of AtomNames.
enum class AtomId : std::uint8_t {
    XdndSelection,
    XdndAware,
    XdndProxy,
    XdndTypeList,
    XdndEnter,
    XdndPosition,
    XdndStatus,
    XdndLeave,
    XdndDrop,
    XdndFinished,
    XdndActionCopy,
    UriList,
    Targets,
    Incr,
    QubeName, ///< of a frame in dom0: whose window is in it
    Property, ///< of our window, where answers come to
    Count,
};

inline constexpr std::array<std::string_view, std::to_underlying(AtomId::Count)> AtomNames{
    "XdndSelection",
    "XdndAware",
    "XdndProxy",
    "XdndTypeList",
    "XdndEnter",
    "XdndPosition",
    "XdndStatus",
    "XdndLeave",
    "XdndDrop",
    "XdndFinished",
    "XdndActionCopy",
    "text/uri-list",
    "TARGETS",
    "INCR",
    "_QUBES_VMNAME",
    "_BULKHEAD_DRAG",
};

/// The drag agent's connection to the X server of its session: a window of its own, and the word when a program takes
/// the selection of drags. Main thread only.
class Display
{
public:
    /// Opens the display that DISPLAY names.
    /// @errors Io (no server), Unsupported (one without XFixes)
    [[nodiscard]] static Result<std::unique_ptr<Display>> open();

    Display(const Display &) = delete;
    Display &operator=(const Display &) = delete;
    ~Display();

    [[nodiscard]] xcb_connection_t *xcb() const noexcept
    {
        return m_x;
    }

    [[nodiscard]] xcb_window_t root() const noexcept
    {
        return m_root;
    }

    [[nodiscard]] xcb_window_t window() const noexcept
    {
        return m_window;
    }

    [[nodiscard]] xcb_atom_t operator[](AtomId id) const noexcept
    {
        return m_atoms[std::to_underlying(id)];
    }

    [[nodiscard]] int pollFd() const noexcept
    {
        return xcb_get_file_descriptor(m_x);
    }

    [[nodiscard]] bool isBroken() const noexcept
    {
        return xcb_connection_has_error(m_x) != 0;
    }

    [[nodiscard]] XcbPtr<xcb_generic_event_t> nextEvent() const
    {
        return XcbPtr<xcb_generic_event_t>(xcb_poll_for_event(m_x));
    }

    void flush() const
    {
        xcb_flush(m_x);
    }

    /// Whether the event says that another program than this one took the selection of drags.
    [[nodiscard]] bool isDragBegin(const xcb_generic_event_t &event) const;

    /// A message of the XDND protocol to a window, from ours.
    void send(xcb_window_t to, AtomId type, std::array<std::uint32_t, 4> data) const;
    /// The same from another one, for which ours speaks.
    void sendFor(xcb_window_t from, xcb_window_t to, AtomId type, std::array<std::uint32_t, 4> data) const;

private:
    explicit Display(xcb_connection_t *x) noexcept
        : m_x(x)
    {
    }

    [[nodiscard]] Result<void> prepare(int screenNumber);
    [[nodiscard]] Result<void> watchSelection();

    xcb_connection_t *m_x;
    xcb_window_t m_root = XCB_WINDOW_NONE;
    xcb_window_t m_window = XCB_WINDOW_NONE;
    std::array<xcb_atom_t, std::to_underlying(AtomId::Count)> m_atoms{};
    std::uint8_t m_fixesEvents = 0;
};

/// The highest bit of an event's type says that another client sent it.
inline constexpr std::uint8_t EventTypeMask = 0x7F;

/// xcb's events are one block of memory whose first byte tells the type.
template<typename T> [[nodiscard]] const T &as(const xcb_generic_event_t &event)
{
    return reinterpret_cast<const T &>(event); // NOLINT: this is how xcb hands out events
}

} // namespace Bulkhead::Drag
