// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/header.h"

#include "vchan-io/wire/wirereader.h"

namespace Bulkhead
{

Result<Gui::Header> Gui::parseHeader(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawType = in.u32();
    const auto rawWindow = in.u32();
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    // Any number can be a window's; which ones exist is the session's to know.
    return Header{.type = rawType, .window = WindowId{rawWindow.anyValue()}, .length = rawLength};
}

Result<Qrexec::Header> Qrexec::parseHeader(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawType = in.u32();
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    return Header{.type = rawType, .length = rawLength};
}

} // namespace Bulkhead
