// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <span>
#include <string_view>

namespace Bulkhead::Cli
{

/// Every command there is, by name.
[[nodiscard]] std::span<const Verb *const> allVerbs();

/// By its name or the name of its link; nullptr if there is none.
[[nodiscard]] const Verb *findVerb(std::string_view name);

/// How a command's words are read: its own options, then those of every command.
[[nodiscard]] Grammar grammarOf(const Verb &verb);

} // namespace Bulkhead::Cli
