// SPDX-License-Identifier: GPL-2.0-or-later
// What the answer to one call costs where a policy has few rules and where it has many, of other services and of the
// same. Each pair is measured in turns in the same run.
#include "base/formatted.h"
#include "qrexec/policy/decision.h"

#include <chrono>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace
{

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using Clock = std::chrono::steady_clock;

constexpr int Few = 10;
constexpr int Many = 1000;
constexpr int Qubes = 50;
constexpr int CallsARound = 1000;

std::string nameOf(int number)
{
    return formatted("qube-{}", number);
}

SystemInfo fiftyQubes()
{
    SystemInfo info;
    info.add({.name = "dom0", .uuid = "00000000-0000-0000-0000-000000000000", .type = "AdminVM"});
    for (int i = 0; i < Qubes; ++i) {
        info.add({.name = nameOf(i),
                  .uuid = formatted("{:08}-1111-4111-8111-111111111111", i),
                  .type = "AppVM",
                  .tags = {"created-by-dom0", "work"},
                  .defaultDispvm = "qube-0",
                  .guivm = "dom0",
                  .powerState = "Running"});
    }
    return info;
}

Rule rule(std::string service, std::string argument, std::string source, std::string target)
{
    return {.service = std::move(service),
            .argument = std::move(argument),
            .source = {.kind = TokenKind::Qube, .name = std::move(source)},
            .target = {.kind = TokenKind::Qube, .name = std::move(target)},
            .action = {.verdict = Verdict::Allow}};
}

/// The last of so many rules decides; the others speak of other services.
Rules ofOtherServices(int count)
{
    std::vector<Rule> rules;
    for (int i = 1; i < count; ++i) {
        rules.push_back(rule(formatted("test.Service{}", i), "*", nameOf(i % Qubes), nameOf((i + 1) % Qubes)));
    }
    rules.push_back(rule("test.Called", "*", nameOf(1), nameOf(2)));
    return {std::move(rules), {"30-user.policy"}};
}

/// The last of so many rules decides; the others speak of other arguments of the same service.
Rules ofOtherArguments(int count)
{
    std::vector<Rule> rules;
    for (int i = 1; i < count; ++i) {
        rules.push_back(rule("test.Called", formatted("+argument{}", i), nameOf(1), nameOf(2)));
    }
    rules.push_back(rule("test.Called", "*", nameOf(1), nameOf(2)));
    return {std::move(rules), {"30-user.policy"}};
}

double secondsOfARound(const Rules &rules, const SystemInfo &info, const Request &request)
{
    const auto begin = Clock::now();
    for (int i = 0; i < CallsARound; ++i) {
        benchmark::DoNotOptimize(decide(rules, info, request));
    }
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void evaluation(benchmark::State &state, Rules (*made)(int))
{
    const SystemInfo info = fiftyQubes();
    const Rules few = made(Few);
    const Rules many = made(Many);
    const Request request{.source = nameOf(1), .target = nameOf(2), .service = "test.Called", .argument = "+other"};
    if (!decide(many, info, request).isAllowed()) {
        state.SkipWithError("the rule that is meant does not decide");
        return;
    }
    double fewTime = 0;
    double manyTime = 0;
    for (auto _ : state) {
        fewTime += secondsOfARound(few, info, request);
        const double time = secondsOfARound(many, info, request);
        manyTime += time;
        state.SetIterationTime(time);
    }
    state.counters["us_each"] =
        manyTime * 1e6 / static_cast<double>(CallsARound * state.iterations()); // goal: under 10
    state.counters["of_10_rules"] = manyTime / fewTime;                         // goal: no more than 1, but for noise
}

} // namespace

BENCHMARK_CAPTURE(evaluation, other_services, ofOtherServices)
    ->Name("services_policy_1000_rules_of_other_services")
    ->Iterations(100)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluation, other_arguments, ofOtherArguments)
    ->Name("services_policy_1000_rules_of_other_arguments")
    ->Iterations(100)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

BENCHMARK_MAIN();
