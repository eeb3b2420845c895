// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/contentwindow.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace Bulkhead::Bench
{

namespace
{

struct Figures {
    double medianMs = 0;
    double p99Ms = 0;
};

Figures figuresOf(std::vector<double> samples)
{
    std::ranges::sort(samples);
    return {samples[samples.size() / 2], samples[samples.size() * 99 / 100]};
}

/// Below `window`: a window manager may have put frames into its own.
std::optional<xcb_window_t>
findContent(const Display &dom0, xcb_window_t window, std::pair<std::uint16_t, std::uint16_t> size)
{
    const bool isFrame = dom0.hasProperty(window, "_QUBES_VMNAME");
    for (const xcb_window_t child : dom0.children(window)) {
        if (isFrame && dom0.size(child) == size && dom0.isWhollyShown(child)) {
            return child;
        }
        if (const auto found = isFrame ? std::nullopt : findContent(dom0, child, size)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace

xcb_window_t waitForContent(const Display &dom0, std::pair<std::uint16_t, std::uint16_t> size)
{
    while (true) {
        if (const auto content = findContent(dom0, dom0.root(), size)) {
            return *content;
        }
        dom0.waitForDamage();
    }
}

void reportFrames(std::string_view what, const std::vector<double> &path, const std::vector<double> &copies)
{
    const Figures shown = figuresOf(path);
    const Figures reference = figuresOf(copies);
    std::printf(
        "%-24.*s drawn to shown: median %.2f ms, p99 %.2f ms (%.0f a second); copies alone %.2f ms; ratio %.2f\n",
        static_cast<int>(what.size()),
        what.data(),
        shown.medianMs,
        shown.p99Ms,
        1000 / shown.medianMs,
        reference.medianMs,
        shown.medianMs / reference.medianMs);
}

} // namespace Bulkhead::Bench
