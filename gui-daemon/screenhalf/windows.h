// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "gui-daemon/identity.h"
#include "gui-daemon/screenhalf/drag/dragpointer.h"
#include "gui-daemon/screenhalf/guestwindow.h"
#include "gui-daemon/screenhalf/windowpolicy.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/screenhalf/x11/cursors.h"
#include "gui-daemon/screenhalf/x11/framepusher.h"
#include "gui-daemon/screenhalf/x11/input.h"
#include "gui-daemon/screenhalf/x11/properties.h"
#include "vchan-io/wire/screencommands.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace Bulkhead::Screen
{

/// All windows of one qube on this screen, and every rule about them (spec security 2.4 and 2.5): commands of the wire
/// half and events of the X server go in, requests to the X server and events for the wire half come out. The wire
/// half is not trusted: whatever it says, each window has its frame, and no other window is touched.
class Windows
{
public:
    using Emit = std::move_only_function<void(const Event &, UniqueFd)>;

    /// Source: spec security, L-01. The wire half keeps to it; who does not is no wire half of ours.
    static constexpr std::size_t MaxWindows = 512;
    /// Pixels of all pictures together. Source: spec security, L-05 (65 536 pages).
    static constexpr std::size_t MaxPictureBytes = std::size_t{65536} * 4096;

    /// @param connection, identity  outlive it
    /// @param emit  sends to the wire half; the descriptor is empty but for SegmentReady
    Windows(Connection &connection, const Identity &identity, const StripPicture &strip, Emit emit);

    Windows(const Windows &) = delete;
    Windows &operator=(const Windows &) = delete;
    ~Windows() = default;

    /// Which keys are dom0's own, and who is told of them. Until then there are none.
    void setClipboard(const ClipboardSequences &sequences, Input::OnClipboardAct onAct)
    {
        m_input.setClipboard(sequences, std::move(onAct));
    }

    /// Who is told of drags that leave the qube. Until then nobody is.
    void setDragTeller(std::function<void(const Drag::FromScreen &message)> tell)
    {
        m_tellOfDrag = std::move(tell);
    }

    [[nodiscard]] DragPointer &drag() noexcept
    {
        return m_drag;
    }

    /// @errors NotFound (no such window), Exists, TooMuch (MaxWindows): the wire half is broken
    [[nodiscard]] Result<void> apply(const Command &command);

    /// At the end of a loop's turn, after commands and events: handles what events have come meanwhile, asks what must
    /// be asked, sends what has changed, flushes. Nothing is left in the connection's queue afterwards.
    void settle();

    /// The screen, its monitors or its work area may be others now: they are read at the next settle().
    void desktopChanged() noexcept
    {
        m_desktopUnknown = true;
    }

private:
    [[nodiscard]] GuestWindow *ownerOf(xcb_window_t xWindow);

    [[nodiscard]] Result<void> create(const Gui::FromAgent::Create &command);
    [[nodiscard]] Result<void> applyTo(GuestWindow &window, const Command &command);
    void destroy(GuestWindow &window);
    void map(GuestWindow &window, const Gui::FromAgent::Map &command);
    void unmap(GuestWindow &window);
    void configure(GuestWindow &window, const Rect &wanted);
    void changeState(GuestWindow &window, const Gui::FromAgent::ChangeState &command);
    void requestSegment(GuestWindow &window, const RequestSegment &command);
    void paint(GuestWindow &window, const PaintArea &command);

    /// Puts a window where the policy allows it and settles what kind it is.
    void applyPolicy(GuestWindow &window, const Rect &wanted);
    /// The same for a popup that something else than its qube moved, or whose surroundings changed.
    void recheckPopup(GuestWindow &window, const Rect &place);
    /// Leaves of an attention wish what the qube may have: one mark for all its windows.
    void limitAttention(WindowId window, Gui::FromAgent::ChangeState &wish);
    void forgetAttention(WindowId window);
    void limitPopups();
    [[nodiscard]] std::vector<Rect> popupsBeside(const GuestWindow &window) const;
    void changeTransient(GuestWindow &window, std::optional<WindowId> parent);
    [[nodiscard]] bool wouldLoop(const GuestWindow &window, WindowId parent) const;

    void onConfigureNotify(const xcb_configure_notify_event_t &event);
    void onMapNotify(const xcb_map_notify_event_t &event);
    void onUnmapNotify(const xcb_unmap_notify_event_t &event);
    void onReparentNotify(const xcb_reparent_notify_event_t &event);
    void onDestroyNotify(const xcb_destroy_notify_event_t &event);
    void onExpose(const xcb_expose_event_t &event);
    void onVisibility(const xcb_visibility_notify_event_t &event);
    void onProperty(const xcb_property_notify_event_t &event);
    void onClientMessage(const xcb_client_message_event_t &event);
    void onShmCompletion(const xcb_generic_event_t &event);
    void onError(const xcb_generic_error_t &error);
    void handle(const xcb_generic_event_t &event);
    [[nodiscard]] bool handleInput(const xcb_generic_event_t &event);
    void handleOther(const xcb_generic_event_t &event);

    void settleOnce();
    void setLocked(bool locked);
    [[nodiscard]] bool mayShow(const GuestWindow &window) const noexcept;
    void readDesktopIfUnknown();
    void readPlaces();
    void readFrameProperties();
    void tellOfShown();
    void followFrame(GuestWindow &window, const Rect &frame);
    void report(GuestWindow &window);
    void settleWindow(GuestWindow &window);
    void makeFrame(GuestWindow &window);
    void dropFrame(GuestWindow &window);
    void pushProperties(GuestWindow &window);
    void setVisible(GuestWindow &window, bool visible);
    void dropImage(GuestWindow &window);
    void emit(const Event &event);
    [[nodiscard]] DragPointer::Handlers dragHandlers();
    [[nodiscard]] std::vector<Rect> shownFrames() const;

    Connection &m_connection;
    const Identity &m_identity;
    Emit m_emit;
    FramePusher m_pusher;
    Properties m_properties;
    Cursors m_cursors;
    Input m_input;
    std::function<void(const Drag::FromScreen &message)> m_tellOfDrag = [](const Drag::FromScreen &) { };
    DragPointer m_drag;
    XcbGc m_gc;
    Desktop m_desktop;
    bool m_desktopUnknown = true;
    bool m_locked = false; ///< the session: nothing appears, popups are gone (spec security, R-33)
    std::uint64_t m_mapCount = 0;
    std::size_t m_pictureBytes = 0;
    std::map<WindowId, GuestWindow> m_windows;
    std::unordered_map<xcb_window_t, WindowId> m_byXWindow; ///< frames and contents
    std::unordered_map<xcb_shm_seg_t, WindowId> m_bySegment;
    std::set<WindowId> m_dirty;          ///< to be settled
    std::optional<WindowId> m_attention; ///< the window that bears the qube's mark
    std::set<WindowId> m_maybeShown;     ///< somebody mapped the frame of a window that the qube has not mapped
};

} // namespace Bulkhead::Screen
