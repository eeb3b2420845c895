// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// The exact colour of a label, as it fills a frame: 0xRRGGBB.
class LabelColor
{
public:
    constexpr LabelColor() noexcept = default;

    constexpr LabelColor(std::uint8_t red, std::uint8_t green, std::uint8_t blue) noexcept
        : m_rgb((std::uint32_t{red} << 16) | (std::uint32_t{green} << 8) | blue)
    {
    }

    /// Exactly `0xRRGGBB`, hexadecimal digits of either case.
    /// @errors BadValue
    /// @source spec admin-api, section 5
    [[nodiscard]] static Result<LabelColor> parse(std::string_view text);

    [[nodiscard]] constexpr std::uint32_t rgb() const noexcept
    {
        return m_rgb;
    }

    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(const LabelColor &, const LabelColor &) noexcept = default;

private:
    std::uint32_t m_rgb = 0;
};

/// The field's label numbers begin at 1; what `_QUBES_LABEL` can carry ends at 255.
/// @source spec gui-protocol 5.3, qube-model 3
inline constexpr std::uint32_t MinLabelIndex = 1;
inline constexpr std::uint32_t MaxLabelIndex = 255;

} // namespace Bulkhead
