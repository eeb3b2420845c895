// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/devicewords.h"

#include "base/ascii.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// Longest of both; the identity of a device behind several hubs is far shorter.
constexpr std::size_t MaxWord = 256;

bool isWord(std::string_view word, std::string_view signs)
{
    return !word.empty() && word.size() <= MaxWord && std::ranges::all_of(word, [signs](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
    });
}

} // namespace

bool isDeviceKey(const DeviceKey &key)
{
    return (key.port == AnyDevice || isWord(key.port, "._-")) && isWord(key.identity, "._:?*-")
        && (key.port != AnyDevice || key.identity != AnyDevice);
}

} // namespace Bulkhead
