// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/admission.h"

#include "base/clock.h"
#include "base/formatted.h"
#include "base/keyvalues.h"
#include "base/printable.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t LongestAnswer = 4095;
constexpr Duration LongestLook = std::chrono::seconds(20); ///< of the daemon into its rules, which asks the core

/// One answer, waited for.
Result<std::string> answerOf(const std::string &socket, std::string query, std::optional<Duration> deadline)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    Result<std::string> answer;
    BH_TRY(const auto exchange,
           SocketExchange::start(*loop,
                                 socket,
                                 std::move(query),
                                 {.answer = LongestAnswer, .deadline = deadline},
                                 [&answer, &loop](Result<std::string> said) {
                                     answer = std::move(said);
                                     loop->quit();
                                 }));
    (void)loop->run();
    return answer;
}

std::string queryFor(const QubeName &target, const std::string &service, std::string_view more)
{
    return formatted("source=dom0\nintended_target={}\nservice_and_arg={}\n{}\n", target.text(), service, more);
}

Result<KeyValues> valuesIn(const std::string &answer)
{
    auto values = keyValuesIn(answer);
    const std::string result = values ? valueOf(*values, "result") : std::string();
    if (result != "allow" && result != "deny") {
        return fail(Errc::BadField, "the policy's daemon gave no answer");
    }
    return *std::move(values);
}

Result<Ruling> admissionIn(const KeyValues &values)
{
    const std::string name = valueOf(values, "target");
    const std::string user = valueOf(values, "user");
    const auto target = QubeName::parse(name);
    if (!target || target->isDom0()) {
        return fail(Errc::Unsupported, "dom0's files can be copied to a qube that is there, not to " + printable(name));
    }
    if (user.empty()) {
        return fail(Errc::BadField, "the policy's daemon did not say for whom");
    }
    return Admission{.target = name, .user = user, .mayStart = valueOf(values, "autostart") != "False"};
}

} // namespace

Result<Ruling> askPolicy(const std::string &socket,
                         const QubeName &target,
                         const std::string &service,
                         const std::function<void()> &onAsking)
{
    // First what it would say: who is asked sees the target chosen, and who is refused hears by which rule.
    BH_TRY(const std::string foretold,
           answerOf(socket, queryFor(target, service, "just_evaluate=yes\nexplain=yes\nchosen=yes\n"), LongestLook));
    BH_TRY(const KeyValues expected, valuesIn(foretold));
    const std::string outcome = valueOf(expected, "outcome");
    if (outcome != "allow" && outcome != "ask") {
        return Refusal{.rule = valueOf(expected, "rule")};
    }
    std::optional<Duration> patience = LongestLook;
    if (outcome == "ask") {
        onAsking();
        patience.reset();
    }
    BH_TRY(const std::string answer, answerOf(socket, queryFor(target, service, {}), patience));
    BH_TRY(const KeyValues values, valuesIn(answer));
    if (valueOf(values, "result") == "deny") {
        return Refusal{};
    }
    return admissionIn(values);
}

} // namespace Bulkhead::FileCopy
