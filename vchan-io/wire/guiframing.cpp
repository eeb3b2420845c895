// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guiframing.h"

#include "base/error.h"
#include "vchan-io/wire/header.h"

#include <string.h> // explicit_bzero()

#include <utility>

namespace Bulkhead::Gui
{

std::vector<std::byte> frame(MessageType type, WindowId window, WireWriter body)
{
    std::vector<std::byte> bytes = std::move(body).take();
    BH_ASSERT(std::in_range<std::uint32_t>(bytes.size()));
    WireWriter out(HeaderSize + bytes.size());
    out.u32(std::to_underlying(type)).u32(window.value()).u32(static_cast<std::uint32_t>(bytes.size())).bytes(bytes);
    if (!bytes.empty()) {
        explicit_bzero(bytes.data(), bytes.size()); // the body may be what a person copied
    }
    return std::move(out).take();
}

} // namespace Bulkhead::Gui
