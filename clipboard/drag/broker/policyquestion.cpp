// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/policyquestion.h"

#include <format>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr std::size_t LongestAnswer = 4095;

std::string queryFor(const QubeName &source, const QubeName &target, bool assumesYes)
{
    return std::format("source={}\nintended_target={}\nservice_and_arg=qubes.Filecopy\n"
                       "assume_yes_for_ask={}\njust_evaluate=yes\n\n",
                       source.text(),
                       target.text(),
                       assumesYes ? "yes" : "no");
}

/// Only the one word in its exact form permits.
bool isAllowed(const Result<std::string> &answer)
{
    return answer && (*answer == "result=allow" || *answer == "result=allow\n");
}

} // namespace

std::string_view nameOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Pending:
        return "pending";
    case Verdict::Allow:
        return "allow";
    case Verdict::Ask:
        return "ask";
    case Verdict::Deny:
        return "deny";
    }
    std::unreachable();
}

PolicyQuestion::PolicyQuestion(
    EventLoop &loop, const std::string &socket, const QubeName &source, const QubeName &target, OnVerdict onVerdict)
    : m_onVerdict(std::move(onVerdict))
{
    ask(loop, socket, m_asYes, queryFor(source, target, true));
    ask(loop, socket, m_asNo, queryFor(source, target, false));
    if (m_asYes.isAllowed && m_asNo.isAllowed) {
        m_unasked = loop.after({}, [this] {
            conclude();
        });
    }
}

void PolicyQuestion::ask(EventLoop &loop, const std::string &socket, Part &part, std::string query)
{
    auto exchange = SocketExchange::start(loop,
                                          socket,
                                          std::move(query),
                                          {.answer = LongestAnswer, .deadline = Patience},
                                          [this, &part](const Result<std::string> &answer) {
                                              part.isAllowed = isAllowed(answer);
                                              conclude();
                                          });
    if (exchange) {
        part.exchange = *std::move(exchange);
    } else {
        part.isAllowed = false;
    }
}

void PolicyQuestion::conclude()
{
    if (!m_asYes.isAllowed || !m_asNo.isAllowed) {
        return;
    }
    const Verdict verdict = *m_asNo.isAllowed ? Verdict::Allow : *m_asYes.isAllowed ? Verdict::Ask : Verdict::Deny;
    auto tell = std::move(m_onVerdict); // it may destroy this
    tell(verdict);
}

} // namespace Bulkhead::Drag
