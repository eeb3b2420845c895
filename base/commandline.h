// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <getopt.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// The options of a program, in getopt_long()'s own form.
struct KnownOptions {
    const char *letters;               ///< `+` first: options end at the first word that is none
    std::span<const option> longNames; ///< ended by a row of zeros
};

/// Takes one option.
/// @param letter  or the number that the long name has; '?': not known, or without its value. See unknownOption().
/// @param value   empty for an option that has none
using ApplyOption = std::function<Result<void>(int letter, std::string_view value)>;

/// Reads a command line whose spelling is the field's: options may be bundled, cut short and put behind words, as
/// people's scripts do. One thread at a time: getopt_long() keeps its place in globals.
/// @param arguments  as main() has them, the program's name first
/// @return the words that are no options, in their order
/// @errors what apply() says; nothing behind is read
[[nodiscard]] Result<std::vector<std::string>>
readOptions(std::span<char *const> arguments, const KnownOptions &known, const ApplyOption &apply);

/// What apply() answers to what it does not know.
[[nodiscard]] std::unexpected<Error> unknownOption();

} // namespace Bulkhead
