// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/label.h"

#include "base/formatted.h"
#include "base/number.h"

namespace Bulkhead
{

Result<LabelColor> LabelColor::parse(std::string_view text)
{
    const bool isPrefixed = text.size() == 8 && text.starts_with("0x");
    const auto rgb = isPrefixed ? numberIn<std::uint32_t>(text.substr(2), 16) : std::nullopt;
    if (!rgb) {
        return fail(Errc::BadValue, "a label's colour is written 0xRRGGBB");
    }
    LabelColor color;
    color.m_rgb = *rgb;
    return color;
}

std::string LabelColor::text() const
{
    return formatted("{:#08x}", m_rgb);
}

} // namespace Bulkhead
