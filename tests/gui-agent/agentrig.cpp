// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"

#include "base/clock.h"

#include <QFile>

#include <utility>

namespace Bulkhead::Test
{

namespace
{

/// A wait in the loop ends at the agent's next event; the daemon's and the programs' ends are looked at after it.
constexpr auto LongestTurn = std::chrono::milliseconds(2);

} // namespace

AgentRig::AgentRig()
{
    auto loop = EventLoop::create(m_clock);
    BH_ASSERT(loop.has_value());
    m_loop = std::move(*loop);
}

bool AgentRig::startAgent()
{
    auto x = GuiAgent::Connection::open(nullptr);
    if (!x) {
        return false;
    }
    m_status = std::make_unique<GuiAgent::StatusFile>(statusPath());
    auto agent = GuiAgent::Agent::start(*m_loop, m_backend, Dom0, std::move(*x), *m_status, [] { });
    if (!agent) {
        return false;
    }
    m_agent = std::move(*agent);
    return true;
}

void AgentRig::stopAgent()
{
    m_agent.reset();
    m_status.reset();
}

std::string AgentRig::statusPath() const
{
    return m_directory.filePath(QStringLiteral("status")).toStdString();
}

std::string AgentRig::status() const
{
    QFile file(QString::fromStdString(statusPath()));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::unique_ptr<ScriptedDaemon> AgentRig::daemon(Gui::Version version)
{
    std::unique_ptr<Channel> channel;
    const bool served = waitUntil([this, &channel] {
        channel = m_backend.takeClient();
        return channel != nullptr;
    });
    BH_ASSERT(served);
    return std::make_unique<ScriptedDaemon>(std::move(channel), m_clock, version);
}

std::unique_ptr<ScriptedDaemon> AgentRig::connectedDaemon(Gui::Version version)
{
    auto connected = daemon(version);
    const bool greeted = waitUntil([&connected] {
        connected->poll();
        return connected->agentVersion().has_value();
    });
    BH_ASSERT(greeted);
    connected->answer();
    return connected;
}

bool AgentRig::waitUntil(const std::function<bool()> &condition)
{
    const BootClock clock;
    const TimePoint end = clock.now() + Patience;
    while (!condition()) {
        if (clock.now() > end) {
            return false;
        }
        m_loop->turn(LongestTurn);
    }
    return true;
}

bool AgentRig::settle(ScriptedDaemon &daemon)
{
    if (!m_beacon) {
        m_beacon = std::make_unique<TestProgram>();
    }
    // A window that is made and never shown: once the daemon hears of it, it has heard of everything before it.
    const xcb_window_t window = m_beacon->createWindow({0, 0, 1, 1});
    const bool told = waitUntil([&daemon, window] {
        daemon.poll();
        return daemon.has<Gui::FromAgent::Create>(idOf(window)) || daemon.ended();
    });
    m_beacon->destroy(window);
    const bool untold = waitUntil([&daemon, window] {
        daemon.poll();
        return daemon.has<Gui::FromAgent::Destroy>(idOf(window)) || daemon.ended();
    });
    return told && untold && !daemon.ended();
}

} // namespace Bulkhead::Test
