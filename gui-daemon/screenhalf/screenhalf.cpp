// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/screenhalf.h"

#include "base/clock.h"
#include "base/log.h"
#include "gui-daemon/confinement/confinement.h"
#include "gui-daemon/halves/exitstatus.h"
#include "gui-daemon/halves/packetsocket.h"
#include "gui-daemon/screenhalf/windows.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/wait.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace Bulkhead
{
namespace
{

constexpr LogCategory Log("bulkhead.gui-daemon.screen");
/// Packets taken before the X server gets its turn.
constexpr int PacketsPerTurn = 256;

/// Connects the loop, the X connection, the windows and the socket to the wire half.
class ScreenHalf
{
public:
    ScreenHalf(const Identity &identity, Screen::Connection &connection, EventLoop &loop) noexcept
        : m_identity(identity)
        , m_connection(connection)
        , m_loop(loop)
    {
    }

    ScreenHalf(const ScreenHalf &) = delete;
    ScreenHalf &operator=(const ScreenHalf &) = delete;

    [[nodiscard]] Result<void> start(const StripPicture &strip, UniqueFd wire)
    {
        BH_TRY(m_socket, PacketSocket::create(m_loop, std::move(wire), [this] {
                   onWireReady();
               }));
        m_windows.emplace(m_connection, m_identity, strip, [this](const Screen::Event &event, UniqueFd descriptor) {
            if (!m_socket->send(Screen::buildEvent(event), std::move(descriptor))) {
                m_loop.quit(ExitScreenLost);
            }
        });
        BH_TRY(m_watch, m_loop.watch(m_connection.fd(), Readiness::Read, [this] {
            settleLater();
        }));
        BH_CHECK(confine(Half::Screen));
        settleLater();
        return {};
    }

    /// The wire half has gone: how it ended is how we end.
    [[nodiscard]] bool wireHalfIsGone() const noexcept
    {
        return m_wireHalfIsGone;
    }

private:
    void onWireReady()
    {
        for (int count = 0; count < PacketsPerTurn; ++count) {
            auto received = m_socket->receive();
            if (!received) {
                m_wireHalfIsGone = true;
                m_loop.quit(ExitScreenLost);
                return;
            }
            if (!*received) {
                break;
            }
            auto done = Screen::parseCommand((*received)->packet).and_then([this](const Screen::Command &command) {
                return m_windows->apply(command);
            });
            if (!done) { // our own wire half does not say such things
                Log.critical("{}: the wire half is not to be trusted: {}", m_identity.name.text(), done.error().text());
                m_loop.quit(ExitQubeBrokeFormat);
                return;
            }
        }
        settleLater(); // what is left makes the socket readable again
    }

    void settleLater()
    {
        if (std::exchange(m_settling, true)) {
            return;
        }
        m_loop.defer([this] {
            m_settling = false;
            m_windows->settle();
            if (m_connection.isBroken()) {
                Log.critical("{}: the X connection is lost", m_identity.name.text());
                m_loop.quit(ExitScreenLost);
            }
        });
    }

    const Identity &m_identity;
    Screen::Connection &m_connection;
    EventLoop &m_loop;
    std::unique_ptr<PacketSocket> m_socket;
    std::optional<Screen::Windows> m_windows;
    EventLoop::Handle m_watch;
    bool m_settling = false;
    bool m_wireHalfIsGone = false;
};

int statusOf(pid_t process)
{
    int status = 0;
    pid_t ended = -1;
    do { // it has closed its socket, so it is on its way out
        ended = waitpid(process, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended == process && WIFEXITED(status) ? WEXITSTATUS(status) : int{ExitScreenLost};
}

} // namespace

int runScreenHalf(const Identity &identity,
                  std::unique_ptr<Screen::Connection> connection,
                  const StripPicture &strip,
                  UniqueFd wire,
                  pid_t wireHalf)
{
    const BootClock clock;
    auto loop = EventLoop::create(clock);
    if (!loop) {
        Log.critical("{}: {}", identity.name.text(), loop.error().text());
        return ExitScreenLost;
    }
    ScreenHalf half(identity, *connection, **loop);
    if (auto started = half.start(strip, std::move(wire)); !started) {
        Log.critical("{}: {}", identity.name.text(), started.error().text());
        return ExitScreenLost;
    }
    const int status = (*loop)->run();
    return half.wireHalfIsGone() ? statusOf(wireHalf) : status;
}

} // namespace Bulkhead
