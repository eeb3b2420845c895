// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/tooloptions.h"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

using Words = std::span<char *const>;

/// One option of a graph. A list takes all words up to the next option.
struct GraphOption {
    std::string_view name;
    enum class Takes : std::uint8_t { Nothing, One, Several } takes;
    void (*apply)(ToolOptions &options, std::string_view value);
};

constexpr std::array GraphOptionTable{
    GraphOption{"--include-ask",
                GraphOption::Takes::Nothing,
                [](ToolOptions &options, std::string_view) {
                    options.graph.includeAsk = true;
                }},
    GraphOption{"--skip-labels",
                GraphOption::Takes::Nothing,
                [](ToolOptions &options, std::string_view) {
                    options.graph.skipLabels = true;
                }},
    GraphOption{"--full-output",
                GraphOption::Takes::Nothing,
                [](ToolOptions &options, std::string_view) {
                    options.graph.fullOutput = true;
                }},
    GraphOption{"--source",
                GraphOption::Takes::Several,
                [](ToolOptions &options, std::string_view value) {
                    options.graph.sources.emplace_back(value);
                }},
    GraphOption{"--target",
                GraphOption::Takes::Several,
                [](ToolOptions &options, std::string_view value) {
                    options.graph.targets.emplace_back(value);
                }},
    GraphOption{"--service",
                GraphOption::Takes::Several,
                [](ToolOptions &options, std::string_view value) {
                    options.graph.services.emplace_back(value);
                }},
    GraphOption{"--output",
                GraphOption::Takes::One,
                [](ToolOptions &options, std::string_view value) {
                    options.output = value;
                }},
    GraphOption{"--system-info",
                GraphOption::Takes::One,
                [](ToolOptions &options, std::string_view value) {
                    options.systemInfo = value;
                }},
    GraphOption{"--policy-dir",
                GraphOption::Takes::One,
                [](ToolOptions &options, std::string_view value) {
                    options.paths.directories = {std::string(value)};
                }},
};

bool isOption(std::string_view word)
{
    return word.starts_with('-') && word != "-";
}

Result<ToolOptions> parseGraph(Words words)
{
    ToolOptions options{.verb = ToolVerb::Graph};
    options.paths.directories = {"/etc/qubes/policy.d"};
    while (!words.empty()) {
        const std::string_view word = words.front();
        const auto *const option = std::ranges::find(GraphOptionTable, word, &GraphOption::name);
        if (option == GraphOptionTable.end()) {
            return fail(Errc::BadValue, std::format("unknown option: {}", word));
        }
        words = words.subspan(1);
        std::size_t taken = 0;
        const std::size_t most = option->takes == GraphOption::Takes::One ? 1 : words.size();
        if (option->takes == GraphOption::Takes::Nothing) {
            option->apply(options, {});
            continue;
        }
        while (taken < most && !isOption(words[taken])) {
            option->apply(options, words[taken++]);
        }
        if (taken == 0) {
            return fail(Errc::BadValue, std::format("{} needs a value", word));
        }
        words = words.subspan(taken);
    }
    return options;
}

Result<ToolOptions> parseCheck(Words words)
{
    ToolOptions options;
    std::vector<std::string> directories;
    for (; !words.empty(); words = words.subspan(1)) {
        const std::string_view word = words.front();
        if (word == "-s" || word == "--include-service") {
            options.format = Policy::TextFormat::OfAService;
        } else if (word == "-i" || word == "--include") {
            options.format = Policy::TextFormat::Rules; // an included file has the same lines
        } else if (word == "--policy-path" && words.size() > 1) {
            words = words.subspan(1);
            directories.emplace_back(words.front());
        } else if (isOption(word)) {
            return fail(Errc::BadValue, std::format("unknown option, or one without its value: {}", word));
        } else {
            options.files.emplace_back(word);
        }
    }
    if (!directories.empty()) {
        options.paths.directories = std::move(directories);
    }
    options.verb = options.files.empty() ? ToolVerb::CheckPolicy : ToolVerb::CheckFiles;
    return options;
}

} // namespace

Result<ToolOptions> parseToolOptions(std::span<char *const> arguments)
{
    const std::string_view name = arguments.empty() ? std::string_view() : arguments.front();
    const std::string_view ownName = name.substr(name.rfind('/') + 1);
    const Words words = arguments.empty() ? Words() : arguments.subspan(1);
    if (ownName == "qubes-policy-lint") {
        BH_TRY(ToolOptions options, parseCheck(words));
        if (options.files.empty()) {
            return fail(Errc::BadValue, "a file is needed");
        }
        return options;
    }
    if (ownName == "qrexec-policy-graph") {
        return parseGraph(words);
    }
    const std::string_view verb = words.empty() ? std::string_view() : words.front();
    if (verb == "check") {
        return parseCheck(words.subspan(1));
    }
    if (verb == "graph") {
        return parseGraph(words.subspan(1));
    }
    return fail(Errc::BadValue, "what to do is needed: check or graph");
}

const char *toolUsage()
{
    return "usage: bulkhead-policy check [-s] [-i] [--policy-path DIR]... [FILE...]\n"
           "       bulkhead-policy graph [--include-ask] [--source QUBE...] [--target QUBE...] [--service "
           "NAME[+ARG]...]\n"
           "                             [--output FILE] [--policy-dir DIR] [--system-info FILE] [--skip-labels]\n"
           "                             [--full-output]\n";
}

} // namespace Bulkhead::Qrexec
