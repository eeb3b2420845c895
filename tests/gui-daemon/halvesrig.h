// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/screenhalf/windows.h"
#include "gui-daemon/wirehalf/session.h"
#include "tests/gui-daemon/frameoracle.h"
#include "tests/gui-daemon/scriptedagent.h"
#include "tests/gui-daemon/windowsrig.h"
#include "tests/support/channelpair.h"
#include "tests/support/testclock.h"
#include "vchan-io/wire/guihandshake.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// Both halves in this process, on the test's X server: an agent's bytes go in at one end, windows come out at the
/// other, and nothing happens that the test does not wait for. What goes between the halves goes through packets.
class HalvesRig
{
public:
    HalvesRig()
        : HalvesRig(makeChannelPair(1 << 20))
    {
        agent.expectPreamble(20);
        agent.say(Gui::buildVersion(Gui::OwnVersion));
        (void)settle();
    }

    /// What was said is done, and all that follows from it.
    /// @return what the session said of the messages
    template<typename... Messages> Result<void> say(const Messages &...messages)
    {
        (agent.say(Gui::FromAgent::Message(messages)), ...);
        return settle();
    }

    /// A message of any type with any body.
    Result<void> sayRaw(std::uint32_t type, WindowId window, const Bytes &body)
    {
        agent.say(type, window.value(), static_cast<std::uint32_t>(body.size()), body);
        return settle();
    }

    Result<void> settle()
    {
        Result<void> done = m_session.onChannelReady();
        for (int quiet = 0; quiet < 3;) {
            for (int i = 0; done && m_session.hasMore() && i < 100000; ++i) {
                done = m_session.readMessages();
            }
            m_windows.settle();
            x.sync();
            const Screen::XcbPtr<xcb_get_input_focus_reply_t> answer(
                xcb_get_input_focus_reply(m_connection->get(), xcb_get_input_focus(m_connection->get()), nullptr));
            quiet = m_events.empty() ? quiet + 1 : 0;
            while (!m_events.empty()) {
                auto [event, descriptor] = std::move(m_events.front());
                m_events.pop_front();
                const auto heard = m_session.onScreenEvent(event, std::move(descriptor));
                done = done ? heard : done;
            }
        }
        agent.listen();
        return done;
    }

    /// A picture of one colour that is no label's.
    Gui::FromAgent::WindowDump dump(WindowId window, Size size, std::uint32_t color = 0x00FF00)
    {
        const std::size_t pixels = std::max<std::size_t>(1, std::size_t{size.width} * size.height);
        auto granted = m_pages.granter->grant((pixels * 4 + PageSize - 1) / PageSize).value();
        for (std::size_t i = 0; i < std::size_t{size.width} * size.height; ++i) {
            std::memcpy(granted->bytes().data() + i * 4, &color, 4);
        }
        const auto refs = granted->refs();
        const Gui::FromAgent::WindowDump message{.window = window, .size = size, .pages = {refs.begin(), refs.end()}};
        m_granted.push_back(std::move(granted));
        if (m_granted.size() > MostGrants) {
            m_granted.pop_front(); // long replaced
        }
        return message;
    }

    /// The guest's pages that the daemon has mapped.
    [[nodiscard]] std::size_t mappedPages() const
    {
        return m_session.windows().mappedPages();
    }

    xcb_window_t frame(WindowId window = WindowId{0x100})
    {
        return x.frameOf(window.value());
    }

private:
    static constexpr std::size_t MostGrants = 16;

    /// Where the session's commands go.
    class Sink final : public ScreenSink
    {
    public:
        explicit Sink(HalvesRig &rig)
            : m_rig(rig)
        {
        }

        [[nodiscard]] Result<void> send(const Screen::Command &command) override
        {
            return Screen::parseCommand(Screen::buildCommand(command)).and_then([this](const Screen::Command &read) {
                return m_rig.m_windows.apply(read);
            });
        }

        [[nodiscard]] bool isBehind() const override
        {
            return false;
        }

    private:
        HalvesRig &m_rig;
    };

    explicit HalvesRig(ChannelPair channels)
        : agent(std::move(channels.server))
        , m_connection(Screen::Connection::open().value())
        , m_identity{.name = QubeName::parse("work").value(),
                     .domain = DomId{5},
                     .labelIndex = 1,
                     .labelColor = LabelColor::parse("0xcc0000").value(),
                     .demo = false}
        , m_windows(*m_connection,
                    m_identity,
                    {},
                    [this](const Screen::Event &event, UniqueFd descriptor) {
                        m_events.emplace_back(Screen::parseEvent(Screen::buildEvent(event)).value(),
                                              std::move(descriptor));
                    })
        , m_sink(*this)
        , m_session(std::move(channels.client), std::move(m_pages.mapper), m_sink, {1280, 800}, m_clock)
    {
    }

    PagesPair m_pages = makePagesPair();
    std::deque<std::unique_ptr<GrantedPages>> m_granted;
    TestClock m_clock;
    std::deque<std::pair<Screen::Event, UniqueFd>> m_events;

public:
    XObserver x;
    ScriptedAgent agent;

private:
    std::unique_ptr<Screen::Connection> m_connection;
    Identity m_identity;
    Screen::Windows m_windows;
    Sink m_sink;
    Session m_session;
};

} // namespace Bulkhead::Test
