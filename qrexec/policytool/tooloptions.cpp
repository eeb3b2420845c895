// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/tooloptions.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
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
            return fail(Errc::BadValue, formatted("unknown option: {}", word));
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
            return fail(Errc::BadValue, formatted("{} needs a value", word));
        }
        words = words.subspan(taken);
    }
    return options;
}

/// `[--policy-dir DIR] [--old-dir DIR] [--system-info FILE]`
Result<ToolOptions> parseConvert(Words words)
{
    ToolOptions options{.verb = ToolVerb::Convert};
    options.paths.directories = {"/etc/qubes/policy.d"};
    for (; words.size() > 1; words = words.subspan(2)) {
        const std::string_view word = words[0];
        if (word == "--policy-dir") {
            options.paths.directories = {words[1]};
        } else if (word == "--old-dir") {
            options.paths.oldDirectory = words[1];
        } else if (word == "--system-info") {
            options.systemInfo = words[1];
        } else {
            break;
        }
    }
    if (!words.empty()) {
        return fail(Errc::BadValue, formatted("unknown option, or one without its value: {}", words.front()));
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
            return fail(Errc::BadValue, formatted("unknown option, or one without its value: {}", word));
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

/// What can be done with a policy file, by our word and by the field's two options.
struct FileVerb {
    std::string_view word;
    std::string_view letter;
    std::string_view option;
    std::string_view call; ///< after `policy.` or `policy.include.`
    bool hasToken;
    bool takesContent;
};

constexpr std::array FileVerbs{
    FileVerb{"list", "-l", "--list", "List", false, false},
    FileVerb{"get", "-g", "--get", "Get", false, false},
    FileVerb{"replace", "-r", "--replace", "Replace", true, true},
    FileVerb{"remove", "-d", "--remove", "Remove", true, false},
};

constexpr std::string_view IncludePrefix = "include/";

Result<ToolOptions> fileCall(const FileVerb &verb, std::string_view name, std::string_view token)
{
    const bool isInclude = name.starts_with(IncludePrefix);
    name.remove_prefix(isInclude ? IncludePrefix.size() : 0);
    const bool isList = verb.call == "List";
    if (isList != name.empty()) {
        return fail(Errc::BadValue, isList ? "a list takes no name" : "the name of a policy file is needed");
    }
    ToolOptions options{.verb = ToolVerb::FileCall};
    options.call = {.service = formatted("policy.{}{}", isInclude ? "include." : "", verb.call),
                    .argument = std::string(name),
                    .token = verb.hasToken ? std::string(token) : std::string(),
                    .takesContent = verb.takesContent,
                    .showsToken = false};
    return options;
}

/// `[--token TOKEN] [include/][NAME]`; of `get`: `[--token] [include/]NAME`
Result<ToolOptions> parseFileVerb(const FileVerb &verb, Words words)
{
    std::string_view token = "any";
    const bool showsToken = verb.call == "Get" && !words.empty() && std::string_view(words.front()) == "--token";
    words = words.subspan(showsToken ? 1 : 0);
    if (words.size() > 1 && verb.hasToken && std::string_view(words.front()) == "--token") {
        token = words[1];
        words = words.subspan(2);
    }
    if (words.size() > 1 || (!words.empty() && isOption(words.front()))) {
        return fail(Errc::BadValue, formatted("not understood: {}", words.back()));
    }
    BH_TRY(ToolOptions options, fileCall(verb, words.empty() ? std::string_view() : words.front(), token));
    options.call.showsToken = showsToken;
    return options;
}

/// The file that belongs to the administrator. Source: spec policy, section 12.1.
constexpr std::string_view OwnFile = "30-user";

/// `[[include/]NAME]`
Result<ToolOptions> parseEdit(Words words)
{
    if (words.size() > 1 || (!words.empty() && isOption(words.front()))) {
        return fail(Errc::BadValue, formatted("not understood: {}", words.back()));
    }
    constexpr FileVerb Replace = FileVerbs[2];
    BH_TRY(ToolOptions options, fileCall(Replace, words.empty() ? OwnFile : std::string_view(words.front()), "any"));
    options.verb = ToolVerb::Edit;
    return options;
}

/// The field's way: an option for the verb, a list without one.
Result<ToolOptions> parseFieldsFileCall(Words words)
{
    const FileVerb *verb = &FileVerbs.front();
    std::string_view name;
    for (const std::string_view word : words) {
        const auto *const found = std::ranges::find_if(FileVerbs, [word](const FileVerb &each) {
            return each.letter == word || each.option == word;
        });
        if (found != FileVerbs.end()) {
            verb = found;
        } else if (isOption(word) || !name.empty()) {
            return fail(Errc::BadValue, formatted("not understood: {}", word));
        } else {
            name = word;
        }
    }
    return fileCall(*verb, name, "any");
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
    if (ownName == "qrexec-legacy-convert") {
        return parseConvert(words);
    }
    if (ownName == "qubes-policy") {
        return parseFieldsFileCall(words);
    }
    if (ownName == "qubes-policy-editor") {
        return parseEdit(words);
    }
    const std::string_view verb = words.empty() ? std::string_view() : words.front();
    if (verb == "check") {
        return parseCheck(words.subspan(1));
    }
    if (verb == "graph") {
        return parseGraph(words.subspan(1));
    }
    if (verb == "edit") {
        return parseEdit(words.subspan(1));
    }
    if (verb == "convert") {
        return parseConvert(words.subspan(1));
    }
    if (const auto *const file = std::ranges::find(FileVerbs, verb, &FileVerb::word); file != FileVerbs.end()) {
        return parseFileVerb(*file, words.subspan(1));
    }
    return fail(Errc::BadValue, "what to do is needed: check, graph, list, get, replace, remove, edit or convert");
}

const char *toolUsage()
{
    return "usage: bulkhead-policy check [-s] [-i] [--policy-path DIR]... [FILE...]\n"
           "       bulkhead-policy graph [--include-ask] [--source QUBE...] [--target QUBE...] [--service "
           "NAME[+ARG]...]\n"
           "                             [--output FILE] [--policy-dir DIR] [--system-info FILE] [--skip-labels]\n"
           "                             [--full-output]\n"
           "       bulkhead-policy list [include/]\n"
           "       bulkhead-policy get [--token] [include/]NAME\n"
           "       bulkhead-policy replace [--token TOKEN] [include/]NAME    (the content: standard input)\n"
           "       bulkhead-policy remove [--token TOKEN] [include/]NAME\n"
           "       bulkhead-policy edit [[include/]NAME]\n"
           "       bulkhead-policy convert [--policy-dir DIR] [--old-dir DIR] [--system-info FILE]\n"
           "       qubes-policy [-l | -g | -r | -d] [include/][NAME]\n";
}

} // namespace Bulkhead::Qrexec
