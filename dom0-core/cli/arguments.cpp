// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/arguments.h"

#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::Cli
{

std::vector<std::string_view> namesOf(const Option &option)
{
    std::vector<std::string_view> names;
    std::string_view rest = option.names;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        names.push_back(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return names;
}

bool Arguments::has(std::string_view option) const
{
    return count(option) != 0;
}

std::optional<std::string> Arguments::value(std::string_view option) const
{
    auto all = values(option);
    return all.empty() ? std::nullopt : std::optional(std::move(all.back()));
}

std::vector<std::string> Arguments::values(std::string_view option) const
{
    std::vector<std::string> values;
    for (const Given &given : m_given) {
        if (given.option == option && given.value) {
            values.push_back(*given.value);
        }
    }
    return values;
}

std::size_t Arguments::count(std::string_view option) const
{
    return static_cast<std::size_t>(std::ranges::count(m_given, option, &Given::option));
}

Arguments Arguments::withoutFirstOperand() const
{
    Arguments rest = *this;
    if (!rest.m_operands.empty()) {
        rest.m_operands.erase(rest.m_operands.begin());
    }
    return rest;
}

/// Reads the words one after the other.
class ArgumentParser
{
public:
    ArgumentParser(std::span<const std::string> words, const Grammar &grammar)
        : m_words(words)
        , m_grammar(grammar)
    {
    }

    Result<Arguments> parse()
    {
        while (m_next < m_words.size()) {
            const std::string &word = m_words[m_next++];
            if (m_onlyOperands || word == "-" || !word.starts_with('-')) {
                takeOperand(word);
            } else if (word == "--") {
                m_onlyOperands = true;
            } else if (word.starts_with("--")) {
                BH_CHECK(takeLong(std::string_view(word).substr(2)));
            } else {
                BH_CHECK(takeLetters(std::string_view(word).substr(1)));
            }
        }
        return std::move(m_result);
    }

private:
    void takeOperand(const std::string &word)
    {
        m_result.m_operands.push_back(word);
        const auto given = [this](std::string_view name) {
            return m_result.has(name);
        };
        const bool isReplaced = std::ranges::any_of(m_grammar.inPlaceOfOperand, given);
        const std::size_t operands = m_result.m_operands.size() + (isReplaced ? 1 : 0);
        if (m_grammar.operandsEndOptions != 0 && operands >= m_grammar.operandsEndOptions) {
            m_onlyOperands = true;
        }
    }

    /// The option of that name, or the only one that begins so.
    Result<const Option *> find(std::string_view name) const
    {
        std::vector<const Option *> beginning;
        for (const Option &option : m_grammar.options) {
            const auto names = namesOf(option);
            if (std::ranges::contains(names, name)) {
                return &option;
            }
            if (std::ranges::any_of(names, [name](std::string_view known) {
                    return known.starts_with(name);
                })) {
                beginning.push_back(&option);
            }
        }
        if (beginning.size() == 1) {
            return beginning.front();
        }
        return fail(Errc::BadValue,
                    formatted("the option --{} {}", name, beginning.empty() ? "is not known" : "can be several"));
    }

    Result<void> takeLong(std::string_view word)
    {
        const auto equals = word.find('=');
        BH_TRY(const Option *const option, find(word.substr(0, equals)));
        if (equals == std::string_view::npos) {
            return takeValue(*option);
        }
        if (option->value.empty()) {
            return fail(Errc::BadValue, formatted("the option --{} takes no value", option->name()));
        }
        give(*option, std::string(word.substr(equals + 1)));
        return {};
    }

    Result<void> takeLetters(std::string_view letters)
    {
        while (!letters.empty()) {
            const auto option = std::ranges::find(m_grammar.options, letters.front(), &Option::letter);
            if (option == m_grammar.options.end()) {
                return fail(Errc::BadValue, formatted("the option -{} is not known", letters.front()));
            }
            letters.remove_prefix(1);
            if (option->value.empty()) {
                give(*option, std::nullopt);
            } else if (letters.empty()) {
                return takeValue(*option);
            } else {
                letters.remove_prefix(letters.starts_with('=') ? 1 : 0);
                give(*option, std::string(letters));
                return {};
            }
        }
        return {};
    }

    /// What follows an option that stands alone.
    Result<void> takeValue(const Option &option)
    {
        if (option.value.empty()) {
            give(option, std::nullopt);
            return {};
        }
        if (option.takes == Takes::One && m_next < m_words.size()) { // whatever it begins with: `--sort -1`
            give(option, m_words[m_next++]);
            return {};
        }
        std::size_t taken = 0;
        const std::size_t most = option.takes == Takes::Many ? m_words.size() : option.takes == Takes::Maybe ? 1 : 0;
        for (; taken < most && m_next < m_words.size() && !m_words[m_next].starts_with('-'); ++taken) {
            give(option, m_words[m_next++]);
        }
        if (taken == 0 && option.takes != Takes::Maybe) {
            return fail(Errc::BadValue, formatted("the option --{} needs its {}", option.name(), option.value));
        }
        if (taken == 0) {
            give(option, std::nullopt);
        }
        return {};
    }

    void give(const Option &option, std::optional<std::string> value)
    {
        m_result.m_given.push_back({.option = option.name(), .value = std::move(value)});
    }

    std::span<const std::string> m_words;
    const Grammar &m_grammar;
    std::size_t m_next = 0;
    bool m_onlyOperands = false;
    Arguments m_result;
};

Result<Arguments> parseArguments(std::span<const std::string> words, const Grammar &grammar)
{
    return ArgumentParser(words, grammar).parse();
}

} // namespace Bulkhead::Cli
