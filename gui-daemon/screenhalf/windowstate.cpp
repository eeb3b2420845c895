// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/windowstate.h"

namespace Bulkhead::Screen
{

WmStates WindowState::wishBeforeMap(const Gui::StateFlags &set)
{
    m_instead = set.fullscreen ? Instead::Asked : Instead::Nothing;
    // Full screen is told once the window manager has maximised the window: no other answer is true before.
    m_reported = {.fullscreen = false, .demandsAttention = set.demandsAttention, .minimized = false};
    return {.fullScreen = false, .maximized = set.fullscreen, .hidden = false, .attention = set.demandsAttention};
}

WindowState::WmRequest WindowState::wishWhileMapped(Gui::StateFlags set, Gui::StateFlags unset)
{
    WmRequest request;
    request.iconify = set.minimized;
    if (set.minimized && set.fullscreen) {
        set.fullscreen = false;
        unset.fullscreen = true;
    }
    if (set.fullscreen) {
        m_instead = m_instead == Instead::Given ? Instead::Given : Instead::Asked;
        request.add.maximized = true;
    }
    if (unset.fullscreen) {
        (m_instead != Instead::Nothing ? request.remove.maximized : request.remove.fullScreen) = true;
        m_instead = m_instead == Instead::Given ? Instead::Given : Instead::Nothing;
    }
    request.add.attention = set.demandsAttention;
    request.remove.attention = unset.demandsAttention;
    return request;
}

std::optional<WindowState::Change> WindowState::observed(const WmStates &states)
{
    if (states.fullScreen || (m_instead == Instead::Given && !states.maximized)) {
        m_instead = Instead::Nothing;
    } else if (m_instead == Instead::Asked && states.maximized) {
        m_instead = Instead::Given;
    }
    const std::uint32_t before = m_reported.bits();
    m_reported = {.fullscreen = states.fullScreen || m_instead == Instead::Given,
                  .demandsAttention = states.attention,
                  .minimized = states.hidden};
    const std::uint32_t now = m_reported.bits();
    if (before == now) {
        return std::nullopt;
    }
    return Change{.set = Gui::StateFlags::fromBits(now & ~before), .unset = Gui::StateFlags::fromBits(before & ~now)};
}

} // namespace Bulkhead::Screen
