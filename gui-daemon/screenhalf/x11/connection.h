// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/label.h"
#include "gui-daemon/screenhalf/keysequence.h"
#include "gui-daemon/screenhalf/windowpolicy.h"
#include "gui-daemon/screenhalf/x11/atoms.h"
#include "gui-daemon/screenhalf/x11/xcbhandles.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>

namespace Bulkhead::Screen
{

/// The X connection of the screen half and what is true of the server as a whole. Main thread only.
class Connection
{
public:
    /// Opens the display that DISPLAY names and prepares what is needed of it: MIT-SHM 1.2 with descriptors, a root of
    /// 24 bits with 8 for each colour, key repeats without releases between them.
    /// @errors Io (no server), Unsupported (a server without these)
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open();

    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection();

    [[nodiscard]] xcb_connection_t *get() const noexcept
    {
        return m_x;
    }

    [[nodiscard]] const xcb_screen_t &screen() const noexcept
    {
        return *m_screen;
    }

    [[nodiscard]] const Atoms &atoms() const noexcept
    {
        return m_atoms;
    }

    [[nodiscard]] int fd() const noexcept
    {
        return xcb_get_file_descriptor(m_x);
    }

    [[nodiscard]] bool isBroken() const noexcept
    {
        return xcb_connection_has_error(m_x) != 0;
    }

    /// The next event, nullptr if none has arrived.
    [[nodiscard]] XcbPtr<xcb_generic_event_t> nextEvent()
    {
        return XcbPtr<xcb_generic_event_t>(xcb_poll_for_event(m_x));
    }

    /// Hands `handle` one event that was read with somebody else's answer, if there is one.
    template<typename Handle> [[nodiscard]] bool handleQueued(Handle &&handle)
    {
        const XcbPtr<xcb_generic_event_t> event(xcb_poll_for_queued_event(m_x));
        if (event == nullptr) {
            return false;
        }
        handle(*event);
        return true;
    }

    void flush()
    {
        xcb_flush(m_x);
    }

    /// A label's colour as a pixel of the root's visual.
    [[nodiscard]] std::uint32_t pixelOf(LabelColor color) const noexcept;

    /// Number of the event that says an xcb_shm_put_image was done.
    [[nodiscard]] std::uint8_t shmCompletionEvent() const noexcept
    {
        return m_shmCompletion;
    }

    /// Whether the event says that monitors came, went or changed.
    [[nodiscard]] bool isAboutMonitors(const xcb_generic_event_t &event) const noexcept;

    /// Size, work area and monitors as they are now. Waits for the server's answer.
    [[nodiscard]] Desktop readDesktop() const;

    /// Whether the session is locked: what bulkhead-session says in a property of the root, 0 or 1. Where it says
    /// nothing, no session of ours runs here, or nobody has locked since it began. Waits for the server's answer.
    [[nodiscard]] bool readLocked() const;

    /// Which keycodes are modifiers now. Waits for the server's answer.
    [[nodiscard]] std::bitset<256> readModifierKeys() const;
    /// What each keycode means now. Waits for the server's answer.
    [[nodiscard]] KeyMeanings readKeyMeanings() const;
    /// Which keys are down now. Waits for the server's answer.
    [[nodiscard]] std::bitset<256> readPressedKeys() const;

private:
    explicit Connection(xcb_connection_t *x) noexcept;

    [[nodiscard]] Result<void> prepare(int screenNumber);
    [[nodiscard]] Result<void> findVisual(int screenNumber);
    [[nodiscard]] Result<void> prepareSharedMemory();
    [[nodiscard]] Result<void> prepareKeyboard();
    void prepareMonitors();
    [[nodiscard]] std::optional<Rect> readWorkArea() const;
    [[nodiscard]] std::vector<Rect> readMonitors() const;
    [[nodiscard]] std::optional<std::uint32_t> readCardinal(AtomId property, std::uint32_t index) const;

    xcb_connection_t *m_x;
    xcb_screen_t *m_screen = nullptr;
    Atoms m_atoms;
    std::uint8_t m_shmCompletion = 0;
    bool m_hasRandr = false;
    std::uint8_t m_randrEvents = 0; ///< number of RandR's first event
};

} // namespace Bulkhead::Screen
