// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/outofmemory.h"

#include <string>

namespace Bulkhead
{

std::unexpected<Error> outOfMemory()
{
    return fail(Errc::TooMuch, "no memory left"); // short enough to lie in the string itself
}

} // namespace Bulkhead
