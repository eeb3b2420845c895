// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/label.h"

#include <charconv>
#include <format>

namespace Bulkhead
{

Result<LabelColor> LabelColor::parse(std::string_view text)
{
    std::uint32_t rgb = 0;
    if (text.size() != 8 || !text.starts_with("0x")) {
        return fail(Errc::BadValue, "a label's colour is written 0xRRGGBB");
    }
    const char *const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + 2, end, rgb, 16);
    if (code != std::errc() || stop != end) {
        return fail(Errc::BadValue, "a label's colour is written 0xRRGGBB");
    }
    LabelColor color;
    color.m_rgb = rgb;
    return color;
}

std::string LabelColor::text() const
{
    return std::format("{:#08x}", m_rgb);
}

} // namespace Bulkhead
