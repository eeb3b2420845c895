// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/json.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace Bulkhead::Json
{

namespace
{

/// Reads a text from its beginning on. Each read… takes what it returns.
class Reader
{
public:
    explicit Reader(std::string_view text)
        : m_rest(text)
    {
    }

    Result<Value> readValue(int depth)
    {
        if (depth > MaxDepth) {
            return fail(Errc::TooMuch, "values are too deep in each other");
        }
        skipSpace();
        if (m_rest.empty()) {
            return fail(Errc::ShortMessage, "a value is missing");
        }
        switch (m_rest.front()) {
        case '{':
            return readObject(depth);
        case '[':
            return readArray(depth);
        case '"': {
            BH_TRY(std::string text, readString());
            return Value{.content = std::move(text)};
        }
        default:
            return readWord();
        }
    }

    Result<void> finish()
    {
        skipSpace();
        return m_rest.empty() ? Result<void>() : fail(Errc::BadField, "something follows the value");
    }

private:
    void skipSpace()
    {
        m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t\r\n"), m_rest.size()));
    }

    bool take(char c)
    {
        skipSpace();
        if (!m_rest.starts_with(c)) {
            return false;
        }
        m_rest.remove_prefix(1);
        return true;
    }

    Result<Value> readObject(int depth)
    {
        (void)take('{');
        Object object;
        if (take('}')) {
            return Value{.content = std::move(object)};
        }
        do {
            skipSpace();
            BH_TRY(std::string key, readString());
            if (!take(':')) {
                return fail(Errc::BadField, "a key without a value");
            }
            BH_TRY(Value value, readValue(depth + 1));
            if (!object.emplace(std::move(key), std::move(value)).second) {
                return fail(Errc::BadField, "a key stands twice");
            }
        } while (take(','));
        if (!take('}')) {
            return fail(Errc::BadField, "an object without an end");
        }
        return Value{.content = std::move(object)};
    }

    Result<Value> readArray(int depth)
    {
        (void)take('[');
        Array array;
        if (take(']')) {
            return Value{.content = std::move(array)};
        }
        do {
            BH_TRY(Value value, readValue(depth + 1));
            array.push_back(std::move(value));
        } while (take(','));
        if (!take(']')) {
            return fail(Errc::BadField, "an array without an end");
        }
        return Value{.content = std::move(array)};
    }

    Result<Value> readWord()
    {
        const std::size_t length = std::min(m_rest.find_first_of(" \t\r\n,]}:"), m_rest.size());
        const std::string_view word = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        if (word == "null") {
            return Value{};
        }
        if (word == "true" || word == "false") {
            return Value{.content = word == "true"};
        }
        double ignored = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), ignored);
        const bool isNumber = !word.empty() && (Ascii::isDigit(word.front()) || word.front() == '-');
        if (!isNumber || error != std::errc() || end != word.data() + word.size()) {
            return fail(Errc::BadField, "a word that is no value");
        }
        return Value{.content = Value::Number{std::string(word)}};
    }

    Result<std::string> readString()
    {
        if (!m_rest.starts_with('"')) {
            return fail(Errc::BadField, "a string is missing");
        }
        m_rest.remove_prefix(1);
        std::string text;
        while (!m_rest.empty()) {
            const char c = m_rest.front();
            m_rest.remove_prefix(1);
            if (c == '"') {
                return text;
            }
            if (static_cast<unsigned char>(c) < 0x20) {
                return fail(Errc::BadField, "a control character in a string");
            }
            if (c == '\\') {
                BH_CHECK(readEscape(text));
            } else {
                text += c;
            }
        }
        return fail(Errc::ShortMessage, "a string without an end");
    }

    Result<void> readEscape(std::string &text)
    {
        constexpr std::string_view Letters = R"("\/bfnrt)";
        constexpr std::string_view Meanings = "\"\\/\b\f\n\r\t";
        if (m_rest.empty()) {
            return fail(Errc::ShortMessage, "a string without an end");
        }
        const char c = m_rest.front();
        m_rest.remove_prefix(1);
        if (const std::size_t known = Letters.find(c); known != std::string_view::npos) {
            text += Meanings[known];
            return {};
        }
        if (c != 'u') {
            return fail(Errc::BadField, "an unknown escape in a string");
        }
        BH_TRY(std::uint32_t code, readCode());
        if (code >= 0xD800 && code <= 0xDBFF) {
            if (!m_rest.starts_with("\\u")) {
                return fail(Errc::BadField, "half a character in a string");
            }
            m_rest.remove_prefix(2);
            BH_TRY(const std::uint32_t low, readCode());
            if (low < 0xDC00 || low > 0xDFFF) {
                return fail(Errc::BadField, "half a character in a string");
            }
            code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        } else if (code >= 0xDC00 && code <= 0xDFFF) {
            return fail(Errc::BadField, "half a character in a string");
        }
        appendUtf8(text, code);
        return {};
    }

    Result<std::uint32_t> readCode()
    {
        const std::string_view digits = m_rest.substr(0, 4);
        const auto code = numberIn<std::uint32_t>(digits, 16);
        if (digits.size() != 4 || !code) {
            return fail(Errc::BadField, "a character's number in a string");
        }
        m_rest.remove_prefix(4);
        return *code;
    }

    static void appendUtf8(std::string &text, std::uint32_t code)
    {
        const auto add = [&text](std::uint32_t byte) {
            text += static_cast<char>(static_cast<unsigned char>(byte));
        };
        const auto addMore = [&add, code](unsigned shift) {
            add(0x80U | ((code >> shift) & 0x3FU));
        };
        if (code < 0x80) {
            add(code);
        } else if (code < 0x800) {
            add(0xC0U | (code >> 6U));
            addMore(0);
        } else if (code < 0x10000) {
            add(0xE0U | (code >> 12U));
            addMore(6);
            addMore(0);
        } else {
            add(0xF0U | (code >> 18U));
            addMore(12);
            addMore(6);
            addMore(0);
        }
    }

    std::string_view m_rest;
};

} // namespace

Result<Value> parse(std::string_view text)
{
    Reader reader(text);
    BH_TRY(Value value, reader.readValue(1));
    BH_CHECK(reader.finish());
    return value;
}

std::string quoted(std::string_view text)
{
    std::string quotedText = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quotedText += '\\';
            quotedText += c;
        } else if (Ascii::isPrintable(c)) {
            quotedText += c;
        } else {
            quotedText += formatted("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return quotedText + '"';
}

} // namespace Bulkhead::Json
