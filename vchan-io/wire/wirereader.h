// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/untrusted.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead
{

/// Bytes as a peer wrote them: a view into the body, valid as long as the body is.
class UntrustedBytes
{
public:
    constexpr explicit UntrustedBytes(std::span<const std::byte> bytes) noexcept
        : m_bytes(bytes)
    {
    }

    /// For bytes of which every value is legal (payload), and for parsers that judge each byte.
    [[nodiscard]] constexpr std::span<const std::byte> anyValue() const noexcept
    {
        return m_bytes;
    }

private:
    std::span<const std::byte> m_bytes;
};

/// Reads the little-endian fields of one message body from front to back. The body is private memory of ours, copied
/// out of the channel once (spec security, R-01 and R-02).
///
/// Reading past the end gives zeros and is remembered: a parser reads all its fields, asks finish() once, and judges
/// the fields only after that said yes.
class WireReader
{
public:
    explicit WireReader(std::span<const std::byte> body) noexcept;

    [[nodiscard]] Untrusted<std::uint32_t> u32() noexcept;
    [[nodiscard]] Untrusted<std::int32_t> i32() noexcept;
    /// Exactly `count` bytes; none if there are fewer.
    [[nodiscard]] UntrustedBytes bytes(std::size_t count) noexcept;
    /// All that is left; finish() cannot find the body too long afterwards.
    [[nodiscard]] UntrustedBytes rest() noexcept;

    /// Steps over fields that have no meaning to us.
    void skip(std::size_t count) noexcept;

    /// @errors ShortMessage (a field lay behind the end), LongMessage (bytes are left)
    [[nodiscard]] Result<void> finish() const;

private:
    [[nodiscard]] std::span<const std::byte> take(std::size_t count) noexcept;

    std::span<const std::byte> m_left;
    bool m_short = false;
};

} // namespace Bulkhead
