// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "vchan-io/wire/guitypes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What is said before the first header, in this order:
/// agent → daemon: its version; daemon → agent: the negotiated version (from 1.4 on), then the screen's description.
/// @source docs/protocol/gui.md, section Handshake
namespace Bulkhead::Gui
{

inline constexpr std::size_t VersionSize = 4;
inline constexpr std::size_t ScreenDescriptionSize = 16;

/// The daemon's screen as the agent is told it, once a connection. Agents need none of it; any value is legal.
struct ScreenDescription {
    std::uint32_t width = 0;     ///< pixels, the root's width rounded up to a multiple of 8
    std::uint32_t height = 0;    ///< pixels
    std::uint32_t depth = 0;     ///< bits a pixel
    std::uint32_t memoryKiB = 0; ///< of the whole screen at four bytes a pixel, plus one

    /// @param root   the root window's size; at most 65535 each way, as X has it
    [[nodiscard]] static ScreenDescription of(Size root, std::uint32_t depth) noexcept;

    friend constexpr bool operator==(const ScreenDescription &, const ScreenDescription &) noexcept = default;
};

/// Agent's first bytes.
[[nodiscard]] std::vector<std::byte> buildVersion(Version own);

/// Daemon: what to speak with an agent that announced `bytes`: the lower of its minor version and ours.
/// @errors ShortMessage, LongMessage; Unsupported (another major version; the text names both versions)
[[nodiscard]] Result<Version> negotiate(std::span<const std::byte> bytes);

/// Daemon's answer: the version where the negotiated one says so, then the screen.
[[nodiscard]] std::vector<std::byte> buildAnswer(Version negotiated, const ScreenDescription &screen);

/// Agent: the daemon's answer to our version. Daemons before 1.4 send no version; what they send in its place is not
/// one that we could speak.
/// @errors ShortMessage, LongMessage; Unsupported (other major version, newer than ours, older than 1.4)
[[nodiscard]] Result<Version> parseNegotiated(std::span<const std::byte> bytes);

/// @errors ShortMessage, LongMessage
[[nodiscard]] Result<ScreenDescription> parseScreenDescription(std::span<const std::byte> bytes);

} // namespace Bulkhead::Gui
