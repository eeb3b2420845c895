// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/memoryinfo.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <sstream>

namespace Bulkhead
{

Result<std::uint64_t> availableMemoryKiB(std::string_view meminfo)
{
    std::istringstream in{std::string(meminfo)};
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t kib = 0;
        if (words >> key >> kib && key == "MemAvailable:") {
            return kib;
        }
    }
    return fail(Errc::BadValue, "the kernel does not say how much memory is available");
}

Result<void> checkMemory(std::uint32_t neededMiB)
{
    BH_TRY(const auto meminfo, readSmallFile("/proc/meminfo"));
    BH_TRY(const auto availableKiB, availableMemoryKiB(meminfo));
    if (availableKiB / 1024 < neededMiB) {
        return fail(Errc::TooMuch,
                    formatted("{} MiB of memory are needed and {} MiB are available", neededMiB, availableKiB / 1024));
    }
    return {};
}

} // namespace Bulkhead
