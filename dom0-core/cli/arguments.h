// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Cli
{

/// What a shell may offer in a place of the command line.
enum class Completes : std::uint8_t {
    Nothing,
    Qubes,
    Templates,
    Properties,
    Globals,
    Labels,
    Classes,
    Features,
    Services,
    Tags,
    Pools,
    PoolDrivers,
    Volumes,
    DeviceClasses,
    Devices,
    Columns,
    Formats,
    Words, ///< the ones that the place itself lists
    Files,
};

/// How many words an option takes after it.
enum class Takes : std::uint8_t {
    One,
    Maybe, ///< `--name=VALUE`, or the next word unless it is an option
    Many,  ///< all words up to the next option, at least one
};

/// One option of a command.
struct Option {
    char letter = 0;        ///< 0: it has none
    std::string_view names; ///< without dashes; further names of the same option after commas. The first one is its own
    std::string_view help;  ///< empty: for scripts of old; it works and is not shown
    std::string_view value = {}; ///< what its value is called; empty: it is a flag
    Takes takes = Takes::One;
    Completes completes = Completes::Nothing;

    /// The first name, by which Arguments knows the option.
    [[nodiscard]] std::string_view name() const
    {
        return names.substr(0, names.find(','));
    }
};

/// The names of an option, in order.
[[nodiscard]] std::vector<std::string_view> namesOf(const Option &option);

/// A command line, understood.
class Arguments
{
public:
    [[nodiscard]] bool has(std::string_view option) const;
    /// The option's last value.
    [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
    [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
    [[nodiscard]] std::size_t count(std::string_view option) const;

    /// What is no option, in order.
    [[nodiscard]] const std::vector<std::string> &operands() const
    {
        return m_operands;
    }

    [[nodiscard]] std::string operand(std::size_t place) const
    {
        return place < m_operands.size() ? m_operands[place] : std::string();
    }

    /// The same without the first operand, for commands that have commands.
    [[nodiscard]] Arguments withoutFirstOperand() const;

private:
    friend class ArgumentParser;

    struct Given {
        std::string_view option;
        std::optional<std::string> value;
    };

    std::vector<Given> m_given;
    std::vector<std::string> m_operands;
};

/// How a command line is read.
struct Grammar {
    std::vector<Option> options;
    /// After so many operands everything is one, whatever it begins with. 0: options may stand anywhere.
    std::size_t operandsEndOptions = 0;
    /// Options that stand in the place of an operand of that count, by name.
    std::vector<std::string_view> inPlaceOfOperand = {};
};

/// Options may be shortened as long as one name fits, values joined by `=` or to the letter, letters joined; `--` ends
/// the options.
/// @param words  without the program's name
/// @errors BadValue
[[nodiscard]] Result<Arguments> parseArguments(std::span<const std::string> words, const Grammar &grammar);

} // namespace Bulkhead::Cli
