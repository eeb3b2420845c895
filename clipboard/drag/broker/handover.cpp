// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/handover.h"

#include "base/log.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

} // namespace

HandOver::HandOver(EventLoop &loop, std::string policySocket, Drop drop, Handlers handlers)
    : m_loop(loop)
    , m_policySocket(std::move(policySocket))
    , m_drop(std::move(drop))
    , m_handlers(std::move(handlers))
    , m_facts{.token = m_drop.token, .source = m_drop.source, .target = m_drop.target, .windows = m_drop.windows}
{
}

HandOver::~HandOver() = default;

void HandOver::start()
{
    limit(ListPatience, [this] {
        Log.info("{}: its drag agent does not say what is dragged", m_drop.source.text());
        end(BubbleCode::NoFiles);
    });
    if (!m_handlers.tellAgent(m_drop.source, List{.token = m_drop.token})) {
        end(BubbleCode::Ended);
    }
}

void HandOver::limit(Duration patience, EventLoop::Callback expired)
{
    m_limit = m_loop.after(patience, std::move(expired));
}

void HandOver::show(BubbleCode code)
{
    m_facts.code = code;
    m_handlers.show(m_facts);
}

void HandOver::letGo()
{
    if (!std::exchange(m_hasLetGo, true)) {
        m_handlers.letGo();
    }
}

void HandOver::end(BubbleCode code)
{
    if (m_step == Step::Over) {
        return;
    }
    m_step = Step::Over;
    m_limit.reset();
    letGo();
    (void)m_handlers.tellAgent(m_drop.source, Forget{.token = m_drop.token});
    (void)m_handlers.tellAgent(m_drop.target, Forget{.token = m_drop.token});
    Log.info("{} to {}: {}", m_drop.source.text(), m_drop.target.text(), nameOf(code));
    show(code);
    m_loop.defer([tell = m_handlers.onEnd] {
        tell();
    });
}

// --- what agents say -------------------------------------------------------------------------------------------------

void HandOver::onMessage(const QubeName &qube, const FromAgent &message)
{
    std::visit(
        [this, &qube](const auto &m) {
            on(qube, m);
        },
        message);
}

bool HandOver::isAnswer(const QubeName &qube, const QubeName &from, Token token, Step step) const
{
    return qube == from && token == m_drop.token && m_step == step;
}

void HandOver::on(const QubeName & /*qube*/, const AgentHello & /*message*/)
{
}

void HandOver::on(const QubeName & /*qube*/, const Began & /*message*/)
{
}

void HandOver::on(const QubeName &qube, const Listed &message)
{
    if (!isAnswer(qube, m_drop.source, message.token, Step::Listing)) {
        return;
    }
    letGo(); // the source's program has told what it had to tell
    m_facts.files = message.files;
    m_facts.bytes = message.bytes;
    if (message.files == 0) {
        end(BubbleCode::NoFiles);
        return;
    }
    judge();
}

void HandOver::judge()
{
    m_step = Step::Judging;
    m_limit.reset();
    m_question = std::make_unique<PolicyQuestion>(
        m_loop, m_policySocket, m_drop.source, m_drop.target, PointedAt::LetGo, [this](const Judgement &judgement) {
            onJudgement(judgement);
        });
}

void HandOver::onJudgement(const Judgement &judgement)
{
    m_loop.defer([question = std::shared_ptr<PolicyQuestion>(std::move(m_question))] { }); // it is still at work
    m_verdict = judgement.verdict;
    if (m_verdict == Verdict::Allow || m_verdict == Verdict::Ask) {
        askForRoom();
    } else {
        m_facts.rule = judgement.rule;
        m_facts.ruleText = judgement.ruleText;
        end(BubbleCode::Denied);
    }
}

void HandOver::askForRoom()
{
    m_step = Step::AwaitingRoom;
    limit(RoomPatience, [this] {
        proceed(); // an agent that does not answer is as good as none
    });
    if (!m_handlers.tellAgent(m_drop.target, Expect{.token = m_drop.token, .source = m_drop.source})) {
        proceed();
    }
}

void HandOver::on(const QubeName &qube, const Room &message)
{
    if (!isAnswer(qube, m_drop.target, message.token, Step::AwaitingRoom)) {
        return;
    }
    m_facts.room = message.bytes;
    if (message.bytes < m_facts.bytes) {
        end(BubbleCode::NoRoom);
        return;
    }
    proceed();
}

void HandOver::proceed()
{
    if (m_verdict == Verdict::Ask) { // the person's answer to the question is the time to think
        show(BubbleCode::Asking);
        send();
        return;
    }
    m_step = Step::Grace;
    show(BubbleCode::Starting);
    limit(Grace, [this] {
        send();
    });
}

void HandOver::send()
{
    m_step = Step::Copying;
    m_limit.reset();
    m_copyBegan = m_loop.clock().now();
    if (!m_handlers.tellAgent(m_drop.source, Send{.token = m_drop.token, .target = m_drop.target})) {
        end(BubbleCode::Ended);
    }
}

void HandOver::on(const QubeName &qube, const Progress &message)
{
    if (!isAnswer(qube, m_drop.source, message.token, Step::Copying) || message.bytes < m_facts.copied) {
        return;
    }
    if (m_facts.copied == 0 && m_verdict == Verdict::Ask) {
        m_copyBegan = m_loop.clock().now(); // the person has answered
    }
    m_facts.copied = std::min(message.bytes, m_facts.bytes);
    show(BubbleCode::Copying);
}

void HandOver::on(const QubeName &qube, const Sent &message)
{
    if (!isAnswer(qube, m_drop.source, message.token, Step::Copying)) {
        return;
    }
    switch (message.outcome) {
    case SendOutcome::Whole:
        onCopied();
        break;
    case SendOutcome::Refused:
        end(BubbleCode::Refused);
        break;
    case SendOutcome::Cancelled:
        end(BubbleCode::Cancelled);
        break;
    case SendOutcome::Failed:
        end(BubbleCode::Failed);
        break;
    case SendOutcome::Exists:
        end(BubbleCode::Exists);
        break;
    }
}

void HandOver::onCopied()
{
    m_facts.copied = m_facts.bytes;
    const bool isQuick = m_loop.clock().now() - m_copyBegan <= QuickCopy;
    if (m_drop.withControl || !isQuick || !m_handlers.isStillThere(m_drop)) {
        end(BubbleCode::Copied);
        return;
    }
    m_step = Step::Offering;
    limit(OfferPatience, [this] {
        end(BubbleCode::Copied);
    });
    if (!m_handlers.tellAgent(m_drop.target,
                              Offer{.token = m_drop.token, .window = m_drop.window, .pointer = m_drop.place})) {
        end(BubbleCode::Copied);
    }
}

void HandOver::on(const QubeName &qube, const Offered &message)
{
    if (isAnswer(qube, m_drop.target, message.token, Step::Offering)) {
        end(message.isTaken ? BubbleCode::HandedOver : BubbleCode::Copied);
    }
}

// --- ends ------------------------------------------------------------------------------------------------------------

void HandOver::onAgentGone(const QubeName &qube)
{
    if (qube == m_drop.source && m_step != Step::Offering) {
        end(BubbleCode::Ended);
    } else if (qube == m_drop.target && m_step == Step::Offering) {
        end(BubbleCode::Copied);
    }
}

void HandOver::cancel()
{
    if (m_step != Step::Offering) {
        end(BubbleCode::Cancelled);
    }
}

} // namespace Bulkhead::Drag
