// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/prompt/guard.h"

#include <QEvent>
#include <QObject>
#include <QTimer>

class QWidget;

namespace Bulkhead
{

/// Which keys and clicks count for a window that asks, and when. While it is closed it swallows all of them, so that
/// no widget of the window sees even a part of one; a key that is held down never presses anything.
///
/// It opens a turn of the event loop after its guard's wait, so that what was pressed before has been seen by then and
/// has made the wait begin anew: also where this program was held up and finds keys that are seconds old.
class InputGate : public QObject
{
    Q_OBJECT

public:
    /// @param clock, window  outlive this; a window, not a part of one
    InputGate(const Clock &clock, QWidget *window);

    /// Something that is not ours lies over the window.
    void setCovered(bool isCovered);
    /// What is asked has changed.
    void restart();

    [[nodiscard]] bool isOpen() const;
    /// Keys go to the window.
    [[nodiscard]] bool isFocused() const;
    /// Time passes towards the opening: the window is on screen, has the focus and lies free.
    [[nodiscard]] bool isRunning() const;
    /// How much of the wait is over, 0 … 1.
    [[nodiscard]] double progress() const;

    /// Looks at the clock. A timer does this while it matters.
    void look();

Q_SIGNALS:
    /// Something above may be other than it was.
    void looked();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] bool isOurs(const QObject *watched) const;
    void onWindowEvent(QEvent::Type type);
    void openNow();

    const Clock &m_clock;
    QWidget *m_window;
    PromptGuard m_guard;
    QTimer m_tick;
    QTimer m_turn;         ///< one turn of the loop between the wait's end and the opening
    bool m_isOpen = false; ///< it was opened, and nothing has been seen since that closes it
};

} // namespace Bulkhead
