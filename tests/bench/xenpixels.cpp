// SPDX-License-Identifier: GPL-2.0-or-later
// Time from drawing in a qube on Xen to pixels in dom0's X server, beside what no design can leave out: the same
// rectangle read from the guest's X server, granted, mapped, copied once and put into a window of dom0's.
//
//   bulkhead-bench-xenpixels draw PEER FRAMES     in the qube, on its display
//   bulkhead-bench-xenpixels watch PEER FRAMES    in dom0, with the same FRAMES; prints the figures
//
// Both tell each other over a channel when to draw; its half trip counts on both sides of the comparison.
#include "base/error.h"
#include "base/number.h"
#include "tests/bench/contentwindow.h"
#include "tests/bench/waitingstream.h"
#include "tests/bench/xdisplay.h"
#include "vchan-io/transport/backend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Bench;

namespace
{

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::uint16_t Width = 1600; // both screens are 1920x1080: there must be room for a frame
constexpr std::uint16_t Height = 900;
constexpr std::size_t PictureBytes = std::size_t{4} * Width * Height;
constexpr std::size_t PageBytes = 4096;
constexpr Port MeetingPort{7900};
constexpr RingSizes Rings{.toServer = 4096, .toClient = 16384};

std::uint32_t colorOf(int frame)
{
    return 0x101010U + (static_cast<std::uint32_t>(frame * 7919) & 0xEFEFEFU);
}

template<typename T> std::vector<T> receiveAll(WaitingStream &stream, std::size_t count)
{
    std::vector<T> values(count);
    stream.receive(std::as_writable_bytes(std::span(values)));
    return values;
}

void waitForPeer(WaitingStream &stream)
{
    std::array<std::byte, 1> byte{};
    stream.receive(byte);
}

void tellPeer(WaitingStream &stream)
{
    stream.send(std::array{std::byte{1}});
}

/// The qube's side.
void draw(Backend &backend, DomId peer, int frames)
{
    WaitingStream stream(backend.serve(peer, MeetingPort, Rings).value());
    const auto granter = backend.granterFor(peer).value();
    const auto pages = granter->grant((PictureBytes + PageBytes - 1) / PageBytes).value();
    std::vector<std::uint32_t> refs;
    std::ranges::transform(pages->refs(), std::back_inserter(refs), &GrantRef::value);
    stream.send(std::as_bytes(std::span(refs)));

    const Display display(nullptr);
    const xcb_window_t window = display.showWindow(Width, Height);
    const SharedImage picture(display, Width, Height);
    for (int frame = 0; frame < frames; ++frame) {
        waitForPeer(stream);
        display.fill(window, colorOf(frame), Width, Height);
    }
    for (int frame = 0; frame < frames; ++frame) {
        waitForPeer(stream);
        display.fill(window, colorOf(frame), Width, Height);
        picture.get(window);
        std::ranges::copy(picture.bytes(), pages->bytes().begin());
        tellPeer(stream);
    }
    waitForPeer(stream);
}

std::vector<double> measurePath(const Display &dom0, xcb_window_t content, WaitingStream &stream, int frames)
{
    std::vector<double> samples;
    for (int frame = 0; frame < frames; ++frame) {
        const auto began = Clock::now();
        tellPeer(stream);
        while (dom0.pixel(content, Width - 1, Height - 1) != colorOf(frame)) {
            dom0.waitForDamage();
        }
        samples.push_back(Milliseconds(Clock::now() - began).count());
    }
    return samples;
}

std::vector<double> measureCopies(
    const Display &dom0, PageMapper &mapper, std::span<const GrantRef> refs, WaitingStream &stream, int frames)
{
    const xcb_window_t window = dom0.showWindow(Width, Height);
    dom0.lower(window);
    const SharedImage target(dom0, Width, Height);
    std::vector<double> samples;
    for (int frame = 0; frame < frames; ++frame) {
        const auto began = Clock::now();
        tellPeer(stream);
        waitForPeer(stream);
        mapper.map(refs).value()->copyOut(0, target.bytes());
        target.put(window);
        samples.push_back(Milliseconds(Clock::now() - began).count());
    }
    return samples;
}

/// dom0's side.
void watch(Backend &backend, DomId peer, int frames)
{
    const Display dom0(nullptr);
    dom0.watchDamageOfRoot();
    WaitingStream stream(backend.connect(peer, MeetingPort).value());
    std::vector<GrantRef> refs;
    for (const auto raw : receiveAll<std::uint32_t>(stream, (PictureBytes + PageBytes - 1) / PageBytes)) {
        refs.emplace_back(raw);
    }
    const auto mapper = backend.mapperFor(peer).value();
    const xcb_window_t content = waitForContent(dom0, {Width, Height});
    const auto path = measurePath(dom0, content, stream, frames);
    reportFrames("1600x900", path, measureCopies(dom0, *mapper, refs, stream, frames));
    tellPeer(stream);
}

std::uint32_t number(std::string_view text)
{
    return numberIn<std::uint32_t>(text).value_or(0);
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string_view> words(argv + 1, argv + argc);
    if (words.size() != 3 || (words[0] != "draw" && words[0] != "watch") || number(words[2]) == 0) {
        (void)std::fputs("usage: bulkhead-bench-xenpixels draw|watch PEER FRAMES\n", stderr);
        return 2;
    }
    const auto backend = openBackend("xen");
    if (!backend) {
        (void)std::fprintf(stderr, "bulkhead-bench-xenpixels: %s\n", backend.error().text().c_str());
        return 1;
    }
    const DomId peer(number(words[1]));
    const int frames = static_cast<int>(number(words[2]));
    words[0] == "draw" ? draw(**backend, peer, frames) : watch(**backend, peer, frames);
    return 0;
}
