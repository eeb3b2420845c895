// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/qubename.h"
#include "clipboard/drag/broker/policyquestion.h"
#include "clipboard/drag/broker/showmessages.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/dragagentmessages.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// Where the person let go.
struct Drop {
    Token token;
    QubeName source;
    QubeName target;
    WindowId window;         ///< the target's own name for the window; 0: a row of the manager, where no program is
    std::uint64_t shown = 0; ///< on dom0's screen, as ShownWindow::id
    Point place;
    bool withControl = false;       ///< the person wants the files, not a program to take them
    std::vector<Rect> windows = {}; ///< the target's and the source's, on dom0's screen
};

/// One drop, from the release of the button to the last word about it (spec ui 8.3, 5 to 8). It holds the one token
/// that both agents' answers must name; what comes with another, or late, changes nothing. The target is the
/// qube that dom0 saw under the pointer, whatever anybody says (S-103).
class HandOver
{
public:
    /// For the source's list: its program must answer while the button is down in its eyes.
    static constexpr Duration ListPatience = std::chrono::seconds(4);
    static constexpr Duration RoomPatience = std::chrono::seconds(4);
    /// For the person to cancel, before anything is sent.
    static constexpr Duration Grace = std::chrono::milliseconds(1500);
    /// The longest copy after which the files are dropped onto the window.
    static constexpr Duration QuickCopy = std::chrono::seconds(10);
    static constexpr Duration OfferPatience = std::chrono::seconds(15);

    struct Handlers {
        /// @return false: the qube has no agent that takes part
        std::function<bool(const QubeName &qube, const ToAgent &message)> tellAgent;
        std::function<void(const Bubble &bubble)> show;
        std::function<void()> letGo; ///< the source has no more part in the gesture: it may hear of the button
        std::function<bool(const Drop &drop)> isStillThere; ///< the drop's place still shows the same window
        std::function<void()> onEnd;                        ///< from the loop; destroys this
    };

    /// @param loop  outlives it
    HandOver(EventLoop &loop, std::string policySocket, Drop drop, Handlers handlers);
    HandOver(const HandOver &) = delete;
    HandOver &operator=(const HandOver &) = delete;
    ~HandOver();

    void start();
    /// What the agent of one of the two qubes says.
    void onMessage(const QubeName &qube, const FromAgent &message);
    /// A qube's agent has gone.
    void onAgentGone(const QubeName &qube);
    /// By the person.
    void cancel();

    [[nodiscard]] const Drop &drop() const noexcept
    {
        return m_drop;
    }

private:
    enum class Step : std::uint8_t { Listing, Judging, AwaitingRoom, Grace, Copying, Offering, Over };

    void on(const QubeName &qube, const AgentHello &message);
    void on(const QubeName &qube, const Began &message);
    void on(const QubeName &qube, const Listed &message);
    void on(const QubeName &qube, const Progress &message);
    void on(const QubeName &qube, const Sent &message);
    void on(const QubeName &qube, const Room &message);
    void on(const QubeName &qube, const Offered &message);

    [[nodiscard]] bool isAnswer(const QubeName &qube, const QubeName &from, Token token, Step step) const;
    void letGo();
    void judge();
    void onJudgement(const Judgement &judgement);
    void askForRoom();
    void proceed();
    void send();
    void onCopied();
    void limit(Duration patience, EventLoop::Callback expired);
    void show(BubbleCode code);
    void end(BubbleCode code);

    EventLoop &m_loop;
    std::string m_policySocket;
    Drop m_drop;
    Handlers m_handlers;
    Step m_step = Step::Listing;
    bool m_hasLetGo = false;
    Verdict m_verdict = Verdict::Pending;
    Bubble m_facts;
    TimePoint m_copyBegan;
    std::unique_ptr<PolicyQuestion> m_question;
    EventLoop::Handle m_limit;
};

} // namespace Bulkhead::Drag
