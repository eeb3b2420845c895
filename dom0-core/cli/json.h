// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace Bulkhead::Cli
{

/// A JSON value to be written. Objects keep the order in which their members were added.
class Json
{
public:
    using Member = std::pair<std::string, Json>;

    Json() = default; ///< null
    explicit Json(bool value);
    explicit Json(std::int64_t value);
    explicit Json(std::string_view text);
    explicit Json(const std::string &text);
    explicit Json(const char *text); ///< else it would be a bool

    [[nodiscard]] static Json array();
    [[nodiscard]] static Json object();

    /// To an array.
    void append(Json value);
    /// To an object, which has no member of that name yet.
    void set(std::string_view name, Json value);

    /// On lines of their own, indented by two spaces a level; no line feed at the end. ASCII's control codes are
    /// escaped; bytes that are no UTF-8 become U+FFFD.
    [[nodiscard]] std::string text(std::size_t depth = 0) const;

private:
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;
    std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> m_value;
};

} // namespace Bulkhead::Cli
