// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guiframing.h"

#include "vchan-io/wire/header.h"

#include <utility>

namespace Bulkhead::Gui
{

Result<std::size_t> BodySize::accept(Untrusted<std::uint32_t> rawLength) const
{
    return rawLength.through([this](std::uint32_t length) -> Result<std::size_t> {
        if (length < least) {
            return fail(Errc::ShortMessage, "the header's length is below the type's");
        }
        if (length > most) {
            return fail(isFixed() ? Errc::LongMessage : Errc::TooMuch, "the header's length is above the type's");
        }
        if ((length - least) % step != 0) {
            return fail(Errc::BadField, "the header's length ends within a list's entry");
        }
        return std::size_t{ length };
    });
}

Result<void> checkSize(std::span<const std::byte> body, std::size_t expected)
{
    if (body.size() < expected) {
        return fail(Errc::ShortMessage, "the body is shorter than its header says");
    }
    if (body.size() > expected) {
        return fail(Errc::LongMessage, "the body is longer than its header says");
    }
    return {};
}

std::vector<std::byte> frame(MessageType type, WindowId window, WireWriter body)
{
    const std::vector<std::byte> bytes = std::move(body).take();
    BH_ASSERT(std::in_range<std::uint32_t>(bytes.size()));
    WireWriter out(HeaderSize + bytes.size());
    out.u32(std::to_underlying(type)).u32(window.value()).u32(static_cast<std::uint32_t>(bytes.size())).bytes(bytes);
    return std::move(out).take();
}

} // namespace Bulkhead::Gui
