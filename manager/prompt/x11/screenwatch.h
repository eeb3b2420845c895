// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <xcb/sync.h>
#include <xcb/xcb.h>

#include <memory>
#include <optional>
#include <vector>

namespace Bulkhead
{

/// Sees on dom0's X server what a toolkit does not tell: whether a qube's window lies over one of ours, and when the
/// person's hands have been still. What no window manager manages, a qube's pop-up, it puts under ours: managers keep
/// even a window that stays on top below those. A connection of its own; it draws nothing and takes no input.
class ScreenWatch : public QObject
{
    Q_OBJECT

public:
    /// Hands are still after this long. Source: spec ui 11.
    static constexpr std::chrono::milliseconds Quiet{2000};

    /// @errors Io (there is no X server)
    [[nodiscard]] static Result<std::unique_ptr<ScreenWatch>> create();
    ~ScreenWatch() override;

    /// The window to look after; 0: none.
    void watch(xcb_window_t window);
    /// Says quiet() once, at once if it is so already.
    void waitForQuiet();

    [[nodiscard]] bool isCovered() const noexcept
    {
        return m_isCovered;
    }

Q_SIGNALS:
    /// A qube's window came to lie over ours, or none does any more.
    void coveredChanged(bool isCovered);
    /// Some window changed its place above ours while a managed one of a qube is there: ours should be raised.
    void raiseWanted();
    void quiet();

private:
    struct Disconnect {
        void operator()(xcb_connection_t *connection) const noexcept
        {
            xcb_disconnect(connection);
        }
    };

    using Connection = std::unique_ptr<xcb_connection_t, Disconnect>;

    /// A qube's window over ours.
    struct Covering {
        xcb_window_t window;
        bool isManaged; ///< only the window manager can give it another place; else, as a pop-up, whoever asks
    };

    ScreenWatch(Connection connection, xcb_window_t root);
    void prepareSync();
    void onReadable();
    void onEvent(const xcb_generic_event_t &event);
    void askForQuiet();
    void look();
    [[nodiscard]] std::vector<Covering> coverings(xcb_window_t own) const;
    void putBelow(xcb_window_t own, const std::vector<Covering> &coverings);
    [[nodiscard]] bool isOfQube(xcb_window_t topLevel) const;
    [[nodiscard]] std::vector<xcb_window_t> children(xcb_window_t window) const;
    [[nodiscard]] std::optional<xcb_window_t> topLevelOf(xcb_window_t window) const;
    /// The windows of `candidates` that are on screen and share a pixel with `window`.
    [[nodiscard]] std::vector<Covering> overlapping(xcb_window_t window,
                                                    const std::vector<xcb_window_t> &candidates) const;
    [[nodiscard]] bool hasQubeName(const std::vector<xcb_window_t> &windows) const;

    Connection m_connection;
    xcb_window_t m_root;
    xcb_window_t m_window = XCB_WINDOW_NONE;
    xcb_atom_t m_qubeName = XCB_ATOM_NONE;
    std::optional<xcb_sync_counter_t> m_idle;
    bool m_isCovered = false;
    QTimer m_soon;
    QTimer m_untilQuiet;
    QSocketNotifier m_notifier;
};

} // namespace Bulkhead
