// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/code.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// Longest path, and longest part of one, in bytes; most parts. Source: spec security, L-17 and R-43.
inline constexpr std::size_t MaxPath = 4095;
inline constexpr std::size_t MaxPart = 255;
inline constexpr std::size_t MaxDepth = 64;

/// Which letters names may have.
enum class Letters : std::uint8_t {
    Shown, ///< those of isShownLetter()
    All,   ///< any byte but NUL: the caller asked for the service's argument `allow-all-names`
};

/// Where an entry lies below the receiving directory: parts with one `/` between them, none empty, `.` or `..`, none
/// longer than MaxPart, not more than MaxDepth of them, MaxPath bytes in all.
class Path
{
public:
    /// @errors BadName, TooLong
    [[nodiscard]] static Verdict<Path> parse(std::string_view text, Letters letters);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    /// How many parts it has, at least one.
    [[nodiscard]] std::size_t depth() const noexcept
    {
        return m_depth;
    }

    /// The part that names the entry itself.
    [[nodiscard]] std::string_view last() const noexcept;
    /// What stands before it; empty if it has one part only.
    [[nodiscard]] std::string_view parent() const noexcept;
    /// The first part.
    [[nodiscard]] std::string_view top() const noexcept;

    friend bool operator==(const Path &, const Path &) noexcept = default;

private:
    Path(std::string text, std::size_t depth) noexcept
        : m_text(std::move(text))
        , m_depth(depth)
    {
    }

    std::string m_text;
    std::size_t m_depth;
};

/// Whether a link at `path` may have this target: it leads to nothing outside the topmost directory that holds it,
/// judged by the words alone. Nothing at the top is a link.
/// @return Done, or why not: UnsafeLink, BadName, NotFound (no target)
[[nodiscard]] Code judgeLink(const Path &path, std::string_view target, Letters letters);

} // namespace Bulkhead::FileCopy
