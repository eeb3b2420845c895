// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guihandshake.h"

#include "base/formatted.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <new>

namespace Bulkhead::Gui
{
namespace
{

/// A version word as the peer wrote it: any pair of numbers, no Version yet.
struct Announced {
    std::uint16_t majorNumber;
    std::uint16_t minorNumber;
};

Result<Announced> parseAnnounced(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawVersion = in.u32();
    BH_CHECK(in.finish());
    return rawVersion.through([](std::uint32_t word) {
        return Announced{
            .majorNumber = static_cast<std::uint16_t>(word >> 16),
            .minorNumber = static_cast<std::uint16_t>(word & 0xFFFF),
        };
    });
}

} // namespace

ScreenDescription ScreenDescription::of(Size root, std::uint32_t depth) noexcept
{
    const std::uint32_t width = (root.width + 7) / 8 * 8;
    const std::uint64_t bytes = std::uint64_t{width} * root.height * BytesPerPixel;
    return {
        .width = width,
        .height = root.height,
        .depth = depth,
        .memoryKiB = static_cast<std::uint32_t>(bytes / 1024 + 1),
    };
}

std::vector<std::byte> buildVersion(Version own)
{
    WireWriter out(VersionSize);
    out.u32(own.word());
    return std::move(out).take();
}

Result<Version> negotiate(std::span<const std::byte> bytes)
{
    BH_TRY(const Announced agent, parseAnnounced(bytes));
    if (agent.majorNumber != 1) {
        return fail(Errc::Unsupported,
                    formatted("the agent speaks GUI protocol {}.{}, this daemon 1.0 to 1.{}",
                              agent.majorNumber,
                              agent.minorNumber,
                              OwnVersion.minorNumber()));
    }
    return Version(std::min(agent.minorNumber, OwnVersion.minorNumber()));
}

std::vector<std::byte> buildAnswer(Version negotiated, const ScreenDescription &screen)
{
    WireWriter out(VersionSize + ScreenDescriptionSize);
    if (negotiated >= SinceVersionWord) {
        out.u32(negotiated.word());
    }
    out.u32(screen.width).u32(screen.height).u32(screen.depth).u32(screen.memoryKiB);
    return std::move(out).take();
}

Result<Version> parseNegotiated(std::span<const std::byte> bytes)
try {
    BH_TRY(const Announced daemon, parseAnnounced(bytes));
    const Version version(daemon.minorNumber);
    if (daemon.majorNumber != 1 || version < SinceVersionWord || version > OwnVersion) {
        return fail(Errc::Unsupported,
                    formatted("the daemon answers GUI protocol {}.{}, this agent speaks 1.{} to 1.{}",
                              daemon.majorNumber,
                              daemon.minorNumber,
                              SinceVersionWord.minorNumber(),
                              OwnVersion.minorNumber()));
    }
    return version;
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<ScreenDescription> parseScreenDescription(std::span<const std::byte> bytes)
try {
    WireReader in(bytes);
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    const auto rawDepth = in.u32();
    const auto rawMemory = in.u32();
    BH_CHECK(in.finish());
    // Any value: the guest's screen is the guest's own affair, nothing is sized by these.
    return ScreenDescription{
        .width = rawWidth.anyValue(),
        .height = rawHeight.anyValue(),
        .depth = rawDepth.anyValue(),
        .memoryKiB = rawMemory.anyValue(),
    };
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Gui
