// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyeval/evaluation.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::size_t MaxAnswer = 4095;
constexpr Duration Deadline = std::chrono::seconds(30);

/// What the core says to admin.vm.tag.Get where the qube has the tag.
constexpr std::string_view HasTag{"0\0001", 3};

/// The query for the policy's daemon: nobody is asked or told, and a question counts as yes.
std::string evalQuery(const EvalRequest &request)
{
    return formatted("source={}\nintended_target={}\nservice_and_arg={}\nassume_yes_for_ask=yes\njust_evaluate=yes\n\n",
                     request.source,
                     request.target,
                     request.service);
}

} // namespace

Evaluation::Evaluation(EventLoop &loop,
                       EvalPeers peers,
                       EvalRequest request,
                       const std::optional<std::string> &guiDomain,
                       OnAnswer onAnswer)
    : m_loop(loop)
    , m_peers(std::move(peers))
    , m_request(std::move(request))
    , m_onAnswer(std::move(onAnswer))
{
    if (guiDomain) {
        m_tag = "guivm-" + *guiDomain;
        m_toCheck = {m_request.target, m_request.source};
    }
}

void Evaluation::start()
{
    checkNext();
}

void Evaluation::checkNext()
{
    if (m_toCheck.empty()) {
        askPolicy();
        return;
    }
    const std::string qube = std::exchange(m_toCheck.back(), {});
    m_toCheck.pop_back();
    ask(m_peers.core,
        formatted("admin.vm.tag.Get+{} dom0 name {}", m_tag, qube) + '\0',
        [this](const Result<std::string> &answer) {
            onTag(answer);
        });
}

void Evaluation::onTag(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (!answer || *answer != HasTag) {
        end(fail(Errc::Refused, "this is no qube of the caller's screen"));
        return;
    }
    checkNext();
}

void Evaluation::askPolicy()
{
    ask(m_peers.policy, evalQuery(m_request), [this](const Result<std::string> &answer) {
        onPolicy(answer);
    });
}

void Evaluation::onPolicy(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (answer && *answer == "result=allow") {
        end(true);
    } else if (answer && *answer == "result=deny") {
        end(false);
    } else {
        end(fail(Errc::BadField, "the policy's daemon does not say"));
    }
}

void Evaluation::ask(const std::string &path, std::string text, SocketExchange::OnAnswer onAnswer)
{
    auto exchange = SocketExchange::start(
        m_loop, path, std::move(text), {.answer = MaxAnswer, .deadline = Deadline}, std::move(onAnswer));
    if (!exchange) {
        end(std::unexpected(exchange.error()));
        return;
    }
    m_exchange = *std::move(exchange);
}

void Evaluation::end(Result<bool> answer)
{
    m_loop.defer([tell = std::exchange(m_onAnswer, {}), answer = std::move(answer)]() mutable {
        if (tell) {
            tell(std::move(answer));
        }
    });
}

} // namespace Bulkhead::Qrexec
