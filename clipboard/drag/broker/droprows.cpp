// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/droprows.h"

#include "base/number.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace Bulkhead::Drag
{

namespace
{

constexpr std::int32_t FarthestSide = 32767;
constexpr std::int32_t MostLabels = 255;
constexpr std::int32_t WhiteColor = 0xFFFFFF;
/// Of a row's number in the id that tells it from other rows and from X's windows, which have 32 bits.
constexpr unsigned RowShift = 32;

struct Line {
    std::array<std::int32_t, 6> numbers{}; ///< x, y, width, height, label, colour
    std::string_view name;
};

std::optional<Line> split(std::string_view text)
{
    Line line;
    for (std::int32_t &number : line.numbers) {
        const std::size_t space = text.find(' ');
        if (space == std::string_view::npos) {
            return std::nullopt;
        }
        const auto read = numberIn<std::int32_t>(text.substr(0, space));
        if (!read) {
            return std::nullopt;
        }
        number = *read;
        text.remove_prefix(space + 1);
    }
    line.name = text;
    return line;
}

bool isWithin(std::int32_t value, std::int32_t least, std::int32_t most)
{
    return value >= least && value <= most;
}

std::optional<ShownWindow> rowIn(std::string_view text, Point origin, const ShownWindow &window)
{
    const auto line = split(text);
    if (!line) {
        return std::nullopt;
    }
    const auto &[x, y, width, height, label, color] = line->numbers;
    const auto name = QubeName::parse(line->name);
    if (!name || name->isDom0() || !isWithin(x, -FarthestSide, FarthestSide)
        || !isWithin(y, -FarthestSide, FarthestSide) || !isWithin(width, 1, FarthestSide)
        || !isWithin(height, 1, FarthestSide) || !isWithin(label, 1, MostLabels) || !isWithin(color, 0, WhiteColor)) {
        return std::nullopt;
    }
    const Rect place{origin.x + x, origin.y + y, static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
    const Rect seen = intersection(place, window.rect);
    if (seen.empty()) {
        return std::nullopt;
    }
    return ShownWindow{.id = window.id,
                       .rect = seen,
                       .owner = QubeWindow{.qube = *name,
                                           .labelIndex = static_cast<std::uint32_t>(label),
                                           .labelColor = static_cast<std::uint32_t>(color),
                                           .window = {}}};
}

} // namespace

std::vector<ShownWindow> parseDropRows(std::string_view text, Point origin, const ShownWindow &window)
{
    std::vector<ShownWindow> rows;
    while (!text.empty() && rows.size() < MostDropRows) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto row = rowIn(text.substr(0, end), origin, window)) {
            row->id |= std::uint64_t{rows.size() + 1} << RowShift;
            rows.push_back(*std::move(row));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return rows;
}

} // namespace Bulkhead::Drag
