// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/policycall.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "qrexec/policy/answer.h"
#include "qrexec/policy/explanation.h"
#include "qrexec/policy/systeminfoparser.h"
#include "qrexec/policyd/promptmessages.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

/// A query is a few lines of a program of ours, and the core answers from memory.
constexpr Duration QueryDeadline = std::chrono::seconds(10);
constexpr Duration CoreDeadline = std::chrono::seconds(10);

/// Most bytes of an answer that a calling qube's daemon takes. Source: spec qrexec, section 19.
constexpr std::size_t MaxAnswer = 4095;
/// Of a rule, in a place that shows it.
constexpr std::size_t MaxRuleText = 1024;

std::string_view nameOf(Policy::Verdict outcome)
{
    switch (outcome) {
    case Policy::Verdict::Allow:
        return "allow";
    case Policy::Verdict::Ask:
        return "ask";
    case Policy::Verdict::Deny:
        return "deny";
    }
    std::unreachable();
}

/// What follows the result where the reason is wanted, too.
std::string explanationText(const Policy::Explanation &explanation)
{
    std::string text = formatted("\noutcome={}", nameOf(explanation.outcome));
    if (explanation.line) {
        text += formatted("\nrule={}\nrule_text={}",
                          printable(explanation.line->place, MaxRuleText),
                          printable(explanation.line->text, MaxRuleText));
    }
    return text;
}

} // namespace

PolicyCall::PolicyCall(EventLoop &loop,
                       LivePolicy &policy,
                       const PolicyPeers &peers,
                       ChosenTargets &chosen,
                       UniqueFd socket,
                       Handlers handlers)
    : m_loop(loop)
    , m_policy(policy)
    , m_peers(peers)
    , m_chosen(chosen)
    , m_socket(std::move(socket))
    , m_handlers(std::move(handlers))
{
}

Result<void> PolicyCall::start()
{
    BH_TRY(m_watch, m_loop.watch(m_socket.get(), Readiness::Read, [this] {
        onReadable();
    }));
    m_deadline = m_loop.after(QueryDeadline, [this] {
        finish({});
    });
    return {};
}

void PolicyCall::onReadable()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            finish({});
        }
        return;
    }
    m_received.append(buffer.data(), static_cast<std::size_t>(count));
    if (m_received.size() > MaxQuery) {
        finish({});
        return;
    }
    if (const auto text = completeQuery(m_received)) {
        onQuery(*text);
    } else if (count == 0) { // an end of the stream ends a query, too
        onQuery(m_received);
    }
}

void PolicyCall::onQuery(std::string_view text)
{
    m_watch.reset();
    m_deadline.reset();
    auto query = parseQuery(text);
    if (!query) {
        finish({});
        return;
    }
    m_query = *std::move(query);
    m_source = m_query.request.source;
    auto exchange = SocketExchange::start(m_loop,
                                          m_peers.core,
                                          std::string(Policy::SystemInfoRequest),
                                          {.answer = Policy::MaxSystemInfo, .deadline = CoreDeadline},
                                          [this](Result<std::string> answer) {
                                              onSystemInfo(std::move(answer));
                                          });
    if (!exchange) {
        deny(formatted("the core cannot be asked for the qubes: {}", exchange.error().text()));
        return;
    }
    m_exchange = *std::move(exchange);
}

void PolicyCall::onSystemInfo(Result<std::string> answer)
{
    m_exchange.reset();
    auto info = answer ? Policy::parseSystemInfoAnswer(*answer) : std::unexpected(answer.error());
    if (!info) {
        deny(formatted("the core did not tell the qubes: {}", info.error().text()));
        return;
    }
    m_info = *std::move(info);
    decide();
}

void PolicyCall::decide()
{
    const auto &policy = m_policy.current();
    if (!policy) {
        if (policy.error().kind == Policy::LoadError::Kind::Files && !m_query.justEvaluate) {
            m_handlers.onNotice(
                buildNotice(m_query.request, {.outcome = Policy::Denied{.reason = {}}, .source = m_source}));
        }
        deny(policy.error().text);
        return;
    }
    const Policy::Rules &rules = policy->rules;
    if (m_query.justEvaluate) {
        evaluate(rules);
        return;
    }
    auto decision = Policy::decide(rules, m_info, m_query.request);
    m_source = decision.source;
    const auto *const question = std::get_if<Policy::Question>(&decision.outcome);
    if (question == nullptr) {
        conclude(rules, decision);
    } else if (m_query.assumeYesForAsk) {
        conclude(rules, Policy::decideAnswered(rules, m_info, m_query.request, m_query.request.target));
    } else {
        for (const std::string &warning : decision.warnings) {
            log(warning);
        }
        const auto rule = decision.match.rule;
        BH_ASSERT(rule.has_value()); // which says that the person is asked
        ask(*question, rules, *rule);
    }
}

void PolicyCall::evaluate(const Policy::Rules &rules)
{
    using enum Policy::Questions;
    const auto questions = m_query.assumeYesForAsk ? CountAsYes : CountAsNo;
    const bool isAllowed = Policy::wouldAllow(rules, m_info, m_query.request, questions);
    std::string answer(isAllowed ? "result=allow" : Policy::DenialText);
    if (m_query.isChosen) {
        m_chosen.choose(m_query.request, m_loop.clock().now());
    }
    if (m_query.isExplained) {
        answer += explanationText(Policy::explain(rules, m_info, m_query.request));
    }
    finish(answer);
}

void PolicyCall::ask(Policy::Question question, const Policy::Rules &rules, Policy::RuleId rule)
{
    if (m_chosen.take(m_query.request, m_loop.clock().now())
        && std::ranges::contains(question.targets, m_query.request.target)) {
        question.defaultTarget = m_query.request.target;
    }
    if (question.guiDomain != "dom0") {
        deny(formatted("a person in {} cannot be asked yet", question.guiDomain));
        return;
    }
    const auto parts = rulePartsOf(rules, rule, m_query.request, m_info);
    if (!parts) {
        deny(parts.error().text());
        return;
    }
    auto exchange = SocketExchange::start(m_loop,
                                          m_peers.question,
                                          buildQuestion(m_query.request, m_source, question, *parts, m_info),
                                          {.answer = MaxPromptReply, .deadline = std::nullopt},
                                          [this](Result<std::string> reply) {
                                              onReply(std::move(reply));
                                          });
    if (!exchange) {
        deny(formatted("the person cannot be asked: {}", exchange.error().text()));
        return;
    }
    m_exchange = *std::move(exchange);
    if (auto watching = watchForHangUp(); !watching) {
        deny(watching.error().text());
    }
}

Result<void> PolicyCall::watchForHangUp()
{
    // A caller that has gone takes its question back. Half-closing is none of that, so not readiness to read.
    m_hangUp.reset(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event none{};
    if (!m_hangUp || ::epoll_ctl(m_hangUp.get(), EPOLL_CTL_ADD, m_socket.get(), &none) != 0) {
        return failErrno(errno, "watching a caller");
    }
    BH_TRY(m_watch, m_loop.watch(m_hangUp.get(), Readiness::Read, [this] {
        finish({});
    }));
    return {};
}

void PolicyCall::onReply(Result<std::string> reply)
{
    m_exchange.reset();
    const auto &policy = m_policy.current();
    if (!policy) {
        deny(policy.error().text);
        return;
    }
    const Policy::Rules &rules = policy->rules;
    const auto chosen = reply ? parsePromptReply(*reply) : std::unexpected(reply.error());
    if (!chosen) {
        log(formatted("the person's answer: {}", chosen.error().text()));
        conclude(rules, Policy::decideAnswered(rules, m_info, m_query.request, {})); // none of the choices
        return;
    }
    const std::optional<std::string> &target = *chosen;
    conclude(rules,
             target ? Policy::decideAnswered(rules, m_info, m_query.request, *target)
                    : Policy::decideRefused(rules, m_info, m_query.request));
}

void PolicyCall::conclude(const Policy::Rules &rules, const Policy::Decision &decision)
{
    for (const std::string &warning : decision.warnings) {
        log(warning);
    }
    const auto *const allowed = std::get_if<Policy::Allowed>(&decision.outcome);
    const std::string answer = allowed == nullptr ? std::string(Policy::DenialText) : Policy::answerText(*allowed);
    if (answer.size() > MaxAnswer) {
        deny("the answer is longer than a daemon takes");
        return;
    }
    m_handlers.onLog(m_source, Policy::logText(rules, m_query.request, decision));
    if (decision.notify) {
        m_handlers.onNotice(buildNotice(m_query.request, decision));
    }
    finish(answer);
}

void PolicyCall::deny(std::string_view reason)
{
    log(formatted("denied: {}", reason));
    finish(Policy::DenialText);
}

void PolicyCall::log(std::string_view text)
{
    m_handlers.onLog(m_source,
                     formatted("qrexec: {}: {} -> {}: {}",
                               printable(m_query.request.serviceAndArgument()),
                               printable(m_source),
                               printable(m_query.request.target),
                               text));
}

void PolicyCall::finish(std::string_view answer)
{
    if (!answer.empty()) {
        // A fresh connection takes so few bytes at once; one that does not has gone.
        (void)::send(m_socket.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    m_watch.reset();
    m_deadline.reset();
    m_exchange.reset();
    m_socket.reset();
    auto tell = std::move(m_handlers.onEnd); // it may destroy this
    tell();
}

} // namespace Bulkhead::Qrexec
