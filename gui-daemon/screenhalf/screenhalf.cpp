// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/screenhalf.h"

#include "base/clock.h"
#include "base/log.h"
#include "gui-daemon/confinement/confinement.h"
#include "gui-daemon/halves/exitstatus.h"
#include "gui-daemon/halves/packetsocket.h"
#include "gui-daemon/screenhalf/clipboardlink.h"
#include "gui-daemon/screenhalf/eventdelay.h"
#include "gui-daemon/screenhalf/windows.h"
#include "vchan-io/transport/draglink.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace Bulkhead
{
namespace
{

constexpr LogCategory Log("bulkhead.gui-daemon.screen");
/// Packets taken before the X server gets its turn.
constexpr int PacketsPerTurn = 256;

/// How long a wire half may take to end after it has closed its socket.
constexpr Duration EndLimit = std::chrono::seconds(5);

/// The exit status of a process that has ended.
int statusOf(pid_t process)
{
    int status = 0;
    const bool exited = waitpid(process, &status, WNOHANG) == process && WIFEXITED(status);
    return exited ? WEXITSTATUS(status) : int{ExitScreenLost};
}

std::uint64_t drawNumber()
{
    std::uint64_t number = 0;
    (void)::getrandom(&number, sizeof number, 0); // so few bytes always come once the machine has started
    return number;
}

/// Connects the loop, the X connection, the windows and the socket to the wire half.
class ScreenHalf
{
public:
    ScreenHalf(const Identity &identity,
               Screen::Connection &connection,
               EventLoop &loop,
               const ScreenSettings &settings) noexcept
        : m_identity(identity)
        , m_connection(connection)
        , m_loop(loop)
        , m_delay(settings.eventsMaxDelay, drawNumber)
    {
    }

    ScreenHalf(const ScreenHalf &) = delete;
    ScreenHalf &operator=(const ScreenHalf &) = delete;
    ~ScreenHalf() = default;

    [[nodiscard]] Result<void>
    start(const StripPicture &strip, UniqueFd wire, pid_t wireHalf, CrossingSettings crossings)
    {
        m_wireHalf = wireHalf;
        m_wireHalfEnd = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, wireHalf, 0)));
        BH_TRY(m_endWatch, m_loop.watch(m_wireHalfEnd.get(), Readiness::Read, [this] {
            m_loop.quit(statusOf(m_wireHalf));
        }));
        BH_TRY(m_socket, PacketSocket::create(m_loop, std::move(wire), [this] {
                   onWireReady();
               }));
        m_windows.emplace(m_connection, m_identity, strip, [this](const Screen::Event &event, UniqueFd descriptor) {
            onEvent(event, std::move(descriptor));
        });
        BH_CHECK(startClipboard(std::move(crossings.clipboard)));
        BH_CHECK(startDrag(std::move(crossings.dragListener)));
        BH_TRY(m_watch, m_loop.watch(m_connection.fd(), Readiness::Read, [this] {
            settleLater();
        }));
        BH_CHECK(watchHangUp());
        BH_CHECK(confine(Half::Screen));
        settleLater();
        return {};
    }

private:
    /// SIGHUP, which main() has blocked: the screen is looked at again.
    [[nodiscard]] Result<void> watchHangUp()
    {
        sigset_t hangUp{};
        sigemptyset(&hangUp);
        sigaddset(&hangUp, SIGHUP);
        m_hangUp = UniqueFd(signalfd(-1, &hangUp, SFD_CLOEXEC | SFD_NONBLOCK));
        if (!m_hangUp) {
            return failErrno(errno, "watching for SIGHUP");
        }
        BH_TRY(m_hangUpWatch, m_loop.watch(m_hangUp.get(), Readiness::Read, [this] {
            signalfd_siginfo signal{};
            (void)read(m_hangUp.get(), &signal, sizeof signal);
            if (m_windows) {
                m_windows->desktopChanged();
                settleLater();
            }
        }));
        return {};
    }

    [[nodiscard]] Result<void> startClipboard(ClipboardSettings clipboard)
    {
        BH_TRY(m_clipboard,
               ClipboardLink::create(m_loop,
                                     std::move(clipboard.listener),
                                     clipboard.sizeLimit,
                                     [this](const Clipboard::Order &order, UniqueFd descriptor) {
                                         onClipboardOrder(order, std::move(descriptor));
                                     }));
        m_windows->setClipboard(clipboard.sequences,
                                [this](Screen::ClipboardAct act, WindowId window, std::uint32_t time) {
                                    m_clipboard->tell(act, window, time);
                                });
        return {};
    }

    [[nodiscard]] Result<void> startDrag(UniqueFd listener)
    {
        BH_TRY(m_drag,
               DragLink::create(m_loop,
                                std::move(listener),
                                {.onOrder =
                                     [this](const Drag::ToScreen &order) {
                                         if (m_windows) {
                                             m_windows->drag().onOrder(order);
                                             settleLater();
                                         }
                                     },
                                 .onLost =
                                     [this] {
                                         if (m_windows) {
                                             m_windows->drag().onLost();
                                             settleLater();
                                         }
                                     }}));
        m_windows->setDragTeller([this](const Drag::FromScreen &message) {
            m_drag->tell(message);
        });
        return {};
    }

    /// The descriptor goes on to the wire half, the only one that speaks with the guest. No text passes here.
    void onClipboardOrder(const Clipboard::Order &order, UniqueFd descriptor)
    {
        if (!m_socket) {
            return;
        }
        if (const auto *give = std::get_if<Clipboard::Give>(&order)) {
            tellWireHalf(Screen::ClipboardGive{.window = give->window, .length = give->length}, std::move(descriptor));
        } else {
            tellWireHalf(Screen::ClipboardAsk{.window = std::get<Clipboard::Ask>(order).window}, std::move(descriptor));
        }
    }

    /// What the windows have to tell: at once, or when it is due.
    void onEvent(const Screen::Event &event, UniqueFd descriptor)
    {
        if (const auto *gone = std::get_if<Screen::Forgotten>(&event)) {
            m_delay.forget(gone->window);
        }
        if (!m_delay.holds(event)) {
            tellWireHalf(event, std::move(descriptor));
            return;
        }
        m_delay.add(event, m_loop.clock().now());
        if (!m_release) {
            releaseLater();
        }
    }

    void releaseLater()
    {
        m_release.reset();
        if (const auto due = m_delay.nextDue()) {
            m_release = m_loop.after(std::max(Duration::zero(), *due - m_loop.clock().now()), [this] {
                release();
            });
        }
    }

    void release()
    {
        while (m_socket) {
            const auto event = m_delay.take(m_loop.clock().now());
            if (!event) {
                break;
            }
            tellWireHalf(*event, {});
        }
        releaseLater();
    }

    void tellWireHalf(const Screen::Event &event, UniqueFd descriptor)
    {
        if (!m_socket->send(Screen::buildEvent(event), std::move(descriptor))) {
            loseWireHalf();
        }
    }

    void onWireReady()
    {
        for (int count = 0; count < PacketsPerTurn; ++count) {
            auto received = m_socket->receive();
            if (!received) {
                loseWireHalf();
                return;
            }
            const auto said = *std::move(received);
            if (!said) {
                break;
            }
            auto done = Screen::parseCommand(said->packet).and_then([this](const Screen::Command &command) {
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

    /// The wire half speaks no more: its windows go at once, and how it ends is how we end. One that does not end,
    /// because a guest has taken it over, is ended by our own end.
    void loseWireHalf()
    {
        m_deadline = m_loop.after(EndLimit, [this] {
            m_loop.quit(ExitScreenLost);
        });
        m_loop.defer([this] { // this is called from the windows and the socket themselves
            m_watch.reset();
            m_windows.reset();
            m_socket.reset();
            m_connection.flush();
        });
    }

    void settleLater()
    {
        if (std::exchange(m_settling, true)) {
            return;
        }
        m_loop.defer([this] {
            m_settling = false;
            if (!m_windows) {
                return;
            }
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
    Screen::EventDelay m_delay;
    EventLoop::Handle m_release; ///< of what waits
    std::unique_ptr<PacketSocket> m_socket;
    std::unique_ptr<ClipboardLink> m_clipboard; ///< outlives the windows, which tell it of keys
    std::unique_ptr<DragLink> m_drag;           ///< the same
    std::optional<Screen::Windows> m_windows;
    EventLoop::Handle m_watch;
    pid_t m_wireHalf = -1;
    UniqueFd m_hangUp;
    EventLoop::Handle m_hangUpWatch;
    UniqueFd m_wireHalfEnd; ///< readable once the wire half's process has ended
    EventLoop::Handle m_endWatch;
    EventLoop::Handle m_deadline;
    bool m_settling = false;
};

} // namespace

int runScreenHalf(const Identity &identity,
                  std::unique_ptr<Screen::Connection> connection,
                  const StripPicture &strip,
                  UniqueFd wire,
                  pid_t wireHalf,
                  CrossingSettings crossings,
                  const ScreenSettings &settings)
{
    const BootClock clock;
    auto loop = EventLoop::create(clock);
    if (!loop) {
        Log.critical("{}: {}", identity.name.text(), loop.error().text());
        return ExitScreenLost;
    }
    ScreenHalf half(identity, *connection, **loop, settings);
    if (auto started = half.start(strip, std::move(wire), wireHalf, std::move(crossings)); !started) {
        Log.critical("{}: {}", identity.name.text(), started.error().text());
        return ExitScreenLost;
    }
    return (*loop)->run();
}

} // namespace Bulkhead
