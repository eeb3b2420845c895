// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Cli
{

using Row = std::vector<std::string>;

/// Rows as lines of text: columns are as wide as their widest cell and two spaces apart; an empty cell is a dash. No
/// line ends in a space. What a cell holds is escaped (oneLine), so a row is a line whatever a value contains.
[[nodiscard]] std::vector<std::string> tableLines(const std::vector<Row> &rows);

/// A name and a value a line, the values below each other; an empty one is nothing at all.
[[nodiscard]] std::vector<std::string> pairLines(const std::vector<std::pair<std::string, std::string>> &pairs);

/// Rows for scripts: cells joined by `|`.
[[nodiscard]] std::vector<std::string> rawLines(const std::vector<Row> &rows);

} // namespace Bulkhead::Cli
