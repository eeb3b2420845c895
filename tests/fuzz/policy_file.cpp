// SPDX-License-Identifier: GPL-2.0-or-later
// Input: the text of a policy file; below a line `%%` that of a file which it may include as `more`, in either format.
// Promise: what is read, printed and read again is the same; nothing is allowed without a line that allows or asks, and
// fits; a call that a line denies, or none speaks of, stays denied when any line that allows is taken away.
#include "qrexec/policy/decision.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/ruleparser.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Policy;

namespace
{

class TwoFiles final : public FileSource
{
public:
    explicit TwoFiles(std::string_view input)
        : m_main(input.substr(0, input.find("\n%%\n")))
        , m_more(input.substr(std::min(input.size(), m_main.size() + 4)))
    {
    }

    Result<std::vector<Entry>> list(const std::string &directory) override
    {
        if (directory != "/p") {
            return fail(Errc::NotFound, "there is no such directory");
        }
        return std::vector{Entry{.name = "main.policy"}};
    }

    Result<File> read(const std::string &path) override
    {
        if (path != "/p/main.policy" && path != "/p/more") {
            return fail(Errc::NotFound, "there is no such file");
        }
        return File{.path = path, .text = std::string(path == "/p/more" ? m_more : m_main)};
    }

private:
    std::string_view m_main;
    std::string_view m_more;
};

SystemInfo someQubes()
{
    SystemInfo info;
    info.add({.name = "dom0", .uuid = "00000000-0000-0000-0000-000000000000", .type = "AdminVM"});
    info.add({.name = "a",
              .uuid = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
              .type = "AppVM",
              .tags = {"t"},
              .defaultDispvm = "d",
              .guivm = "dom0",
              .powerState = "Running"});
    info.add({.name = "b", .type = "AppVM", .guivm = "dom0", .powerState = "Halted"});
    info.add({.name = "d", .type = "AppVM", .tags = {"t"}, .isDisposableTemplate = true, .powerState = "Halted"});
    info.add({.name = "r", .type = "RemoteVM", .relayvm = "b", .transportRpc = "q.T"});
    return info;
}

constexpr std::array<std::string_view, 6> Sources{"a", "b", "d", "r", "dom0", "x-dm"};
constexpr std::array<std::string_view, 9> Targets{
    "", "a", "b", "dom0", "@adminvm", "@dispvm", "@dispvm:d", "r", "uuid:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"};

template<typename Act> void forEachCall(Act act)
{
    for (const std::string_view source : Sources) {
        for (const std::string_view target : Targets) {
            for (const std::string_view argument : {"+", "+x"}) {
                act(Request{.source = std::string(source),
                            .target = std::string(target),
                            .service = "s",
                            .argument = std::string(argument)});
            }
        }
    }
}

void checkPrinting(const Rules &rules)
{
    for (Rule rule : rules.all()) {
        const auto again = parseLine(lineOf(rule));
        rule.place = {};
        BH_ASSERT(again && std::get<Rule>(*again) == rule);
    }
}

void checkAnswers(const Rules &rules, const SystemInfo &info)
{
    forEachCall([&](const Request &request) {
        const Decision decision = decide(rules, info, request);
        if (std::holds_alternative<Denied>(decision.outcome)) {
            return;
        }
        const Rule &rule = rules.at(*decision.match.rule);
        BH_ASSERT(rule.action.verdict == (decision.isAllowed() ? Verdict::Allow : Verdict::Ask));
        BH_ASSERT(rule.service == "s" || rule.service == Any);
        BH_ASSERT(rule.argument == request.argument || rule.argument == Any);
    });
}

void checkTakingAway(const Rules &rules, const SystemInfo &info)
{
    const auto isAllow = [](const Rule &rule) {
        return rule.action.verdict == Verdict::Allow;
    };
    auto fewer = rules.all();
    const auto found = std::ranges::find_if(fewer, isAllow);
    if (found == fewer.end()) {
        return;
    }
    fewer.erase(found);
    const Rules without(std::move(fewer), rules.files());
    forEachCall([&](const Request &request) {
        const Decision before = decide(rules, info, request);
        const bool saidNo = std::holds_alternative<Denied>(before.outcome)
            && (!before.match.rule || !isAllow(rules.at(*before.match.rule)));
        BH_ASSERT(!saidNo || !decide(without, info, request).isAllowed());
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(data, data + size);
    TwoFiles files(input);
    const auto loaded = loadPolicy(files, {.directories = {"/p"}, .oldDirectory = "/old"});
    if (!loaded) {
        BH_ASSERT(!loaded.error().text.empty());
        return 0;
    }
    static const SystemInfo info = someQubes();
    checkPrinting(loaded->rules);
    if (loaded->rules.all().size() < 1000) {
        checkAnswers(loaded->rules, info);
        checkTakingAway(loaded->rules, info);
    }
    return 0;
}
