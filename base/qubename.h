// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// The name of a qube: 1 to 31 characters, [A-Za-z][A-Za-z0-9_.-]*, not `Domain-0`, `none` or `default`, not ending in
/// `-dm`. A value of this type is always valid. `dom0` is such a name.
/// @source spec qube-model, section 2
class QubeName
{
public:
    static constexpr std::size_t MaxLength = 31;

    /// @errors BadValue, in words that say which rule is broken
    [[nodiscard]] static Result<QubeName> parse(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    [[nodiscard]] bool isDom0() const noexcept
    {
        return m_text == "dom0";
    }

    friend auto operator<=>(const QubeName &, const QubeName &) noexcept = default;

private:
    explicit QubeName(std::string text) noexcept
        : m_text(std::move(text))
    {
    }

    std::string m_text;
};

} // namespace Bulkhead

template<> struct std::hash<Bulkhead::QubeName> {
    std::size_t operator()(const Bulkhead::QubeName &name) const noexcept
    {
        return std::hash<std::string>{}(name.text());
    }
};
