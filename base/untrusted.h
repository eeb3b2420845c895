// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/formatted.h"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace Bulkhead
{

/// A number as a peer wrote it. It can be copied and nothing else: comparing, adding, printing or converting it does
/// not compile. The ways out are the checks below, each of which names its bounds (spec security, R-03).
template<typename T>
    requires std::integral<T>
class Untrusted
{
public:
    constexpr explicit Untrusted(T value) noexcept
        : m_value(value)
    {
    }

    /// The value, if it lies within [least, most].
    /// @errors BadField, with the field's name and the limits but never the value
    [[nodiscard]] Result<T> within(T least, T most, std::string_view field) const
    {
        if (m_value < least || m_value > most) {
            return fail(Errc::BadField, formatted("{} is not within {}..{}", field, least, most));
        }
        return m_value;
    }

    /// The nearest value within [least, most]: for fields that a format says are clamped.
    [[nodiscard]] constexpr T clamped(T least, T most) const noexcept
    {
        return m_value < least ? least : (m_value > most ? most : m_value);
    }

    /// What `convert` makes of it: a Result of a type that holds only valid values.
    template<typename Convert> [[nodiscard]] auto through(Convert &&convert) const -> std::invoke_result_t<Convert, T>
    {
        return std::forward<Convert>(convert)(m_value);
    }

    /// For fields of which every value is legal (pixels, opaque ids). The reason stands beside the call.
    [[nodiscard]] constexpr T anyValue() const noexcept
    {
        return m_value;
    }

private:
    T m_value;
};

} // namespace Bulkhead
