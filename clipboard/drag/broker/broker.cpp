// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/broker.h"

#include "base/log.h"
#include "base/unixaddress.h"
#include "clipboard/drag/broker/callkeeper.h"

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

Result<std::unique_ptr<Broker>> Broker::create(EventLoop &loop, BrokerSettings settings, UniqueFd keeper)
{
    BH_TRY(auto desktop, DesktopWindows::open());
    std::unique_ptr<Broker> broker(new Broker(loop, std::move(settings), std::move(keeper), std::move(desktop)));
    BH_CHECK(broker->start());
    return broker;
}

Broker::Broker(EventLoop &loop, BrokerSettings settings, UniqueFd keeper, std::unique_ptr<DesktopWindows> desktop)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_keeper(std::move(keeper))
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
    BH_TRY(m_keeperWatch, m_loop.watch(m_keeper.get(), Readiness::Read, [this] {
        Log.critical("the process that keeps calls has gone"); // it says nothing, so this is its end
        m_loop.quit(1);
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

Result<UniqueFd> Broker::streamToAgent(const QubeName &qube) const
{
    return qube.isDom0() ? connectToUnixSocket(m_settings.dom0Agent, SOCK_STREAM | SOCK_NONBLOCK)
                         : orderCall(m_keeper, qube);
}

void Broker::callAgent(const QubeName &qube)
{
    Qube &known = m_qubes[qube];
    ++known.calls;
    auto call = streamToAgent(qube).and_then([&](UniqueFd stream) {
        return AgentCall::start(m_loop,
                                qube,
                                std::move(stream),
                                {.onMessage =
                                     [this, qube](const FromAgent &message) {
                                         onAgentMessage(qube, message);
                                     },
                                 .onEnd =
                                     [this, qube](AgentCall::End end) {
                                         onAgentEnd(qube, end);
                                     }});
    });
    if (!call) {
        Log.warning("{}: no file can be dragged out of it: {}", qube.text(), call.error().text());
        callAgentAgain(qube);
        return;
    }
    known.agent = *std::move(call);
}

void Broker::callAgentAgain(const QubeName &qube)
{
    Qube &known = m_qubes[qube];
    if (known.calls < MostCalls) {
        known.again = m_loop.after(FirstPause * (1U << known.calls), [this, qube] {
            callAgent(qube);
        });
    }
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
    if (end == AgentCall::End::Gone) {
        callAgentAgain(qube);
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
        m_away->movePointer(message.pointer);
    }
}

void Broker::on(const QubeName &qube, const Released &message)
{
    if (!m_away || m_gesture.source() != qube) {
        letGo(qube);
        return;
    }
    m_away->movePointer(message.pointer);
    drop(qube, m_away->landing(), message);
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
        if (const auto source = m_gesture.source()) {
            take(*source);
        }
        break;
    case Gesture::Step::Show:
        if (const auto source = m_gesture.source()) {
            show(*source);
        }
        break;
    case Gesture::Step::End:
        hide();
        break;
    }
}

// --- while dom0 has the pointer --------------------------------------------------------------------------------------

void Broker::take(const QubeName &source)
{
    if (m_tray.ensure()) {
        tellScreen(source, Take{});
    } else {
        Log.warning("a drag stays in its qube: nobody is there to draw what a drop would do");
        m_gesture.notTaken(source);
    }
}

void Broker::show(const QubeName &source)
{
    m_desktop->setWatching(true);
    m_away.emplace(m_loop,
                   m_settings.policySocket,
                   source,
                   AwayDrag::Handlers{.readDesktop =
                                          [this] {
                                              auto windows = m_desktop->read();
                                              (void)m_desktop->takeEvents(); // of before the answers
                                              return windows;
                                          },
                                      .show =
                                          [this](const std::string &line) {
                                              m_tray.tell(line);
                                          }});
}

void Broker::hide()
{
    if (m_away) {
        m_away.reset();
        m_desktop->setWatching(false);
    }
}

void Broker::onDesktopEvents()
{
    if (m_desktop->isBroken()) {
        Log.critical("the X connection is lost");
        m_loop.quit(1);
    } else if (m_desktop->takeEvents() && m_away) {
        m_away->onDesktopChanged();
    }
}

// --- after it --------------------------------------------------------------------------------------------------------

void Broker::drop(const QubeName &source, const std::optional<Landing> &landing, const Released &message)
{
    if (!landing) {
        letGo(source); // where nothing fits a release does nothing
        return;
    }
    const QubeName &target = landing->target.qube;
    if (!landing->isRested || m_handOvers.size() >= MostHandOvers) {
        letGo(source);
        const bool isDenied = landing->judgement.verdict == Verdict::Deny;
        const BubbleCode code = isDenied ? BubbleCode::Denied : BubbleCode::NotRested;
        Log.info("{} to {}: {}", source.text(), target.text(), nameOf(code));
        m_tray.tell(buildBubble({.code = code,
                                 .token = Token{++m_lastToken},
                                 .source = source,
                                 .target = target,
                                 .rule = landing->judgement.rule,
                                 .ruleText = landing->judgement.ruleText,
                                 .windows = landing->windows}));
        return;
    }
    begin({.token = Token{++m_lastToken},
           .source = source,
           .target = target,
           .window = landing->target.window,
           .shown = landing->shown,
           .place = landing->place,
           .withControl = message.withControl,
           .windows = landing->windows});
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
