// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/modifierplan.h"

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr KeyAction press(std::uint8_t keycode)
{
    return {.keycode = keycode, .kind = KeyAction::Kind::Press};
}

constexpr KeyAction release(std::uint8_t keycode)
{
    return {.keycode = keycode, .kind = KeyAction::Kind::Release};
}

/// A lock key that is down already must come up first: pressing it again would be no event.
void planToggle(std::uint8_t keycode, const KeySet &down, std::vector<KeyAction> &plan)
{
    if (down.test(keycode)) {
        plan.push_back(release(keycode));
    }
    plan.push_back(press(keycode));
    plan.push_back(release(keycode));
}

} // namespace

std::vector<KeyAction>
planModifiers(std::uint32_t present, std::uint32_t wanted, const KeySet &down, const ModifierKeys &keys)
{
    std::vector<KeyAction> plan;
    for (std::size_t index = 0; index < ModifierKeys::Count; ++index) {
        const std::uint32_t bit = 1U << index;
        const ModifierKeys::Modifier &modifier = keys.modifiers.at(index);
        if (((present ^ wanted) & bit) == 0 || modifier.keycodes.empty()) {
            continue;
        }
        if (modifier.locks) {
            planToggle(modifier.keycodes.front(), down, plan);
        } else if ((wanted & bit) != 0) {
            plan.push_back(press(modifier.keycodes.front()));
        } else {
            for (const std::uint8_t keycode : modifier.keycodes) {
                if (down.test(keycode)) {
                    plan.push_back(release(keycode));
                }
            }
        }
    }
    return plan;
}

std::vector<KeyAction> planReleases(const KeySet &down, const KeySet &held)
{
    std::vector<KeyAction> plan;
    const KeySet stuck = down & ~held;
    for (std::size_t keycode = 0; keycode < stuck.size(); ++keycode) {
        if (stuck.test(keycode)) {
            plan.push_back(release(static_cast<std::uint8_t>(keycode)));
        }
    }
    return plan;
}

} // namespace Bulkhead::GuiAgent
