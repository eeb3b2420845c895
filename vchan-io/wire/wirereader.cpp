// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/wirereader.h"

#include <bit>

namespace Bulkhead
{

WireReader::WireReader(std::span<const std::byte> body) noexcept
    : m_left(body)
{
}

std::span<const std::byte> WireReader::take(std::size_t count) noexcept
{
    if (count > m_left.size()) {
        m_short = true;
        m_left = {};
        return {};
    }
    const auto taken = m_left.first(count);
    m_left = m_left.subspan(count);
    return taken;
}

Untrusted<std::uint32_t> WireReader::u32() noexcept
{
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const std::byte byte : take(sizeof value)) {
        value |= std::to_integer<std::uint32_t>(byte) << shift;
        shift += 8;
    }
    return Untrusted(value);
}

Untrusted<std::int32_t> WireReader::i32() noexcept
{
    return Untrusted(std::bit_cast<std::int32_t>(u32().anyValue())); // the same 32 bits, judged by the caller
}

UntrustedBytes WireReader::bytes(std::size_t count) noexcept
{
    return UntrustedBytes(take(count));
}

UntrustedBytes WireReader::rest() noexcept
{
    return UntrustedBytes(take(m_left.size()));
}

void WireReader::skip(std::size_t count) noexcept
{
    (void)take(count);
}

Result<void> WireReader::finish() const
{
    if (m_short) {
        return fail(Errc::ShortMessage, "the message is shorter than its type");
    }
    if (!m_left.empty()) {
        return fail(Errc::LongMessage, "the message is longer than its type");
    }
    return {};
}

} // namespace Bulkhead
