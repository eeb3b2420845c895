// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/table.h"

#include "dom0-core/cli/terminaltext.h"

#include <algorithm>
#include <string_view>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::string_view Gap = "  ";

std::string cellText(const std::string &cell)
{
    return cell.empty() ? "-" : oneLine(cell);
}

} // namespace

std::vector<std::string> tableLines(const std::vector<Row> &rows)
{
    std::vector<std::size_t> widths;
    for (const Row &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], widthOf(cellText(row[column])));
        }
    }
    std::vector<std::string> lines;
    lines.reserve(rows.size());
    for (const Row &row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string cell = cellText(row[column]);
            line += cell;
            if (column + 1 < row.size()) {
                line.append(widths[column] - widthOf(cell), ' ').append(Gap);
            }
        }
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<std::string> pairLines(const std::vector<std::pair<std::string, std::string>> &pairs)
{
    std::size_t width = 0;
    for (const auto &[name, value] : pairs) {
        width = std::max(width, widthOf(oneLine(name)));
    }
    std::vector<std::string> lines;
    lines.reserve(pairs.size());
    for (const auto &[name, value] : pairs) {
        std::string line = oneLine(name);
        line.append(width - widthOf(line), ' ').append(Gap).append(oneLine(value));
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<std::string> rawLines(const std::vector<Row> &rows)
{
    std::vector<std::string> lines;
    lines.reserve(rows.size());
    for (const Row &row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += column == 0 ? "" : "|";
            line += cellText(row[column]);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace Bulkhead::Cli
