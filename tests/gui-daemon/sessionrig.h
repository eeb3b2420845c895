// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/wirehalf/clipboardpipes.h"
#include "gui-daemon/wirehalf/session.h"
#include "tests/gui-daemon/scriptedagent.h"
#include "tests/support/channelpair.h"
#include "tests/support/testclock.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/sealedmemory.h"
#include "vchan-io/wire/guihandshake.h"

#include <QTest>

#include <sys/mman.h>

#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// Keeps the commands.
class RecordingScreen final : public ScreenSink
{
public:
    [[nodiscard]] Result<void> send(const Screen::Command &command) override
    {
        commands.push_back(command);
        return {};
    }

    [[nodiscard]] bool isBehind() const override
    {
        return behind;
    }

    template<typename T> [[nodiscard]] std::vector<T> all() const
    {
        std::vector<T> found;
        for (const auto &command : commands) {
            if (const auto *one = std::get_if<T>(&command)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    std::vector<Screen::Command> commands;
    bool behind = false;
};

/// A session, its agent and what lies between them.
struct SessionRig {
    explicit SessionRig(std::size_t ringBytes = 1 << 20)
        : SessionRig(makeChannelPair(ringBytes))
    {
    }

    explicit SessionRig(ChannelPair channels)
        : agent(std::move(channels.server))
        , session(std::move(channels.client), std::move(pages.mapper), screen, {1366, 768}, clock, &pipes)
    {
    }

    Result<void> turn()
    {
        auto done = session.onChannelReady();
        for (int i = 0; done && session.hasMore() && i < 100000; ++i) {
            done = session.readMessages();
        }
        return done;
    }

    /// Shakes hands; what was heard until then is forgotten.
    void greet(std::uint16_t minorNumber = 8)
    {
        agent.expectPreamble(minorNumber >= 4 ? 20 : 16);
        agent.say(Gui::buildVersion(Gui::Version(minorNumber)));
        QVERIFY(turn());
        agent.listen();
    }

    template<typename... Messages> Result<void> say(const Messages &...messages)
    {
        (agent.say(Gui::FromAgent::Message(messages)), ...);
        return turn();
    }

    Result<void> hear(const Screen::Event &event, UniqueFd descriptor = {})
    {
        return session.onScreenEvent(event, std::move(descriptor));
    }

    /// Gives the segment that was asked for last; the test keeps a mapping of it.
    Mapping giveSegment()
    {
        const Screen::RequestSegment request = screen.all<Screen::RequestSegment>().back();
        const std::size_t size = std::size_t{request.size.width} * request.size.height * 4;
        UniqueFd memory = createSealedMemory("test", size).value();
        Mapping mapping = Mapping::shared(memory.get(), size, PROT_READ).value();
        const auto done =
            hear(Screen::SegmentReady{.window = request.window, .serial = request.serial, .size = request.size},
                 std::move(memory));
        [&] {
            QVERIFY(done);
        }();
        return mapping;
    }

    std::unique_ptr<GrantedPages> grant(std::size_t pageCount)
    {
        return pages.granter->grant(pageCount).value();
    }

    Gui::FromAgent::WindowDump dump(const GrantedPages &granted, Size size, WindowId window = WindowId{0x100})
    {
        const auto refs = const_cast<GrantedPages &>(granted).refs();
        return {.window = window, .size = size, .pages = {refs.begin(), refs.end()}};
    }

    PagesPair pages = makePagesPair();
    TestClock clock;
    RecordingScreen screen;
    std::unique_ptr<EventLoop> loop = EventLoop::create(clock).value();
    ClipboardPipes pipes{*loop, [this](WindowId window, std::span<const std::byte> text) {
                             return session.paste(window, text).has_value();
                         }};
    ScriptedAgent agent;
    Session session;
};

inline Errc codeOf(const Result<void> &result)
{
    return result ? Errc::Exists : result.error().code;
}

} // namespace Bulkhead::Test
