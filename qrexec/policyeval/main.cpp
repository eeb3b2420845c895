// SPDX-License-Identifier: GPL-2.0-or-later
// The services policy.EvalSimple and policy.EvalGUI of dom0: say what the policy would say to a call.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/policyeval/evaluation.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/readfile.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.policyeval");

std::string variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string() : std::string(value);
}

Result<bool> evaluate(bool isForScreen)
{
    BH_TRY(const std::string payload, readAll(STDIN_FILENO, MaxEvalPayload));
    BH_TRY(EvalRequest request, parseEvalRequest(variable("QREXEC_SERVICE_ARGUMENT"), payload));
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    Result<bool> answer = fail(Errc::Io, "no answer");
    const auto caller = isForScreen ? std::optional(variable("QREXEC_REMOTE_DOMAIN")) : std::nullopt;
    Evaluation evaluation(*loop, {}, std::move(request), caller, [&loop, &answer](Result<bool> result) {
        answer = std::move(result);
        loop->quit();
    });
    evaluation.start();
    (void)loop->run();
    return answer;
}

} // namespace

int main(int /*argc*/, char **argv)
{
    // Which of the two it is, the name says that it was called by.
    const auto allowed = evaluate(std::string_view(argv[0]).contains("policy.EvalGUI"));
    if (!allowed) {
        Log.warning("{}", allowed.error().text());
        return StatusLocalError;
    }
    const std::string_view answer = *allowed ? "result=allow\n" : "result=deny\n";
    return ::write(STDOUT_FILENO, answer.data(), answer.size()) == std::ssize(answer) ? 0 : StatusLocalError;
}
