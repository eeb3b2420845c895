// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/broker.h"

#include "base/formatted.h"
#include "base/log.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr LogCategory Log("bulkhead.clipboard");

/// The policy's daemon answers from memory, after one question to the core.
constexpr Duration PolicyPatience = std::chrono::seconds(10);
constexpr std::size_t LongestPolicyAnswer = 4095;

/// The person's keys are the answer to a rule that asks (spec policy, clipboard).
std::string policyQuery(const QubeName &source, const QubeName &target)
{
    return formatted("source={}\nintended_target={}\nservice_and_arg=qubes.ClipboardPaste\n"
                     "assume_yes_for_ask=yes\njust_evaluate=yes\n\n",
                     source.text(),
                     target.text());
}

/// Only the one word in its exact form permits.
bool isAllowed(const Result<std::string> &answer)
{
    return answer && (*answer == "result=allow" || *answer == "result=allow\n");
}

} // namespace

Result<std::unique_ptr<Broker>> Broker::create(EventLoop &loop, BrokerSettings settings, Tell tell)
{
    BH_TRY(auto held, SecretText::create(MostSizeLimit));
    BH_TRY(auto incoming, SecretText::create(MostSizeLimit));
    BH_TRY(auto given, SecretText::create(MostSizeLimit));
    return std::unique_ptr<Broker>(
        new Broker(loop, std::move(settings), std::move(tell), std::move(held), std::move(incoming), std::move(given)));
}

Broker::Broker(
    EventLoop &loop, BrokerSettings settings, Tell tell, SecretText held, SecretText incoming, SecretText given)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_tell(std::move(tell))
    , m_heldText(std::move(held))
    , m_incomingText(std::move(incoming))
    , m_givenText(std::move(given))
{
}

// --- daemons ---------------------------------------------------------------------------------------------------------

void Broker::connect(const QubeName &qube, const std::string &path)
{
    auto link = DaemonLink::connect(m_loop,
                                    path,
                                    {.onGesture =
                                         [this, qube](const Gesture &gesture) {
                                             onGesture(qube, gesture);
                                         },
                                     .onEnd =
                                         [this, qube] {
                                             onDaemonEnded(qube);
                                         }});
    if (!link) {
        // A socket that a daemon left behind; the next one puts its own in this place.
        Log.debug("{}: {}", qube.text(), link.error().text());
        return;
    }
    m_daemons.insert_or_assign(qube, Daemon{.link = *std::move(link), .sizeLimit = {}});
    Log.info("{}: its gui-daemon is there", qube.text());
}

void Broker::onDaemonEnded(const QubeName &qube)
{
    Log.info("{}: its gui-daemon has gone", qube.text());
    if (m_paste && m_paste->target == qube) {
        m_paste.reset();
    }
    m_daemons.erase(qube);
}

void Broker::onGesture(const QubeName &qube, const Gesture &gesture)
{
    std::visit(
        [this, &qube](const auto &g) {
            on(qube, g);
        },
        gesture);
}

bool Broker::admit(const QubeName &qube, std::uint32_t time)
{
    const bool isNewest = m_order.admit(time, m_loop.clock().now());
    if (!isNewest) {
        Log.info("{}: keys of a moment before the newest gesture change nothing", qube.text());
    }
    return isNewest;
}

void Broker::on(const QubeName &qube, const Hello &gesture)
{
    m_daemons[qube].sizeLimit = gesture.sizeLimit;
}

// --- copy ------------------------------------------------------------------------------------------------------------

void Broker::on(const QubeName &qube, const CopyPressed &gesture)
{
    const auto sizeLimit = m_daemons[qube].sizeLimit;
    if (!sizeLimit || !admit(qube, gesture.time)) {
        return;
    }
    m_paste.reset(); // this is newer
    if (auto asked = ask(qube, gesture.window, *sizeLimit); !asked) {
        Log.warning("{}: copying: {}", qube.text(), asked.error().text());
        m_copy.reset();
        m_tell({.code = NoticeCode::CopyFailed, .source = qube.text(), .limit = *sizeLimit});
    }
}

Result<void> Broker::ask(const QubeName &source, WindowId window, std::uint32_t sizeLimit)
{
    m_copy.reset(); // an answer to it is void
    BH_TRY(auto incoming,
           IncomingText::start(
               m_loop, m_incomingText, sizeLimit, [this](IncomingText::Outcome outcome, std::uint32_t length) {
                   onAnswer(outcome, length);
               }));
    m_copy.emplace(Copy{.source = source, .sizeLimit = sizeLimit, .text = std::move(incoming.first)});
    return m_daemons[source].link->tell(Ask{.window = window}, incoming.second);
}

void Broker::onAnswer(IncomingText::Outcome outcome, std::uint32_t length)
{
    const Copy copy = *std::exchange(m_copy, std::nullopt);
    Notice notice{.source = copy.source.text(), .size = length, .limit = copy.sizeLimit};
    switch (outcome) {
    case IncomingText::Outcome::Whole:
        std::swap(m_heldText, m_incomingText);
        hold(copy.source);
        m_tell(noticeOf(NoticeCode::Copied));
        break;
    case IncomingText::Outcome::Empty:
        notice.code = NoticeCode::CopiedNothing;
        forget();
        m_tell(notice);
        break;
    case IncomingText::Outcome::TooLarge:
        notice.code = NoticeCode::CopyTooLarge;
        forget();
        m_tell(notice);
        break;
    case IncomingText::Outcome::Failed:
        notice.code = NoticeCode::CopyFailed;
        notice.size = 0;
        m_tell(notice);
        break;
    }
    m_incomingText.wipe();
}

/// What m_heldText has is held from now on.
void Broker::hold(const QubeName &source)
{
    m_held.emplace(Held{.source = source, .until = m_loop.clock().now() + m_settings.hold});
    m_expiry = m_loop.after(m_settings.hold, [this] {
        const Notice notice = noticeOf(NoticeCode::Expired);
        m_paste.reset();
        forget();
        m_tell(notice);
    });
}

void Broker::forget()
{
    m_expiry.reset();
    m_held.reset();
    m_heldText.wipe();
}

// --- paste -----------------------------------------------------------------------------------------------------------

void Broker::on(const QubeName &qube, const PastePressed &gesture)
{
    if (m_copy) {
        m_tell({.code = NoticeCode::PasteTooEarly, .source = m_copy->source.text(), .target = qube.text()});
        return;
    }
    if (!admit(qube, gesture.time)) {
        return;
    }
    m_paste.reset();
    if (!m_held) {
        m_tell({.code = NoticeCode::NothingToPaste, .target = qube.text()});
        return;
    }
    m_paste.emplace(Paste{.target = qube, .window = gesture.window, .question = {}});
    if (auto asked = askPolicy(); !asked) {
        Log.warning("the policy cannot be asked: {}", asked.error().text());
        refuse();
    }
}

Result<void> Broker::askPolicy()
{
    BH_TRY(m_paste->question,
           SocketExchange::start(m_loop,
                                 m_settings.policySocket,
                                 policyQuery(m_held->source, m_paste->target),
                                 {.answer = LongestPolicyAnswer, .deadline = PolicyPatience},
                                 [this](const Result<std::string> &answer) {
                                     onPolicyAnswer(answer);
                                 }));
    return {};
}

void Broker::onPolicyAnswer(const Result<std::string> &answer)
{
    if (!isAllowed(answer)) {
        if (!answer) {
            Log.warning("the policy's answer: {}", answer.error().text());
        }
        refuse();
        return;
    }
    m_paste->isAllowed = true;
    if (!m_paste->isReleased) {
        Notice notice = noticeOf(NoticeCode::PasteTo);
        notice.target = m_paste->target.text();
        m_tell(notice);
    }
    giveIfMeant();
}

void Broker::refuse()
{
    Notice notice = noticeOf(NoticeCode::PasteRefused);
    notice.target = m_paste->target.text();
    m_paste.reset();
    Log.info("a text of {} is not given to {}: the policy says no", notice.source, notice.target);
    m_tell(notice);
}

void Broker::on(const QubeName &qube, const PasteReleased &gesture)
{
    if (m_paste && m_paste->target == qube && m_paste->window == gesture.window) {
        m_paste->isReleased = true;
        giveIfMeant();
    }
}

void Broker::on(const QubeName &qube, const PasteAbandoned & /*gesture*/)
{
    if (m_paste && m_paste->target == qube) {
        m_paste.reset();
    }
}

void Broker::giveIfMeant()
{
    if (!m_paste->isAllowed || !m_paste->isReleased) {
        return;
    }
    const Paste paste = *std::exchange(m_paste, std::nullopt);
    m_giving.reset();
    m_givenText.wipe();
    Notice notice = noticeOf(NoticeCode::PasteFailed);
    notice.target = paste.target.text();
    notice.seconds = 0;
    m_giving.emplace(Giving{.notice = notice, .text = {}});
    std::swap(m_heldText, m_givenText); // from here on nobody else gets it
    forget();
    if (auto given = give(paste.target, paste.window); !given) {
        Log.warning("{}: pasting: {}", paste.target.text(), given.error().text());
        onGiven(OutgoingText::Outcome::Failed);
    }
}

Result<void> Broker::give(const QubeName &target, WindowId window)
{
    BH_TRY(auto outgoing, OutgoingText::start(m_loop, m_givenText, [this](OutgoingText::Outcome outcome) {
               onGiven(outcome);
           }));
    m_giving->text = std::move(outgoing.first);
    const auto length = static_cast<std::uint32_t>(m_givenText.size());
    return m_daemons[target].link->tell(Give{.window = window, .length = length}, outgoing.second);
}

void Broker::onGiven(OutgoingText::Outcome outcome)
{
    Giving giving = *std::exchange(m_giving, std::nullopt);
    m_givenText.wipe();
    if (outcome == OutgoingText::Outcome::Delivered) {
        giving.notice.code = NoticeCode::Pasted;
        Log.info("a text of {} was given to {}", giving.notice.source, giving.notice.target);
    }
    m_tell(giving.notice);
}

// --- the person's other acts -----------------------------------------------------------------------------------------

Result<void> Broker::offer(std::span<const std::byte> text)
{
    if (text.size() > m_heldText.capacity()) {
        return fail(Errc::TooMuch, formatted("a text of more than {} bytes", m_heldText.capacity()));
    }
    m_copy.reset();
    m_incomingText.wipe();
    m_paste.reset();
    forget();
    const QubeName dom0 = QubeName::parse("dom0").value();
    if (text.empty()) {
        m_tell({.code = NoticeCode::CopiedNothing, .source = dom0.text(), .limit = MostSizeLimit});
        return {};
    }
    std::ranges::copy(text, m_heldText.room().begin());
    m_heldText.grow(text.size());
    hold(dom0);
    m_tell(noticeOf(NoticeCode::Copied));
    return {};
}

void Broker::clear()
{
    m_copy.reset();
    m_incomingText.wipe();
    m_paste.reset();
    forget();
    m_tell({.code = NoticeCode::Cleared});
}

Holding Broker::holding() const
{
    if (!m_held) {
        return {};
    }
    const Duration left = m_held->until - m_loop.clock().now();
    return {.source = m_held->source.text(),
            .size = m_heldText.size(),
            .left = std::chrono::ceil<std::chrono::seconds>(std::max(left, Duration::zero()))};
}

Notice Broker::noticeOf(NoticeCode code) const
{
    const Holding held = holding();
    Notice notice{.code = code,
                  .source = held.source,
                  .size = static_cast<std::uint32_t>(held.size),
                  .limit = MostSizeLimit,
                  .seconds = static_cast<std::uint32_t>(held.left.count())};
    if (m_held && !m_held->source.isDom0()) {
        const auto daemon = m_daemons.find(m_held->source);
        notice.sourceIsGone = daemon == m_daemons.end();
        if (daemon != m_daemons.end() && daemon->second.sizeLimit) {
            notice.limit = *daemon->second.sizeLimit;
        }
    }
    return notice;
}

} // namespace Bulkhead::Clipboard
