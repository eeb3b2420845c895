// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/uuid.h"

#include "base/ascii.h"
#include "base/formatted.h"

namespace Bulkhead
{

namespace
{

bool isDash(std::size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

bool isLowerHex(char c)
{
    return Ascii::isDigit(c) || (c >= 'a' && c <= 'f');
}

} // namespace

Uuid::Uuid()
    : m_text("00000000-0000-0000-0000-000000000000")
{
}

Result<Uuid> Uuid::parse(std::string_view text)
{
    bool good = text.size() == TextLength;
    for (std::size_t i = 0; good && i < text.size(); ++i) {
        good = isDash(i) ? text[i] == '-' : isLowerHex(text[i]);
    }
    if (!good) {
        return fail(Errc::BadValue, "a UUID is written in lower-case hexadecimal, 8-4-4-4-12 digits");
    }
    Uuid uuid;
    uuid.m_text = text;
    return uuid;
}

Uuid Uuid::fromRandom(std::array<std::byte, 16> bytes)
{
    // Version 4, variant 1: RFC 9562, 5.4.
    bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
    Uuid uuid;
    uuid.m_text.clear();
    for (const std::byte byte : bytes) {
        if (isDash(uuid.m_text.size())) {
            uuid.m_text += '-';
        }
        uuid.m_text += formatted("{:02x}", std::to_integer<unsigned>(byte));
    }
    return uuid;
}

} // namespace Bulkhead
