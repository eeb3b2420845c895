// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

namespace Bulkhead
{

/// Whether a window that asks for permission may take an answer yet: only once it has been seen, with the keyboard's
/// focus, uncovered and unchanged, for a while in which nobody pressed anything. Pure: it is told what happens, and
/// when.
class PromptGuard
{
public:
    /// Source: spec ui 11, qrexec 23.
    static constexpr Duration Wait = std::chrono::seconds(1);

    void setShown(bool isShown, TimePoint now);
    void setFocused(bool isFocused, TimePoint now);
    /// Something that is not ours lies over it.
    void setCovered(bool isCovered, TimePoint now);
    /// What is asked has changed, or the window its place; or a key or button went down before it was open: whoever
    /// types or clicks through does not mean this window.
    void restart(TimePoint now);

    [[nodiscard]] bool isOpen(TimePoint now) const;
    /// How much of the wait is over, 0 … 1; 0 while it does not even run.
    [[nodiscard]] double progress(TimePoint now) const;
    [[nodiscard]] bool isRunning() const;

private:
    void set(bool &member, bool value, TimePoint now);

    bool m_isShown = false;
    bool m_isFocused = false;
    bool m_isCovered = false;
    TimePoint m_since;
};

} // namespace Bulkhead
