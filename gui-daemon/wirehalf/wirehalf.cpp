// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/wirehalf/wirehalf.h"

#include "base/clock.h"
#include "base/log.h"
#include "gui-daemon/confinement/confinement.h"
#include "gui-daemon/halves/exitstatus.h"
#include "gui-daemon/halves/packetsocket.h"
#include "gui-daemon/wirehalf/clipboardpipes.h"
#include "gui-daemon/wirehalf/session.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/eventloop.h"

#include <optional>
#include <utility>

namespace Bulkhead
{
namespace
{

constexpr LogCategory Log("bulkhead.gui-daemon.wire");

class SocketSink final : public ScreenSink
{
public:
    explicit SocketSink(PacketSocket &socket) noexcept
        : m_socket(socket)
    {
    }

    [[nodiscard]] Result<void> send(const Screen::Command &command) override
    {
        return m_socket.send(Screen::buildCommand(command));
    }

    [[nodiscard]] bool isBehind() const override
    {
        return m_socket.isBehind();
    }

private:
    PacketSocket &m_socket;
};

/// Connects the loop, the channel, the session and the socket to the screen half.
class WireHalf
{
public:
    WireHalf(const Identity &identity, EventLoop &loop, Size root) noexcept
        : m_identity(identity)
        , m_loop(loop)
        , m_root(root)
        , m_clipboard(loop, [this](WindowId window, std::span<const std::byte> text) {
            return paste(window, text);
        })
    {
    }

    WireHalf(const WireHalf &) = delete;
    WireHalf &operator=(const WireHalf &) = delete;
    ~WireHalf() = default;

    [[nodiscard]] Result<void> start(Backend &backend, UniqueFd screen)
    {
        BH_TRY(m_socket, PacketSocket::create(m_loop, std::move(screen), [this] {
                   onScreenReady();
               }));
        m_socket->onCaughtUp([this] {
            after(m_session ? m_session->readMessages() : Result<void>{});
        });
        // Asked for first: once there is a channel the agent may name pages, and does so once for each picture.
        auto mapper = backend.mapperFor(m_identity.domain);
        if (mapper) {
            m_mapper = *std::move(mapper);
        } else if (mapper.error().code != Errc::Unsupported) {
            return std::unexpected(std::move(mapper).error());
        }
        BH_TRY(m_channel, backend.connect(m_identity.domain, GuiPort));
        BH_TRY(m_watch, m_loop.watch(m_channel->pollFd(), Readiness::Read, [this] {
            onChannelReady();
        }));
        return startSessionIfOpen();
    }

private:
    void onChannelReady()
    {
        if (m_finished) {
            return;
        }
        if (m_session) {
            after(m_session->onChannelReady());
            return;
        }
        const auto state = m_channel->takeEvent();
        if (!state) {
            finish(state.error());
        } else if (*state == ChannelState::Closed) {
            finish({.code = Errc::PeerGone, .sysErrno = 0, .detail = "the qube has gone"});
        } else {
            after(startSessionIfOpen());
        }
    }

    /// Nothing has been read yet. All that has to be opened is open: from here on nothing can be.
    [[nodiscard]] Result<void> startSessionIfOpen()
    {
        if (m_channel->state() != ChannelState::Open) {
            return {};
        }
        m_channel->shedPowers(); // the session ends us when the qube stops
        BH_CHECK(confine(Half::Wire));
        m_sink.emplace(*m_socket);
        m_session.emplace(std::move(m_channel), std::move(m_mapper), *m_sink, m_root, m_loop.clock(), &m_clipboard);
        Log.info("{}: the agent is there", m_identity.name.text());
        m_loop.defer([this] {
            after(m_session->onChannelReady()); // what came with the opening is not announced again
        });
        return {};
    }

    void onScreenReady()
    {
        while (!m_finished) {
            auto received = m_socket->receive();
            if (!received) {
                m_loop.quit(ExitScreenLost);
                return;
            }
            auto said = *std::move(received);
            if (!said) {
                return;
            }
            auto event = Screen::parseEvent(said->packet);
            if (!event) {
                finish(std::move(event).error());
                return;
            }
            if (m_session) {
                after(m_session->onScreenEvent(*event, std::move(said->descriptor)));
            }
        }
    }

    [[nodiscard]] bool paste(WindowId window, std::span<const std::byte> text)
    {
        const auto pasted = m_session ? m_session->paste(window, text) : Result<void>{};
        const bool isOnItsWay = m_session && pasted;
        after(pasted);
        return isOnItsWay;
    }

    void after(Result<void> result)
    {
        if (!result) {
            finish(result.error());
            return;
        }
        if (!m_session) {
            return;
        }
        if (m_session->windows().hasRefused() && !std::exchange(m_toldOfLimit, true)) {
            Log.warning("{}: windows beyond {} are not shown", m_identity.name.text(), WindowTable::MaxShown);
        }
        if (m_session->hasUnaskedText() && !std::exchange(m_toldOfText, true)) {
            Log.warning("{}: a text that nobody asked for is thrown away, and so is each further one",
                        m_identity.name.text());
        }
        if (m_session->hasMore()) {
            m_loop.defer([this] {
                after(m_session->readMessages());
            });
        }
        m_deadline.reset();
        if (const auto deadline = m_session->deadline()) {
            m_deadline = m_loop.after(*deadline - m_loop.clock().now(), [this] {
                after(m_session->readMessages());
            });
        }
    }

    void finish(const Error &error)
    {
        if (std::exchange(m_finished, true)) {
            return;
        }
        switch (error.code) {
        case Errc::PeerGone:
            Log.info("{}: the channel has ended", m_identity.name.text());
            m_loop.quit(ExitChannelEnded);
            return;
        case Errc::Io:
        case Errc::Driver:
            Log.critical("{}: {}", m_identity.name.text(), error.text());
            m_loop.quit(ExitScreenLost);
            return;
        default:
            Log.warning("{}: the connection is closed: {}", m_identity.name.text(), error.text());
            m_loop.quit(ExitQubeBrokeFormat);
            return;
        }
    }

    const Identity &m_identity;
    EventLoop &m_loop;
    Size m_root;
    std::unique_ptr<PacketSocket> m_socket;
    std::unique_ptr<Channel> m_channel;   ///< until the session has it
    std::unique_ptr<PageMapper> m_mapper; ///< likewise
    std::optional<SocketSink> m_sink;
    ClipboardPipes m_clipboard;
    std::optional<Session> m_session;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
    bool m_toldOfLimit = false;
    bool m_toldOfText = false;
    bool m_finished = false;
};

} // namespace

int runWireHalf(const Identity &identity, std::unique_ptr<Backend> backend, UniqueFd screen, Size root)
{
    const BootClock clock;
    auto loop = EventLoop::create(clock);
    if (!loop) {
        Log.critical("{}: {}", identity.name.text(), loop.error().text());
        return ExitScreenLost;
    }
    WireHalf half(identity, **loop, root);
    if (auto started = half.start(*backend, std::move(screen)); !started) {
        Log.critical("{}: {}", identity.name.text(), started.error().text());
        return started.error().code == Errc::PeerGone ? ExitChannelEnded : ExitScreenLost;
    }
    return (*loop)->run();
}

} // namespace Bulkhead
