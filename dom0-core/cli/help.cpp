// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/help.h"

#include "base/formatted.h"
#include "dom0-core/cli/verbs.h"

#include <algorithm>
#include <iterator>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::size_t HelpColumn = 28;
constexpr std::size_t LineWidth = 100;

/// Words of `text` in lines of that width, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indentation, std::size_t column)
{
    std::string result;
    for (const std::string_view word : partsOf(text, " ")) {
        if (column + 1 + word.size() > LineWidth && column > indentation) {
            result += '\n' + std::string(indentation, ' ');
            column = indentation;
        } else if (!result.empty()) {
            result += ' ';
            ++column;
        }
        result += word;
        column += word.size();
    }
    return result;
}

std::string optionHelp(const Option &option)
{
    std::string line = "  " + spellingOf(option);
    if (line.size() + 2 > HelpColumn) {
        line += '\n' + std::string(HelpColumn, ' ');
    } else {
        line.append(HelpColumn - line.size(), ' ');
    }
    return line + wrapped(option.help, HelpColumn, HelpColumn) + '\n';
}

} // namespace

std::vector<std::string_view> partsOf(std::string_view text, std::string_view separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + separator.size());
    }
}

std::string versionText()
{
    return "Bulkhead " BULKHEAD_VERSION;
}

std::string usageOf(const Verb &verb, std::string_view called)
{
    std::string text;
    for (const std::string_view way : partsOf(verb.synopsis, "\n")) {
        text += formatted("{}{} {}", text.empty() ? "usage: " : "\n       ", called, way);
    }
    return text;
}

std::string spellingOf(const Option &option)
{
    std::string text;
    const bool isJoined = option.takes == Takes::Maybe;
    if (option.letter != 0) {
        text = formatted("-{}, ", option.letter);
    }
    for (const std::string_view name : namesOf(option)) {
        text += formatted("--{}, ", name);
    }
    text.resize(text.size() - 2);
    if (!option.value.empty()) {
        text += isJoined ? formatted("[={}]", option.value) : formatted(" {}", option.value);
        text += option.takes == Takes::Many ? "..." : "";
    }
    return text;
}

std::vector<Option> shownOptions(const Verb &verb)
{
    std::vector<Option> shown;
    const auto isShown = [](const Option &option) {
        return !option.help.empty();
    };
    std::ranges::copy_if(grammarOf(verb).options, std::back_inserter(shown), isShown);
    return shown;
}

std::string helpOf(const Verb &verb, std::string_view called)
{
    std::string text = usageOf(verb, called) + "\n";
    for (const std::string_view paragraph : partsOf(verb.description, "\n\n")) {
        text += '\n' + wrapped(paragraph, 0, 0) + '\n';
    }
    text += "\nOptions:\n";
    for (const Option &option : shownOptions(verb)) {
        text += optionHelp(option);
    }
    return text;
}

std::string helpOfAll()
{
    std::string text = "usage: bulkhead COMMAND [OPTIONS...]\n"
                       "\n"
                       "Commands, and the programs that are the same:\n";
    for (const Verb *const verb : allVerbs()) {
        text += formatted("  {:<14}{:<16}{}\n", verb->name, verb->link, verb->summary);
    }
    text += "\n"
            "'bulkhead COMMAND --help' says more. Also: 'bulkhead completion bash|zsh' prints what makes a shell\n"
            "complete these commands, 'bulkhead manual NAME' a manual page.\n";
    return text;
}

} // namespace Bulkhead::Cli
