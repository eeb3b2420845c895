// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace Bulkhead
{

/// How well a place fits while something is dragged over it or listed as a choice (spec ui 7.5).
enum class Fit : std::uint8_t {
    Fits,
    AfterStart, ///< fits once other qubes have been started
    Asks,       ///< fits if the person agrees to a question that follows
    Beware,     ///< fits, with a warning about trust
    No,         ///< does not fit; a text says why
};

} // namespace Bulkhead
