// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// A qube's UUID in its only spelling: lower-case hexadecimal, 8-4-4-4-12. All zeros is dom0's.
class Uuid
{
public:
    static constexpr std::size_t TextLength = 36;

    /// All zeros.
    Uuid();

    /// @errors BadValue
    [[nodiscard]] static Result<Uuid> parse(std::string_view text);
    /// A version 4 UUID of these random bytes.
    [[nodiscard]] static Uuid fromRandom(std::array<std::byte, 16> bytes);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    friend auto operator<=>(const Uuid &, const Uuid &) noexcept = default;

private:
    std::string m_text;
};

} // namespace Bulkhead
