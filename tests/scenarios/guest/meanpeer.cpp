// SPDX-License-Identifier: GPL-2.0-or-later
// An agent that means harm: it offers the GUI channel in place of the real agent, greets as it must, and then does one
// of the things that a hostile qube would do. Prints "ready" when dom0's daemon has connected, "closed" when it hung
// up.
//   bulkhead-mean-peer random|lengths|absurd|windows|damage|halt|deaf|clipboard|scribble|revoke
// scribble and revoke show a window and wait for a line on the standard input before they begin.
#include "base/ids.h"
#include "tests/scenarios/guest/sharedmemory.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/wirewriter.h"

#include <poll.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace Bulkhead;

namespace
{

/// Bytes that one misdeed sends at most before it counts as tolerated: the daemon must have ended or limited it by
/// then.
constexpr std::size_t Enough = std::size_t{64} * 1024 * 1024;

class MeanPeer
{
public:
    MeanPeer(std::unique_ptr<Channel> channel, std::unique_ptr<PageGranter> granter)
        : m_channel(std::move(channel))
        , m_granter(std::move(granter))
    {
    }

    /// Waits until the daemon is there and says hello to it. False if that did not come about.
    bool greet()
    {
        while (m_channel->state() == ChannelState::Waiting) {
            if (!waitForEvent()) {
                return false;
            }
        }
        if (!send(Gui::buildVersion(Gui::OwnVersion))) {
            return false;
        }
        std::puts("ready");
        (void)std::fflush(stdout);
        return true;
    }

    /// Writes everything, taking and throwing away what comes back. False once the daemon hung up.
    bool send(std::span<const std::byte> bytes)
    {
        m_sent += bytes.size();
        while (!bytes.empty()) {
            const auto written = m_channel->write(bytes);
            if (!written) {
                return false;
            }
            bytes = bytes.subspan(*written);
            if (!bytes.empty() && !waitForEvent()) {
                return false;
            }
        }
        return m_sent < Enough;
    }

    /// Does nothing until the daemon hangs up.
    void waitForTheEnd()
    {
        while (waitForEvent()) { }
    }

    void becomeDeaf()
    {
        m_reads = false;
    }

    /// A mapped window with a picture; its pages, or nothing if that did not come about.
    std::unique_ptr<GrantedPages> showPicture(WindowId window, Rect geometry)
    {
        const std::size_t bytes = std::size_t{geometry.width} * geometry.height * Gui::BytesPerPixel;
        auto pages = m_granter->grant((bytes + PageSize - 1) / PageSize);
        if (!pages) {
            return nullptr;
        }
        const auto refs = (*pages)->refs();
        using namespace Gui::FromAgent;
        if (!send(build(Create{.window = window, .geometry = geometry}))
            || !send(build(WindowDump{
                .window = window, .size = {geometry.width, geometry.height}, .pages = {refs.begin(), refs.end()}}))
            || !send(build(Map{.window = window}))) {
            return nullptr;
        }
        return std::move(*pages);
    }

private:
    bool waitForEvent()
    {
        pollfd waiting{.fd = m_channel->pollFd(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, -1) < 0) {
            return false;
        }
        const auto state = m_channel->takeEvent();
        if (!state || *state == ChannelState::Closed) {
            return false;
        }
        std::vector<std::byte> unwanted(4096);
        while (m_reads && *state == ChannelState::Open) {
            const auto count = m_channel->read(unwanted);
            if (!count || *count == 0) {
                return count.has_value();
            }
        }
        return true;
    }

    std::unique_ptr<Channel> m_channel;
    std::unique_ptr<PageGranter> m_granter;
    std::size_t m_sent = 0;
    bool m_reads = true;
};

std::vector<std::byte> header(std::uint32_t type, std::uint32_t window, std::uint32_t length)
{
    WireWriter out;
    out.u32(type);
    out.u32(window);
    out.u32(length);
    return std::move(out).take();
}

std::vector<std::byte> create(std::uint32_t window, Rect geometry)
{
    return Gui::FromAgent::build(
        Gui::FromAgent::Create{.window = WindowId{window}, .geometry = geometry, .overrideRedirect = window % 2 == 0});
}

void sendRandomBytes(MeanPeer &peer)
{
    std::mt19937 random(42); // NOLINT(bugprone-random-generator-seed): a failure must come again
    std::vector<std::byte> bytes(4096);
    do {
        for (std::byte &byte : bytes) {
            byte = static_cast<std::byte>(random());
        }
    } while (peer.send(bytes));
}

void lieAboutLengths(MeanPeer &peer)
{
    constexpr std::uint32_t CreateType = 130;
    (void)peer.send(header(CreateType, 1, 0xFFFFFFFFU));
    peer.waitForTheEnd();
}

void askForAbsurdSizes(MeanPeer &peer)
{
    (void)peer.send(create(1, {0, 0, 100, 100}));
    WireWriter dump;
    constexpr std::uint32_t DumpType = 147;
    dump.u32(DumpType);
    dump.u32(1);
    dump.u32(16);
    dump.u32(0); // grant references
    dump.u32(0xFFFFFFFFU);
    dump.u32(0xFFFFFFFFU);
    dump.u32(32);
    (void)peer.send(std::move(dump).take());
    peer.waitForTheEnd();
}

void makeWindowsWithoutEnd(MeanPeer &peer)
{
    for (std::uint32_t window = 1; window < 100'000; ++window) {
        if (!peer.send(create(window, {0, 0, 200, 200}))
            || !peer.send(Gui::FromAgent::build(Gui::FromAgent::Map{.window = WindowId{window}}))) {
            return;
        }
    }
}

void floodWithDamage(MeanPeer &peer)
{
    (void)peer.send(create(1, {100, 100, 400, 300}));
    (void)peer.send(Gui::FromAgent::build(Gui::FromAgent::Map{.window = WindowId{1}}));
    const auto damage = Gui::FromAgent::build(Gui::FromAgent::Damage{.window = WindowId{1}, .area = {0, 0, 400, 300}});
    while (peer.send(damage)) { }
}

void stopInTheMiddle(MeanPeer &peer)
{
    (void)peer.send(create(1, {0, 0, 100, 100}));
    constexpr std::uint32_t TitleType = 141;
    (void)peer.send(header(TitleType, 1, 128));
    peer.waitForTheEnd();
}

void neverListen(MeanPeer &peer)
{
    (void)peer.send(create(1, {100, 100, 400, 300}));
    (void)peer.send(Gui::FromAgent::build(Gui::FromAgent::Map{.window = WindowId{1}}));
    peer.becomeDeaf();
    peer.waitForTheEnd();
}

/// Texts for a clipboard that nobody copied to. They are dropped, so the connection stays.
void sendTextsUnasked(MeanPeer &peer)
{
    (void)peer.send(create(1, {100, 100, 400, 300}));
    const std::vector<std::byte> text(1000, std::byte{'x'});
    for (int count = 0; count < 3; ++count) {
        (void)peer.send(Gui::FromAgent::build(Gui::FromAgent::ClipboardData{.text = text}));
    }
    std::puts("sent");
    (void)std::fflush(stdout);
    peer.waitForTheEnd();
}

constexpr Rect PictureGeometry{100, 100, 400, 300};
constexpr WindowId PictureWindow{1};

std::vector<std::byte> pictureDamage()
{
    return Gui::FromAgent::build(
        Gui::FromAgent::Damage{.window = PictureWindow, .area = {0, 0, PictureGeometry.width, PictureGeometry.height}});
}

/// Writes over every shared page while dom0 copies pixels: first while it is told to copy, then the rings with their
/// indices and flags, too, for ever. The own end of the channel is of no use after that.
void scribbleOverEverything(MeanPeer &peer)
{
    const auto pages = peer.showPicture(PictureWindow, PictureGeometry);
    (void)std::getchar();
    const std::array pixels{pages->bytes()};
    for (std::uint32_t round = 0; round < 200; ++round) {
        Test::scribble(pixels, round);
        if (!peer.send(pictureDamage())) {
            return;
        }
    }
    const auto everything = Test::sharedMemory();
    std::printf("scribbling over %zu areas\n", everything.size());
    (void)std::fflush(stdout);
    for (std::uint32_t round = 0;; ++round) {
        Test::scribble(everything, round);
    }
}

/// Takes the pages of a picture away while dom0 has them mapped, and has them copied all the same.
void revokeWhatIsShown(MeanPeer &peer)
{
    auto pages = peer.showPicture(PictureWindow, PictureGeometry);
    (void)std::getchar();
    pages.reset();
    const auto damage = pictureDamage();
    for (int round = 0; round < 1000; ++round) {
        if (!peer.send(damage)) {
            return;
        }
    }
    std::puts("tolerated");
    (void)std::fflush(stdout);
    peer.waitForTheEnd();
}

const std::map<std::string_view, std::function<void(MeanPeer &)>> Misdeeds{
    {"random", sendRandomBytes},
    {"lengths", lieAboutLengths},
    {"absurd", askForAbsurdSizes},
    {"windows", makeWindowsWithoutEnd},
    {"damage", floodWithDamage},
    {"halt", stopInTheMiddle},
    {"deaf", neverListen},
    {"clipboard", sendTextsUnasked},
    {"scribble", scribbleOverEverything},
    {"revoke", revokeWhatIsShown},
};

} // namespace

int main(int argc, char **argv)
{
    const auto misdeed = Misdeeds.find(argc == 2 ? argv[1] : "");
    if (misdeed == Misdeeds.end()) {
        (void)std::fputs("usage: bulkhead-mean-peer random|lengths|absurd|windows|damage|halt|deaf|clipboard|scribble|"
                         "revoke\n",
                         stderr);
        return 2;
    }
    const auto backend = openBackend("auto");
    if (!backend) {
        (void)std::fprintf(stderr, "bulkhead-mean-peer: %s\n", backend.error().text().c_str());
        return 1;
    }
    auto channel = (*backend)->serve(Dom0, GuiPort, {});
    if (!channel) {
        (void)std::fprintf(stderr, "bulkhead-mean-peer: %s\n", channel.error().text().c_str());
        return 1;
    }
    auto granter = (*backend)->granterFor(Dom0);
    if (!granter) {
        (void)std::fprintf(stderr, "bulkhead-mean-peer: %s\n", granter.error().text().c_str());
        return 1;
    }
    MeanPeer peer(std::move(*channel), std::move(*granter));
    if (!peer.greet()) {
        return 1;
    }
    misdeed->second(peer);
    std::puts("closed");
    return 0;
}
