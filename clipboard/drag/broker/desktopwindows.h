// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/drag/broker/stacking.h"

#include <xcb/xcb.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// Which windows lie on dom0's screen, in which order, and whose they are: read from the X server, and believed as far
/// as dom0's own programs wrote it. Main thread only. Reading waits for the server's answers.
class DesktopWindows
{
public:
    /// Opens the display that DISPLAY names.
    /// @errors Io (no server)
    [[nodiscard]] static Result<std::unique_ptr<DesktopWindows>> open();

    DesktopWindows(const DesktopWindows &) = delete;
    DesktopWindows &operator=(const DesktopWindows &) = delete;
    ~DesktopWindows();

    [[nodiscard]] int pollFd() const noexcept
    {
        return xcb_get_file_descriptor(m_x);
    }

    [[nodiscard]] bool isBroken() const noexcept
    {
        return xcb_connection_has_error(m_x) != 0;
    }

    /// Whether changes of the stacking are told.
    void setWatching(bool watching);

    /// Takes what the server has said.
    /// @return whether windows came, went, moved or changed their order
    [[nodiscard]] bool takeEvents();

    /// All that are shown and take the pointer, the topmost first. A window that no pointer can be in is none: what
    /// only draws over others (a compositor's, our own overlay) says so by an empty input shape.
    [[nodiscard]] std::vector<ShownWindow> read();

private:
    enum class Atom : std::uint8_t { QubeName, Label, LabelColor, Window, DropRows };

    struct Question;

    explicit DesktopWindows(xcb_connection_t *x) noexcept
        : m_x(x)
    {
    }

    [[nodiscard]] Result<void> prepare(int screenNumber);
    [[nodiscard]] std::vector<xcb_window_t> childrenOf(xcb_window_t window) const;
    [[nodiscard]] std::optional<QubeWindow> ownerOf(xcb_window_t window) const;
    [[nodiscard]] std::optional<QubeWindow> ownerWithin(xcb_window_t window, int depth) const;
    /// The rows of a window of dom0's that stand for qubes.
    [[nodiscard]] std::vector<ShownWindow>
    rowsWithin(xcb_window_t window, const ShownWindow &outermost, int depth) const;
    [[nodiscard]] std::string text(xcb_window_t window, Atom property, std::uint32_t mostBytes) const;
    [[nodiscard]] bool takesPointer(xcb_window_t window) const;
    [[nodiscard]] std::optional<std::uint32_t> number(xcb_window_t window, Atom property) const;

    xcb_connection_t *m_x;
    xcb_window_t m_root = XCB_WINDOW_NONE;
    std::array<xcb_atom_t, 5> m_atoms{};
};

} // namespace Bulkhead::Drag
