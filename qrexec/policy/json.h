// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The little of JSON that the core tells of the qubes and the prompt is asked in.
namespace Bulkhead::Json
{

struct Value;
using Array = std::vector<Value>;
using Object = std::map<std::string, Value, std::less<>>;

/// Any value. A number is kept as it was written: nobody here calculates.
struct Value {
    struct Number {
        std::string text;
    };

    std::variant<std::nullptr_t, bool, Number, std::string, Array, Object> content = nullptr;

    [[nodiscard]] bool isNull() const noexcept
    {
        return std::holds_alternative<std::nullptr_t>(content);
    }

    template<typename T> [[nodiscard]] const T *as() const noexcept
    {
        return std::get_if<T>(&content);
    }
};

/// Values within values, at most.
inline constexpr int MaxDepth = 16;

/// A whole text, strictly: one value, no key twice, nothing after it. The text is UTF-8; it is not checked for that.
/// @errors BadField, ShortMessage, TooMuch (depth)
[[nodiscard]] Result<Value> parse(std::string_view text);

/// A string with its quotes, in ASCII. Bytes of the text are single characters: names and services have no others.
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace Bulkhead::Json
