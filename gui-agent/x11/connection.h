// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "gui-agent/x11/atoms.h"
#include "gui-agent/x11/xcbhandles.h"

#include <cstdint>
#include <memory>

namespace Bulkhead::GuiAgent
{

/// The agent's connection to the guest's X server, with what every part needs of it: the root window, the atoms, where
/// the extensions' events begin, and the newest time that an event told. Main thread only.
///
/// Requests are collected and go out with flush(), once a loop turn. Asking the server something waits for its answer:
/// it is a program of the same guest, and without it there is nothing to do.
class Connection
{
public:
    struct Extensions {
        std::uint8_t damageEvents = 0; ///< first event number
        std::uint8_t fixesEvents = 0;
        std::uint8_t xkbEvents = 0;
        bool sharedMemory = false; ///< MIT-SHM 1.2: descriptors can be attached
    };

    /// @param display  name of the X server, or null for DISPLAY
    /// @errors PeerGone (no server there), Unsupported (it lacks an extension; the text names it)
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const char *display);

    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() = default;

    [[nodiscard]] xcb_connection_t *xcb() const noexcept
    {
        return m_connection.get();
    }

    [[nodiscard]] xcb_window_t root() const noexcept
    {
        return m_screen->root;
    }

    [[nodiscard]] const Atoms &atoms() const noexcept
    {
        return m_atoms;
    }

    [[nodiscard]] const Extensions &extensions() const noexcept
    {
        return m_extensions;
    }

    [[nodiscard]] int pollFd() const;
    /// The server is gone; nothing will ever work again.
    [[nodiscard]] bool isBroken() const;
    /// The next event that is here, or nothing. Never waits.
    [[nodiscard]] XcbPtr<xcb_generic_event_t> nextEvent() const;
    void flush() const;

    /// The newest time of the server's clock that was seen; 0 (CurrentTime) before the first.
    [[nodiscard]] xcb_timestamp_t time() const noexcept
    {
        return m_time;
    }

    void noteTime(xcb_timestamp_t time) noexcept;

private:
    Connection(XcbConnectionPtr connection, xcb_screen_t *screen) noexcept;

    [[nodiscard]] Result<void> queryExtensions();

    XcbConnectionPtr m_connection;
    xcb_screen_t *m_screen;
    Atoms m_atoms;
    Extensions m_extensions;
    xcb_timestamp_t m_time = XCB_CURRENT_TIME;
};

} // namespace Bulkhead::GuiAgent
