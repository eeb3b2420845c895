// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"

namespace Bulkhead
{

std::string formattedFrom(std::string_view format, std::format_args arguments)
{
    return std::vformat(format, arguments);
}

} // namespace Bulkhead
