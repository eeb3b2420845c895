// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/untrusted.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead
{

namespace Gui
{

inline constexpr std::size_t HeaderSize = 12;

/// What stands before each GUI message, both ways. Whether type and length are legal is for the direction's
/// bodyLength function to say; the window id may be any number and is looked up by the session.
/// @source docs/protocol/gui.md, section Framing
struct Header {
    Untrusted<std::uint32_t> type;
    WindowId window;
    Untrusted<std::uint32_t> length;
};

/// @errors ShortMessage, LongMessage (not exactly HeaderSize bytes)
[[nodiscard]] Result<Header> parseHeader(std::span<const std::byte> bytes);

} // namespace Gui

namespace Qrexec
{

inline constexpr std::size_t HeaderSize = 8;

/// What stands before each qrexec message, on channels and on local sockets.
/// @source docs/protocol/qrexec.md, section Framing
struct Header {
    Untrusted<std::uint32_t> type;
    Untrusted<std::uint32_t> length;
};

/// @errors ShortMessage, LongMessage (not exactly HeaderSize bytes)
[[nodiscard]] Result<Header> parseHeader(std::span<const std::byte> bytes);

} // namespace Qrexec

} // namespace Bulkhead
