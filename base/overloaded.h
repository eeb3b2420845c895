// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead
{

/// What std::visit() calls for each alternative: one handler a kind.
template<typename... Handlers> struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

} // namespace Bulkhead
