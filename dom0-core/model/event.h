// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead
{

/// Something that subscribers are told. Values are in the wire's spelling: `None`, `True`, a qube's name.
/// @source spec admin-api, 3.2 and 9
struct Event {
    std::optional<QubeName> subject; ///< nothing: the application
    std::string name;
    std::vector<std::pair<std::string, std::string>> pairs;

    friend bool operator==(const Event &, const Event &) = default;
};

} // namespace Bulkhead
