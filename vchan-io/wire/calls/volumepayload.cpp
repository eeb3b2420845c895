// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/volumepayload.h"

#include "base/ascii.h"
#include "base/number.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr std::size_t MaxDigits = 19; // what fits 64 bits whatever the digits are

} // namespace

std::optional<std::uint64_t> parseDecimal(std::string_view text) noexcept
{
    const bool isPlain = text.size() == 1 || !text.starts_with('0');
    return isPlain && text.size() <= MaxDigits ? numberIn<std::uint64_t>(text) : std::nullopt;
}

RevisionName::RevisionName(std::string text) noexcept
    : m_text(std::move(text))
{
}

Result<RevisionName> RevisionName::parse(std::string_view text)
{
    const bool isPlain = std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view(":._-").contains(c);
    });
    if (!isPlain) {
        return fail(Errc::BadField, "that is no name of a revision");
    }
    return RevisionName(std::string(text));
}

Result<std::optional<std::uint64_t>> parseImportSize(std::string_view line)
{
    if (line.empty()) {
        return std::nullopt;
    }
    line.remove_suffix(line.ends_with('\n') ? 1 : 0);
    const auto size = parseDecimal(line);
    if (!size) {
        return fail(Errc::BadField, "the size is no number");
    }
    return size;
}

Result<ImportEnd> parseImportEnd(std::string_view text)
{
    constexpr std::string_view Failed = "fail\n";
    if (text == "ok") {
        return ImportEnd{.isWhole = true, .words = {}};
    }
    if (!text.starts_with(Failed)) {
        return fail(Errc::BadField, "an import ends well or fails");
    }
    return ImportEnd{.isWhole = false, .words = std::string(text.substr(Failed.size()))};
}

} // namespace Bulkhead
