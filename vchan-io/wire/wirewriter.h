// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Builds one message field by field, little-endian, without padding: no byte goes out that no field wrote (spec
/// security, R-07).
class WireWriter
{
public:
    /// @param expected  bytes the message will have, as far as known
    explicit WireWriter(std::size_t expected = 0);

    WireWriter &u32(std::uint32_t value);
    WireWriter &i32(std::int32_t value);
    WireWriter &bytes(std::span<const std::byte> value);
    /// The text alone, without a NUL.
    WireWriter &text(std::string_view value);
    /// A text field of `size` bytes: the text, then NULs. The text must be shorter than the field; it is asserted.
    WireWriter &fixedText(std::string_view value, std::size_t size);
    WireWriter &zeros(std::size_t count);

    [[nodiscard]] std::vector<std::byte> take() &&;

private:
    std::vector<std::byte> m_bytes;
};

} // namespace Bulkhead
