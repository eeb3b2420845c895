// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/wirewriter.h"

#include "base/error.h"

#include <bit>
#include <utility>

namespace Bulkhead
{

WireWriter::WireWriter(std::size_t expected)
{
    m_bytes.reserve(expected);
}

WireWriter &WireWriter::u32(std::uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        m_bytes.push_back(static_cast<std::byte>(value >> shift));
    }
    return *this;
}

WireWriter &WireWriter::i32(std::int32_t value)
{
    return u32(std::bit_cast<std::uint32_t>(value));
}

WireWriter &WireWriter::bytes(std::span<const std::byte> value)
{
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    return *this;
}

WireWriter &WireWriter::text(std::string_view value)
{
    return bytes(std::as_bytes(std::span(value)));
}

WireWriter &WireWriter::fixedText(std::string_view value, std::size_t size)
{
    BH_ASSERT(value.size() < size);
    return text(value).zeros(size - value.size());
}

WireWriter &WireWriter::zeros(std::size_t count)
{
    m_bytes.resize(m_bytes.size() + count);
    return *this;
}

std::vector<std::byte> WireWriter::take() &&
{
    return std::move(m_bytes);
}

} // namespace Bulkhead
