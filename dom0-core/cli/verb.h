// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/cli/arguments.h"
#include "dom0-core/cli/console.h"
#include "dom0-core/cli/daemon.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace Bulkhead::Cli
{

/// What a running command has at hand.
struct Session {
    Console &console;
    const Daemon &daemon;
    std::filesystem::path qrexecClient; ///< the program that runs commands in qubes
};

/// A place on the command line that is no option.
struct Operand {
    std::string_view name;
    Completes completes = Completes::Nothing;
    std::string_view words = {}; ///< what may stand there, by commas; with Completes::Words
};

/// One command: `bulkhead NAME`, and as a program of its own by the name that the field knows.
struct Verb {
    std::string_view name;
    std::string_view link;
    std::string_view summary;     ///< begins in lower case, without a full stop
    std::string_view synopsis;    ///< what follows the name; a line each way of using it
    std::string_view description; ///< for people: paragraphs, an empty line between them
    std::span<const Option> options;
    std::span<const Operand> operands; ///< for completion: the last one may be repeated
    /// @return the exit status
    /// @errors BadValue where the command line is wrong (exit status 2); any other (1)
    Result<int> (*run)(Session &session, const Arguments &arguments);
    std::span<const Option> moreOptions = {}; ///< those that are kept elsewhere
    std::size_t operandsEndOptions = 0;       ///< see Grammar
    std::span<const std::string_view> inPlaceOfOperand = {};
};

} // namespace Bulkhead::Cli
