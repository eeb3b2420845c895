// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/outcome.h"

#include "base/error.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::FileCopy
{

Outcome parseOutcome(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawCode = in.u32();
    in.skip(4); // padding
    const auto rawLow = in.u32();
    const auto rawHigh = in.u32();
    BH_ASSERT(in.finish().has_value());
    return Outcome{
        .code = rawCode.through([](std::uint32_t code) {
            return static_cast<Code>(code);
        }),
        .checksum = std::uint64_t{rawHigh.anyValue()} << 32 | rawLow.anyValue(), // only ever compared
    };
}

std::size_t parseLastNameSize(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawSize = in.u32();
    BH_ASSERT(in.finish().has_value());
    return rawSize.clamped(0, MaxLastName);
}

std::vector<std::byte> build(const Outcome &outcome, const std::optional<std::string> &lastName)
{
    WireWriter out(OutcomeSize + LastNameSizeField);
    out.u32(std::to_underlying(outcome.code)).zeros(4);
    out.u32(static_cast<std::uint32_t>(outcome.checksum)).u32(static_cast<std::uint32_t>(outcome.checksum >> 32));
    if (lastName) {
        BH_ASSERT(lastName->size() <= MaxLastName);
        out.u32(static_cast<std::uint32_t>(lastName->size())).text(*lastName);
    }
    return std::move(out).take();
}

} // namespace Bulkhead::FileCopy
