// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/wirewriter.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

/// Message bodies as tests write them down.
namespace Bulkhead::Test
{

using Bytes = std::vector<std::byte>;

/// Little-endian words of 32 bits; negative ones as two's complement.
inline Bytes words(std::initializer_list<std::int64_t> values)
{
    WireWriter out;
    for (const std::int64_t value : values) {
        out.u32(static_cast<std::uint32_t>(value));
    }
    return std::move(out).take();
}

/// `0a ff 00`: two digits a byte; anything that is no digit only separates.
inline Bytes fromHex(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    Bytes bytes;
    unsigned value = 0;
    bool isHalf = false;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) {
            continue;
        }
        value = value * 16 + static_cast<unsigned>(digit);
        if (isHalf) {
            bytes.push_back(static_cast<std::byte>(value));
            value = 0;
        }
        isHalf = !isHalf;
    }
    return bytes;
}

/// A field of `size` bytes: the text, then NULs; the text alone where it fills the field.
inline Bytes field(std::string_view text, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(text));
    Bytes result(bytes.begin(), bytes.end());
    result.resize(size);
    return result;
}

inline Bytes joined(std::initializer_list<Bytes> parts)
{
    Bytes all;
    for (const Bytes &part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// Whether `parse` takes the body, but no prefix of it and not the body with one byte more.
template<typename Parse> bool acceptsOnlyWhole(Parse parse, Bytes body)
{
    const std::span<const std::byte> whole(body);
    if (!parse(whole)) {
        return false;
    }
    for (std::size_t length = 0; length < whole.size(); ++length) {
        if (parse(whole.first(length))) {
            return false;
        }
    }
    body.push_back(std::byte{0});
    return !parse(std::span<const std::byte>(body));
}

} // namespace Bulkhead::Test
