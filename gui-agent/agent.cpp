// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/agent.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr LogCategory Log("bulkhead.gui-agent.agent");

/// Events handled a turn: a busy program leaves time for the daemon.
constexpr int EventsPerTurn = 512;

} // namespace

Result<std::unique_ptr<Agent>> Agent::start(
    EventLoop &loop, Backend &backend, DomId daemon, std::unique_ptr<Connection> x, StatusFile &status, Ended ended)
{
    auto granter = backend.granterFor(daemon);
    if (!granter) {
        // Titles, places and input still work, as does a rig that looks at nothing else.
        Log.warning("windows will have no pictures: {}", granter.error().text());
    }
    std::unique_ptr<Agent> agent(
        new Agent(loop, std::move(x), granter ? std::move(*granter) : nullptr, status, std::move(ended)));
    BH_CHECK(agent->begin(backend, daemon));
    return agent;
}

Agent::Agent(EventLoop &loop,
             std::unique_ptr<Connection> x,
             std::unique_ptr<PageGranter> granter,
             StatusFile &status,
             Ended ended)
    : m_loop(loop)
    , m_x(std::move(x))
    , m_granter(std::move(granter))
    , m_status(status)
    , m_ended(std::move(ended))
    , m_windows(m_ledger)
    , m_stub(*m_x)
    , m_watcher(*m_x, m_windows, m_stub.xid())
    , m_keyRepeat(*m_x)
    , m_injector(*m_x)
    , m_time(*m_x)
    , m_focus(*m_x, m_time)
    , m_cursors(*m_x, m_windows, m_injector)
{
}

Result<void> Agent::begin(Backend &backend, DomId daemon)
{
    BH_CHECK(m_watcher.start());
    BH_TRY(Contents contents, Contents::create(*m_x, m_ledger, m_granter.get()));
    m_contents = std::make_unique<Contents>(std::move(contents));
    m_announcer = std::make_unique<Announcer>(m_windows, *m_contents, m_ledger);
    m_session = std::make_unique<Session>(m_loop, backend, daemon, *this);
    m_clipboard = std::make_unique<Clipboard>(*m_x, m_time, m_loop, m_stub.xid(), *m_session);
    m_requests = std::make_unique<DaemonRequests>(DaemonRequests::Parts{.x = *m_x,
                                                                        .windows = m_windows,
                                                                        .ledger = m_ledger,
                                                                        .injector = m_injector,
                                                                        .focus = m_focus,
                                                                        .stub = m_stub,
                                                                        .cursors = m_cursors,
                                                                        .clipboard = *m_clipboard});
    BH_TRY(m_watch, m_loop.watch(m_x->pollFd(), Readiness::Read, [this] {
        turn();
    }));
    turn();
    m_status.started();
    return {};
}

void Agent::turn()
{
    m_again.reset();
    bool more = handleEvents();
    if (m_x->isBroken()) {
        m_watch.reset();
        m_ended();
        return;
    }
    m_watcher.refresh();
    if (m_session->isTalking()) {
        m_announcer->push(*m_session);
        (void)m_session->drain();
    }
    // While replies were waited for and requests were sent, events may have come in; the descriptor will not tell of
    // those. So the last look comes after the last request.
    m_x->flush();
    more = handleEvents() || more;
    if (more) {
        m_again = m_loop.after(Duration::zero(), [this] {
            turn();
        });
    }
}

bool Agent::handleEvents()
{
    int count = 0;
    while (count < EventsPerTurn) {
        const auto event = m_x->nextEvent();
        if (!event) {
            break;
        }
        handle(*event);
        ++count;
    }
    return count > 0;
}

void Agent::handle(const xcb_generic_event_t &event)
{
    if (event.response_type == 0) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives errors out
        const auto &error = reinterpret_cast<const xcb_generic_error_t &>(event);
        // A program's window can vanish before any request of ours about it arrives.
        Log.debug("X error {} of request {}.{}", error.error_code, error.major_code, error.minor_code);
        return;
    }
    if (const auto damage = m_contents->damageOf(event)) {
        if (GuestWindow *window = m_windows.find(damage->first); window != nullptr && window->mapped) {
            window->damage.add(damage->second);
            m_windows.touch(*window);
        }
        return;
    }
    if (event.response_type == XCB_MAPPING_NOTIFY) {
        m_injector.forgetKeymap();
        return;
    }
    if (m_watcher.handle(event)) {
        return;
    }
    m_clipboard->handle(event);
    m_cursors.handle(event);
    m_keyRepeat.handle(event);
}

void Agent::onDaemonArrived(Gui::Version negotiated)
{
    m_ledger.restart(negotiated >= Gui::SinceDumpAck ? PageLedger::Acknowledgement::Sent
                                                     : PageLedger::Acknowledgement::NotSent);
    m_clipboard->setVersion(negotiated);
    m_announcer->restart();
    m_status.connected();
}

void Agent::onDaemonMessage(const Gui::FromDaemon::Message &message)
{
    m_requests->obey(message);
}

void Agent::onDaemonLeft()
{
    m_injector.releaseEverything();
    m_x->flush();
    m_status.started();
    m_again = m_loop.after(Duration::zero(), [this] { // events came in with the answers
        turn();
    });
}

void Agent::onDaemonTurn()
{
    turn();
}

} // namespace Bulkhead::GuiAgent
