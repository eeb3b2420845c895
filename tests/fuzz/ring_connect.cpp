// SPDX-License-Identifier: GPL-2.0-or-later
// Input: the first bytes of a control page, and how many pages there are behind it (byte 0).
// Promise: a geometry that is taken has both rings inside the memory, of the sizes that their orders say, apart from
// each other and from the page's words.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/transport/ring.h"

#include <array>
#include <cstring>

using namespace Bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    struct alignas(PageSize) Page {
        std::array<std::byte, PageSize> bytes;
    };

    if (size < 1) {
        return 0;
    }
    std::vector<Page> storage(std::size_t{1} + data[0] % 40);
    const std::span memory = std::as_writable_bytes(std::span(storage));
    std::memcpy(memory.data(), data + 1, std::min(size - 1, PageSize));
    const auto geometry = RingEnd::geometryOf(memory);
    if (!geometry) {
        BH_ASSERT(geometry.error().code == Errc::BadField);
        return 0;
    }
    const auto left = geometry->left(memory);
    const auto right = geometry->right(memory);
    for (const auto &ring : {left, right}) {
        BH_ASSERT(ring.data() >= memory.data() + sizeof(RingControlPage));
        BH_ASSERT(ring.data() + ring.size() <= memory.data() + memory.size());
    }
    BH_ASSERT(left.size() == std::size_t{1} << geometry->leftOrder());
    BH_ASSERT(right.size() == std::size_t{1} << geometry->rightOrder());
    BH_ASSERT(left.data() + left.size() <= right.data() || right.data() + right.size() <= left.data());
    return 0;
}
