// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/memoryreport.h"

#include "base/number.h"

namespace Bulkhead
{

std::optional<std::uint64_t> parseMemoryReport(std::string_view value) noexcept
{
    constexpr std::size_t MostDigits = 10; // ten tebibytes: no machine has more, and the product fits
    constexpr std::uint64_t KiB = 1024;
    const auto kib = value.size() <= MostDigits ? numberIn<std::uint64_t>(value) : std::nullopt;
    return kib ? std::optional(*kib * KiB) : std::nullopt;
}

std::string memoryReport(std::uint64_t kib)
{
    return std::to_string(kib);
}

} // namespace Bulkhead
