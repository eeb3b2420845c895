// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "clipboard/drag/broker/gesture.h"
#include "clipboard/drag/broker/policyquestion.h"
#include "clipboard/drag/broker/showmessages.h"
#include "clipboard/drag/broker/stacking.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// Where a release at the pointer would put the files.
struct Landing {
    QubeWindow target;
    std::uint64_t shown = 0; ///< as ShownWindow::id
    Point place;
    std::vector<Rect> windows; ///< the target's and the source's
    Judgement judgement;
    bool isRested = false; ///< the ring is full; never where the policy does not allow or ask
};

/// A drag from the moment dom0 has the pointer until the button comes up: which windows it could end in, what the
/// policy says of each (asked once a drag, spec ui 8.1.8), and where the pointer rests. It has the overlay drawn.
class AwayDrag
{
public:
    struct Handlers {
        std::function<std::vector<ShownWindow>()> readDesktop; ///< the topmost window first
        std::function<void(const std::string &line)> show;     ///< what the tray is to draw
    };

    /// Draws the overlay.
    /// @param loop  outlives it
    AwayDrag(EventLoop &loop, std::string policySocket, QubeName source, Handlers handlers);
    AwayDrag(const AwayDrag &) = delete;
    AwayDrag &operator=(const AwayDrag &) = delete;
    /// The overlay goes.
    ~AwayDrag();

    /// Windows came, went, moved or changed their order.
    void onDesktopChanged();
    void movePointer(Point place);

    /// Nothing: where nothing fits, a release does nothing.
    [[nodiscard]] std::optional<Landing> landing() const;

private:
    [[nodiscard]] bool readDesktop();
    void askPolicies();
    void onJudgement(const QubeName &target, const Judgement &judgement);
    void showSheets() const;
    void updateTarget();
    void showPointer() const;
    [[nodiscard]] bool isSource(const QubeWindow &window) const;
    [[nodiscard]] bool mayRest() const;
    [[nodiscard]] Judgement judgementOf(const QubeName &target) const;

    EventLoop &m_loop;
    std::string m_policySocket;
    Handlers m_handlers;
    QubeWindow m_source; ///< one of its windows, for its label
    std::vector<ShownWindow> m_windows;
    std::vector<Sheet> m_sheets;
    Point m_pointer;
    Rest m_rest;
    Judgements m_judgements;
    std::map<QubeName, std::unique_ptr<PolicyQuestion>> m_questions;
    EventLoop::Handle m_ring; ///< until it is full
};

} // namespace Bulkhead::Drag
