// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/geometry.h"
#include "gui-daemon/wirehalf/clipboardpipes.h"
#include "gui-daemon/wirehalf/windowtable.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/messagestream.h"
#include "vchan-io/transport/sharedpages.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"
#include "vchan-io/wire/screencommands.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>

namespace Bulkhead
{

/// Where a session's commands go: the screen half, or a recorder in tests.
class ScreenSink
{
public:
    ScreenSink() = default;
    ScreenSink(const ScreenSink &) = delete;
    ScreenSink &operator=(const ScreenSink &) = delete;
    virtual ~ScreenSink() = default;

    /// @errors PeerGone, TooMuch, Io
    [[nodiscard]] virtual Result<void> send(const Screen::Command &command) = 0;
    /// Commands wait to be taken: the session reads no more messages of the guest until they are.
    [[nodiscard]] virtual bool isBehind() const = 0;
};

/// One connection with one agent: handshake, windows, geometry, pixels, input. Knows no X. Every error that its calls
/// return ends the session; whose fault it was is in the code (base/error.h).
class Session
{
public:
    /// Messages handled before others get their turn.
    static constexpr int MessagesPerTurn = 256;

    /// @param channel  open
    /// @param mapper   nullptr: the backend shares no pages, every dump is refused (and acknowledged)
    /// @param screen   outlives the session
    /// @param root     size of the screen, for the agent
    /// @param clock    outlives the session
    /// @param clipboard  outlives the session; nullptr: nobody copies or pastes
    Session(std::unique_ptr<Channel> channel,
            std::unique_ptr<PageMapper> mapper,
            ScreenSink &screen,
            Size root,
            const Clock &clock,
            ClipboardPipes *clipboard = nullptr);

    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;
    ~Session() = default;

    /// When the channel's descriptor is readable.
    [[nodiscard]] Result<void> onChannelReady();
    /// When the screen half has caught up, when deadline() is reached, and after a turn that ended with hasMore().
    [[nodiscard]] Result<void> readMessages();
    /// @param descriptor  of a SegmentReady, else empty
    [[nodiscard]] Result<void> onScreenEvent(const Screen::Event &event, UniqueFd descriptor);

    /// A text that the person pasted goes to the agent.
    [[nodiscard]] Result<void> paste(WindowId window, std::span<const std::byte> text);

    /// The agent has sent a text that nobody asked for.
    [[nodiscard]] bool hasUnaskedText() const noexcept
    {
        return m_hasUnaskedText;
    }

    /// Messages may be left that nothing else will announce.
    [[nodiscard]] bool hasMore() const noexcept
    {
        return m_hasMore;
    }

    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept
    {
        return m_stream.deadline();
    }

    [[nodiscard]] const WindowTable &windows() const noexcept
    {
        return m_windows;
    }

private:
    enum class Phase : std::uint8_t { Greeting, Running };

    /// From here on motion is merged. Source: spec security, L-09, of which it leaves most to what may not be lost.
    static constexpr std::size_t ManyBytesWaiting = 65536;
    /// The window that stands for the guest's whole screen (spec gui-protocol 4.7).
    static constexpr WindowId WholeScreen{0};

    [[nodiscard]] Result<std::size_t> onHeader(std::span<const std::byte> bytes);
    [[nodiscard]] Result<bool> greet();
    [[nodiscard]] Result<bool> readOne();

    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Create &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Destroy &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Map &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Unmap &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Configure &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Damage &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::WindowDump &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Dock &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Title &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::WindowClass &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::WindowHints &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::ChangeState &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::Cursor &m);
    [[nodiscard]] Result<void> handle(const Gui::FromAgent::ClipboardData &m);

    [[nodiscard]] Result<void> on(const Gui::FromDaemon::Configure &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Gui::FromDaemon::Motion &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Gui::FromDaemon::Keymap &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::Adopted &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::Visibility &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::SegmentReady &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::Painted &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::Forgotten &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::ClipboardAsk &event, UniqueFd descriptor);
    [[nodiscard]] Result<void> on(const Screen::ClipboardGive &event, UniqueFd descriptor);
    template<typename T> [[nodiscard]] Result<void> on(const T &event, UniqueFd descriptor);

    /// Whether the screen half said it before it had heard that the window of this id was destroyed.
    [[nodiscard]] bool isOfAFormerWindow(const Screen::Event &event);
    template<typename T> [[nodiscard]] Result<void> forward(const T &message);
    [[nodiscard]] Result<void> tell(const Gui::FromDaemon::Message &message);
    [[nodiscard]] Result<void> tellLateMotion();
    [[nodiscard]] Result<void> tellGeometry(const WireWindow &window);
    [[nodiscard]] Result<void> dropPicture(WireWindow &window);
    [[nodiscard]] Result<void> updatePicture(WireWindow &window);

    MessageStream m_stream;
    std::unique_ptr<PageMapper> m_mapper;
    ScreenSink &m_screen;
    Size m_root;
    Phase m_phase = Phase::Greeting;
    Gui::Version m_version = Gui::OwnVersion;
    WindowTable m_windows;
    std::map<WindowId, std::uint32_t> m_leaving;         ///< destroyed, and the screen half has yet to say so
    std::uint32_t m_segments = 0;                        ///< serial of the last segment that was asked for
    std::optional<Gui::FromDaemon::Motion> m_lateMotion; ///< the newest one, while the agent is behind
    ClipboardPipes *m_clipboard;
    bool m_hasUnaskedText = false;
    bool m_hasMore = false;
};

} // namespace Bulkhead
