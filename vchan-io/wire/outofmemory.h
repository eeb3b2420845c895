// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <expected>

namespace Bulkhead
{

/// What a parser of a peer's bytes says when memory ran out in it: the message was more than there is room for, and its
/// connection ends as for any other that is too much. The parsers that are asked first catch std::bad_alloc for it,
/// and all of them are compiled with exceptions, so that what they held is given back (CMakeLists.txt); nothing
/// else in the tree throws or catches. Asks for no memory itself.
[[nodiscard]] std::unexpected<Error> outOfMemory();

} // namespace Bulkhead
