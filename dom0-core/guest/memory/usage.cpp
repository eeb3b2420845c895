// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/memory/usage.h"

#include <algorithm>
#include <charconv>

namespace Bulkhead::GuestMemory
{

namespace
{

/// `MemTotal:        8000000 kB`
std::optional<std::uint64_t> valueOf(std::string_view meminfo, std::string_view key)
{
    while (!meminfo.empty()) {
        auto line = meminfo.substr(0, meminfo.find('\n'));
        meminfo.remove_prefix(std::min(meminfo.size(), line.size() + 1));
        if (!line.starts_with(key) || !line.substr(key.size()).starts_with(':')) {
            continue;
        }
        line.remove_prefix(std::min(line.size(), line.find_first_of("0123456789")));
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
        return error == std::errc() ? std::optional(value) : std::nullopt;
    }
    return std::nullopt;
}

std::uint64_t without(std::uint64_t all, std::uint64_t part)
{
    return all > part ? all - part : 0; // the kernel counts each at its own moment
}

} // namespace

std::optional<std::uint64_t> usedKiB(std::string_view meminfo)
{
    const auto total = valueOf(meminfo, "MemTotal");
    const auto available = valueOf(meminfo, "MemAvailable");
    const auto swap = valueOf(meminfo, "SwapTotal");
    const auto freeSwap = valueOf(meminfo, "SwapFree");
    if (!total || !available || !swap || !freeSwap) {
        return std::nullopt;
    }
    return without(*total, *available) + without(*swap, *freeSwap);
}

} // namespace Bulkhead::GuestMemory
