// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/normalhints.h"

#include <cstddef>
#include <optional>

namespace Bulkhead::GuiAgent
{

namespace
{

// ICCCM 4.1.2.3: bits of the first word, and where the groups stand.
constexpr std::uint32_t UserPosition = 1U << 0;
constexpr std::uint32_t ProgramPosition = 1U << 2;
constexpr std::uint32_t MinimumSize = 1U << 4;
constexpr std::uint32_t MaximumSize = 1U << 5;
constexpr std::uint32_t Increment = 1U << 6;
constexpr std::uint32_t BaseSize = 1U << 8;
constexpr std::size_t MinimumAt = 5;
constexpr std::size_t MaximumAt = 7;
constexpr std::size_t IncrementAt = 9;
constexpr std::size_t BaseAt = 15;

std::optional<Size> sizeAt(std::span<const std::uint32_t> words, std::uint32_t bit, std::size_t index)
{
    if ((words.front() & bit) == 0 || words.size() < index + 2) {
        return std::nullopt;
    }
    const Size size{words[index], words[index + 1]};
    if (size.width > Gui::MaxWindowWidth || size.height > Gui::MaxWindowHeight) {
        return std::nullopt;
    }
    return size;
}

/// Some older window managers place a window with increments badly unless its smallest size is a whole step.
std::uint32_t wholeSteps(std::uint32_t minimum, std::uint32_t base, std::uint32_t step)
{
    if (step <= 1 || minimum < base) {
        return minimum;
    }
    return base + (((minimum - base + 1) / step) * step);
}

} // namespace

Gui::SizeHints normalHints(std::span<const std::uint32_t> words)
{
    Gui::SizeHints hints;
    if (words.empty()) {
        return hints;
    }
    hints.userPosition = (words.front() & UserPosition) != 0;
    hints.programPosition = (words.front() & ProgramPosition) != 0;
    hints.minimum = sizeAt(words, MinimumSize, MinimumAt);
    hints.maximum = sizeAt(words, MaximumSize, MaximumAt);
    hints.increment = sizeAt(words, Increment, IncrementAt);
    hints.base = sizeAt(words, BaseSize, BaseAt);

    if (hints.increment
        && (hints.increment->width == 0 || hints.increment->height == 0 || hints.increment->width >= Gui::MaxWindowWidth
            || hints.increment->height >= Gui::MaxWindowHeight)) {
        hints.increment.reset();
    }
    if (hints.base && hints.minimum && hints.increment) {
        hints.minimum = Size{
            wholeSteps(hints.minimum->width, hints.base->width, hints.increment->width),
            wholeSteps(hints.minimum->height, hints.base->height, hints.increment->height),
        };
    }
    if (hints.maximum && (hints.maximum->width == 0 || hints.maximum->height == 0)) {
        hints.maximum.reset();
    }
    return hints;
}

} // namespace Bulkhead::GuiAgent
