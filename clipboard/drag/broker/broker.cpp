// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/broker.h"

#include "base/log.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

/// Bubbles whose files can still be shown.
constexpr std::size_t MostArrived = 8;

} // namespace

Result<std::unique_ptr<Broker>> Broker::create(EventLoop &loop, BrokerSettings settings)
{
    BH_TRY(auto desktop, DesktopWindows::open());
    std::unique_ptr<Broker> broker(new Broker(loop, std::move(settings), std::move(desktop)));
    BH_CHECK(broker->start());
    return broker;
}

Broker::Broker(EventLoop &loop, BrokerSettings settings, std::unique_ptr<DesktopWindows> desktop)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_desktop(std::move(desktop))
    , m_tray(loop, m_settings.traySocket, [this](const BubbleAct &act) {
        onAct(act);
    })
{
}

Result<void> Broker::start()
{
    BH_TRY(m_watch, m_loop.watch(m_desktop->pollFd(), Readiness::Read, [this] {
        onDesktopEvents();
    }));
    return {};
}

// --- qubes -----------------------------------------------------------------------------------------------------------

void Broker::connect(const QubeName &qube, const std::string &path)
{
    auto link = ScreenLink::connect(m_loop,
                                    path,
                                    {.onMessage =
                                         [this, qube](const FromScreen &message) {
                                             onScreenMessage(qube, message);
                                         },
                                     .onEnd =
                                         [this, qube] {
                                             onScreenEnd(qube);
                                         }});
    if (!link) {
        // A socket that a daemon left behind; the next one puts its own in this place.
        Log.debug("{}: {}", qube.text(), link.error().text());
        return;
    }
    perform(m_gesture.over(qube)); // what the daemon before saw
    Qube &known = m_qubes[qube];
    known.screen = *std::move(link);
    known.calls = 0;
    if (!known.agent) {
        callAgent(qube);
    }
}

void Broker::callAgent(const QubeName &qube)
{
    Qube &known = m_qubes[qube];
    ++known.calls;
    auto call = AgentCall::start(m_loop,
                                 qube,
                                 m_settings.client,
                                 {.onMessage =
                                      [this, qube](const FromAgent &message) {
                                          onAgentMessage(qube, message);
                                      },
                                  .onEnd =
                                      [this, qube](AgentCall::End end) {
                                          onAgentEnd(qube, end);
                                      }});
    if (!call) {
        Log.warning("{}: no file can be dragged out of it: {}", qube.text(), call.error().text());
        return;
    }
    known.agent = *std::move(call);
}

void Broker::onAgentEnd(const QubeName &qube, AgentCall::End end)
{
    const auto found = m_qubes.find(qube);
    if (found == m_qubes.end()) {
        return;
    }
    found->second.agent.reset();
    for (const auto &[token, handOver] : m_handOvers) {
        handOver->onAgentGone(qube);
    }
    if (end == AgentCall::End::Gone && found->second.calls < MostCalls) {
        found->second.again = m_loop.after(FirstPause * (1U << found->second.calls), [this, qube] {
            callAgent(qube);
        });
    }
}

void Broker::onScreenEnd(const QubeName &qube)
{
    perform(m_gesture.over(qube));
    m_qubes.erase(qube);
    for (const auto &[token, handOver] : m_handOvers) {
        handOver->onAgentGone(qube);
    }
}

void Broker::onAgentMessage(const QubeName &qube, const FromAgent &message)
{
    m_qubes[qube].calls = 0; // it works
    if (std::holds_alternative<Began>(message)) {
        perform(m_gesture.began(qube));
        return;
    }
    for (const auto &[token, handOver] : m_handOvers) { // each knows its own token
        handOver->onMessage(qube, message);
    }
}

bool Broker::tellAgent(const QubeName &qube, const ToAgent &message)
{
    const auto found = m_qubes.find(qube);
    if (found == m_qubes.end() || !found->second.agent || !found->second.agent->isThere()) {
        return false;
    }
    found->second.agent->tell(message);
    return true;
}

void Broker::tellScreen(const QubeName &qube, const ToScreen &message)
{
    if (const auto found = m_qubes.find(qube); found != m_qubes.end() && found->second.screen) {
        found->second.screen->tell(message);
    }
}

// --- the gesture -----------------------------------------------------------------------------------------------------

void Broker::onScreenMessage(const QubeName &qube, const FromScreen &message)
{
    std::visit(
        [this, &qube](const auto &m) {
            on(qube, m);
        },
        message);
}

void Broker::on(const QubeName &qube, const Pressed & /*message*/)
{
    const auto before = m_gesture.source();
    const Gesture::Step step = m_gesture.pressed(qube);
    if (step == Gesture::Step::End && before) {
        letGo(*before);
    }
    perform(step);
}

void Broker::on(const QubeName &qube, const Left & /*message*/)
{
    perform(m_gesture.left(qube));
}

void Broker::on(const QubeName &qube, const Over & /*message*/)
{
    perform(m_gesture.over(qube));
}

void Broker::on(const QubeName &qube, const Taken & /*message*/)
{
    const Gesture::Step step = m_gesture.taken(qube);
    if (step == Gesture::Step::Nothing) {
        letGo(qube); // nobody waits for it any more
    }
    perform(step);
}

void Broker::on(const QubeName &qube, const NotTaken & /*message*/)
{
    m_gesture.notTaken(qube);
}

void Broker::on(const QubeName &qube, const Moved &message)
{
    if (m_away && m_gesture.source() == qube) {
        m_away->pointer = message.pointer;
        updateTarget();
    }
}

void Broker::on(const QubeName &qube, const Released &message)
{
    if (!m_away || m_gesture.source() != qube) {
        letGo(qube);
        return;
    }
    m_away->pointer = message.pointer;
    updateTarget();
    drop(qube, message);
    perform(m_gesture.over(qube));
}

void Broker::on(const QubeName &qube, const Escaped & /*message*/)
{
    letGo(qube);
    perform(m_gesture.over(qube));
}

void Broker::letGo(const QubeName &source)
{
    tellScreen(source, LetGo{});
}

void Broker::perform(Gesture::Step step)
{
    switch (step) {
    case Gesture::Step::Nothing:
        break;
    case Gesture::Step::Take:
        if (m_tray.ensure()) {
            tellScreen(*m_gesture.source(), Take{});
        } else {
            Log.warning("a drag stays in its qube: nobody is there to draw what a drop would do");
            m_gesture.notTaken(*m_gesture.source());
        }
        break;
    case Gesture::Step::Show:
        show();
        break;
    case Gesture::Step::End:
        hide();
        break;
    }
}

// --- while dom0 has the pointer --------------------------------------------------------------------------------------

void Broker::show()
{
    m_away.emplace(Away{.source = {.qube = *m_gesture.source(), .window = {}}});
    m_desktop->setWatching(true);
    readDesktop();
}

void Broker::hide()
{
    if (m_away) {
        m_away.reset();
        m_desktop->setWatching(false);
        m_tray.tell(buildHide());
    }
}

void Broker::onDesktopEvents()
{
    if (m_desktop->isBroken()) {
        Log.critical("the X connection is lost");
        m_loop.quit(1);
    } else if (m_desktop->takeEvents() && m_away) {
        readDesktop();
    }
}

void Broker::readDesktop()
{
    Away &away = *m_away;
    const bool isFirst = away.windows.empty();
    away.windows = m_desktop->read();
    (void)m_desktop->takeEvents(); // of before the answers
    const auto own = std::ranges::find_if(away.windows, [&away](const ShownWindow &window) {
        return window.owner && window.owner->qube == away.source.qube;
    });
    if (own != away.windows.end()) {
        away.source = *own->owner;
    }
    auto sheets = sheetsOver(away.windows, away.source.qube);
    if (isFirst || sheets != away.sheets) {
        away.sheets = std::move(sheets);
        askPolicies();
        tellSheets();
    }
    updateTarget();
}

void Broker::askPolicies()
{
    for (const Sheet &sheet : m_away->sheets) {
        const QubeName &target = sheet.window.owner->qube;
        if (m_away->verdicts.try_emplace(target, Verdict::Pending).second) {
            m_away->questions.emplace(
                target,
                std::make_unique<PolicyQuestion>(
                    m_loop, m_settings.policySocket, m_away->source.qube, target, [this, target](Verdict verdict) {
                        onVerdict(target, verdict);
                    }));
        }
    }
}

void Broker::onVerdict(const QubeName &target, Verdict verdict)
{
    m_away->verdicts.insert_or_assign(target, verdict); // the questions go with what asked them
    tellSheets();
    updateTarget();
}

void Broker::tellSheets()
{
    m_tray.tell(buildSheets(m_away->source, m_away->sheets, m_away->verdicts));
}

Verdict Broker::verdictOf(const QubeName &target) const
{
    const auto found = m_away->verdicts.find(target);
    return found == m_away->verdicts.end() ? Verdict::Pending : found->second;
}

/// Where nothing would be copied no ring fills.
bool Broker::mayRest() const
{
    const auto &qube = m_away->rest.target().qube;
    return qube && (verdictOf(*qube) == Verdict::Allow || verdictOf(*qube) == Verdict::Ask);
}

void Broker::updateTarget()
{
    Away &away = *m_away;
    const TimePoint now = m_loop.clock().now();
    Target target;
    if (const ShownWindow *const window = windowAt(away.windows, away.pointer)) {
        target = {.window = window->id,
                  .rect = window->rect,
                  .qube = window->owner && window->owner->qube != away.source.qube ? std::optional(window->owner->qube)
                                                                                   : std::nullopt};
    }
    (void)away.rest.over(target, now);
    away.ring.reset();
    if (const auto left = away.rest.left(now); left && mayRest()) {
        away.ring = m_loop.after(*left, [this] {
            tellPointer();
        });
    }
    tellPointer();
}

void Broker::tellPointer()
{
    const Away &away = *m_away;
    const TimePoint now = m_loop.clock().now();
    PointerState state{.place = away.pointer, .target = away.rest.target().qube};
    if (const ShownWindow *const window = windowAt(away.windows, away.pointer)) {
        state.sheet = window->id;
        state.over = !window->owner                   ? PointerOver::Dom0
            : window->owner->qube == away.source.qube ? PointerOver::Source
                                                      : PointerOver::Qube;
    }
    if (mayRest()) {
        state.ring = away.rest.left(now);
        state.isFull = away.rest.isFull(now);
    }
    m_tray.tell(buildPointer(state));
}

// --- after it --------------------------------------------------------------------------------------------------------

void Broker::drop(const QubeName &source, const Released &message)
{
    const ShownWindow *const window = windowAt(m_away->windows, m_away->pointer);
    const auto &target = m_away->rest.target().qube;
    if (window == nullptr || !target) {
        letGo(source); // where nothing fits a release does nothing
        return;
    }
    const Verdict verdict = verdictOf(*target);
    if (verdict == Verdict::Deny || !mayRest() || !m_away->rest.isFull(m_loop.clock().now())
        || m_handOvers.size() >= MostHandOvers) {
        letGo(source);
        const BubbleCode code = verdict == Verdict::Deny ? BubbleCode::Denied : BubbleCode::NotRested;
        Log.info("{} to {}: {}", source.text(), target->text(), nameOf(code));
        m_tray.tell(buildBubble({.code = code, .token = Token{++m_lastToken}, .source = source, .target = *target}));
        return;
    }
    begin({.token = Token{++m_lastToken},
           .source = source,
           .target = *target,
           .window = window->owner->window,
           .shown = window->id,
           .place = m_away->pointer,
           .withControl = message.withControl});
}

void Broker::begin(Drop drop)
{
    const Token token = drop.token;
    const QubeName source = drop.source;
    m_arrived.push_back({.token = token, .source = source, .target = drop.target});
    if (m_arrived.size() > MostArrived) {
        m_arrived.erase(m_arrived.begin());
    }
    auto handOver = std::make_unique<HandOver>(m_loop,
                                               m_settings.policySocket,
                                               std::move(drop),
                                               HandOver::Handlers{
                                                   .tellAgent =
                                                       [this](const QubeName &qube, const ToAgent &message) {
                                                           return tellAgent(qube, message);
                                                       },
                                                   .show =
                                                       [this](const Bubble &bubble) {
                                                           m_tray.tell(buildBubble(bubble));
                                                       },
                                                   .letGo =
                                                       [this, source] {
                                                           letGo(source);
                                                       },
                                                   .isStillThere =
                                                       [this](const Drop &there) {
                                                           return isStillThere(there);
                                                       },
                                                   .onEnd =
                                                       [this, token] {
                                                           m_handOvers.erase(token);
                                                       },
                                               });
    HandOver &begun = *m_handOvers.emplace(token, std::move(handOver)).first->second;
    begun.start();
}

bool Broker::isStillThere(const Drop &drop)
{
    if (drop.window == WindowId{}) {
        return false; // a row of the manager
    }
    const auto windows = m_desktop->read();
    const ShownWindow *const window = windowAt(windows, drop.place);
    return window != nullptr && window->id == drop.shown && window->owner && window->owner->qube == drop.target
        && window->owner->window == drop.window;
}

void Broker::onAct(const BubbleAct &act)
{
    if (act.kind == BubbleAct::Kind::ShowFiles) {
        showFiles(act.token);
    } else if (const auto found = m_handOvers.find(act.token); found != m_handOvers.end()) {
        found->second->cancel();
    }
}

void Broker::showFiles(Token token)
{
    const auto found = std::ranges::find(m_arrived, token, &Arrived::token);
    if (found != m_arrived.end()) {
        (void)tellAgent(found->target, Show{.source = found->source});
    }
}

} // namespace Bulkhead::Drag
