// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "clipboard/drag/broker/agentcall.h"
#include "clipboard/drag/broker/awaydrag.h"
#include "clipboard/drag/broker/desktopwindows.h"
#include "clipboard/drag/broker/gesture.h"
#include "clipboard/drag/broker/handover.h"
#include "clipboard/drag/broker/screenlink.h"
#include "clipboard/drag/broker/traylink.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

struct BrokerSettings {
    std::string policySocket = "/run/qubes/policy.sock";
    std::string traySocket;
    std::string dom0Agent; ///< where the one for files of dom0 listens
};

/// Files from a window of one qube to a window of another, by the person's own hand (spec ui 8.3). It puts together
/// what gui-daemons saw, what agents say and what lies on dom0's screen; says to the tray what to draw; and after the
/// release has the source's own sender copy the files to the qube under the pointer.
class Broker
{
public:
    /// Hand-overs at once.
    static constexpr std::size_t MostHandOvers = 16;
    /// Before an agent that was not there is called again: twice as long each time, a few times.
    static constexpr Duration FirstPause = std::chrono::milliseconds(500);
    static constexpr unsigned MostCalls = 8;

    /// @param keeper  as forkCallKeeper() gives it
    /// @errors of DesktopWindows
    [[nodiscard]] static Result<std::unique_ptr<Broker>>
    create(EventLoop &loop, BrokerSettings settings, UniqueFd keeper);

    Broker(const Broker &) = delete;
    Broker &operator=(const Broker &) = delete;
    ~Broker() = default;

    /// A qube's gui-daemon listens there, in the place of the one that did before.
    void connect(const QubeName &qube, const std::string &path);

private:
    struct Qube {
        std::unique_ptr<ScreenLink> screen{};
        std::unique_ptr<AgentCall> agent{};
        unsigned calls = 0; ///< of its agent without an answer
        EventLoop::Handle again{};
    };

    Broker(EventLoop &loop, BrokerSettings settings, UniqueFd keeper, std::unique_ptr<DesktopWindows> desktop);

    [[nodiscard]] Result<void> start();

    // Qubes.
    void callAgent(const QubeName &qube);
    void callAgentAgain(const QubeName &qube);
    [[nodiscard]] Result<UniqueFd> streamToAgent(const QubeName &qube) const;
    void onAgentEnd(const QubeName &qube, AgentCall::End end);
    void onScreenEnd(const QubeName &qube);
    void onAgentMessage(const QubeName &qube, const FromAgent &message);
    [[nodiscard]] bool tellAgent(const QubeName &qube, const ToAgent &message);
    void tellScreen(const QubeName &qube, const ToScreen &message);

    // The gesture.
    void onScreenMessage(const QubeName &qube, const FromScreen &message);
    void on(const QubeName &qube, const Pressed &message);
    void on(const QubeName &qube, const Left &message);
    void on(const QubeName &qube, const Over &message);
    void on(const QubeName &qube, const Taken &message);
    void on(const QubeName &qube, const NotTaken &message);
    void on(const QubeName &qube, const Moved &message);
    void on(const QubeName &qube, const Released &message);
    void on(const QubeName &qube, const Escaped &message);
    void perform(Gesture::Step step);
    void letGo(const QubeName &source);

    // While dom0 has the pointer.
    void take(const QubeName &source);
    void show(const QubeName &source);
    void hide();
    void onDesktopEvents();

    // After it.
    void drop(const QubeName &source, const std::optional<Landing> &landing, const Released &message);
    void begin(Drop drop);
    [[nodiscard]] bool isStillThere(const Drop &drop);
    void onAct(const BubbleAct &act);
    void showFiles(Token token);

    /// Where the files of a bubble went.
    struct Arrived {
        Token token;
        QubeName source;
        QubeName target;
    };

    EventLoop &m_loop;
    BrokerSettings m_settings;
    UniqueFd m_keeper;
    std::unique_ptr<DesktopWindows> m_desktop;
    TrayLink m_tray;
    std::map<QubeName, Qube> m_qubes;
    Gesture m_gesture;
    std::optional<AwayDrag> m_away; ///< while dom0 has the pointer
    std::uint32_t m_lastToken = 0;
    std::map<Token, std::unique_ptr<HandOver>> m_handOvers;
    std::vector<Arrived> m_arrived; ///< the newest last
    EventLoop::Handle m_watch;
    EventLoop::Handle m_keeperWatch;
};

} // namespace Bulkhead::Drag
