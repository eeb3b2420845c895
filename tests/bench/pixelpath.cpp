// SPDX-License-Identifier: GPL-2.0-or-later
// Time from drawing in the guest to pixels in dom0's X server, beside the copies that no design can leave out.
//   bulkhead-bench-pixelpath GUEST-DISPLAY DOM0-DISPLAY FRAMES
// run-pixelpath starts both X servers, the exchange, the agent and the GUI daemon. The reference, in the same run: read
// the same rectangle from the guest's X server, copy it once, put it into a window of dom0's X server.
#include "base/number.h"
#include "tests/bench/contentwindow.h"
#include "tests/bench/xdisplay.h"

#include <xcb/damage.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

using namespace Bulkhead::Bench;

namespace
{

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::uint16_t Width = 1600;
constexpr std::uint16_t Height = 900;
constexpr std::uint16_t SmallSide = 64;

/// Draws `side` pixels of a new colour each time and waits until the last of them is on dom0's screen.
std::vector<double> measurePath(const Display &guest,
                                const Display &dom0,
                                xcb_window_t drawn,
                                xcb_window_t content,
                                std::uint16_t width,
                                std::uint16_t height,
                                int frames)
{
    std::vector<double> samples;
    for (int frame = 0; frame < frames; ++frame) {
        const std::uint32_t color = 0x101010U + (static_cast<std::uint32_t>(frame * 7919) & 0xEFEFEFU);
        const auto began = Clock::now();
        guest.fill(drawn, color, width, height);
        while (dom0.pixel(content, width - 1, height - 1) != color) {
            dom0.waitForDamage();
        }
        samples.push_back(Milliseconds(Clock::now() - began).count());
    }
    return samples;
}

/// The same rectangle read, copied and put by this process alone.
std::vector<double> measureCopies(const Display &guest,
                                  const Display &dom0,
                                  xcb_window_t from,
                                  xcb_window_t to,
                                  std::uint16_t width,
                                  std::uint16_t height,
                                  int frames)
{
    const SharedImage source(guest, width, height);
    const SharedImage target(dom0, width, height);
    std::vector<double> samples;
    for (int frame = 0; frame < frames; ++frame) {
        const auto began = Clock::now();
        guest.fill(from, static_cast<std::uint32_t>(frame), width, height);
        source.get(from);
        std::ranges::copy(source.bytes(), target.bytes().begin());
        target.put(to);
        samples.push_back(Milliseconds(Clock::now() - began).count());
    }
    return samples;
}

} // namespace

int main(int argc, char **argv)
{
    const int frames = argc == 4 ? Bulkhead::numberIn<int>(argv[3]).value_or(0) : 0;
    if (frames < 10) {
        (void)std::fputs("usage: bulkhead-bench-pixelpath GUEST-DISPLAY DOM0-DISPLAY FRAMES\n", stderr);
        return 2;
    }
    const Display guest(argv[1]);
    const Display dom0(argv[2]);
    const xcb_window_t drawn = guest.showWindow(Width, Height);
    dom0.watchDamageOfRoot();
    const xcb_window_t content = waitForContent(dom0, {Width, Height});
    const xcb_window_t plain = dom0.showWindow(Width, Height);
    dom0.lower(plain);

    reportFrames("1600x900",
                 measurePath(guest, dom0, drawn, content, Width, Height, frames),
                 measureCopies(guest, dom0, drawn, plain, Width, Height, frames));
    reportFrames("64x64",
                 measurePath(guest, dom0, drawn, content, SmallSide, SmallSide, frames),
                 measureCopies(guest, dom0, drawn, plain, SmallSide, SmallSide, frames));
    return 0;
}
