// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace Bulkhead
{

/// A qube's number: dom0 is 0, others are 1 … MaxQid. Numbers of removed qubes are used again.
using Qid = Id<struct QidTag, std::uint32_t>;
inline constexpr Qid Dom0Qid{0};
inline constexpr std::uint32_t MaxQid = 9999;

/// Free text keyed by name, in the order in which it is listed.
using TextMap = std::map<std::string, std::string, std::less<>>;

} // namespace Bulkhead
