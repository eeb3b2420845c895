// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// Text that may have been written in a qube, made fit for a terminal: printable ASCII, tabs, line feeds and the
/// letters of other languages stay; every byte of anything else (control codes of either kind, marks that turn the
/// direction of writing, what has no width, bytes that are no UTF-8) becomes `\xNN`.
/// @source spec security, P-8 and R-47
[[nodiscard]] std::string safeForTerminal(std::string_view text);

/// The same as one cell of a table or one line of a list, for a terminal or not: a line feed or tab becomes `\xNN`,
/// too.
[[nodiscard]] std::string oneLine(std::string_view text);

/// Columns that a terminal needs for text which passed through one of the above: one a code point.
[[nodiscard]] std::size_t widthOf(std::string_view text);

/// The bytes of `text` that are UTF-8; each other one is replaced by U+FFFD. For JSON.
[[nodiscard]] std::string validUtf8(std::string_view text);

} // namespace Bulkhead::Cli
