// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Text from a qube that may be shown: well-formed UTF-8 (RFC 3629) without control characters, without characters
/// that change the direction of their neighbours, without invisible ones and without piles of marks on one letter.
/// Every byte that did not fit was replaced by `_`, so the number of bytes is that of the original. It is still the
/// qube's text: plain text only, and never without the qube's name beside it.
/// @source docs/protocol/gui.md, section Text
class SafeText
{
public:
    SafeText() = default;

    /// Cleans text that may hold UTF-8.
    [[nodiscard]] static SafeText fromUtf8(std::string_view text);
    /// Cleans text that may hold printable ASCII only.
    [[nodiscard]] static SafeText fromAscii(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    /// The same for places where only ASCII is shown: an ellipsis at the end becomes three dots, each other byte
    /// outside ASCII becomes `_`.
    [[nodiscard]] SafeText inAscii() const;

    /// At most `most` bytes, cut between characters.
    [[nodiscard]] SafeText cut(std::size_t most) const;

    friend bool operator==(const SafeText &, const SafeText &) noexcept = default;

private:
    explicit SafeText(std::string text) noexcept;

    std::string m_text;
};

/// The text in a field that is padded with NULs: up to its first NUL. A NUL in the last byte is taken as given, so
/// that a field without one loses its last byte; what stands behind the first NUL is never looked at.
[[nodiscard]] std::string_view textInField(std::span<const std::byte> field);

} // namespace Bulkhead
