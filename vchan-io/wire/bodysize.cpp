// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/bodysize.h"

namespace Bulkhead
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
        return std::size_t{length};
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

} // namespace Bulkhead
