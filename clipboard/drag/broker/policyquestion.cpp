// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/policyquestion.h"

#include "base/formatted.h"
#include "base/keyvalues.h"

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr std::size_t LongestAnswer = 4095;

std::string queryFor(const QubeName &source, const QubeName &target, PointedAt pointedAt)
{
    return formatted("source={}\nintended_target={}\nservice_and_arg=qubes.Filecopy\n"
                     "just_evaluate=yes\nexplain=yes\n{}\n",
                     source.text(),
                     target.text(),
                     pointedAt == PointedAt::LetGo ? "chosen=yes\n" : "");
}

/// A question counts as a denial in the result.
Verdict verdictIn(const KeyValues &values)
{
    constexpr std::array Known{std::tuple{"allow", "allow", Verdict::Allow}, std::tuple{"deny", "ask", Verdict::Ask}};
    for (const auto &[result, outcome, verdict] : Known) {
        if (valueOf(values, "result") == result && valueOf(values, "outcome") == outcome) {
            return verdict;
        }
    }
    return Verdict::Deny;
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

Judgement judgementIn(std::string_view answer)
{
    const auto values = keyValuesIn(answer);
    if (!values) {
        return {.verdict = Verdict::Deny};
    }
    return {.verdict = verdictIn(*values), .rule = valueOf(*values, "rule"), .ruleText = valueOf(*values, "rule_text")};
}

PolicyQuestion::PolicyQuestion(EventLoop &loop,
                               const std::string &socket,
                               const QubeName &source,
                               const QubeName &target,
                               PointedAt pointedAt,
                               OnJudgement onJudgement)
    : m_onJudgement(std::move(onJudgement))
{
    auto exchange = SocketExchange::start(loop,
                                          socket,
                                          queryFor(source, target, pointedAt),
                                          {.answer = LongestAnswer, .deadline = Patience},
                                          [this](const Result<std::string> &answer) {
                                              tell(judgementIn(answer.value_or(std::string())));
                                          });
    if (exchange) {
        m_exchange = *std::move(exchange);
        return;
    }
    m_unasked = loop.after({}, [this] {
        tell({.verdict = Verdict::Deny});
    });
}

void PolicyQuestion::tell(const Judgement &judgement)
{
    auto tell = std::move(m_onJudgement); // it may destroy this
    tell(judgement);
}

} // namespace Bulkhead::Drag
