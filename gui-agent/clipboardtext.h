// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guitypes.h"

#include <string>
#include <string_view>

namespace Bulkhead::GuiAgent
{

/// A program's text as the daemon may be sent it: what is longer than the negotiated version allows is cut, from 1.8 on
/// so that the daemon sees that it was.
[[nodiscard]] std::string_view cutForWire(std::string_view text, Gui::Version negotiated);

/// What a program of the guest may safely be given as UTF-8: up to the first NUL, with `?` for each byte that is not
/// well-formed UTF-8 (RFC 3629) and for control characters other than tab, line feed and carriage return.
[[nodiscard]] std::string pastableUtf8(std::string_view text);

} // namespace Bulkhead::GuiAgent
