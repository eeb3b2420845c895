// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/session.h"

#include "base/log.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/header.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr LogCategory Log("bulkhead.gui-agent.session");

/// Between attempts to offer the channel where the hypervisor's stand-in is not there.
constexpr auto ServeAgainAfter = std::chrono::seconds(1);

/// Messages handled a turn: a daemon that sends without end leaves time for the X server.
constexpr int MessagesPerTurn = 128;

HeaderRule framing()
{
    return {
        .headerSize = Gui::HeaderSize,
        .bodyLength = [](std::span<const std::byte> bytes) -> Result<std::size_t> {
            BH_TRY(const Gui::Header header, Gui::parseHeader(bytes));
            return Gui::FromDaemon::bodyLength(header);
        },
    };
}

} // namespace

Session::Session(EventLoop &loop, Backend &backend, DomId daemon, SessionListener &listener)
    : m_loop(loop)
    , m_backend(backend)
    , m_daemon(daemon)
    , m_listener(listener)
{
    m_next = m_loop.after(Duration::zero(), [this] {
        serve();
    });
}

void Session::send(const Gui::FromAgent::Message &message)
{
    if (!isTalking()) {
        return; // it ended within this turn
    }
    if (const auto sent = m_stream->send(Gui::FromAgent::build(message)); !sent) {
        end(sent.error());
    }
}

std::size_t Session::drain()
{
    if (!isTalking()) {
        return 0;
    }
    if (const auto flushed = m_stream->flush(); !flushed) {
        end(flushed.error());
    }
    return m_stream->pendingOut();
}

void Session::serve()
{
    m_watch.reset();
    m_deadline.reset();
    m_stream.reset();
    const auto serving = tryServe();
    if (serving) {
        m_serveFailed = false;
        m_phase = Phase::AwaitingDaemon;
        onWakeUp(); // the daemon may be there already
        return;
    }
    if (!std::exchange(m_serveFailed, true)) {
        Log.warning("cannot offer the GUI channel, trying on: {}", serving.error().text());
    }
    m_next = m_loop.after(ServeAgainAfter, [this] {
        serve();
    });
}

Result<void> Session::tryServe()
{
    BH_TRY(auto channel, m_backend.serve(m_daemon, GuiPort, RingSizes{}));
    m_stream = std::make_unique<MessageStream>(std::move(channel), framing(), m_loop.clock());
    BH_TRY(m_watch, m_loop.watch(m_stream->channel().pollFd(), Readiness::Read, [this] {
        onWakeUp();
    }));
    return {};
}

void Session::onWakeUp()
{
    if (m_phase == Phase::NotServing) {
        return;
    }
    if (const auto state = m_stream->takeEvent(); !state) {
        end(state.error());
        return;
    }
    readAll();
}

void Session::readAll()
{
    if (m_phase == Phase::NotServing || m_stream->channel().state() == ChannelState::Waiting) {
        return;
    }
    if (const auto advanced = advance(); !advanced) {
        end(advanced.error());
    } else {
        watchDeadline();
    }
    m_listener.onDaemonTurn();
}

/// As far as what has arrived allows.
Result<void> Session::advance()
{
    if (m_phase == Phase::AwaitingDaemon) {
        BH_CHECK(greet());
    }
    if (m_phase == Phase::AwaitingVersion) {
        BH_TRY(const bool done, readVersion());
        if (!done) {
            return {};
        }
    }
    if (m_phase == Phase::AwaitingScreen) {
        BH_TRY(const bool done, readScreen());
        if (!done) {
            return {};
        }
    }
    return readMessages();
}

Result<void> Session::greet()
{
    BH_CHECK(m_stream->send(Gui::buildVersion(Gui::OwnVersion)));
    BH_CHECK(m_stream->flush());
    m_phase = Phase::AwaitingVersion;
    return {};
}

Result<bool> Session::readVersion()
{
    BH_TRY(const auto bytes, m_stream->nextRaw(Gui::VersionSize));
    if (!bytes) {
        return false;
    }
    BH_TRY(m_version, Gui::parseNegotiated(*bytes));
    m_phase = Phase::AwaitingScreen;
    return true;
}

Result<bool> Session::readScreen()
{
    BH_TRY(const auto bytes, m_stream->nextRaw(Gui::ScreenDescriptionSize));
    if (!bytes) {
        return false;
    }
    // Read for its form alone: the guest's screen is what its X server says.
    BH_CHECK(Gui::parseScreenDescription(*bytes));
    m_phase = Phase::Talking;
    Log.info("a daemon is connected, protocol 1.{}", m_version.minorNumber());
    m_listener.onDaemonArrived(m_version);
    return true;
}

Result<void> Session::readMessages()
{
    for (int count = 0; count < MessagesPerTurn && isTalking(); ++count) {
        BH_TRY(const auto message, m_stream->next());
        if (!message) {
            return {};
        }
        BH_TRY(const Gui::Header header, Gui::parseHeader(message->header));
        BH_TRY(const auto parsed, Gui::FromDaemon::parse(header, message->body));
        m_listener.onDaemonMessage(parsed);
    }
    if (isTalking()) {
        m_next = m_loop.after(Duration::zero(), [this] {
            readAll();
        });
    }
    return {};
}

void Session::watchDeadline()
{
    m_deadline.reset();
    if (const auto deadline = m_stream->deadline()) {
        m_deadline = m_loop.after(std::max(Duration::zero(), *deadline - m_loop.clock().now()), [this] {
            readAll();
        });
    }
}

void Session::end(const Error &why)
{
    const bool wasTalking = m_phase == Phase::Talking;
    if (std::exchange(m_phase, Phase::NotServing) == Phase::NotServing) {
        return;
    }
    if (why.code == Errc::PeerGone) {
        Log.info("the daemon is gone");
    } else {
        Log.warning("the daemon's connection ends: {}", why.text());
    }
    m_next = m_loop.after(Duration::zero(), [this] {
        serve();
    });
    if (wasTalking) {
        m_listener.onDaemonLeft();
    }
}

} // namespace Bulkhead::GuiAgent
