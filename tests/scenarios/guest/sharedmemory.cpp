// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/scenarios/guest/sharedmemory.h"

#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace Bulkhead::Test
{

std::vector<std::span<std::byte>> sharedMemory()
{
    std::vector<std::span<std::byte>> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::istringstream fields(line);
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        std::string access;
        fields >> std::hex >> begin >> dash >> end >> access;
        const bool ofXen = line.contains("/dev/xen/gntalloc");
        if (access.starts_with("rw-s") && (ofXen || line.contains("/memfd:"))) {
            // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells addresses as numbers
            found.emplace_back(reinterpret_cast<std::byte *>(begin), end - begin);
        }
    }
    return found;
}

void scribble(std::span<const std::span<std::byte>> memory, std::uint32_t round) noexcept
{
    std::uint32_t state = round * 2 + 1;
    for (const std::span<std::byte> pages : memory) {
        for (std::size_t place = 0; place + sizeof state <= pages.size(); place += sizeof state) {
            state = state * 1'664'525U + 1'013'904'223U; // a linear congruence: any disorder will do
            std::memcpy(pages.data() + place, &state, sizeof state);
        }
    }
}

} // namespace Bulkhead::Test
