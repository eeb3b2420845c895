// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/completion.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/cli/candidates.h"
#include "dom0-core/cli/verbs.h"

#include <algorithm>
#include <filesystem>

namespace Bulkhead::Cli
{

namespace
{

std::string allNames()
{
    std::vector<std::string_view> links;
    for (const Verb *const verb : allVerbs()) {
        links.push_back(verb->link);
    }
    std::ranges::sort(links);
    std::string names = "bulkhead";
    for (const std::string_view link : links) {
        names += formatted(" {}", link);
    }
    return names;
}

/// A word that a shell takes for itself and nothing else.
bool isPlain(std::string_view word)
{
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("_.:,+@%/=-").contains(c);
    });
}

const Option *findOption(const Grammar &grammar, std::string_view word)
{
    const auto place = std::ranges::find_if(grammar.options, [word](const Option &option) {
        const auto names = namesOf(option);
        return (word.starts_with("--") && std::ranges::contains(names, word.substr(2)))
            || (word.size() == 2 && word[0] == '-' && option.letter == word[1]);
    });
    return place == grammar.options.end() ? nullptr : &*place;
}

/// The words before the place, as far as they matter: which operands there are, and what the last option wants.
struct Before {
    std::vector<std::string> operands;
    const Option *open = nullptr; ///< the place is its value's
};

Before look(const Grammar &grammar, std::span<const std::string> words)
{
    Before before;
    for (const std::string &word : words) {
        if (word.starts_with('-') && word.size() > 1) {
            const Option *const option = findOption(grammar, word);
            before.open = option != nullptr && !option->value.empty() ? option : nullptr;
        } else if (before.open != nullptr) {
            before.open = before.open->takes == Takes::Many ? before.open : nullptr;
        } else {
            before.operands.push_back(word);
        }
    }
    return before;
}

std::vector<std::string> optionNames(const Grammar &grammar)
{
    std::vector<std::string> names;
    for (const Option &option : grammar.options) {
        if (!option.help.empty()) {
            names.push_back(formatted("--{}", option.name()));
        }
    }
    return names;
}

std::vector<std::string>
ofVerb(const Verb &verb, std::span<const std::string> words, std::string_view word, const Daemon &daemon)
{
    const Grammar grammar = grammarOf(verb);
    const Before before = look(grammar, words);
    if (before.open == nullptr && word.starts_with('-')) {
        return optionNames(grammar);
    }
    if (before.open != nullptr) {
        return candidatesFor(
            {.name = before.open->value, .completes = before.open->completes}, before.operands, daemon);
    }
    if (verb.operands.empty()) {
        return {};
    }
    return candidatesFor(
        verb.operands[std::min(before.operands.size(), verb.operands.size() - 1)], before.operands, daemon);
}

std::vector<std::string> commandNames()
{
    std::vector<std::string> names{"help", "completion", "manual"};
    for (const Verb *const verb : allVerbs()) {
        names.emplace_back(verb->name);
    }
    return names;
}

} // namespace

Result<std::string> completionScript(std::string_view shell)
{
    if (shell == "bash") {
        return "# Made by 'bulkhead completion bash'.\n"
               "_bulkhead()\n"
               "{\n"
               "    mapfile -t COMPREPLY < <(bulkhead complete \"$COMP_CWORD\" \"${COMP_WORDS[@]}\" 2>/dev/null)\n"
               "}\n"
               "complete -o default -F _bulkhead "
            + allNames() + "\n";
    }
    if (shell == "zsh") {
        return "#compdef " + allNames()
            + "\n"
              "# Made by 'bulkhead completion zsh'.\n"
              "local -a candidates\n"
              "candidates=(${(f)\"$(bulkhead complete $((CURRENT - 1)) \"${words[@]}\" 2>/dev/null)\"})\n"
              "if (( $#candidates )); then\n"
              "    compadd -- $candidates\n"
              "else\n"
              "    _files\n"
              "fi\n";
    }
    return fail(Errc::BadValue, formatted("completion for '{}' is not offered, only for bash and zsh", shell));
}

std::vector<std::string> completions(std::span<const std::string> words, const Daemon &daemon)
{
    const auto place = numberIn<std::size_t>(words.front()).value_or(0);
    words = words.subspan(1);
    if (place == 0 || words.size() < place) {
        return {};
    }
    const std::string word = place < words.size() ? words[place] : std::string();
    const Verb *verb = findVerb(std::filesystem::path(words[0]).filename().string());
    std::size_t first = 1;
    if (verb == nullptr && place > 1) {
        verb = findVerb(words[1]);
        first = 2;
    }
    auto found = verb != nullptr ? ofVerb(*verb, words.subspan(first, place - first), word, daemon)
        : place == 1             ? commandNames()
                                 : std::vector<std::string>();
    std::erase_if(found, [&word](const std::string &candidate) {
        return !candidate.starts_with(word) || !isPlain(candidate);
    });
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    return found;
}

} // namespace Bulkhead::Cli
