// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What calls about volumes are given. Source: spec admin-api, 8.7.
namespace Bulkhead
{

/// A decimal number: ASCII digits, at most 19, so that it fits; no leading zero except `0` itself.
[[nodiscard]] std::optional<std::uint64_t> parseDecimal(std::string_view text) noexcept;

/// The name of one of a volume's earlier contents: [A-Za-z0-9:._-], maybe none, which is the last one.
class RevisionName
{
public:
    /// @errors BadField
    [[nodiscard]] static Result<RevisionName> parse(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

private:
    explicit RevisionName(std::string text) noexcept;

    std::string m_text;
};

/// What stands before the bytes of an import: a size and a line end, or nothing, which means the volume's size.
/// @param line  with or without its end
/// @errors BadField
[[nodiscard]] Result<std::optional<std::uint64_t>> parseImportSize(std::string_view line);

/// How the program that copied an import says that it ended: `ok`, or `fail`, a line end and its words.
struct ImportEnd {
    bool isWhole = false;
    std::string words; ///< of a failure, not checked: dom0's own program wrote them
};

/// @errors BadField
[[nodiscard]] Result<ImportEnd> parseImportEnd(std::string_view text);

} // namespace Bulkhead
