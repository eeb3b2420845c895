// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/revisions.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <system_error>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

constexpr std::string_view StampPattern = "0000-00-00T00:00:00Z";

bool isStamp(std::string_view text)
{
    return text.size() == StampPattern.size() && std::ranges::equal(text, StampPattern, [](char found, char wanted) {
               return wanted == '0' ? Ascii::isDigit(found) : found == wanted;
           });
}

} // namespace

std::optional<std::uint64_t> parseRevisionSuffix(std::string_view suffix)
{
    const auto at = suffix.find('@');
    if (!suffix.starts_with('.') || at == std::string_view::npos || !isStamp(suffix.substr(at + 1))) {
        return std::nullopt;
    }
    return parseNumber(suffix.substr(1, at - 1));
}

std::vector<Revision> revisionsOf(const fs::path &clean)
{
    std::vector<Revision> revisions;
    const std::string base = clean.filename().string();
    std::error_code code; // a folder that is not there has none
    for (auto entry = fs::directory_iterator(clean.parent_path(), code); !code && entry != fs::directory_iterator();
         entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(base)) {
            continue;
        }
        if (const auto number = parseRevisionSuffix(std::string_view(name).substr(base.size()))) {
            revisions.push_back({.number = *number, .path = entry->path()});
        }
    }
    std::ranges::sort(revisions, {}, &Revision::number);
    return revisions;
}

fs::path nextRevision(const fs::path &clean, std::chrono::system_clock::time_point made)
{
    const auto revisions = revisionsOf(clean);
    const std::uint64_t number = revisions.empty() ? 1 : revisions.back().number + 1;
    const auto second = std::chrono::floor<std::chrono::seconds>(made);
    return clean.parent_path() / formatted("{}.{}@{:%FT%T}Z", clean.filename().string(), number, second);
}

} // namespace Bulkhead
