// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/json.h"

#include "base/error.h"
#include "base/formatted.h"
#include "dom0-core/cli/terminaltext.h"

namespace Bulkhead::Cli
{

namespace
{

std::string stringText(std::string_view raw)
{
    std::string text = "\"";
    for (const char c : validUtf8(raw)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            text += formatted("\\u{:04x}", byte);
        } else {
            text += c;
        }
    }
    return text + '"';
}

std::string indentation(std::size_t depth)
{
    return "\n" + std::string(2 * depth, ' ');
}

} // namespace

Json::Json(bool value)
    : m_value(value)
{
}

Json::Json(std::int64_t value)
    : m_value(value)
{
}

Json::Json(std::string_view text)
    : m_value(std::string(text))
{
}

Json::Json(const std::string &text)
    : m_value(text)
{
}

Json::Json(const char *text)
    : m_value(std::string(text))
{
}

Json Json::array()
{
    Json value;
    value.m_value = Array();
    return value;
}

Json Json::object()
{
    Json value;
    value.m_value = Object();
    return value;
}

void Json::append(Json value)
{
    auto *const elements = std::get_if<Array>(&m_value);
    BH_ASSERT(elements != nullptr);
    elements->push_back(std::move(value));
}

void Json::set(std::string_view name, Json value)
{
    auto *const members = std::get_if<Object>(&m_value);
    BH_ASSERT(members != nullptr);
    members->emplace_back(std::string(name), std::move(value));
}

std::string Json::text(std::size_t depth) const
{
    if (const auto *const flag = std::get_if<bool>(&m_value)) {
        return *flag ? "true" : "false";
    }
    if (const auto *const number = std::get_if<std::int64_t>(&m_value)) {
        return std::to_string(*number);
    }
    if (const auto *const string = std::get_if<std::string>(&m_value)) {
        return stringText(*string);
    }
    std::string inside;
    if (const auto *const elements = std::get_if<Array>(&m_value)) {
        for (const Json &element : *elements) {
            inside += (inside.empty() ? "" : ",") + indentation(depth + 1) + element.text(depth + 1);
        }
        return elements->empty() ? "[]" : "[" + inside + indentation(depth) + "]";
    }
    if (const auto *const members = std::get_if<Object>(&m_value)) {
        for (const auto &[name, value] : *members) {
            inside +=
                (inside.empty() ? "" : ",") + indentation(depth + 1) + stringText(name) + ": " + value.text(depth + 1);
        }
        return members->empty() ? "{}" : "{" + inside + indentation(depth) + "}";
    }
    return "null";
}

} // namespace Bulkhead::Cli
