// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// "Bulkhead" and its version.
[[nodiscard]] std::string versionText();

/// "usage: CALLED …", a line each way of using it.
[[nodiscard]] std::string usageOf(const Verb &verb, std::string_view called);

/// What --help says of one command, and what `bulkhead help` says of all.
[[nodiscard]] std::string helpOf(const Verb &verb, std::string_view called);
[[nodiscard]] std::string helpOfAll();

/// The options that people are shown: the command's own, then the common ones.
[[nodiscard]] std::vector<Option> shownOptions(const Verb &verb);

/// "-o, --option VALUE", every name of it.
[[nodiscard]] std::string spellingOf(const Option &option);

/// Lines of a text of several, the ways of using a command say.
[[nodiscard]] std::vector<std::string_view> partsOf(std::string_view text, std::string_view separator);

} // namespace Bulkhead::Cli
