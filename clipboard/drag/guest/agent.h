// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "clipboard/drag/guest/agentlink.h"
#include "clipboard/drag/guest/childtext.h"
#include "clipboard/drag/guest/display.h"
#include "clipboard/drag/guest/dropoffer.h"
#include "clipboard/drag/guest/listreader.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

struct AgentSettings {
    std::string socket;   ///< where bulkhead-drag comes in
    std::string home;     ///< of the session's user
    std::string hostName; ///< of this system, for URIs that name it
    std::string measurer; ///< this very program, see runMeasurer()
    std::string sender = "qvm-copy-to-vm";
    std::vector<std::string> senderOptions = {};
    std::string opener = "xdg-open"; ///< shows a folder

    /// As this process's user and system have it; its program measures when told by MeasureOption.
    [[nodiscard]] static AgentSettings ofThisSession(std::string socket);
};

/// The part of a qube, or of dom0 as a source, in drags across qubes: says that one has begun, names what it offers
/// when dom0 asks, copies it where dom0 says, and drops what has arrived onto the program that the person let go over.
/// It decides nothing; nobody in dom0 believes it more than the person's own hand.
class Agent
{
public:
    /// @errors of Display and AgentLink
    [[nodiscard]] static Result<std::unique_ptr<Agent>> create(EventLoop &loop, AgentSettings settings);

    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;
    ~Agent() = default;

    /// Says that a drag has begun, once more: of the first time dom0 may have known no press yet.
    void sayBegan();

    /// What the X server has said while somebody waited for an answer is handled, too.
    void settle();

private:
    /// As the source of a hand-over.
    struct Giving {
        Token token;
        std::vector<std::string> paths = {};
        std::uint64_t bytes = 0;
        std::uint64_t told = 0;                  ///< of the bytes that were sent
        std::unique_ptr<ChildText> program = {}; ///< measures, then sends
    };

    /// As its target.
    struct Taking {
        Token token;
        QubeName source;
        std::set<std::string> before; ///< names that were there
    };

    Agent(EventLoop &loop, AgentSettings settings, std::unique_ptr<Display> display);

    [[nodiscard]] Result<void> start();
    void onMessage(const ToAgent &message);
    void on(const List &message);
    void on(const Send &message);
    void on(const Forget &message);
    void on(const Expect &message);
    void on(const Offer &message);
    void on(const Show &message);
    void onDom0Gone();

    void onList(Token token, const std::optional<std::string> &text);
    void measure();
    void onProgress(Token token, std::uint64_t bytes);
    void onSent(Token token, int status);
    [[nodiscard]] std::string incomingOf(const QubeName &source) const;

    EventLoop &m_loop;
    AgentSettings m_settings;
    std::unique_ptr<Display> m_display;
    ListReader m_reader;
    DropOffer m_offer;
    std::unique_ptr<AgentLink> m_link;
    std::optional<Giving> m_giving;
    std::optional<Taking> m_taking;
    std::unique_ptr<ChildText> m_opener;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Drag
